import { describe, expect, it } from 'vitest'
import enCore from './en.json'
import enTasks from './en.tasks.json'
import zhCore from './zh.json'
import zhTasks from './zh.tasks.json'

const holes = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()
const zh = { ...zhCore, ...zhTasks }
const en = { ...enCore, ...enTasks }

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(enCore).sort()).toEqual(Object.keys(zhCore).sort())
    expect(Object.keys(enTasks).sort()).toEqual(Object.keys(zhTasks).sort())
  })
  it('stand in one file each', () => {
    expect(Object.keys(zhTasks).filter((key) => key in zhCore)).toEqual([])
  })
  it('name the same values in both languages', () => {
    const pairs = Object.keys(zh) as (keyof typeof zh)[]
    expect(pairs.filter((key) => holes(zh[key]) !== holes(en[key]))).toEqual([])
  })
  it('have no Chinese left in English', () => {
    expect(Object.entries(en).filter(([, text]) => /[\u4e00-\u9fff]/.test(text))).toEqual([])
  })
})
