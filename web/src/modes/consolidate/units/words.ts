import type { Instrument, InstrumentState } from '../../../api/types'

export const stateTone = (state: InstrumentState): string => ({ draft: 'warn', reviewed: 'acc', in_force: 'ok', withdrawn: 'line' })[state]
export const areaOf = (i: Instrument): number | null => i.ledger?.out_m2 ?? null
