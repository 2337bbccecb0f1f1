import type { Component } from 'svelte'
import type { Task } from '../state/ui.svelte'

/** What a task puts around the map. Parts it does not name stay empty. */
export interface Mode {
  Left: Component
  Middle?: Component
  Right?: Component
  Bottom?: Component
  Extras?: Component
}

export const loaders: Record<Task, () => Promise<Mode>> = {
  query: async () => (await import('./query')).mode,
  export: async () => (await import('./export')).mode,
  consolidate: async () => (await import('./consolidate')).mode,
  capacity: async () => (await import('./capacity')).mode,
  designate: async () => (await import('./designate')).mode,
  occupancy: async () => (await import('./occupancy')).mode,
}
