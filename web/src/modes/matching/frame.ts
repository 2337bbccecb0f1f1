import Handshake from '@lucide/svelte/icons/handshake'
import type { Frame } from '../../ui/frame/mode'

export const frame: Frame = {
  layout: 'rows',
  sizes: {
    left: (width) => (width < 1400 ? 288 : 304),
    right: (width) => (width < 1400 ? 320 : 360),
    bottom: () => 292,
  },
  tools: 'zoom',
  scaleBar: true,
  parkNames: true,
  Icon: Handshake,
}
