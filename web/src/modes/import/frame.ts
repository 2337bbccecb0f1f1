import FileInput from '@lucide/svelte/icons/file-input'
import { prefs } from '../../state/prefs.svelte'
import type { Frame } from '../../ui/frame/mode'

/** Encodings and mappings stand beside each other in their rows, so the left pane is a little wider than usual. */
export const frame: Frame = {
  layout: 'rows',
  sizes: { left: () => 336, right: (width) => (width < 1400 ? 320 : 360), bottom: () => prefs.bottom },
  tools: 'zoom',
  scaleBar: true,
  parkNames: false,
  Icon: FileInput,
}
