import Award from '@lucide/svelte/icons/award'
import type { Frame } from '../../ui/frame/mode'

export const frame: Frame = {
  layout: 'map-right',
  sizes: { left: () => 336, right: (width) => (width < 1400 ? 340 : 440) },
  tools: 'zoom',
  scaleBar: false,
  parkNames: true,
  Icon: Award,
}
