import type { Instrument, InstrumentState } from '../../../api/types'

export const stateTone = (state: Shown): string =>
  ({ draft: 'warn', reviewed: 'acc', in_force: 'ok', withdrawn: 'line', undone: 'line' })[state]
export type Shown = InstrumentState | 'undone'
/** What it is in force as: nothing, once another has undone it. */
export const shownState = (i: Instrument): Shown => (i.state === 'in_force' && i.undone_by ? 'undone' : i.state)
export const areaOf = (i: Instrument): number | null => i.ledger?.out_m2 ?? null
