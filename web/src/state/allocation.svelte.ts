import * as api from '../api/endpoints'
import type { AllocateInputs, AllocateResult, AllocationCell } from '../api/analyses'
import { byPair, exemption, keyOf } from '../model/allocation'

export type OverlapBasis = NonNullable<AllocateInputs>['basis']

/** The classes that the plan leaves to the city; what is exempt is theirs until somebody says otherwise. */
const OWN = ['strategic', 'future']

class Allocation {
  result = $state.raw<AllocateResult | null>(null)
  running = $state(false)
  error = $state.raw<unknown>(null)
  exempt = $state<string[]>([...OWN])
  basis = $state<NonNullable<OverlapBasis>>('output')
  park = $state('')
  clusters = $state<string[]>([])
  chosen = $state.raw<{ cluster: string; district: string } | null>(null)
  view = $state<'matrix' | 'table'>('matrix')
  #asked = 0

  cells = $derived(byPair(this.result?.matrix ?? []))
  exempted = $derived(new Set(this.result?.exempt ?? []))
  cell = $derived<AllocationCell | null>(
    this.chosen ? (this.cells.get(keyOf(this.chosen.cluster, this.chosen.district)) ?? null) : null,
  )

  async run(): Promise<void> {
    const asked = ++this.#asked
    this.running = true
    this.error = null
    const exempt = exemption(this.exempt, OWN)
    try {
      const result = await api.allocate({
        basis: this.basis,
        ...(exempt ? { exempt } : {}),
        ...(this.park ? { what_if: { park: this.park, lead_clusters: this.clusters } } : {}),
      })
      // An answer that was overtaken by a newer question is nobody's.
      if (asked === this.#asked) this.result = result
    } catch (error) {
      if (asked === this.#asked) this.error = error
    }
    if (asked === this.#asked) this.running = false
  }

  toggle(name: string): void {
    this.exempt = this.exempt.includes(name) ? this.exempt.filter((one) => one !== name) : [...this.exempt, name]
    void this.run()
  }
  compare(basis: NonNullable<OverlapBasis>): void {
    this.basis = basis
    void this.run()
  }
  /** Begins a what-if with the clusters that the park has. */
  pick(park: string, clusters: string[]): void {
    this.park = park
    this.clusters = clusters
    void this.run()
  }
  change(clusters: string[]): void {
    this.clusters = clusters
    void this.run()
  }
}
export const allocation = new Allocation()
