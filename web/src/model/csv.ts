/** What a person takes away into a spreadsheet. */
export type CsvCell = string | number | null | undefined

/** A text that a spreadsheet would run gets an apostrophe before it. */
const guarded = (value: string): string => (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value)
const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
const text = (value: CsvCell): string =>
  value === null || value === undefined ? '' : typeof value === 'number' ? String(value) : quoted(guarded(value))

/** Heads and rows, with a mark for the encoding. */
export const csv = (head: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  `\ufeff${[head, ...rows].map((row) => row.map(text).join(',')).join('\r\n')}\r\n`
