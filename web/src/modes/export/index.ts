import type { Mode } from '../../ui/frame/mode'
import { mode as query } from '../query'
import Left from './Left.svelte'

export const mode: Mode = { ...query, Left }
