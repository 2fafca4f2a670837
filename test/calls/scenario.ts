import type { Lab } from '../lab/lab.ts'
import type { Experienced } from './experienced.ts'

/** Makes one story happen on the lab's phones and tells what was experienced there. */
export type Scenario = (lab: Lab) => Promise<readonly Experienced[]>
export type Scenarios = Readonly<Record<string, Scenario>>
