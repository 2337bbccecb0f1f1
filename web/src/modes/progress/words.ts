import { either, t } from '../../i18n/index.svelte'
import { MISSING, num } from '../../model/format'
import type { TaskLights } from '../../api/analyses'
import { city } from '../../state/city.svelte'
import { download } from '../../state/actions'
import { progress } from '../../state/progress.svelte'
import { csv } from '../../model/csv'

export function categoryName(code: string): string {
  const found = city.terms('task_category').find((term) => term.code === code)
  return found ? either(found) : code
}
const UNITS: Record<string, () => string> = {
  ha: () => t('unit.ha'),
  '万m²': () => t('unit.wanm2'),
  处: () => t('pr.places'),
}
export const unitName = (unit: string | null): string => (unit ? (UNITS[unit]?.() ?? unit) : '')
export const taskName = (task: TaskLights): string =>
  task.name ?? `${city.parkName(task.park)} ${task.year ?? ''} ${categoryName(task.category)}`
export const points = (value: number | null | undefined, sign = false): string =>
  value === null || value === undefined ? MISSING : num(value, 1, sign)

export const promotedHow = (): string =>
  t('pr.promotedHow', { k: progress.result?.lines.yellows_to_red ?? '', a: progress.result?.lines.yellow_from ?? '' })

export function saveCsv(
  name: string,
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): void {
  download(new Blob([csv(head, rows)], { type: 'text/csv' }), `${name}-${progress.asOf}.csv`)
}
