import { Problem } from '../api/client'
import * as api from '../api/endpoints'
import type { Change, Due, ParkOccupancy, Stack, Unit, UnitPatch } from '../api/types'
import { either, t } from '../i18n/index.svelte'
import { num } from '../model/format'
import { session } from './session.svelte'
import { ui } from './ui.svelte'

const keyOf = (d: Due): string => [d.kind, d.building, d.floor, d.unit ?? ''].join('|')

/** The operator's desk: one park, one building, one unit, and what is being typed about it. */
class Occupancy {
  park = $state('')
  overview = $state.raw<ParkOccupancy | null>(null)
  stack = $state.raw<Stack | null>(null)
  building = $state('')
  unit = $state.raw<Unit | null>(null)
  history = $state.raw<Change[]>([])
  /** Only the fields typed into; never thrown away by an answer from the server. */
  draft = $state<UnitPatch>({})
  conflict = $state.raw<Unit | null>(null)
  fieldErrors = $state<Record<string, string>>({})
  error = $state.raw<unknown>(null)
  saveError = $state.raw<unknown>(null)
  saving = $state(false)
  asOf = $state(new Date().toLocaleDateString('sv-SE'))
  dirty = $derived(Object.keys(this.draft).length > 0)

  async open(park: string): Promise<void> {
    this.park = park
    await this.reload()
    const first = this.overview?.due.find((d) => d.building)?.building ?? this.overview?.buildings[0]?.code
    if (first && !this.overview?.buildings.some((b) => b.code === this.building)) await this.openBuilding(first)
  }

  async reload(): Promise<void> {
    if (!this.park) return
    try {
      this.overview = await api.parkOccupancy(this.park)
      this.error = null
    } catch (error) {
      this.error = error
    }
  }

  async openBuilding(code: string): Promise<void> {
    if (code !== this.building) this.close()
    this.building = code
    try {
      this.stack = await api.stack(code)
      this.error = null
    } catch (error) {
      this.error = error
    }
  }

  async openUnit(id: string): Promise<void> {
    if (this.unit?.id !== id) {
      this.draft = {}
      this.conflict = null
      this.fieldErrors = {}
      this.saveError = null
    }
    try {
      this.unit = await api.unit(id)
      this.history = []
      this.history = await api.unitHistory(id)
    } catch (error) {
      if (!this.unit) this.error = error
    }
  }
  close(): void {
    this.unit = null
    this.draft = {}
    this.conflict = null
    this.saveError = null
  }

  /** What is being done of the to-dos, and where it stood in their list. */
  #todo: { key: string; at: number } = { key: '', at: 0 }

  async openDue(due: Due): Promise<void> {
    this.#todo = { key: keyOf(due), at: this.overview?.due.findIndex((d) => keyOf(d) === keyOf(due)) ?? 0 }
    await this.openBuilding(due.building)
    const units = this.stack?.floors.find((f) => f.floor === due.floor)?.units ?? []
    const at = units.findIndex((u) => u.id === this.unit?.id)
    const stale = [...units.slice(at + 1), ...units.slice(0, at + 1)].find((u) => u.stale)
    const unit = due.unit ?? stale?.id ?? units[0]?.id
    if (unit) await this.openUnit(unit)
  }

  set<K extends keyof UnitPatch>(field: K, value: UnitPatch[K]): void {
    const now = this.unit?.[field]
    const { [field]: _gone, ...rest } = this.draft
    this.draft = value === now ? (rest as UnitPatch) : { ...this.draft, [field]: value }
  }
  value<K extends keyof UnitPatch>(field: K): UnitPatch[K] {
    return field in this.draft ? this.draft[field] : this.unit?.[field]
  }

  async save(): Promise<boolean> {
    const { unit } = this
    if (!unit) return false
    if (!session.now.signed_in) {
      ui.dialog = 'signin'
      return false
    }
    this.saving = true
    this.fieldErrors = {}
    this.saveError = null
    try {
      const before: UnitPatch = Object.fromEntries(
        ['as_of', ...Object.keys(this.draft)].map((k) => [k, unit[k as keyof UnitPatch] ?? null]),
      )
      const saved = await api.patchUnit(unit.id, unit.etag, { as_of: this.asOf, ...this.draft })
      this.unit = saved
      this.draft = {}
      this.conflict = null
      ui.toast(t('unit.saved', { id: saved.floor ?? saved.id }), 'done', {
        label: 'undo',
        run: () => void this.#undo(saved, before),
      })
      await this.#after()
      return true
    } catch (error) {
      if (error instanceof Problem && error.status === 412) {
        this.conflict = (error.body.current as Unit | undefined) ?? (await api.unit(unit.id))
      } else if (error instanceof Problem && error.errors.length) {
        this.fieldErrors = Object.fromEntries(error.errors.map((e) => [e.pointer.replace(/^\//, ''), e.detail]))
        this.saveError = error
      } else this.saveError = error
      return false
    } finally {
      this.saving = false
    }
  }

  async #undo(unit: Unit, before: UnitPatch): Promise<void> {
    try {
      this.unit = await api.patchUnit(unit.id, unit.etag, before)
      await this.#after()
    } catch (error) {
      ui.toast(error instanceof Error ? error.message : t('error.unexpected'), 'bad')
    }
  }

  /** Keeps what was typed, moves onto their version; nothing is sent until save. */
  keepMine(): void {
    if (!this.conflict) return
    this.unit = this.conflict
    this.conflict = null
  }
  takeTheirs(field?: keyof UnitPatch): void {
    if (!this.conflict) return
    if (field) {
      const { [field]: _gone, ...rest } = this.draft
      this.draft = rest as UnitPatch
    } else {
      this.draft = {}
      this.unit = this.conflict
      this.conflict = null
    }
  }

  async confirm(units: readonly Unit[]): Promise<void> {
    if (!session.now.signed_in) {
      ui.dialog = 'signin'
      return
    }
    try {
      const { done, refused, revision } = await api.confirmUnits({
        confirm: units.map((u) => ({ id: u.id, etag: u.etag })),
        as_of: this.asOf,
      })
      const [first] = refused
      const why = first
        ? ` · ${t('refused', { n: refused.length })}: ${either({ zh: first.detail, en: first.detail_en })}`
        : ''
      const undo = { label: 'undo', run: () => void this.takeBack(revision) } as const
      ui.toast(
        t('confirmed', { n: num(done.length) }) + why,
        first ? 'bad' : 'done',
        done.length > 0 ? undo : undefined,
      )
      await this.#after()
    } catch (error) {
      ui.toast(error instanceof Problem ? error.detail || error.title : t('error.unexpected'), 'bad')
    }
  }

  /** Takes back what one of our own revisions did to units; refused, the answer says which units stand in the way. */
  async takeBack(revision: number): Promise<boolean> {
    try {
      const { units } = await api.undoUnits(revision)
      ui.toast(t('undo.done', { n: num(units) }))
      await this.#after()
      return true
    } catch (error) {
      ui.toast(error instanceof Problem ? error.detail || error.title : t('error.unexpected'), 'bad')
      return false
    }
  }

  /** Reads anew what a table changed. */
  async refresh(): Promise<void> {
    await this.#after()
  }

  async #after(): Promise<void> {
    await Promise.all([
      this.building ? this.openBuilding(this.building) : null,
      this.reload(),
      this.unit ? this.openUnit(this.unit.id) : null,
    ])
  }

  /** The to-do behind this one, also when this one is gone: they go by cause, building and floor from the lowest. */
  async nextDue(): Promise<void> {
    const due = this.overview?.due ?? []
    const at = due.findIndex((d) => keyOf(d) === this.#todo.key)
    const here = due[at]
    const more =
      here?.kind === 'stale' &&
      this.stack?.floors.find((f) => f.floor === here.floor)?.units.some((u) => u.stale && u.id !== this.unit?.id)
    const next = more ? here : at < 0 ? (due[this.#todo.at] ?? due[0]) : (due[at + 1] ?? due[0])
    if (next) await this.openDue(next)
  }
  async saveAndNext(): Promise<void> {
    if (this.dirty ? await this.save() : true) await this.nextDue()
  }
}
export const occupancy = new Occupancy()
