import * as api from '../api/endpoints'
import type { SheetAnswer } from '../api/types'
import { download } from './actions'
import { occupancy } from './occupancy.svelte'

/** A table on its way: chosen, judged, applied. */
class Sheet {
  open = $state(false)
  file = $state.raw<File | null>(null)
  answer = $state.raw<SheetAnswer | null>(null)
  busy = $state(false)
  error = $state.raw<unknown>(null)
  /** Rows that would be written. */
  taken = $derived((this.answer?.counts.changed ?? 0) + (this.answer?.counts.warning ?? 0))
  left = $derived((this.answer?.counts.rejected ?? 0) + (this.answer?.counts.conflict ?? 0))

  begin(): void {
    this.forget()
    this.open = true
  }
  close(): void {
    this.open = false
    this.forget()
  }
  forget(): void {
    this.file = null
    this.answer = null
    this.error = null
  }

  async #run(dryRun: boolean): Promise<void> {
    const { file } = this
    if (!file || this.busy) return
    this.busy = true
    this.error = null
    try {
      const answer = await api.importUnits(occupancy.park, file, dryRun)
      if (this.file === file) this.answer = answer
    } catch (error) {
      this.error = error
    }
    this.busy = false
  }

  async judge(file: File): Promise<void> {
    this.answer = null
    this.file = file
    await this.#run(true)
  }
  async apply(): Promise<void> {
    await this.#run(false)
    if (this.answer && !this.answer.dry_run) await occupancy.refresh()
  }
  async takeBack(): Promise<void> {
    if (this.answer?.receipt && (await occupancy.takeBack(this.answer.revision))) this.close()
  }

  async #save(blob: Promise<Blob>, name: string): Promise<void> {
    this.error = null
    try {
      download(await blob, name)
    } catch (error) {
      this.error = error
    }
  }
  async template(building: string | null, form: api.SheetForm): Promise<void> {
    const { park } = occupancy
    await this.#save(api.template(park, building, form), `occupancy-${building ?? park}.${form}`)
  }
  async rejects(form: api.SheetForm): Promise<void> {
    const { file, answer } = this
    if (!file || !answer) return
    const of = answer.receipt ? api.receiptRejects(answer.receipt, form) : api.rejects(answer.park, file, form)
    await this.#save(of, `rejects-${answer.receipt ?? answer.park}.${form}`)
  }
}
export const sheet = new Sheet()
