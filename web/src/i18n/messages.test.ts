import { describe, expect, it } from 'vitest'
import en from './en.json'
import zh from './zh.json'

const holes = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  })
  it('name the same values in both languages', () => {
    const pairs = Object.keys(zh) as (keyof typeof zh)[]
    expect(pairs.filter((key) => holes(zh[key]) !== holes(en[key]))).toEqual([])
  })
  it('have no Chinese left in English', () => {
    expect(Object.entries(en).filter(([, text]) => /[\u4e00-\u9fff]/.test(text))).toEqual([])
  })
})
