import type { Floor, JudgedCell, SheetColumn, Totals, Unit } from '../../api/types'
import { t, tIf } from '../../i18n/index.svelte'
import { MISSING, num } from '../../model/format'
import { city } from '../../state/city.svelte'

export const STATES = ['own_use', 'let', 'vacant', 'fit_out', 'out_of_service']
type State = Unit['state']
export const stateName = (state: State): string =>
  city.terms('unit_state').length ? city.term('unit_state', state) : tIf(`state.${state}`, state ?? MISSING)
export const stateColour = (state: State): string => (state ? `var(--u-${state})` : 'var(--line2)')
export const buildingName = (name: string | null | undefined, code: string): string => name || code
/** Buildings are numbered within their parcel, so the parcel tells two No. 2s apart. */
export const parcelOf = (building: string): string => building.split('-').slice(1, 3).join('-')
export const totalOf = (totals: Totals): number => STATES.reduce((sum, s) => sum + (totals[s] ?? 0), 0)
export const floorMoveIn = (floor: Floor): number => {
  const used = floor.units
    .filter((u) => u.state === 'let' || u.state === 'own_use')
    .reduce((sum, u) => sum + (u.area_m2 ?? 0), 0)
  return floor.area_m2 ? used / floor.area_m2 : 0
}
export const oldest = (units: readonly Unit[]): string | null =>
  units
    .map((u) => u.as_of)
    .filter((d): d is string => !!d)
    .sort()[0] ?? null

/** What a block of the stack says: who sits there where we may know, else the state. */
export function unitLines(unit: Unit): { top: string; bottom: string } {
  const cluster = unit.cluster ? city.cluster(unit.cluster) : ''
  if (unit.state === 'vacant' || unit.state === 'own_use' || unit.state === 'out_of_service')
    return { top: '', bottom: stateName(unit.state) }
  if (unit.state === 'fit_out') return { top: unit.tenant ?? '', bottom: stateName(unit.state) }
  return { top: unit.tenant ?? stateName(unit.state), bottom: cluster }
}

const COLUMN: Partial<Record<SheetColumn, () => string>> = {
  state: () => t('stateHead'),
  area_m2: () => t('sheet.col.area_m2'),
  use: () => t('use'),
  tenant: () => t('tenant'),
  cluster: () => t('cluster'),
  rent_yuan_m2_month: () => t('rent'),
  lease_end: () => t('leaseEnd'),
  as_of: () => t('asOfHead'),
  note: () => t('note'),
  building: () => t('sheet.col.building'),
  floor: () => t('sheet.col.floor'),
}
/** What a column of the table is called. */
export const columnName = (column: SheetColumn): string => COLUMN[column]?.() ?? column

/** A value of a table's cell: codes by their names. */
export function sheetValue(column: SheetColumn, value: JudgedCell['old']): string {
  if (value === null || value === undefined || value === '') return MISSING
  if (column === 'state') return stateName(value as State)
  if (column === 'cluster') return city.cluster(value)
  if (column === 'use') return city.term('unit_use', value)
  return typeof value === 'number' ? num(value, value % 1 ? 2 : 0) : value
}
