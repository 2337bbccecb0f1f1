import Layers from '@lucide/svelte/icons/layers-2'
import type { Frame } from '../../ui/frame/mode'

export const frame: Frame = {
  layout: 'rows',
  sizes: { left: () => 272, right: () => 590, bottom: () => 328 },
  tools: 'low',
  scaleBar: true,
  parkNames: true,
  Icon: Layers,
}
