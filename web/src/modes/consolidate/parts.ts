import type { Panes } from '../../ui/frame/mode'

/** The sub-tabs that are not looked at first come when they are opened. */
export const parts: Record<'units' | 'plan', () => Promise<Panes>> = {
  units: async () => (await import('./units')).mode,
  plan: async () => (await import('./plan')).mode,
}
