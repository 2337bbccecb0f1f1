import { isAbort } from '../api/client'
import { runJob } from '../api/jobs'
import type { AnswerOf, InputsOf, ProcessId } from '../api/analyses'

/**
 * A process that runs as a job, at most one at a time: a new run takes the place of the one before it, and of a
 * cancelled one nothing is kept.
 */
export class JobRun {
  running = $state(false)
  progress = $state<number | null>(null)
  error = $state.raw<unknown>(null)
  #abort: AbortController | null = null

  /** The process's answer; null when it failed, was cancelled or was overtaken. */
  protected async follow<Id extends ProcessId>(process: Id, inputs: InputsOf<Id>): Promise<AnswerOf<Id> | null> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.running = true
    this.progress = null
    this.error = null
    try {
      const result = await runJob(process, inputs, {
        signal: abort.signal,
        onprogress: (job) => (this.progress = job.progress ?? null),
      })
      return abort.signal.aborted ? null : result
    } catch (error) {
      if (abort === this.#abort && !isAbort(error)) this.error = error
      return null
    } finally {
      if (abort === this.#abort) this.running = false
    }
  }
  cancel(): void {
    this.#abort?.abort()
    this.running = false
  }
}
