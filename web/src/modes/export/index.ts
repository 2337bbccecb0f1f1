import type { Mode } from '..'
import { mode as query } from '../query'
import Left from './Left.svelte'

export const mode: Mode = { ...query, Left }
