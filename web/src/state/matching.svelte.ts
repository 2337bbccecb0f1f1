import { Problem, isAbort } from '../api/client'
import * as api from '../api/endpoints'
import type { MatchResult, MatchSite, SuitedRequirement, TenantsResult } from '../api/analyses'
import type { Requirement } from '../api/rows'
import { t } from '../i18n/index.svelte'
import { BLANK, formOf, isSame, isStated, needOf, type NeedForm, rowOf } from '../model/matching'
import { session } from './session.svelte'
import { ui } from './ui.svelte'

export const PAGE = 100
export type Kinds = 'all' | 'floor' | 'parcel'

/** A floor for which somebody is looked for. */
export interface Vacant {
  code: string
  building: string
  label: string
}

/** What is asked, what was found, and the requirements that are kept. */
class Matching {
  form = $state<NeedForm>({ ...BLANK })
  firm = $state('')
  contact = $state('')
  note = $state('')
  kinds = $state<Kinds>('all')
  offset = $state(0)
  result = $state.raw<MatchResult | null>(null)
  /** The form that `result` answers. */
  asked = $state.raw<NeedForm | null>(null)
  running = $state(false)
  error = $state.raw<unknown>(null)
  chosen = $state('')
  side = $state<'ask' | 'ledger'>('ask')

  list = $state.raw<Requirement[]>([])
  listError = $state.raw<unknown>(null)
  /** The requirement that is worked on. */
  open = $state.raw<api.Kept<Requirement> | null>(null)
  saving = $state(false)
  saveError = $state.raw<unknown>(null)

  vacant = $state.raw<Vacant | null>(null)
  tenants = $state.raw<TenantsResult | null>(null)
  suited = $state('')
  #abort: AbortController | null = null

  site = $derived<MatchSite | null>(this.result?.sites.find((site) => site.id === this.chosen) ?? null)
  wish = $derived<SuitedRequirement | null>(
    this.tenants?.requirements.find((one) => one.requirement === this.suited) ?? null,
  )
  stale = $derived(this.asked !== null && !isSame(this.asked, this.form))
  changed = $derived(
    this.open !== null &&
      (!isSame(formOf(this.open.row), this.form) ||
        (this.open.row.firm ?? '') !== this.firm ||
        (this.open.row.contact ?? '') !== this.contact ||
        (this.open.row.note ?? '') !== this.note),
  )
  keeps = $derived(session.role === 'planner' || session.role === 'admin')
  sees = $derived(this.keeps || session.role === 'operator')

  async run(offset = 0): Promise<void> {
    if (!isStated(this.form)) return
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    const form = { ...this.form }
    this.running = true
    this.error = null
    try {
      const result = await api.match(
        { need: needOf(form), limit: PAGE, offset, ...(this.kinds === 'all' ? {} : { kinds: [this.kinds] }) },
        abort.signal,
      )
      this.result = result
      this.asked = form
      this.offset = offset
      if (!result.sites.some((site) => site.id === this.chosen)) this.chosen = result.sites[0]?.id ?? ''
    } catch (error) {
      if (isAbort(error)) return
      this.error = error
    }
    if (this.#abort === abort) this.running = false
  }

  /** All that were found, for a file. */
  whole = (): Promise<MatchResult> =>
    api.match({
      need: needOf(this.asked ?? this.form),
      limit: 10_000,
      ...(this.kinds === 'all' ? {} : { kinds: [this.kinds] }),
    })

  look(kinds: Kinds): void {
    this.kinds = kinds
    void this.run()
  }

  fresh(): void {
    this.open = null
    this.form = { ...BLANK }
    this.firm = this.contact = this.note = ''
    this.result = null
    this.asked = null
    this.saveError = null
    this.side = 'ask'
  }

  async load(): Promise<void> {
    if (!this.sees) {
      this.list = []
      return
    }
    try {
      this.list = await api.requirements()
      this.listError = null
    } catch (error) {
      this.listError = error
    }
  }

  #take(kept: api.Kept<Requirement>): void {
    this.open = kept
    this.form = formOf(kept.row)
    this.firm = kept.row.firm ?? ''
    this.contact = kept.row.contact ?? ''
    this.note = kept.row.note ?? ''
  }

  async work(code: string): Promise<void> {
    this.saveError = null
    try {
      this.#take(await api.requirement(code))
      this.vacant = null
      this.side = 'ask'
      await this.run()
    } catch (error) {
      this.listError = error
    }
  }

  /** Keeps what is typed as a requirement, or the changes to the one that is open. */
  async save(): Promise<void> {
    if (!session.now.signed_in) {
      ui.dialog = 'signin'
      return
    }
    const body: Partial<Requirement> = {
      ...rowOf(this.form),
      firm: this.firm.trim() || null,
      contact: this.contact.trim() || null,
      note: this.note.trim() || null,
    }
    const { open } = this
    const done = await this.#write(() =>
      open ? api.patchRequirement(open.row.code, open.etag, body) : api.createRequirement(body),
    )
    if (done) ui.toast(t('ma.saved', { code: this.open?.row.code ?? '' }))
  }

  async move(state: string, more: Partial<Requirement> = {}): Promise<boolean> {
    const { open } = this
    if (!open) return false
    const done = await this.#write(() => api.patchRequirement(open.row.code, open.etag, { state, ...more }))
    if (done) ui.toast(t('ma.moved', { code: open.row.code, state: t(`ma.state.${state as 'open'}`) }))
    return done
  }

  /** Offers a place to the open requirement, or takes it back. */
  async offer(code: string): Promise<void> {
    const { open } = this
    if (!open) return
    const offered = open.row.offered ?? []
    const next = offered.includes(code) ? offered.filter((one) => one !== code) : [...offered, code]
    await this.#write(() => api.patchRequirement(open.row.code, open.etag, { offered: next }))
  }

  async #write(act: () => Promise<api.Kept<Requirement>>): Promise<boolean> {
    this.saving = true
    this.saveError = null
    try {
      this.#take(await act())
      await this.load()
      return true
    } catch (error) {
      this.saveError = error
      // Somebody else was first: what is typed stays, and the next try is against theirs.
      if (error instanceof Problem && error.status === 412 && this.open) {
        this.open = await api.requirement(this.open.row.code)
      }
      return false
    } finally {
      this.saving = false
    }
  }

  /** From a vacant floor to those who look for one. */
  async findTenants(building: string, label: string): Promise<void> {
    ui.go('matching')
    this.error = null
    this.tenants = null
    this.vacant = { code: '', building, label }
    try {
      const found = await api.tenants(building, label)
      this.tenants = found
      this.vacant = { code: found.site, building, label }
      this.suited = found.requirements[0]?.requirement ?? ''
    } catch (error) {
      this.error = error
    }
  }
  leaveFloor(): void {
    this.vacant = null
    this.tenants = null
    this.error = null
  }
}
export const matching = new Matching()
