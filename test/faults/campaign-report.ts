import type { CampaignOutcome } from './campaign-run.ts'

/** Whether the promise held. */
export function held(outcome: CampaignOutcome): boolean {
  const { verdict, diedUnordered, defects, unsettled, deadLetters } = outcome
  return (
    verdict.wrong.length === 0 &&
    diedUnordered.length === 0 &&
    defects.length === 0 &&
    unsettled === undefined &&
    deadLetters === 0
  )
}

/** Phones that do not answer prove nothing: a third of the calls are conversations at the least. */
function isReal({ verdict }: CampaignOutcome): boolean {
  return verdict.talked * 3 >= verdict.inPbx
}

/** What a person wants to know at the end. */
export function campaignReport(outcome: CampaignOutcome, seed: number, directory: string): string {
  const { verdict, harms, troubles, impossible, diedUnordered, defects, unsettled, deadLetters } = outcome
  const { wrong, inPbx, inCrm, talked, cut, farthestSeconds } = verdict
  const count = (what: string) => wrong.filter((one) => one.what === what).length
  const table = (title: string, counts: ReadonlyMap<string, number>) => [
    title,
    ...[...counts].toSorted(([a], [b]) => a.localeCompare(b)).map(([name, n]) => `  ${String(n).padStart(4)}  ${name}`),
  ]
  return [
    ...table('harm done', harms),
    ...impossible.map((harm) => `  none  ${harm}: the package faketime is not installed`),
    ...table("requests hit by the CRM's faults", troubles),
    '',
    `calls in the PBX ${inPbx}, notes in the CRM ${inCrm}: lost ${count('lost')}, doubled ${count('doubled')}, invented ${count('invented')}`,
    `talked ${talked}, cut by Asterisk's death ${cut} (seconds not compared); seconds at most ${farthestSeconds.toFixed(1)} apart`,
    `wrong seconds ${count('seconds')}, persons ${count('person')}, outcomes ${count('outcome')}, directions ${count('direction')}, clients doubled ${count('client doubled')}; dead letters ${deadLetters}`,
    ...(isReal(outcome) ? [] : ['too few calls were answered: the load was not what was planned']),
    ...(unsettled === undefined ? [] : [`not settled: ${unsettled}`]),
    ...diedUnordered.map((why) => `the service ended by itself: ${why}`),
    ...defects.map((line) => `the service calls itself defective: ${line}`),
    ...wrong.map(
      ({ what, kind, number, detail, linkedids }) =>
        `WRONG ${what}: ${kind} ${number}: ${detail} [${linkedids.join(' ')}]`,
    ),
    ...(held(outcome) ? [] : howToLook(directory)),
    `seed ${seed}: ${held(outcome) ? 'the promise held' : 'THE PROMISE IS BROKEN'}`,
  ].join('\n')
}

function howToLook(directory: string): readonly string[] {
  return [
    '',
    `Everything is in ${directory}. How to look:`,
    `  node src/main.ts explain --config ${directory}/config.json CALL-ID     (an id in brackets above)`,
    `  jq '[.[] | select(.linkedid == "CALL-ID")]' ${directory}/cel.json | node src/main.ts interpret --source cel --config ${directory}/config.json -`,
    `  grep CALL-ID ${directory}/service.log`,
  ]
}
