import type { Mode } from '..'

/** The sub-tabs that are not looked at first come when they are opened. */
export const parts: Record<'units' | 'plan', () => Promise<Mode>> = {
  units: async () => (await import('./units')).mode,
  plan: async () => (await import('./plan')).mode,
}
