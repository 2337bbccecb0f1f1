import * as api from '../api/endpoints'
import type { DesignateDefaults, DesignateResult, ParkScore } from '../api/analyses'

class Designation {
  result = $state.raw<DesignateResult | null>(null)
  choice = $state.raw<DesignateDefaults | null>(null)
  /** The scheme that was chosen; empty for the one in force. */
  pack = $state('')
  chosen = $state('')
  running = $state(false)
  error = $state.raw<unknown>(null)
  ranked = $derived<ParkScore[]>(
    [...(this.result?.parks ?? [])].sort(
      (a, b) => (a.rank ?? 1e6) - (b.rank ?? 1e6) || (b.total ?? -1) - (a.total ?? -1) || a.park.localeCompare(b.park),
    ),
  )
  park = $derived<ParkScore | null>(this.ranked.find((p) => p.park === this.chosen) ?? this.ranked[0] ?? null)
  scheme = $derived(
    this.choice?.packs.find((p) => (this.pack ? p.id === this.pack : p.in_force)) ?? this.choice?.packs[0] ?? null,
  )
  #asked = 0

  async run(): Promise<void> {
    const asked = ++this.#asked
    this.running = true
    this.error = null
    try {
      const [result, choice] = await Promise.all([
        api.designate(this.pack ? { pack: this.pack } : {}),
        this.choice ?? api.designateDefaults(),
      ])
      // Another scheme may have been chosen while this one was worked out.
      if (asked !== this.#asked) return
      this.result = result
      this.choice = choice
    } catch (error) {
      if (asked !== this.#asked) return
      this.error = error
    }
    this.running = false
  }

  choose(pack: string): void {
    if (pack === (this.scheme?.id ?? '')) return
    this.pack = pack
    void this.run()
  }
}
export const designation = new Designation()
