import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from '../lab/lab.ts'
import { CLIENT } from './experienced.ts'

/** Asks the lab's ARI. @returns what it answers; the caller says what that is */
export function ari(lab: Lab) {
  const authorization = `Basic ${Buffer.from(`${lab.ari.user}:${lab.ari.password}`).toString('base64')}`
  // biome-ignore lint/suspicious/noExplicitAny: as JSON.parse
  return async (method: string, path: string): Promise<any> => {
    const response = await fetch(`${lab.ari.url}/ari/${path}`, { method, headers: { authorization } })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}

export const originate = (lab: Lab, parameters: Readonly<Record<string, string>>) =>
  ari(lab)('POST', `channels/cw-click-1?${new URLSearchParams({ priority: '1', callerId: CLIENT, ...parameters })}`)

/** A Stasis application of the scenario's own; tells which channel came in next. */
export async function stasisApp(lab: Lab, name: string) {
  const credentials = `${lab.ari.user}:${lab.ari.password}`
  const socket = new WebSocket(
    `${lab.ari.url.replace('http', 'ws')}/ari/events?app=${name}&api_key=${encodeURIComponent(credentials)}`,
  )
  const started: string[] = []
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data))
    if (message.type === 'StasisStart') started.push(message.channel.id)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  return {
    async started(): Promise<string> {
      for (let i = 0; i < 500; i++) {
        const id = started.shift()
        if (id !== undefined) return id
        await sleep(10)
      }
      throw new Error('no channel came')
    },
    async [Symbol.asyncDispose](): Promise<void> {
      socket.close()
    },
  }
}
