import { readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = dirname(fileURLToPath(import.meta.url))
/** Names of what the server says: shared by all. */
const NAMES = ['api/analyses', 'api/rows', 'api/types']
/** What each folder may import of ours. Files beside this one wire everything and may import all. */
const MAY: Record<string, string[]> = {
  api: ['model'],
  model: NAMES,
  css: [],
  i18n: [],
  map: [...NAMES, 'model'],
  state: ['api', 'i18n', 'map', 'model'],
  ui: ['api', 'i18n', 'map', 'model', 'state'],
  modes: ['api', 'i18n', 'map', 'model', 'state', 'ui'],
}

interface Import {
  from: string
  to: string
}
const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/g

/** The imports of one file, as paths from the source folder. */
const importsOf = (from: string, text: string): Import[] =>
  [...text.matchAll(SPECIFIER)].map(([, path]) => ({ from, to: normalize(join(dirname(from), path!)) }))
const folderOf = (path: string): string | null => (path.includes('/') ? path.split('/')[0]! : null)

const under = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(SRC, join(entry.parentPath, entry.name)))
const read = (file: string): string => readFileSync(join(SRC, file), 'utf8')
const files = (folder: string): string[] =>
  under(folder).filter((file) => /\.(ts|svelte)$/.test(file) && !/\.test\.ts$/.test(file))

/** Imports between folders that the table does not allow. */
const wrong = (imports: Import[]): string[] =>
  imports.flatMap(({ from, to }) => {
    const [a, b] = [folderOf(from), folderOf(to)]
    if (a === null || a === b) return []
    const allowed = MAY[a]?.some((may) => to === may || to.startsWith(`${may}/`)) ?? false
    return allowed ? [] : [`${from} imports ${to}`]
  })

/** A chain of folders that ends where it began, by the imports of values and types alike. */
function circle(imports: Import[]): string[] | null {
  const next = new Map<string, Set<string>>()
  for (const { from, to } of imports) {
    const [a, b] = [folderOf(from), folderOf(to)]
    if (a === null || b === null || a === b || NAMES.includes(to)) continue
    next.set(a, (next.get(a) ?? new Set()).add(b))
  }
  const walk = (path: string[]): string[] | null => {
    for (const folder of next.get(path.at(-1)!) ?? []) {
      if (folder === path[0]) return [...path, folder]
      const found = path.includes(folder) ? null : walk([...path, folder])
      if (found) return found
    }
    return null
  }
  for (const start of next.keys()) {
    const found = walk([start])
    if (found) return found
  }
  return null
}

describe('the imports of the source tree', () => {
  const all = files(SRC).flatMap((file) => importsOf(file, read(file)))
  it('are seen', () => expect(all.length).toBeGreaterThan(500))
  it('go the way the table says', () => expect(wrong(all)).toEqual([]))
  it('reach the generated types by their names only', () =>
    expect(all.filter(({ to }) => to === 'api/schema').map(({ from }) => from)).toEqual([
      'api/analyses.ts',
      'api/types.ts',
    ]))
  it('make no circle between folders', () => expect(circle(all)).toBeNull())
  it('know every folder', () => {
    const folders = new Set(files(SRC).flatMap((file) => folderOf(file) ?? []))
    expect([...folders].filter((folder) => !(folder in MAY))).toEqual([])
  })
})

/** Each task has its folder. */
const TASKS = readdirSync(join(SRC, 'modes'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
/** Places where a text names a task: 'consolidate', "task.consolidate", `modes/consolidate`. */
const namesTask = (text: string): string[] =>
  text.match(new RegExp(`(['"\`])(task\\.|modes/)?(${TASKS.join('|')})\\1`, 'g')) ?? []

describe('what surrounds a task', () => {
  it('finds the tasks', () => expect(TASKS.length).toBeGreaterThan(4))
  it.each(['ui', 'map', 'model', 'i18n'])('names none of them in %s', (folder) =>
    expect(files(join(SRC, folder)).flatMap((file) => namesTask(read(file)).map((name) => `${file}: ${name}`))).toEqual(
      [],
    ),
  )
})

const MOST_LINES = 400
const MOST_COLUMNS = 120
/** Written by a program, or about to be. */
const GENERATED = ['api/schema.ts']
const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')
const tooLong = (text: string): boolean => linesOf(text).length > MOST_LINES
const tooWide = (text: string): number[] =>
  linesOf(text).flatMap((line, i) => ([...line].length > MOST_COLUMNS ? [i + 1] : []))

describe('the files', () => {
  const sources = [...under(SRC), ...under(join(SRC, '../e2e'))].filter(
    (file) => /\.(ts|svelte|css|json|mjs)$/.test(file) && !GENERATED.includes(file),
  )
  it('are all seen', () => {
    const kinds = new Set(sources.map((file) => extname(file)))
    expect([...kinds].sort()).toEqual(['.css', '.json', '.mjs', '.svelte', '.ts'])
    expect(sources.length).toBeGreaterThan(150)
  })
  it(`have at most ${MOST_LINES} lines`, () => expect(sources.filter((file) => tooLong(read(file)))).toEqual([]))
  // A message is one line, however long.
  it(`have lines of at most ${MOST_COLUMNS} characters`, () =>
    expect(
      sources
        .filter((file) => extname(file) !== '.json')
        .flatMap((file) => tooWide(read(file)).map((line) => `${file}:${line}`)),
    ).toEqual([]))
})

describe('the check itself', () => {
  const seen = (from: string, path: string): Import[] => importsOf(from, `import { x } from '${path}'`)
  it.each([
    ['ui/frame/Desk.svelte', '../../modes'],
    ['ui/frame/Desk.svelte', '../../modes/query/Layers.svelte'],
    ['map/style.ts', '../ui/Tip.svelte'],
    ['map/style.ts', '../state/atlas.svelte'],
    ['model/cql.ts', '../api/client'],
    ['api/client.ts', '../state/session.svelte'],
    ['state/keys.ts', '../ui/Tip.svelte'],
  ])('fails on %s importing %s', (from, path) => expect(wrong(seen(from, path))).toHaveLength(1))
  it('reads imports that come late', () =>
    expect(importsOf('ui/A.svelte', "{#await import('../modes/query') then x}")).toHaveLength(1))
  it('allows the names of answers in the model', () => expect(wrong(seen('model/cql.ts', '../api/types'))).toEqual([]))
  it('sees a task by its name', () => {
    expect(namesTask("ui.go('query')")).toHaveLength(1)
    expect(namesTask("t('task.capacity')")).toHaveLength(1)
    expect(namesTask("t('capacity.far')")).toHaveLength(0)
  })
  it('counts lines and characters, not bytes', () => {
    expect(tooLong(`${'x\n'.repeat(MOST_LINES)}`)).toBe(false)
    expect(tooLong(`${'x\n'.repeat(MOST_LINES + 1)}`)).toBe(true)
    expect(tooWide('地'.repeat(MOST_COLUMNS))).toEqual([])
    expect(tooWide(`a\n${'地'.repeat(MOST_COLUMNS + 1)}`)).toEqual([2])
  })
  it('finds a circle', () =>
    expect(circle([...seen('map/a.ts', '../model/b'), ...seen('model/b.ts', '../map/a')])).toEqual([
      'map',
      'model',
      'map',
    ]))
})
