import * as api from '../api/endpoints'
import type { ChangeEvent } from './listen'
import { city } from './city.svelte'
import { instruments } from './instruments.svelte'
import { ALL, listen } from './listen'
import { plans } from './plans.svelte'
import { query } from './query.svelte'
import { selection } from './selection.svelte'

export { touches } from './listen'
type Listener = (change: ChangeEvent) => void
const listeners = new Set<Listener>()

export function onChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
const tell = (change: ChangeEvent): void => listeners.forEach((listener) => listener(change))

/** Others' edits: tiles of that layer get a new revision, open panels ask again. */
function changed(change: ChangeEvent): void {
  city.bump(change.collection, change.revision)
  // A floor's report makes its parcel fresh or stale, so the parcels' tiles follow the units.
  if (change.collection === 'unit') {
    city.bump('parcel', change.revision)
    city.bump('building', change.revision)
  }
  if (change.collection === 'parcel' || change.collection === 'unit') {
    query.refresh(300)
    if (selection.codes.length || selection.focus) void selection.load()
  }
  if (change.collection === 'plan') void plans.load()
  if (change.collection === 'instrument' || change.collection === 'plan_parcel') void instruments.load()
  tell(change)
}

/** Everything that was read from the city is read again; what is being typed or chosen stays. */
function reload(revision: number): void {
  city.bumpAll(revision)
  // Names and counts that cannot be read now are those of before; the next change asks again.
  void city.load().catch(() => undefined)
  void plans.load()
  void instruments.load()
  query.recount()
  void selection.load()
  tell({ revision, collection: ALL, ids: [] })
}

export function followChanges(): () => void {
  const source = new EventSource('/changes/stream')
  listen(source, {
    change: changed,
    reload,
    live: (on) => (city.live = on),
    shown: () => city.revision,
    head: async () => (await api.landing()).city.revision,
  })
  return () => source.close()
}
