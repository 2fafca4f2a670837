import { kill } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceKeeper } from './campaign-keeper.ts'
import type { CampaignPbx } from './campaign-pbx.ts'
import type { PlannedHarm } from './campaign-plan.ts'

/** Does the harm, waits, and makes it good again; resolves when it is. */
export async function doHarm(pbx: CampaignPbx, keeper: ServiceKeeper, { harm, lastsMs, bySeconds = 0 }: PlannedHarm) {
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
