import Combine from '@lucide/svelte/icons/combine'
import { basket } from '../../state/basket.svelte'
import type { Frame } from '../../ui/frame/mode'

export const frame: Frame = {
  layout: 'rows',
  sizes: { left: () => 304, right: () => 408, bottom: () => 252 },
  tools: 'all',
  scaleBar: true,
  parkNames: true,
  Icon: Combine,
  badge: () => basket.codes.length,
}
