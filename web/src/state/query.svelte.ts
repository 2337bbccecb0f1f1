import { isAbort } from '../api/client'
import * as api from '../api/endpoints'
import type { Summary } from '../api/types'
import { type Condition, conditionCql, isComplete, toCql } from '../model/cql'
import { codesExpression, toExpression } from '../model/mapfilter'
import type { ExpressionSpecification } from 'maplibre-gl'
import { city } from './city.svelte'

/** The most codes the map takes as a list; beyond it the server's answer would outweigh the tiles. */
const MOST_CODES = 10_000

/** The conditions asked, and what of the city meets them. */
class QueryState {
  conditions = $state<Condition[]>([])
  total = $state<number | null>(null)
  summary = $state.raw<Summary | null>(null)
  /** Parcels left after each condition, in order; null while counted. */
  left = $state<(number | null)[]>([])
  histograms = $state.raw<Record<string, Summary['histograms']>>({})
  match = $state.raw<ExpressionSpecification | null>(null)
  loading = $state(false)
  error = $state.raw<unknown>(null)

  filter = $derived(toCql(this.conditions))
  matched = $derived(this.summary?.numberMatched ?? null)
  #abort: AbortController | null = null
  #timer = 0

  add(condition: Condition): number {
    this.conditions = [...this.conditions, condition]
    this.refresh()
    return this.conditions.length - 1
  }
  set(index: number, condition: Condition): void {
    this.conditions = this.conditions.map((c, i) => (i === index ? condition : c))
    this.refresh(120)
  }
  remove(index: number): void {
    this.conditions = this.conditions.filter((_, i) => i !== index)
    this.refresh()
  }
  clear(): void {
    this.conditions = []
    this.refresh()
  }
  replace(conditions: Condition[]): void {
    this.conditions = conditions
    this.refresh()
  }
  /** One condition per field: the brush and the legend write here. */
  put(condition: Condition): void {
    const at = this.conditions.findIndex((c) => c.field === condition.field)
    if (at < 0) this.add(condition)
    else this.set(at, condition)
  }
  drop(field: string): void {
    this.conditions = this.conditions.filter((c) => c.field !== field)
    this.refresh()
  }

  refresh(delay = 0): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.load(), delay)
  }

  /** The land itself changed: the total too is asked anew. */
  recount(): void {
    this.total = null
    this.refresh(300)
  }

  async load(): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    const { signal } = abort
    const given = this.conditions.filter(isComplete)
    const filter = toCql(given)
    this.loading = true
    try {
      const fast = toExpression(given, city.parcelFields)
      if (fast || !filter) this.match = given.length ? fast : null
      const [summary, all] = await Promise.all([
        api.summary('parcel', filter ? { filter } : {}, signal),
        this.total === null ? api.hits('parcel', undefined, signal) : this.total,
      ])
      if (signal.aborted) return
      this.summary = summary
      this.total = all
      this.error = null
      this.loading = false
      await Promise.all([
        this.#count(signal),
        fast || !filter ? null : this.#codes(filter, signal),
        this.#histograms(signal),
      ])
    } catch (error) {
      if (isAbort(error)) return
      this.error = error
      this.loading = false
    }
  }

  async #count(signal: AbortSignal): Promise<void> {
    const conditions = this.conditions
    const sofar: Condition[] = []
    const jobs = conditions.map((condition, i) => {
      if (isComplete(condition)) sofar.push(condition)
      const filter = toCql(sofar)
      if (i === conditions.length - 1) return Promise.resolve(this.summary?.numberMatched ?? null)
      return filter ? api.hits('parcel', filter, signal) : Promise.resolve(this.total)
    })
    const left = await Promise.all(jobs)
    if (!signal.aborted) this.left = left
  }

  async #codes(filter: string, signal: AbortSignal): Promise<void> {
    const page = await api.items(
      'parcel',
      { filter, properties: ['code'], skipGeometry: true, limit: MOST_CODES },
      signal,
    )
    if (!signal.aborted) this.match = codesExpression(page.features.map((f) => String(f.id)))
  }

  /** The brush of a field shows what the other conditions leave. */
  async #histograms(signal: AbortSignal): Promise<void> {
    const next: Record<string, Summary['histograms']> = {}
    await Promise.all(
      this.conditions
        .filter((c) => c.op === 'between' || c.op === '<=' || c.op === '>=')
        .map(async (c) => {
          const rest = toCql(this.conditions.filter((other) => other !== c))
          next[c.field] = (await api.summary('parcel', rest ? { filter: rest } : {}, signal)).histograms
        }),
    )
    if (!signal.aborted) this.histograms = next
  }

  cqlOf = (condition: Condition): string => conditionCql(condition)
}
export const query = new QueryState()
