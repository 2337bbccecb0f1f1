import type { ExcludedDetail } from '../../../api/analyses'
import { t, tIf } from '../../../i18n/index.svelte'
import { num } from '../../../model/format'
import { city } from '../../../state/city.svelte'

export const reasonName = (reason: string): string => tIf(`reason.${reason}`, reason)

/** Every reason, then what is missing, then what taking the parcel would change. */
export function whyWords(why: ExcludedDetail): string[] {
  const lines = [why.reasons.map(reasonName).join(t('listSep'))]
  if (why.missing) lines.push(t('why.missing', { field: city.fieldTitle(why.missing) }))
  if (why.change !== null && why.change !== undefined) lines.push(t('why.change', { n: num(why.change, 2, true) }))
  return lines
}
