import { describe, expect, test } from 'vitest'
import { takeWindow, type Window, windowsOf } from './windows.ts'

const END = Date.UTC(2026, 10, 20) / 1000
const seconds = (year: number) => Date.UTC(year, 0, 1) / 1000
const taken = (from: number, to: number | undefined, since = 0): Window => ({
  ...{ list: 0, from, to, since },
  pages: 3,
  taken: true,
})

describe('given a reader without work', () => {
  test('when a window waits, then it is taken as it is', () => {
    const windows = [taken(0, seconds(2020)), ...windowsOf(1, [])]
    expect(takeWindow(windows, END)).toMatchObject({ list: 1, from: 0, to: undefined, taken: true })
    expect(windows).toHaveLength(2)
  })

  test('when all are being read, then the widest is halved, and what was read of the whole counts for the half', () => {
    const windows = [taken(seconds(2018), seconds(2020)), taken(seconds(2021), undefined, 777)]
    const half = takeWindow(windows, END)
    const middle = Math.floor((seconds(2021) + END) / 2)
    expect(windows[1]).toMatchObject({ from: seconds(2021), to: middle })
    expect(half).toMatchObject({ from: middle + 1, to: undefined, since: 777, pages: 0, taken: true })
  })

  test('when the window was read by far, then the part that is left is halved', () => {
    const windows = [taken(seconds(2010), seconds(2026), seconds(2024))]
    takeWindow(windows, END)
    expect(windows[0]?.to).toBe((seconds(2024) + seconds(2026)) / 2)
  })

  test('when few pages were read of all, or a single second is left, then there is nothing to be had', () => {
    expect(takeWindow([{ ...taken(0, undefined), pages: 2 }], END)).toBeUndefined()
    expect(takeWindow([taken(5, 5)], END)).toBeUndefined()
  })
})

test('however often windows are cut, every second of creation lies in exactly one', () => {
  const windows = [...windowsOf(0, [seconds(2022), seconds(2015), seconds(2022)])]
  expect(windows).toHaveLength(3)
  for (let n = 0; n < 200; n++) {
    const window = takeWindow(windows, END)
    if (window) window.pages = n % 3 > 0 ? 3 : 0
  }
  const inOrder = windows.toSorted((a, b) => a.from - b.from)
  expect(inOrder[0]?.from).toBe(0)
  expect(inOrder.at(-1)?.to).toBeUndefined()
  for (const [at, { from }] of inOrder.entries()) if (at > 0) expect(from).toBe((inOrder[at - 1]?.to ?? 0) + 1)
})
