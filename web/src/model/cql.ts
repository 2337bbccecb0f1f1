/** Conditions are rows of a form; CQL2 text is what travels. Both ways live here, nothing else parses. */
export type Op = 'in' | 'between' | '<=' | '>=' | '=' | '<>' | 'like' | 'null' | 'notnull' | 'raw'

export interface Condition {
  field: string
  op: Op
  values: (string | number)[]
}

export const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`

export function isComplete(c: Condition): boolean {
  if (c.op === 'null' || c.op === 'notnull') return true
  if (c.op === 'between') return c.values.length === 2
  return c.values.length > 0 && c.values[0] !== ''
}

export function conditionCql(c: Condition): string {
  const [a = '', b = ''] = c.values
  switch (c.op) {
    case 'raw':
      return `(${a})`
    case 'in':
      return c.values.length === 1
        ? `${c.field} = ${literal(a)}`
        : `${c.field} IN (${c.values.map(literal).join(', ')})`
    case 'between':
      return `${c.field} BETWEEN ${literal(a)} AND ${literal(b)}`
    case 'like':
      return `${c.field} LIKE ${literal(`%${String(a).replace(/[%_\\]/g, '\\$&')}%`)}`
    case 'null':
      return `${c.field} IS NULL`
    case 'notnull':
      return `${c.field} IS NOT NULL`
    default:
      return `${c.field} ${c.op} ${literal(a)}`
  }
}

export function toCql(conditions: readonly Condition[]): string {
  return conditions.filter(isComplete).map(conditionCql).join(' AND ')
}

export const both = (...parts: (string | undefined)[]): string | undefined => {
  const given = parts.filter((p): p is string => !!p)
  if (given.length < 2) return given[0]
  return given.map((p) => (/\bOR\b/i.test(p) ? `(${p})` : p)).join(' AND ')
}

export function intersects(ring: readonly (readonly [number, number])[]): string {
  const closed = [...ring]
  const [first] = ring
  const last = ring.at(-1)
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) closed.push(first)
  return `S_INTERSECTS(geom, POLYGON((${closed.map(([x, y]) => `${+x.toFixed(7)} ${+y.toFixed(7)}`).join(', ')})))`
}

/** Splits at top-level ANDs; the AND of a BETWEEN and anything in brackets or quotes stays whole. */
export function splitAnd(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let between = false
  let start = 0
  const tokens = /'(?:[^']|'')*'|\(|\)|\bBETWEEN\b|\bAND\b|\bOR\b/gi
  for (const match of text.matchAll(tokens)) {
    const token = match[0].toUpperCase()
    if (token === '(') depth++
    else if (token === ')') depth--
    else if (depth > 0 || token.startsWith("'")) continue
    else if (token === 'OR') return [text.trim()]
    else if (token === 'BETWEEN') between = true
    else if (between) between = false
    else {
      parts.push(text.slice(start, match.index).trim())
      start = match.index + match[0].length
    }
  }
  parts.push(text.slice(start).trim())
  return parts.filter(Boolean)
}

const VALUE = String.raw`'(?:[^']|'')*'|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?`
const FIELD = '([A-Za-z_]\\w*)'
const value = (text: string): string | number =>
  text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : Number(text)

function parseOne(text: string): Condition {
  let m: RegExpExecArray | null
  if ((m = new RegExp(`^${FIELD}\\s+IS\\s+(NOT\\s+)?NULL$`, 'i').exec(text)))
    return { field: m[1]!, op: m[2] ? 'notnull' : 'null', values: [] }
  if ((m = new RegExp(`^${FIELD}\\s+BETWEEN\\s+(${VALUE})\\s+AND\\s+(${VALUE})$`, 'i').exec(text)))
    return { field: m[1]!, op: 'between', values: [value(m[2]!), value(m[3]!)] }
  if ((m = new RegExp(`^${FIELD}\\s+IN\\s*\\(((?:\\s*(?:${VALUE})\\s*,?)+)\\)$`, 'i').exec(text)))
    return { field: m[1]!, op: 'in', values: [...m[2]!.matchAll(new RegExp(VALUE, 'g'))].map((v) => value(v[0])) }
  if ((m = new RegExp(`^${FIELD}\\s+LIKE\\s+('%(?:[^']|'')*%')$`, 'i').exec(text)))
    return {
      field: m[1]!,
      op: 'like',
      values: [
        String(value(m[2]!))
          .slice(1, -1)
          .replace(/\\([%_\\])/g, '$1'),
      ],
    }
  if ((m = new RegExp(`^${FIELD}\\s*(<=|>=|<>|=)\\s*(${VALUE})$`).exec(text))) {
    const v = value(m[3]!)
    return { field: m[1]!, op: m[2] === '=' && typeof v === 'string' ? 'in' : (m[2] as Op), values: [v] }
  }
  const bare = /^\((.*)\)$/s.exec(text)?.[1] ?? text
  return { field: '', op: 'raw', values: [bare] }
}

export const fromCql = (text: string): Condition[] => (text.trim() ? splitAnd(text).map(parseOne) : [])
