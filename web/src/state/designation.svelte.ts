import * as api from '../api/endpoints'
import type { DesignateResult, ParkScore } from '../api/analyses'

class Designation {
  result = $state.raw<DesignateResult | null>(null)
  chosen = $state('')
  running = $state(false)
  error = $state.raw<unknown>(null)
  ranked = $derived<ParkScore[]>(
    [...(this.result?.parks ?? [])].sort(
      (a, b) => (a.rank ?? 1e6) - (b.rank ?? 1e6) || (b.total ?? -1) - (a.total ?? -1) || a.park.localeCompare(b.park),
    ),
  )
  park = $derived<ParkScore | null>(this.ranked.find((p) => p.park === this.chosen) ?? this.ranked[0] ?? null)

  async run(): Promise<void> {
    this.running = true
    this.error = null
    try {
      this.result = await api.designate({})
    } catch (error) {
      this.error = error
    }
    this.running = false
  }
}
export const designation = new Designation()
