import type { Key } from '../i18n/index.svelte'
import { city } from './city.svelte'
import { session } from './session.svelte'

export type Task =
  | 'query'
  | 'consolidate'
  | 'capacity'
  | 'designate'
  | 'allocate'
  | 'matching'
  | 'virtual'
  | 'progress'
  | 'occupancy'
  | 'import'
  | 'export'
export const TASKS: Task[] = [
  'query',
  'consolidate',
  'capacity',
  'designate',
  'allocate',
  'matching',
  'virtual',
  'progress',
  'occupancy',
  'import',
  'export',
]
/** Where any piece of land is looked at. */
export const LAND: Task = 'query'
export const isTask = (text: string | undefined): text is Task => TASKS.includes(text as Task)

export interface Toast {
  id: number
  text: string
  kind: 'done' | 'bad'
  action?: { label: Key; run(): void }
}

class UiState {
  task = $state<Task>(LAND)
  /** The part of a task that is open; empty is its first. */
  tab = $state('')
  dialog = $state<'signin' | 'setup' | 'help' | 'history' | null>(null)
  setupToken = $state('')
  toasts = $state<Toast[]>([])
  width = $state(window.innerWidth)
  height = $state(window.innerHeight)
  rightOpen = $state(true)
  layersOpen = $state(false)
  /** A task's part that needs another width than its task. */
  rightWidth = $state<number | null>(null)
  phone = $derived(this.width < 720)
  narrow = $derived(this.width < 1280)
  announce = $state('')
  #next = 1

  /** Operators see only the tasks they may use. */
  tasks = $derived<Task[]>(
    session.role === 'operator'
      ? ['occupancy', 'matching', 'progress', 'designate', 'virtual', 'query', 'export']
      : ['planner', 'admin'].includes(session.role)
        ? TASKS
        : TASKS.filter((task) => task !== 'import'),
  )

  /** Who operates virtual parks alone has no floors to report. */
  runsNoPark = $derived(city.parks.length > 0 && !city.parks.some((park) => session.now.parks.includes(park.code)))

  /** Where one starts: an operator in the park, everybody else before the land. */
  home = $derived<Task>(session.role === 'operator' ? (this.runsNoPark ? 'virtual' : 'occupancy') : LAND)

  go(task: Task): void {
    this.task = task
    this.rightOpen = true
  }

  toast(text: string, kind: Toast['kind'] = 'done', action?: Toast['action']): void {
    const id = this.#next++
    // A newer deed leaves the older one's undo behind: only the last can be taken back here.
    this.toasts = [
      ...this.toasts.filter((entry) => entry.kind === 'bad').slice(-1),
      { id, text, kind, ...(action ? { action } : {}) },
    ]
    setTimeout(() => this.dismiss(id), 10_000)
  }
  dismiss(id: number): void {
    this.toasts = this.toasts.filter((entry) => entry.id !== id)
  }
}
export const ui = new UiState()
