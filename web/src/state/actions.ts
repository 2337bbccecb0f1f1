import * as api from '../api/endpoints'
import type { SearchHit } from '../api/types'
import { boxOf, centreOf } from '../model/geometry'
import { isLayerKey } from '../map/look'
import type { Picked } from '../map/picking'
import type { PickMode } from '../map/tools'
import { both, intersects } from '../model/cql'
import { atlas } from './atlas.svelte'
import { basket } from './basket.svelte'
import { query } from './query.svelte'
import { selection } from './selection.svelte'
import { ui } from './ui.svelte'
import { virtual } from './virtual.svelte'
import { t } from '../i18n/index.svelte'

const MOST_PICKED = 10_000

export function goTo(hit: SearchHit): void {
  // It has no place of its own.
  if (hit.collection === 'virtual_park') {
    virtual.choose(hit.id)
    ui.go('virtual')
    return
  }
  const box = boxOf(hit.bbox)
  const [lon, lat] = hit.centre ?? (box && centreOf(box)) ?? []
  if (box && (box[0] !== box[2] || box[1] !== box[3])) atlas.controller?.fit(box, 16.5)
  else if (lon !== undefined && lat !== undefined)
    atlas.controller?.fly({ lon, lat, z: Math.max(atlas.place?.z ?? 0, 16) })
  ui.rightOpen = true
  if (hit.collection === 'parcel') selection.choose([hit.id])
  else if (isLayerKey(hit.collection)) selection.look(hit.collection, hit.id)
}

/** A click: parcels make the selection, anything else comes into focus. */
export function pick(hits: Picked[], mode: PickMode): void {
  if (atlas.tool === 'pin' || atlas.tool === 'ban') {
    const parcel = hits.find((h) => h.collection === 'parcel')
    if (parcel) basket[atlas.tool]([parcel.id])
    return
  }
  if (atlas.intercept?.(hits)) return
  const [first] = hits
  atlas.stack = hits.filter((h) => h.collection !== 'district').length > 1 ? { hits, at: 0 } : null
  if (!first) {
    if (mode === 'replace') selection.clear()
    return
  }
  ui.rightOpen = true
  if (first.collection !== 'parcel') {
    if (mode === 'replace') selection.look(first.collection, first.id)
    return
  }
  if (mode === 'replace') selection.choose([first.id])
  else selection.pick([first.id], mode === 'add' && selection.set.has(first.id) ? 'remove' : mode)
}

export function nextInStack(step: number): void {
  const stack = atlas.stack
  if (!stack) return
  const at = (stack.at + step + stack.hits.length) % stack.hits.length
  const hit = stack.hits[at]!
  if (hit.collection === 'parcel') selection.choose([hit.id])
  else selection.look(hit.collection, hit.id)
  atlas.stack = { hits: stack.hits, at }
}

/** A drawn shape asks the server, which also knows what the tiles at this zoom leave out. */
export async function pickShape(ring: [number, number][], mode: PickMode): Promise<void> {
  const filter = both(query.filter || undefined, intersects(ring))
  try {
    const page = await api.items('parcel', {
      ...(filter ? { filter } : {}),
      properties: ['code'],
      skipGeometry: true,
      limit: MOST_PICKED,
    })
    ui.rightOpen = true
    selection.pick(
      page.features.map((f) => String(f.id)),
      mode,
    )
    const all = api.matched(page)
    if (all > page.features.length) ui.toast(t('select.cut', { n: page.features.length, all }))
  } catch (error) {
    ui.toast(error instanceof Error ? error.message : t('error.unexpected'), 'bad')
  }
}

export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export async function copy(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    ui.toast(said)
  } catch {
    ui.toast(text)
  }
}
