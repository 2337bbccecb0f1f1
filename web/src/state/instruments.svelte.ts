import { Problem } from '../api/client'
import * as api from '../api/endpoints'
import type { Instrument, InstrumentState, Item, NewInstrument } from '../api/types'
import { t } from '../i18n/index.svelte'
import { consumedAt } from '../model/land'
import { today } from '../model/format'
import { session } from './session.svelte'
import { ui } from './ui.svelte'

const ORDER: InstrumentState[] = ['draft', 'reviewed', 'in_force', 'withdrawn']

/** An undo has no account of its own. */
const whole = (i: Instrument): Instrument => ({ ...i, ledger: Array.isArray(i.ledger?.rows) ? i.ledger : null })

/** Recorded merges, splits and their undoing, and the land as these leave it on a day. */
class Instruments {
  list = $state.raw<Instrument[]>([])
  loaded = $state(false)
  error = $state.raw<unknown>(null)
  chosen = $state('')
  busy = $state(false)
  /** Null is today. */
  day = $state<string | null>(null)
  planParcels = $state.raw<Item[]>([])
  #asked = 0

  now = $derived(this.day ?? today())
  consumed = $derived(consumedAt(this.list, this.now))
  one = $derived(this.list.find((i) => i.code === this.chosen) ?? null)
  ordered = $derived(
    [...this.list].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.code.localeCompare(a.code)),
  )

  async load(): Promise<void> {
    try {
      this.list = (await api.instruments()).map(whole)
      this.error = null
    } catch (error) {
      this.error = error
    }
    this.loaded = true
    await this.loadLand()
  }

  /** The plan parcels of the day; a later question overtakes an earlier answer. */
  async loadLand(): Promise<void> {
    const asked = ++this.#asked
    try {
      const page = await api.planParcels(this.now)
      if (asked === this.#asked) this.planParcels = page.features
    } catch {
      if (asked === this.#asked) this.planParcels = []
    }
  }
  goTo(day: string | null): void {
    this.day = day === today() ? null : day
    void this.loadLand()
  }

  mayWrite(): boolean {
    if (session.role === 'planner' || session.role === 'reviewer' || session.role === 'admin') return true
    if (!session.now.signed_in) ui.dialog = 'signin'
    ui.toast(t('inst.signIn'), 'bad')
    return false
  }

  async draft(body: NewInstrument): Promise<Instrument | null> {
    if (!this.mayWrite()) return null
    return this.#do(async () => {
      const made = await api.draftInstrument(body)
      this.#put(made)
      this.chosen = made.code
      return made
    })
  }

  /**
   * The state seen here must be the state there: the tag goes along, and a newer one is shown instead of overwritten.
   */
  async move(code: string, to: InstrumentState, date?: string): Promise<Instrument | null> {
    if (!this.mayWrite()) return null
    return this.#do(async () => {
      const seen = this.list.find((i) => i.code === code)
      const present = await api.instrument(code)
      if (seen && seen.revision !== present.revision) {
        this.#put(present)
        throw new Problem(412, t('inst.stale'), '')
      }
      const moved = await api.moveInstrument(code, present.etag, { to, ...(date ? { date } : {}) })
      this.#put(moved)
      await this.load()
      return moved
    })
  }

  #put(one: Instrument): void {
    this.list = [...this.list.filter((i) => i.code !== one.code), whole(one)]
  }

  async #do(work: () => Promise<Instrument>): Promise<Instrument | null> {
    this.busy = true
    try {
      return await work()
    } catch (error) {
      ui.toast(this.#say(error), 'bad')
      return null
    } finally {
      this.busy = false
    }
  }

  #say(error: unknown): string {
    if (!(error instanceof Problem)) return t('error.unexpected')
    if (error.status === 412) {
      const present = error.body.current as Instrument | undefined
      if (present?.code) this.#put(present)
      else void this.load()
      return t('inst.stale')
    }
    if (error.status === 409) return t('inst.conflict', { why: error.detail || error.title })
    return error.status === 0 ? t('error.network') : error.detail || error.title
  }
}
export const instruments = new Instruments()
