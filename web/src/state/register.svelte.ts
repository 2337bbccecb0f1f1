import { Problem } from '../api/client'
import * as api from '../api/endpoints'
import type { Designation, DesignationState, DesignationStep, DraftPatch, TodayAnswer } from '../api/types'
import { t } from '../i18n/index.svelte'
import { designation } from './designation.svelte'
import { onChange, touches } from './stream'
import { ui } from './ui.svelte'

export const STATES: readonly DesignationState[] = [
  'draft',
  'district_review',
  'city_review',
  'designated',
  'recheck_due',
  'expired',
  'revoked',
  'rejected',
  'withdrawn',
]
const WAITING: readonly DesignationState[] = ['draft', 'district_review', 'city_review', 'recheck_due']
const CLOSED: readonly DesignationState[] = ['expired', 'revoked', 'rejected', 'withdrawn']

/** Applications and titles, and the one of the park whose card is open. */
class Register {
  list = $state.raw<Designation[]>([])
  loaded = $state(false)
  error = $state.raw<unknown>(null)
  busy = $state(false)
  /** With history and evidence. */
  whole = $state.raw<Designation | null>(null)
  today = $state.raw<TodayAnswer | null>(null)
  todayError = $state.raw<unknown>(null)
  #asked = 0

  /** The record of each park: the open one, or else its last. */
  ofPark = $derived.by(() => {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew each time
    const found = new Map<string, Designation>()
    for (const one of this.list) {
      const known = found.get(one.park)
      if (!known || CLOSED.includes(known.state)) found.set(one.park, one)
    }
    return found
  })
  one = $derived(this.ofPark.get(designation.park?.park ?? '') ?? null)
  /** What waits for this person. */
  queue = $derived(
    this.list.filter(
      (one) => WAITING.includes(one.state) && one.next.some((next) => next.may && !STANDING.has(next.step)),
    ),
  )
  titles = $derived(this.list.filter((one) => one.state === 'designated' || one.state === 'recheck_due'))

  async load(): Promise<void> {
    try {
      this.list = (await api.designations()).designations
      this.error = null
    } catch (error) {
      this.error = error
    }
    this.loaded = true
  }

  /** History, evidence and today's answers of a record; a later question overtakes an earlier answer. */
  async open(code: string | null): Promise<void> {
    const asked = ++this.#asked
    if (this.whole?.code !== code) this.whole = this.today = null
    this.todayError = null
    if (!code) return
    try {
      const [whole, today] = await Promise.all([api.designation(code), api.designationToday(code)])
      if (asked === this.#asked) Object.assign(this, { whole, today })
    } catch (error) {
      if (asked === this.#asked) this.todayError = error
    }
  }

  /** Others' moves, and data that today's answer rests on. */
  follow(): () => void {
    return onChange((change) => {
      if (touches(change, 'designation')) void this.load().then(() => this.open(this.one?.code ?? null))
      else if (touches(change, 'unit', 'firm', 'park', 'building')) void this.open(this.one?.code ?? null)
    })
  }

  draft(park: string, lead: string, basis: string): Promise<boolean> {
    return this.#do(() =>
      api.draftDesignation({ park, ...(lead ? { lead_cluster: lead } : {}), ...(basis ? { basis } : {}) }),
    )
  }
  edit(one: Designation, patch: DraftPatch): Promise<boolean> {
    return this.#do(() => api.editDesignation(one.code, one.etag, patch))
  }
  move(one: Designation, step: DesignationStep, reason: string, date: string): Promise<boolean> {
    return this.#do(() =>
      api.moveDesignation(one.code, one.etag, { step, ...(reason ? { reason } : {}), ...(date ? { date } : {}) }),
    )
  }
  assess(one: Designation): Promise<boolean> {
    return this.#do(() => api.assessDesignation(one.code, one.etag))
  }

  async #do(work: () => Promise<Designation>): Promise<boolean> {
    this.busy = true
    try {
      const done = await work()
      await this.load()
      void this.open(done.code)
      ui.toast(t('life.done', { code: done.code, state: t(`life.state.${done.state}`) }))
      return true
    } catch (error) {
      ui.toast(this.#say(error), 'bad')
      return false
    } finally {
      this.busy = false
    }
  }

  #say(error: unknown): string {
    if (!(error instanceof Problem)) return t('error.unexpected')
    if (error.status === 401) ui.dialog = 'signin'
    if (error.status === 412) {
      void this.load().then(() => this.open(this.one?.code ?? null))
      return t('life.stale')
    }
    return error.status === 0 ? t('error.network') : error.detail || error.title
  }
}
/** May be done at any time and wait for nobody. */
const STANDING = new Set<DesignationStep>(['revoke', 'withdraw'])
export const register = new Register()
