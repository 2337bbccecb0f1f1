import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import enFirst from './en/first.json'
import { tasks as enTasks } from './en/tasks'
import zhFirst from './zh/first.json'
import { tasks as zhTasks } from './zh/tasks'

const holes = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()
const zh = { ...zhFirst, ...zhTasks }
const en = { ...enFirst, ...enTasks }

const HERE = dirname(fileURLToPath(import.meta.url))
/** All that the page is made of, as one text, without the messages themselves. */
const source = readdirSync(join(HERE, '..'), { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n')
/** Said as it stands, or as one of a family whose name is made: t(`state.${state}`), t(`ap.source.${v}.how`). */
const said = (key: string): boolean =>
  source.includes(`'${key}'`) ||
  [...key.matchAll(/[._]|(?<=[a-z])(?=\d)/g)].some(({ index }) => {
    const family = key.slice(0, index + (/[._]/.test(key[index]!) ? 1 : 0))
    return source.includes(`\`${family}\${`)
  })

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(enFirst).sort()).toEqual(Object.keys(zhFirst).sort())
    expect(Object.keys(enTasks).sort()).toEqual(Object.keys(zhTasks).sort())
  })
  it('stand in one file each', () => {
    const files = readdirSync(join(HERE, 'zh')).filter((name) => name.endsWith('.json'))
    const keys = files.flatMap((name) =>
      Object.keys(JSON.parse(readFileSync(join(HERE, 'zh', name), 'utf8')) as object),
    )
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
    expect(keys).toHaveLength(Object.keys(zh).length)
  })
  it('name the same values in both languages', () => {
    const pairs = Object.keys(zh) as (keyof typeof zh)[]
    expect(pairs.filter((key) => holes(zh[key]) !== holes(en[key]))).toEqual([])
  })
  it('are all said somewhere', () => {
    expect(Object.keys(zh).filter((key) => !said(key))).toEqual([])
  })
  it('have no Chinese left in English', () => {
    expect(Object.entries(en).filter(([, text]) => /[\u4e00-\u9fff]/.test(text))).toEqual([])
  })
})
