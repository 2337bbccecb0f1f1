import type { Component } from 'svelte'
import { lang } from '../i18n/index.svelte'
import type { Task } from '../state/ui.svelte'

/** What a task puts around the map. Parts it does not name stay empty. */
export interface Mode {
  Left: Component
  Middle?: Component
  Right?: Component
  Bottom?: Component
  Extras?: Component
}

const files: Record<Exclude<Task, 'query'>, () => Promise<{ mode: Mode }>> = {
  export: () => import('./export'),
  consolidate: () => import('./consolidate'),
  capacity: () => import('./capacity'),
  designate: () => import('./designate'),
  occupancy: () => import('./occupancy'),
}

/** A task comes with its words. */
export async function load(task: Task): Promise<Mode> {
  if (task === 'query') return (await import('./query')).mode
  const [file] = await Promise.all([files[task](), lang.more()])
  return file.mode
}
