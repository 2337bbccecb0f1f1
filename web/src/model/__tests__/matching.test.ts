import { describe, expect, it } from 'vitest'
import type { MatchSite } from '../../api/analyses'
import { BLANK, csvOf, formOf, isSame, isStated, movesFrom, needOf, number, rowOf, wrong } from '../matching'

describe('a requirement as it is typed', () => {
  it('states only what was filled in', () => {
    expect(isStated(BLANK)).toBe(false)
    expect(needOf({ ...BLANK, area_min_m2: ' 1,500 ', fire_class: '丙', districts: ['440306'] })).toEqual({
      area_min_m2: 1500,
      fire_class: '丙',
      districts: ['440306'],
    })
  })
  it('refuses nought, signs and words', () => {
    expect(['0', '-3', 'x', '1e'].flatMap((text) => wrong({ ...BLANK, load_kn_m2: text }))).toHaveLength(4)
    expect(wrong({ ...BLANK, load_kn_m2: '8.5' })).toEqual([])
    expect(number('')).toBeNull()
  })
  it('comes back from what was kept, and takes out what is no longer stated', () => {
    const row = { code: 'RQ-0001', cluster: 'c24-robot', area_min_m2: 1500, districts: null, needed_by: '2027-01-01' }
    const form = formOf(row)
    expect(needOf(form)).toEqual({ cluster: 'c24-robot', area_min_m2: 1500, by: '2027-01-01' })
    expect(isSame(form, { ...form, area_min_m2: '1,500' })).toBe(true)
    expect(rowOf({ ...form, cluster: '' })).toMatchObject({ cluster: null, area_min_m2: 1500, districts: null })
  })
  it('knows which way a requirement may go', () => {
    expect(movesFrom('visiting')).toEqual(['signed', 'offered', 'withdrawn'])
    expect(movesFrom('signed')).toEqual([])
  })
})

describe('the list as a file', () => {
  it('guards what a spreadsheet would run, and quotes', () => {
    const site = {
      rank: 1,
      criteria: [{ id: 'load', verdict: 'fail', need: 8, have: 5, unit: 'kN/m²' }],
      change: [{ criterion: 'load', from: 5, to: 8, unit: 'kN/m²', cost: 1 }],
      cost: 1,
    } as unknown as MatchSite
    const text = csvOf(
      [site],
      ['load'],
      ['a', 'b', 'c', 'd', 'e', 'f'],
      () => ['=1+1', 'x, "y"'],
      (one) => one.cost,
    )
    expect(text).toBe('\uFEFFa,b,c,d,e,f\r\n\'=1+1,"x, ""y""",fail,5,8,1\r\n')
  })
})
