import Waypoints from '@lucide/svelte/icons/waypoints'
import type { Frame } from '../../ui/frame/mode'

export const frame: Frame = {
  layout: 'map-right',
  sizes: { left: () => 272, right: (width) => (width < 1400 ? 380 : 460) },
  tools: 'zoom',
  scaleBar: true,
  parkNames: true,
  Icon: Waypoints,
}
