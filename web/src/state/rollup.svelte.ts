import type { RollUpResult, UpstairsInputs } from '../api/analyses'
import { JobRun } from './job.svelte'

/** What a park or the whole city holds, may hold and still lacks; and what higher limits would bring. */
class RollUpState extends JobRun {
  /** A park's code, or 'all'. */
  park = $state('all')
  cluster = $state('')
  far = $state(0)
  height = $state(0)
  result = $state.raw<RollUpResult | null>(null)
  #timer = 0

  add = $derived<Record<string, number>>({
    ...(this.far ? { far: this.far } : {}),
    ...(this.height ? { height: this.height } : {}),
  })
  changed = $derived(Object.keys(this.add).length)

  choose(park: string): void {
    this.park = park
    this.result = null
    void this.run()
  }
  later(wait = 250): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.run(), wait)
  }
  async run(): Promise<void> {
    const inputs: UpstairsInputs = {
      ...(this.park === 'all' ? { all: true } : { park: this.park }),
      ...(this.cluster ? { cluster: this.cluster } : {}),
      ...(this.changed ? { add: { ...this.add } } : {}),
      matrix: this.park !== 'all',
    }
    const result = await this.follow('upstairs', inputs)
    if (result && 'totals' in result) this.result = result
  }
}
export const rollup = new RollUpState()
