import Download from '@lucide/svelte/icons/download'
import type { Frame } from '../../ui/frame/mode'
import { frame as query } from '../query/frame'

export const frame: Frame = { ...query, Icon: Download }
