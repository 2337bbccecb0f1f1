import type { Component } from 'svelte'
import type { Key } from '../../i18n/index.svelte'
import type { Bbox } from '../../model/geometry'
import type { Task } from '../../state/ui.svelte'
import type { Stop } from '../Sheet.svelte'

/** Where the panes stand: rows below the map; the map above the right pane; the map above the left pane. */
export type Layout = 'rows' | 'map-right' | 'map-left'

/** Widths and heights are CSS pixels, asked again whenever what they rest on changes. */
export interface Sizes {
  left: (screenWidth: number) => number
  right: (screenWidth: number) => number
  bottom?: () => number
}

/** What stands around the map. Panes that are not named stay empty. */
export interface Panes {
  Left: Component
  Middle?: Component
  Right?: Component
  Bottom?: Component
  Extras?: Component
}

/**
 * How large a task's panes are and what the frame puts on the map beside them. It is known before the panes are there,
 * so that the map opens at its final size.
 */
export interface Frame {
  layout: Layout
  sizes: Sizes
  /** People set the sizes by dragging, and the browser remembers them. */
  resizable?: boolean
  /** Whether the right pane has something to say; it lies over the map on narrow screens, so there it may stay away. */
  answers?: () => boolean
  /** Tools on the map; `zoom` leaves only those, `low` leaves the corner to the task's own switch. */
  tools: 'all' | 'zoom' | 'low' | 'none'
  scaleBar: boolean
  parkNames: boolean
  /** The task's place in the rail. */
  Icon: Component<{ size?: number }>
  /** A count worth showing there; 0 shows nothing. */
  badge?: () => number
}

/** What is loaded when the task is opened. */
export interface Mode extends Panes {
  phone?: PhoneParts
}

export interface PhoneTab {
  label: Key
  Icon: Component<{ size?: number }>
  load: () => Promise<{ default: Component }>
  /** The right pane may take its place. */
  yields: boolean
  /** How far the sheet stands open when the tab is chosen. */
  stop: Stop
}

/** A task of one's own place: on a phone it has tabs instead of asked, found and rows. */
export interface PhoneParts {
  tabs: readonly [PhoneTab, ...PhoneTab[]]
  /** Whether the right pane takes the place of a tab that yields. */
  opened: () => boolean
  /** Where one is taken back to. */
  home: () => Bbox | null | undefined
}

/** All that the frame is told about tasks. */
export interface Workbench {
  load(task: Task): Promise<Mode>
  layers(): Promise<{ default: Component }>
  frames: Record<Task, Frame>
}
