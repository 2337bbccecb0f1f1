import type {
  MatchChange,
  MatchCriterion,
  MatchMeasure,
  MatchSite,
  MatchTold,
  SuitedRequirement,
} from '../../api/analyses'
import { has, t, tIf } from '../../i18n/index.svelte'
import { MISSING, num } from '../../model/format'
import { toldOf } from '../../model/matching'
import { city } from '../../state/city.svelte'

const UNIT: Partial<Record<MatchCriterion, string>> = { area: '㎡', load: 'kN/㎡', height: 'm', power: 'kVA' }
const DIGITS: Partial<Record<MatchCriterion, number>> = { area: 0, load: 1, height: 1, power: 0 }
export const unitOf = (id: MatchCriterion): string => UNIT[id] ?? ''

/** A measure as people read it, without its unit. */
export function bare(id: MatchCriterion, measure: MatchMeasure | null | undefined): string {
  if (measure === null || measure === undefined) return t('noEvidence')
  if (typeof measure === 'number') return num(measure, DIGITS[id] ?? 0)
  if (measure === 'now') return t('ma.now')
  const fit = `ma.fit.${measure}`
  return has(fit) ? t(fit) : measure
}
export const measured = (id: MatchCriterion, measure: MatchMeasure | null | undefined): string => {
  const text = bare(id, measure)
  return typeof measure === 'number' ? `${text} ${unitOf(id)}` : text
}

export function needed(told: MatchTold): string {
  const { id, need, need_max: most } = told
  if (id === 'cluster') return city.cluster(String(need))
  if (id === 'date') return t('ma.byDay', { d: String(need) })
  if (typeof need === 'number' && most !== undefined)
    return `${t('ma.between', { a: bare(id, need), b: bare(id, most) })} ${unitOf(id)}`
  if (most !== undefined) return t('ma.atMost', { v: measured(id, most) })
  return typeof need === 'number' ? t('ma.atLeast', { v: measured(id, need) }) : String(need ?? MISSING)
}

export const factorName = (factor: string | undefined): string => (factor ? tIf(`ma.factor.${factor}`, factor) : '')

export function deed(change: MatchChange, told: MatchTold | undefined): string {
  return t(`ma.do.${change.criterion}`, {
    a: bare(change.criterion, change.from),
    b: measured(change.criterion, change.to),
    f: factorName(told?.factor),
  })
}

/** What is to be done, in one line: what is not known is found out before anything is built. */
export function deeds(one: MatchSite | SuitedRequirement): string {
  const told = one.change.map((change) => deed(change, toldOf(one.criteria, change.criterion)))
  if (told.length) return told.join(t('listSep'))
  if (one.fails) return ''
  return t(one.unknowns ? 'ma.evidence' : 'ma.noChange')
}

/** "2 号厂房 3F", or the parcel's code. */
export const placeName = (site: MatchSite): string =>
  site.kind === 'parcel' ? site.id : `${site.building_name ?? site.building ?? ''} ${site.floor ?? ''}`.trim()
