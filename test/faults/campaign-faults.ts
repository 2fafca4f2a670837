import { kill } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Death } from './campaign-check.ts'
import type { CampaignClock } from './campaign-clock.ts'
import type { ServiceKeeper } from './campaign-keeper.ts'
import type { CampaignPbx } from './campaign-pbx.ts'
import { type Harm, overAfter, type PlannedHarm } from './campaign-plan.ts'

export interface Harmed {
  readonly done: ReadonlyMap<Harm, number>
  readonly deaths: readonly Death[]
}

export interface HarmDeps {
  readonly pbx: CampaignPbx
  readonly keeper: ServiceKeeper
  readonly clock: CampaignClock
  readonly log: (line: string) => void
}

/** Does each when its time has come. One that takes longer than planned (a slow stop) puts the others off: their distances are what keeps one witness seeing. */
export async function doHarms(planned: readonly PlannedHarm[], { pbx, keeper, clock, log }: HarmDeps): Promise<Harmed> {
  const done = new Map<Harm, number>()
  const deaths: Death[] = []
  let late = 0
  for (const one of planned) {
    const { at, harm, lastsMs, bySeconds } = one
    if (harm === 'jump-clock' && !keeper.hasClock) continue
    await clock.at(at + late)
    log(`${harm} for ${lastsMs} ms${bySeconds ? ` by ${bySeconds} s` : ''}`)
    const from = Date.now()
    await doHarm(pbx, keeper, one)
    if (harm === 'crash-asterisk') deaths.push({ from, until: Date.now() })
    done.set(harm, (done.get(harm) ?? 0) + 1)
    late = Math.max(late, clock.now() - at - lastsMs - overAfter(harm))
  }
  return { done, deaths }
}

/** Does the harm, waits, and makes it good again; resolves when it is. */
async function doHarm(pbx: CampaignPbx, keeper: ServiceKeeper, { harm, lastsMs, bySeconds = 0 }: PlannedHarm) {
  const { stage, ari, disk } = pbx
  switch (harm) {
    case 'kill-service':
      await keeper.kill()
      await sleep(lastsMs)
      return keeper.start()
    case 'stop-service':
      await keeper.stop()
      await sleep(lastsMs)
      return keeper.start()
    case 'freeze-service':
      keeper.freeze()
      await sleep(lastsMs)
      return keeper.thaw()
    case 'cut-ari':
      ari.cut()
      await sleep(lastsMs)
      return ari.mend()
    case 'crash-asterisk':
      return stage.lab.crashAsterisk(lastsMs)
    case 'crash-database':
      return stage.lab.crashDatabase(lastsMs)
    case 'hang-database': {
      const pid = stage.lab.databasePid
      kill(pid, 'SIGSTOP')
      await sleep(lastsMs)
      return void kill(pid, 'SIGCONT')
    }
    case 'fill-disk':
      await disk.fill()
      await sleep(lastsMs)
      return disk.empty()
    case 'kill-on-full-disk':
      await disk.fill()
      await sleep(lastsMs)
      await keeper.kill()
      await disk.empty()
      return keeper.start()
    case 'jump-clock':
      keeper.setClock(bySeconds)
      await sleep(lastsMs)
      return keeper.setClock(0)
    default:
      return unreachable(harm)
  }
}

function unreachable(harm: never): never {
  throw new Error(`unknown harm ${JSON.stringify(harm)}`)
}
