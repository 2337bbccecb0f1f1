import Grid3x3 from '@lucide/svelte/icons/grid-3x3'
import type { Frame } from '../../ui/frame/mode'

export const frame: Frame = {
  layout: 'map-right',
  sizes: { left: () => 272, right: (width) => (width < 1400 ? 320 : 360) },
  tools: 'zoom',
  scaleBar: false,
  parkNames: false,
  Icon: Grid3x3,
}
