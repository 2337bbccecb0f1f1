import Award from '@lucide/svelte/icons/award'
import Building from '@lucide/svelte/icons/building-2'
import Combine from '@lucide/svelte/icons/combine'
import Download from '@lucide/svelte/icons/download'
import Funnel from '@lucide/svelte/icons/funnel'
import Layers from '@lucide/svelte/icons/layers-2'
import { lang } from '../i18n/index.svelte'
import { basket } from '../state/basket.svelte'
import type { Task } from '../state/ui.svelte'
import type { Mode, Workbench } from '../ui/frame/mode'

const files: Record<Exclude<Task, 'query'>, () => Promise<{ mode: Mode }>> = {
  export: () => import('./export'),
  consolidate: () => import('./consolidate'),
  capacity: () => import('./capacity'),
  designate: () => import('./designate'),
  occupancy: () => import('./occupancy'),
}

/** A task comes with its words. */
async function load(task: Task): Promise<Mode> {
  if (task === 'query') return (await import('./query')).mode
  const [file] = await Promise.all([files[task](), lang.more()])
  return file.mode
}

export const workbench: Workbench = {
  load,
  layers: () => import('./query/Layers.svelte'),
  signs: {
    query: { Icon: Funnel },
    consolidate: { Icon: Combine, badge: () => basket.codes.length },
    capacity: { Icon: Layers },
    designate: { Icon: Award },
    occupancy: { Icon: Building },
    export: { Icon: Download },
  },
}
