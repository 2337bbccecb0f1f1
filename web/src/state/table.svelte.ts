import { isAbort } from '../api/client'
import * as api from '../api/endpoints'
import type { Item, ItemQuery, Summary } from '../api/types'
import { atlas } from './atlas.svelte'
import { city } from './city.svelte'
import { query } from './query.svelte'
import { selection } from './selection.svelte'

export type Scope = 'selected' | 'filter' | 'view' | 'all'
const PAGE = 100
const COLUMNS = [
  'code',
  'park',
  'district',
  'land_use',
  'planar_area_m2',
  'far_present',
  'far_limit',
  'built_gfa_m2',
  'built_year',
  'tenure',
  'stage',
  'as_of',
]

/** Rows of the scope in the order asked; the server sorts, pages come as they are scrolled to. */
class TableState {
  scope = $state<Scope>('filter')
  sort = $state<{ field: string; down: boolean }>({ field: 'planar_area_m2', down: true })
  hidden = $state<string[]>(['district', 'far_limit'])
  count = $state<number | null>(null)
  viewCount = $state<number | null>(null)
  rows = $state.raw<(Item | undefined)[]>([])
  summary = $state.raw<Summary | null>(null)
  loading = $state(false)
  error = $state.raw<unknown>(null)
  #abort: AbortController | null = null
  #asked = new Set<number>()
  #timer = 0

  columns = $derived(COLUMNS.filter((c) => (c === 'code' || c in city.fields) && !this.hidden.includes(c)))
  all = $derived(COLUMNS.filter((c) => c in city.fields))

  /** What the scope means to the server. */
  where(): Pick<ItemQuery, 'filter' | 'ids' | 'bbox'> {
    switch (this.scope) {
      case 'selected':
        return { ids: selection.codes }
      case 'view':
        return { ...(query.filter ? { filter: query.filter } : {}), ...(atlas.bbox ? { bbox: atlas.bbox } : {}) }
      case 'filter':
        return query.filter ? { filter: query.filter } : {}
      case 'all':
        return {}
    }
  }

  reload(delay = 0): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#load(), delay)
  }

  async #load(): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.#asked = new Set()
    this.loading = true
    this.error = null
    if (this.scope === 'selected' && !selection.codes.length) {
      this.rows = []
      this.count = 0
      this.summary = null
      this.loading = false
      return
    }
    const where = this.where()
    try {
      this.#asked.add(0)
      const [page, summary] = await Promise.all([
        api.items('parcel', this.#page(0, where), abort.signal),
        this.scope === 'filter' ? null : api.summary('parcel', where, abort.signal),
      ])
      if (abort.signal.aborted) return
      const count = api.matched(page)
      const rows: (Item | undefined)[] = Array.from({ length: count })
      page.features.forEach((f, i) => (rows[i] = f))
      this.rows = rows
      this.count = count
      this.summary = summary
    } catch (error) {
      if (isAbort(error)) return
      this.error = error
    }
    this.loading = false
  }

  #page(index: number, where: ReturnType<TableState['where']>): ItemQuery {
    const { field, down } = this.sort
    return {
      ...where,
      limit: PAGE,
      offset: index * PAGE,
      sortby: `${down ? '-' : ''}${field}${field === 'code' ? '' : ',code'}`,
      properties: [...new Set(['code', ...COLUMNS.filter((c) => c in city.fields)])],
      skipGeometry: true,
    }
  }

  /** Called by rows that are on the screen but not here yet. */
  need(row: number): void {
    const index = Math.floor(row / PAGE)
    if (this.#asked.has(index)) return
    this.#asked.add(index)
    const abort = this.#abort
    void api.items('parcel', this.#page(index, this.where()), abort?.signal).then(
      (page) => {
        if (abort?.signal.aborted) return
        const rows = [...this.rows]
        page.features.forEach((f, i) => (rows[index * PAGE + i] = f))
        this.rows = rows
      },
      () => this.#asked.delete(index),
    )
  }

  async countView(): Promise<void> {
    if (!atlas.bbox) return
    try {
      const page = await api.items('parcel', {
        ...(query.filter ? { filter: query.filter } : {}),
        bbox: atlas.bbox,
        limit: 1,
        skipGeometry: true,
        properties: ['code'],
      })
      this.viewCount = api.matched(page)
    } catch {
      this.viewCount = null
    }
  }

  sortBy(field: string): void {
    this.sort = this.sort.field === field ? { field, down: !this.sort.down } : { field, down: city.isNumeric(field) }
  }
}
export const table = new TableState()
