import { type CsvCell, csv } from './csv'
import type { MatchCriterion, MatchNeed, MatchSite, MatchTold } from '../api/analyses'
import type { Requirement } from '../api/rows'

/** A requirement as it is typed: empty texts are not stated. */
export interface NeedForm {
  cluster: string
  area_min_m2: string
  area_max_m2: string
  load_kn_m2: string
  height_m: string
  power_kva: string
  fire_class: string
  districts: string[]
  by: string
}
export const BLANK: NeedForm = {
  cluster: '',
  area_min_m2: '',
  area_max_m2: '',
  load_kn_m2: '',
  height_m: '',
  power_kva: '',
  fire_class: '',
  districts: [],
  by: '',
}
export const NUMBERS = ['area_min_m2', 'area_max_m2', 'load_kn_m2', 'height_m', 'power_kva'] as const
export type NumberField = (typeof NUMBERS)[number]

/** Thousands may be parted by commas or blanks, as they are shown. */
export function number(text: string): number | null {
  const plain = text.replace(/[,\s]/g, '')
  if (plain === '') return null
  const value = Number(plain)
  return Number.isFinite(value) ? value : Number.NaN
}

/** Fields that hold no number of more than nought. */
export const wrong = (form: NeedForm): NumberField[] =>
  NUMBERS.filter((field) => {
    const value = number(form[field])
    return value !== null && !(value > 0)
  })

export function needOf(form: NeedForm): MatchNeed {
  const need: MatchNeed = {}
  if (form.cluster) need.cluster = form.cluster
  for (const field of NUMBERS) {
    const value = number(form[field])
    if (value !== null) need[field] = value
  }
  if (form.fire_class) need.fire_class = form.fire_class
  if (form.districts.length) need.districts = form.districts
  if (form.by) need.by = form.by
  return need
}

export const isStated = (form: NeedForm): boolean => Object.keys(needOf(form)).length > 0

const text = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value))

export const formOf = (row: Requirement): NeedForm => ({
  cluster: row.cluster ?? '',
  area_min_m2: text(row.area_min_m2),
  area_max_m2: text(row.area_max_m2),
  load_kn_m2: text(row.load_kn_m2),
  height_m: text(row.height_m),
  power_kva: text(row.power_kva),
  fire_class: row.fire_class ?? '',
  districts: row.districts ?? [],
  by: row.needed_by ?? '',
})

/** What is kept of the form: what is not stated is null, so that a change takes it out. */
export function rowOf(form: NeedForm): Partial<Requirement> {
  const need = needOf(form)
  return {
    cluster: need.cluster ?? null,
    area_min_m2: need.area_min_m2 ?? null,
    area_max_m2: need.area_max_m2 ?? null,
    load_kn_m2: need.load_kn_m2 ?? null,
    height_m: need.height_m ?? null,
    power_kva: need.power_kva ?? null,
    fire_class: need.fire_class ?? null,
    districts: need.districts?.length ? need.districts : null,
    needed_by: need.by ?? null,
  }
}

export const isSame = (a: NeedForm, b: NeedForm): boolean => JSON.stringify(needOf(a)) === JSON.stringify(needOf(b))

export const CRITERIA: readonly MatchCriterion[] = ['cluster', 'area', 'load', 'height', 'power', 'fire', 'date']
export const toldOf = (told: readonly MatchTold[], id: MatchCriterion): MatchTold | undefined =>
  told.find((one) => one.id === id)

/** open → offered → visiting → signed | withdrawn, and a step back before the end. */
export const STATES = ['open', 'offered', 'visiting', 'signed', 'withdrawn'] as const
export const isClosed = (state: string | null | undefined): boolean => state === 'signed' || state === 'withdrawn'
export function movesFrom(state: string | null | undefined): string[] {
  switch (state) {
    case 'offered':
      return ['visiting', 'withdrawn']
    case 'visiting':
      return ['signed', 'offered', 'withdrawn']
    case 'open':
      return ['withdrawn']
    default:
      return []
  }
}

/** The list for a spreadsheet, with a mark for its encoding; heads are words. */
export function csvOf(
  sites: readonly MatchSite[],
  stated: readonly MatchCriterion[],
  heads: readonly string[],
  row: (site: MatchSite) => CsvCell[],
  last: (site: MatchSite) => number,
): string {
  const lines = sites.map((site) => {
    const criteria = stated.flatMap((id) => {
      const told = toldOf(site.criteria, id)
      const change = site.change.find((one) => one.criterion === id)
      return [told?.verdict, told?.have, change?.to]
    })
    return [...row(site), ...criteria, last(site)]
  })
  return csv(heads, lines)
}
