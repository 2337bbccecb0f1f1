import { lang } from '../i18n/index.svelte'
import type { Task } from '../state/ui.svelte'
import type { Mode, Workbench } from '../ui/frame/mode'
import { frame as allocate } from './allocate/frame'
import { frame as capacity } from './capacity/frame'
import { frame as consolidate } from './consolidate/frame'
import { frame as designate } from './designate/frame'
import { frame as exporting } from './export/frame'
import { frame as importing } from './import/frame'
import { frame as matching } from './matching/frame'
import { frame as occupancy } from './occupancy/frame'
import { frame as progress } from './progress/frame'
import { frame as query } from './query/frame'
import { frame as virtual } from './virtual/frame'

const files: Record<Exclude<Task, 'query'>, () => Promise<{ mode: Mode }>> = {
  export: () => import('./export'),
  consolidate: () => import('./consolidate'),
  capacity: () => import('./capacity'),
  designate: () => import('./designate'),
  allocate: () => import('./allocate'),
  progress: () => import('./progress'),
  matching: () => import('./matching'),
  occupancy: () => import('./occupancy'),
  virtual: () => import('./virtual'),
  import: () => import('./import'),
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
  frames: {
    query,
    consolidate,
    capacity,
    designate,
    allocate,
    matching,
    virtual,
    progress,
    occupancy,
    import: importing,
    export: exporting,
  },
}
