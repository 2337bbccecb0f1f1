import Building from '@lucide/svelte/icons/building-2'
import type { Frame } from '../../ui/frame/mode'

export const frame: Frame = {
  layout: 'map-left',
  sizes: { left: (width) => (width < 1400 ? 304 : 336), right: (width) => (width < 1400 ? 320 : 352) },
  tools: 'none',
  scaleBar: false,
  parkNames: false,
  Icon: Building,
}
