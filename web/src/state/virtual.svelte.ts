import * as api from '../api/endpoints'
import type { VirtualPark, VirtualParksResult } from '../api/analyses'
import type { Fields } from '../api/types'
import { session } from './session.svelte'

class VirtualParks {
  result = $state.raw<VirtualParksResult | null>(null)
  running = $state(false)
  error = $state.raw<unknown>(null)
  chosen = $state('')
  /** The day on which members are counted; empty is today. */
  day = $state('')
  /** The member that is looked at on the map. */
  member = $state('')
  park = $derived<VirtualPark | null>(
    this.result?.parks.find((p) => p.code === this.chosen) ?? this.result?.parks[0] ?? null,
  )
  isPlanner = $derived(session.role === 'planner' || session.role === 'admin')
  /** Whether the reader admits and releases members of the park that is open. */
  mayAdmit = $derived(this.isPlanner || (this.park?.own ?? false))
  #asked = 0

  async run(): Promise<void> {
    const asked = ++this.#asked
    this.running = true
    this.error = null
    try {
      const result = await api.virtualParks(this.day ? { as_of: this.day } : {})
      if (asked === this.#asked) this.result = result
    } catch (error) {
      if (asked === this.#asked) this.error = error
    }
    if (asked === this.#asked) this.running = false
  }
  at(day: string): void {
    this.day = day
    void this.run()
  }
  choose(code: string): void {
    this.chosen = code
    this.member = ''
  }

  async found(fields: Fields): Promise<void> {
    const made = await api.createRecord('virtual_park', fields)
    this.chosen = String(made.id)
    await this.run()
  }
  async admit(fields: Fields): Promise<void> {
    await api.createRecord('virtual_member', fields)
    await this.run()
  }
  /** Against the row as it stands: a member row is small, and only its leaving is changed. */
  async release(code: string, left: string): Promise<void> {
    const { etag } = await api.record('virtual_member', code)
    await api.patchRecord('virtual_member', code, etag, { left })
    await this.run()
  }
}
export const virtual = new VirtualParks()
