import type { DiffValue, ImportColumn } from '../../api/types'
import { lang, t } from '../../i18n/index.svelte'
import { MISSING, num } from '../../model/format'
import { imports } from '../../state/imports.svelte'

const columns = (): readonly ImportColumn[] => imports.preview?.columns ?? []

/** A column as people call it, with its unit. */
export function columnName(name: string): string {
  const found = columns().find((column) => column.name === name)
  if (!found) return name
  return `${lang.now === 'zh' ? found.zh : found.en}${found.unit && found.unit !== '1' ? ` ${found.unit}` : ''}`
}

export function shown(value: DiffValue | null): string {
  if (value === null) return MISSING
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  return typeof value === 'number' ? num(value, Number.isInteger(value) ? 0 : 2) : value
}
