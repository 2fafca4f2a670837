import { describe, expect, test } from 'vitest'
import { answered, clientHangsUp, START, Story } from '../../test/calls/story.ts'

describe('parties', () => {
  test('given a caller whose number is an extension or a mobile of the staff, when it arrives by the trunk, then it is a client', () => {
    for (const number of ['101', '79990001122']) {
      const story = new Story().at(0).arrives('trunk/1', { number }).dials('trunk/1', '102/a').at(1)
      expect(story.talk('basic-1', '102/a', 'trunk/1').at(3).ends('trunk/1').ends('102/a').call().direction).toBe('in')
    }
  })

  test("given a person's mobile rings through the trunk, when it answers, then the person talked there", () => {
    const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', 'trunk/2', '89990001122').at(3)
    story.talk('basic-1', 'trunk/2', 'trunk/1').at(8).ends('trunk/2').ends('trunk/1')
    expect(story.call()).toMatchObject({
      direction: 'in',
      responsible: '105',
      people: [{ extension: '105', external: '+79990001122', rang: true, rangSeconds: 3, talkSeconds: 5 }],
    })
  })

  test('given 104 forwards outside through a Local channel, when the outside number answers, then 104 talked there', () => {
    const story = new Story().at(0).arrives('trunk/1').dialsLocal('trunk/1', '104')
    story.dials('Local/104;2', 'trunk/2', '89161112233').at(2)
    story.answers('trunk/2', 'Local/104;2').enters('basic-2', 'trunk/2', 'Local/104;2')
    story.talk('basic-1', 'Local/104;1', 'trunk/1').at(6).ends('trunk/2').ends('trunk/1')
    expect(story.call().people).toEqual([
      { extension: '104', external: '+79161112233', rang: true, rangSeconds: 2, talkSeconds: 4, holdSeconds: 0 },
    ])
  })

  test('given 101 sends the client to an outside number, when that answers, then 101 is who talks there', () => {
    const story = answered()
      .at(5)
      .blindTransfers('101/desk', 'trunk/1', '89161112233')
      .leaves('basic-1', 'trunk/1', '101/desk')
    story.ends('101/desk').dials('trunk/1', 'trunk/2', '89161112233').at(7).talk('basic-2', 'trunk/2', 'trunk/1')
    const call = story.at(10).ends('trunk/2').ends('trunk/1').call()
    expect(call.transfers).toEqual([{ kind: 'blind', from: '101', to: '+79161112233', at: START + 5000 }])
    expect(call).toMatchObject({ responsible: '101', talkSeconds: 6, people: [{ extension: '101', talkSeconds: 6 }] })
  })

  test('given several phones of one person ring at once, then the person rang once as long', () => {
    const story = new Story().at(0).arrives('trunk/1').dials('trunk/1', '101/desk').dials('trunk/1', '101/soft')
    story
      .at(4)
      .answers('101/soft')
      .ends('101/desk', { cause: 26 })
      .answers('trunk/1')
      .enters('basic-1', '101/soft', 'trunk/1')
    const call = clientHangsUp(story, 6, 'trunk/1', '101/soft').call()
    expect(call.people).toEqual([{ extension: '101', rang: true, rangSeconds: 4, talkSeconds: 2, holdSeconds: 0 }])
    expect(story.told().filter((line) => line.endsWith('101'))).toEqual([
      'ringing 101',
      'conversation-started 101',
      'conversation-ended 101',
    ])
  })

  test('given the trunks are known, when a stranger or anonymous arrives, then it is counted and told to nobody', () => {
    const story = new Story({ trunks: ['trunk'] }).at(0).arrives('scanner/1').dials('scanner/1', '101/a')
    story.arrives('anonymous/1').at(2).ends('scanner/1').ends('anonymous/1').ends('101/a')
    expect(story.ended()).toEqual([])
    expect(story.phases).toEqual([])
    expect(story.tracker.noiseCount()).toBe(2)
    expect(story.tracker.find('scanner/1')).toBeUndefined()
  })

  test('given no trunks are known, when anonymous arrives, then it is noise all the same', () => {
    expect(new Story().at(0).arrives('anonymous/1').ends('anonymous/1').ended()).toEqual([])
  })
})
