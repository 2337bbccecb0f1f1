import { lang, t } from '../i18n/index.svelte'
import { num } from '../model/format'
import type { Condition, Op } from '../model/cql'
import { city } from './city.svelte'

export const digitsOf = (field: string): number =>
  field.startsWith('far') || field.startsWith('coverage') ? 2 : field.endsWith('_m') ? 1 : 0

const number = (field: string, value: string | number): string =>
  typeof value === 'number' ? (field.endsWith('year') ? String(value) : num(value, digitsOf(field))) : String(value)

/** A condition as people would say it: operator and value apart, so that rows can align them. */
export function conditionText(c: Condition): { op: string; value: string } {
  const [a = '', b = ''] = c.values
  const unit = city.fieldUnit(c.field)
  const tail = unit ? ` ${unit}` : ''
  switch (c.op) {
    case 'in': {
      const names = c.values.map((v) => city.valueName(c.field, v))
      const joined =
        names.length > 2
          ? t('valuesN', { first: names[0] ?? '', n: names.length })
          : names.join(lang.now === 'zh' ? '、' : ', ')
      return { op: c.values.length === 1 ? '=' : t('op.in'), value: joined }
    }
    case 'between':
      return { op: t('op.between'), value: `${number(c.field, a)} – ${number(c.field, b)}${tail}` }
    case '<=':
      return { op: '≤', value: number(c.field, a) + tail }
    case '>=':
      return { op: '≥', value: number(c.field, a) + tail }
    case '=':
      return { op: '=', value: number(c.field, a) + tail }
    case '<>':
      return { op: '≠', value: city.valueName(c.field, a) }
    case 'like':
      return { op: t('op.like'), value: String(a) }
    case 'null':
      return { op: '', value: t('op.null') }
    case 'notnull':
      return { op: '', value: t('op.notnull') }
    case 'raw':
      return { op: 'CQL2', value: String(a) }
  }
}

export function opsFor(field: string): Op[] {
  if (city.choices(field)) return ['in', '<>', 'null', 'notnull']
  if (city.isNumeric(field)) return ['between', '<=', '>=', '=', 'null', 'notnull']
  return ['like', '=', 'null', 'notnull']
}

const SYMBOL: Partial<Record<Op, string>> = { '<=': '≤', '>=': '≥', '=': '=', '<>': '≠' }
export const opLabel = (op: Op): string =>
  SYMBOL[op] ??
  (op === 'in' || op === 'between' || op === 'like' || op === 'null' || op === 'notnull' ? t(`op.${op}`) : op)
