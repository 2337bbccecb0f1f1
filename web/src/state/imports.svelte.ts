import { isAbort, Problem } from '../api/client'
import * as api from '../api/imports'
import type { ImportAnswer, ImportPreview, ImportSettings, SavedProfile, StagedUpload } from '../api/types'
import { t } from '../i18n/index.svelte'
import { freshSettings, profileOf, withProfile } from '../model/imports'
import { download } from './actions'
import { city } from './city.svelte'
import { ui } from './ui.svelte'

/** What is under way; one thing at a time. */
type Busy = 'sending' | 'looking' | 'trying' | 'taking' | 'undoing'
/** Where an error is shown: beside what caused it. */
export type Cause = 'file' | 'look' | 'try' | 'take' | 'profile'
const TYPING_MS = 400

/** A file on its way into the city: staged, looked at, tried, taken, taken back. */
class Imports {
  staged = $state.raw<StagedUpload | null>(null)
  settings = $state.raw<ImportSettings>(freshSettings('parcel'))
  preview = $state.raw<ImportPreview | null>(null)
  answer = $state.raw<ImportAnswer | null>(null)
  undone = $state(false)
  busy = $state<Busy | null>(null)
  /** Per cent; null where nobody knows. */
  progress = $state<number | null>(null)
  error = $state.raw<{ cause: Cause; error: unknown } | null>(null)
  profiles = $state.raw<SavedProfile[]>([])
  profile = $state('')
  /** The list that stands below: the file's fields, the difference, what was left out. */
  list = $state<'fields' | 'diff' | 'rejects'>('fields')
  /** The row of the difference that is looked at. */
  chosen = $state('')
  #abort: AbortController | null = null
  #typing: ReturnType<typeof setTimeout> | undefined

  inspection = $derived(this.preview?.inspection ?? null)
  leftOut = $derived(this.answer ? this.answer.report.rejected.length + this.answer.report.unmatched.length : 0)
  changes = $derived.by(() => {
    const counts = this.answer?.diff.counts
    return counts ? counts.added + counts.changed + counts.gone : 0
  })
  done = $derived(!!this.answer && !this.answer.dry_run)

  of(cause: Cause): unknown {
    return this.error?.cause === cause ? this.error.error : null
  }

  /** Does one thing; a newer one takes its place, and of a cancelled one nothing is kept. */
  async #run(busy: Busy, cause: Cause, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    clearTimeout(this.#typing)
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.busy = busy
    this.progress = null
    this.error = null
    try {
      await work(abort.signal)
    } catch (error) {
      if (abort === this.#abort && !isAbort(error)) this.error = { cause, error }
    } finally {
      if (abort === this.#abort) this.busy = null
    }
  }
  cancel(): void {
    this.#abort?.abort()
    this.busy = null
  }

  async take(files: readonly File[]): Promise<void> {
    if (!files.length) return
    const before = this.staged
    await this.#run('sending', 'file', async (signal) => {
      const staged = await api.stage(files, { signal, onprogress: (percent) => (this.progress = percent) })
      this.staged = staged
      this.preview = null
      this.answer = null
      this.undone = false
      // The sender's way of reading stays; what this file alone needed goes.
      this.settings = { ...this.settings, source_layer: null, ...(this.profile ? {} : { map: {}, key: null }) }
      if (before) void api.discard(before.id).catch(() => undefined)
    })
    if (this.staged && this.staged !== before) await this.look()
  }

  async look(): Promise<void> {
    const { staged, settings } = this
    if (!staged) return
    await this.#run('looking', 'look', async (signal) => {
      this.preview = await api.preview(staged.id, settings, signal)
      this.list = 'fields'
    })
  }

  /** Other settings: what was shown by the old ones goes. `later` waits until a person has typed to the end. */
  set(patch: Partial<ImportSettings>, later = false): void {
    this.settings = { ...this.settings, ...patch }
    this.answer = null
    this.undone = false
    this.chosen = ''
    if (this.list !== 'fields') this.list = 'fields'
    clearTimeout(this.#typing)
    // What is done with the rows does not change what the file is.
    const DONE_WITH_ROWS = ['mode', 'on_invalid', 'on_duplicate', 'on_missing_key', 'datum', 'place_checked']
    if (Object.keys(patch).every((name) => DONE_WITH_ROWS.includes(name))) return
    if (later) this.#typing = setTimeout(() => void this.look(), TYPING_MS)
    else void this.look()
  }

  async try(): Promise<void> {
    const { staged, settings } = this
    if (!staged) return
    await this.#run('trying', 'try', async (signal) => {
      this.answer = null
      this.undone = false
      this.answer = await api.tryImport(staged.id, settings, {
        signal,
        onprogress: (job) => (this.progress = job.progress ?? null),
      })
      this.list = this.changes || !this.leftOut ? 'diff' : 'rejects'
      ui.rightOpen = true
    })
  }

  async commit(): Promise<void> {
    const { staged, settings, answer } = this
    if (!staged || !answer) return
    await this.#run('taking', 'take', async (signal) => {
      this.answer = await api.takeImport(staged.id, settings, answer.revision, {
        signal,
        onprogress: (job) => (this.progress = job.progress ?? null),
      })
      await this.#renew()
    })
  }

  async undo(): Promise<void> {
    const { answer } = this
    if (!answer) return
    await this.#run('undoing', 'take', async () => {
      const back = await api.undoImport(answer.revision)
      this.undone = true
      ui.toast(t('im.undone', { n: back.rows }))
      await this.#renew()
    })
  }

  /** Names of districts and parks, and counts, may be others now. */
  async #renew(): Promise<void> {
    await Promise.all([city.loadAreas(), city.loadCounts()])
  }

  /** Whether the city moved on between the trial and the writing: then it is tried again. */
  get movedOn(): boolean {
    const error = this.of('take')
    return error instanceof Problem && error.status === 409 && !this.done
  }

  async discard(): Promise<void> {
    const { staged } = this
    this.cancel()
    this.staged = null
    this.preview = null
    this.answer = null
    this.error = null
    this.undone = false
    this.list = 'fields'
    if (staged) await api.discard(staged.id).catch(() => undefined)
  }

  async rejects(form: api.RejectForm): Promise<void> {
    const { staged } = this
    if (!staged) return
    try {
      download(await api.rejects(staged.id, form), `rejects-${this.settings.layer}.${form}`)
    } catch (error) {
      this.error = { cause: 'try', error }
    }
  }

  async loadProfiles(): Promise<void> {
    this.profiles = await api.profiles().catch(() => [])
  }
  useProfile(id: string): void {
    this.profile = id
    const found = this.profiles.find((profile) => profile.id === id)
    if (found) this.set({ ...withProfile(this.settings, found.profile) })
  }
  async saveProfile(name: string): Promise<boolean> {
    return this.#keep(() => api.saveProfile(name, profileOf(this.settings)))
  }
  /** A profile file of the command line. */
  async readProfile(file: File): Promise<void> {
    const read = await this.#keep(async () => api.readProfile(file.name.replace(/\.toml$/i, ''), await file.text()))
    if (read) this.useProfile(this.profile)
  }
  async profileFile(): Promise<void> {
    const found = this.profiles.find((profile) => profile.id === this.profile)
    if (found) download(await api.profileFile(found.id), `${found.name}.toml`)
  }
  async deleteProfile(): Promise<void> {
    if (!this.profile) return
    await api.deleteProfile(this.profile).catch(() => undefined)
    this.profile = ''
    await this.loadProfiles()
  }
  async #keep(keep: () => Promise<SavedProfile>): Promise<boolean> {
    this.error = null
    try {
      const saved = await keep()
      await this.loadProfiles()
      this.profile = saved.id
      return true
    } catch (error) {
      this.error = { cause: 'profile', error }
      return false
    }
  }
}
export const imports = new Imports()
