import { isAbort } from '../api/client'
import { runJob } from '../api/jobs'
import type { RollUpResult } from '../api/types'

/** What a park or the whole city holds, may hold and still lacks; and what higher limits would bring. */
class RollUpState {
  /** A park's code, or 'all'. */
  park = $state('all')
  cluster = $state('')
  far = $state(0)
  height = $state(0)
  result = $state.raw<RollUpResult | null>(null)
  running = $state(false)
  progress = $state<number | null>(null)
  error = $state.raw<unknown>(null)
  #abort: AbortController | null = null
  #timer = 0

  add = $derived<Record<string, number>>({ ...(this.far ? { far: this.far } : {}), ...(this.height ? { height: this.height } : {}) })
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
  cancel(): void {
    this.#abort?.abort()
    this.running = false
  }
  async run(): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.running = true
    this.progress = null
    this.error = null
    try {
      const result = await runJob<RollUpResult>('upstairs', { ...(this.park === 'all' ? { all: true } : { park: this.park }), ...(this.cluster ? { cluster: this.cluster } : {}), ...(this.changed ? { add: { ...this.add } } : {}), matrix: this.park !== 'all' }, { signal: abort.signal, onprogress: (job) => (this.progress = job.progress ?? null) })
      if (abort.signal.aborted) return
      this.result = result
    } catch (error) {
      if (isAbort(error) || abort !== this.#abort) return
      this.error = error
    }
    this.running = false
  }
}
export const rollup = new RollUpState()
