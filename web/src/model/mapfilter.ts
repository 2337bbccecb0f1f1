import type { ExpressionSpecification } from 'maplibre-gl'
import type { Condition } from './cql'

/** What parcel tiles carry; a condition on anything else needs the server's list of codes. */
export const TILE_FIELDS = new Set([
  'code',
  'land_use',
  'planned_use',
  'tenure',
  'park',
  'district',
  'planar_area_m2',
  'far_present',
  'far_limit',
  'stage',
  'stale',
])

function one(c: Condition): ExpressionSpecification | null {
  if (!TILE_FIELDS.has(c.field)) return null
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

/** A MapLibre expression for the conditions, or null when tile properties do not suffice. */
export function toExpression(conditions: readonly Condition[]): ExpressionSpecification | null {
  const parts = conditions.map(one)
  return parts.includes(null) ? null : ['all', ...(parts as ExpressionSpecification[])]
}

/** `match` hashes its labels, so thousands of codes cost one look-up per feature. */
export function codesExpression(codes: readonly string[]): ExpressionSpecification {
  if (!codes.length) return ['==', 1, 2]
  return ['match', ['get', 'code'], codes as string[], true, false] as ExpressionSpecification
}
