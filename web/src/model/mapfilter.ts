import type { ExpressionSpecification } from 'maplibre-gl'
import type { Condition } from './cql'

function one(c: Condition, fields: ReadonlySet<string>): ExpressionSpecification | null {
  if (!fields.has(c.field)) return null
  const get: ExpressionSpecification = ['get', c.field]
  const has: ExpressionSpecification = ['has', c.field]
  const [a, b] = c.values
  switch (c.op) {
    case 'in':
      return ['in', get, ['literal', c.values]]
    case 'between':
      return ['all', has, ['>=', ['to-number', get], Number(a)], ['<=', ['to-number', get], Number(b)]]
    case '<=':
      return ['all', has, ['<=', ['to-number', get], Number(a)]]
    case '>=':
      return ['all', has, ['>=', ['to-number', get], Number(a)]]
    case '=':
      return ['==', get, a ?? '']
    case '<>':
      return ['all', has, ['!=', get, a ?? '']]
    case 'null':
      return ['!', has]
    case 'notnull':
      return has
    default:
      return null
  }
}

/** A MapLibre expression for the conditions, or null when the fields that tiles carry do not suffice. */
export function toExpression(
  conditions: readonly Condition[],
  fields: ReadonlySet<string>,
): ExpressionSpecification | null {
  const parts = conditions.map((c) => one(c, fields))
  return parts.includes(null) ? null : ['all', ...(parts as ExpressionSpecification[])]
}

/** `match` hashes its labels, so thousands of codes cost one look-up per feature. */
export function codesExpression(codes: readonly string[]): ExpressionSpecification {
  if (!codes.length) return ['==', 1, 2]
  return ['match', ['get', 'code'], codes as string[], true, false] as ExpressionSpecification
}
