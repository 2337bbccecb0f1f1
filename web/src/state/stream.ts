import type { ChangeEvent } from '../api/types'
import { city } from './city.svelte'
import { query } from './query.svelte'
import { selection } from './selection.svelte'

type Listener = (change: ChangeEvent) => void
const listeners = new Set<Listener>()

export function onChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Others' edits: tiles of that layer get a new revision, open panels ask again. */
export function followChanges(): () => void {
  const source = new EventSource('/changes/stream')
  // Some servers send their headers with the first event only: no error means in step.
  city.live = true
  source.addEventListener('open', () => (city.live = true))
  source.addEventListener('error', () => (city.live = false))
  source.addEventListener('change', (event) => {
    const change = JSON.parse((event as MessageEvent<string>).data) as ChangeEvent
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
    for (const listener of listeners) listener(change)
  })
  return () => source.close()
}
