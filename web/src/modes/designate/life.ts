import type { Designation, DesignationState, DesignationStep } from '../../api/types'
import { t } from '../../i18n/index.svelte'
import type { MapInk } from '../../map/palette'

/** The way of a title; what ends it stands in place of what it did not reach. */
export const WAY: readonly DesignationState[] = ['draft', 'district_review', 'city_review', 'designated', 'recheck_due']
const ENDS: readonly DesignationState[] = ['expired', 'revoked', 'rejected', 'withdrawn']

export interface Stop {
  state: DesignationState
  is: 'past' | 'now' | 'ahead' | 'end'
}

export function stopsOf(one: Designation): Stop[] {
  const { state } = one
  if (!ENDS.includes(state)) {
    const at = WAY.indexOf(state)
    return WAY.map((stop, i) => ({ state: stop, is: i < at ? 'past' : i === at ? 'now' : 'ahead' }))
  }
  // An ended title was designated; an application that ended went as far as its history says.
  const reached =
    state === 'expired' || state === 'revoked'
      ? 4
      : Math.max(1, ...(one.history ?? []).map((entry) => WAY.indexOf(entry.state as DesignationState) + 1))
  return [...WAY.slice(0, reached).map((stop): Stop => ({ state: stop, is: 'past' })), { state, is: 'end' }]
}

export const toneOf = (state: DesignationState): string =>
  state === 'designated'
    ? 'ok'
    : state === 'recheck_due'
      ? 'warn'
      : state === 'district_review' || state === 'city_review'
        ? 'acc'
        : ENDS.includes(state)
          ? 'bad'
          : ''

/** Parks on the map by the state of their record: hue and, in the legend, words. */
export const colourOf = (state: DesignationState, ink: MapInk): string =>
  state === 'designated'
    ? (ink.grades['A'] ?? ink.acc)
    : state === 'recheck_due'
      ? ink.warn
      : state === 'district_review' || state === 'city_review'
        ? ink.acc
        : ENDS.includes(state)
          ? ink.bad
          : ink.ink3

/** May be done at any time and wait for nobody. */
const STANDING: readonly DesignationStep[] = ['revoke', 'withdraw']

/** Whose turn it is, or why it is not this reader's. */
export function whoseTurn(one: Designation): string {
  const waits = one.next.filter((step) => !STANDING.includes(step.step))
  const first = waits[0]
  if (!first) return t('life.closed')
  if (one.state === 'designated') return t('life.inForce', { date: one.recheck_from ?? '' })
  if (waits.some((step) => step.may)) return t('life.yourTurn')
  if (waits.some((step) => step.because === 'two_persons')) return t('life.twoPersons')
  const steps = waits
    .filter((step) => step.role === first.role)
    .map((step) => t(`life.step.${step.step}`))
    .join(t('listSep'))
  return t('life.waits', { role: t(first.role === 'reviewer' ? 'role.reviewer' : 'role.planner'), steps })
}
