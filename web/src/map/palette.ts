import type { Term } from '../api/types'

export type Theme = 'light' | 'dark'

/** Hues of 用地用海分类, softened; statutory ones are for the printed atlas. [light, dark] */
const LAND_USE: Record<string, readonly [string, string]> = {
  '1001': ['#CCA875', '#695128'],
  M0: ['#A4704F', '#673B2F'],
  '11': ['#A087B4', '#6661A7'],
  '07': ['#FBE9A4', '#867643'],
  '08': ['#F3C3DB', '#9D607A'],
  '09': ['#D57F7E', '#984D4E'],
  '12': ['#AFB1B2', '#3B3E42'],
  '13': ['#7BC3ED', '#12586F'],
  '14': ['#ADD0A8', '#68836A'],
  '16': ['#FCFCFC', '#8E9193'],
}
const OTHER = ['#E4E2DC', '#333A42'] as const
/** Codes seen for 新型产业用地, which has no national code. */
const INNOVATIVE = /^(M0|1004|100104|1001M0|1001-M0)$/i

export function landUseColour(code: string | null | undefined, theme: Theme, zh = ''): string {
  const i = theme === 'dark' ? 1 : 0
  if (!code) return OTHER[i]
  if (INNOVATIVE.test(code) || zh.includes('新型产业')) return LAND_USE['M0']![i]
  if (/^M/i.test(code) || code.startsWith('10')) return LAND_USE['1001']![i]
  if (/^W/i.test(code)) return LAND_USE['11']![i]
  return (LAND_USE[code] ?? LAND_USE[code.slice(0, 2)] ?? OTHER)[i]
}

export type LandUseColours = Record<string, string>
export const landUseColours = (terms: readonly Term[], theme: Theme): LandUseColours =>
  Object.fromEntries(terms.map((t) => [t.code, landUseColour(t.code, theme, t.zh)]))

/** Colours of the map that are tokens of the page too are read from there, so that a token has one home. */
export interface MapInk {
  theme: Theme
  land: string
  sea: string
  road: string
  ink: string
  ink2: string
  ink3: string
  s1: string
  line2: string
  park: string
  district: string
  sel: string
  acc: string
  ok: string
  bad: string
  warn: string
  unk: string
  candidates: string[]
  grades: Record<string, string>
  units: Record<string, string>
  casing: string
  parcelLine: string
  expressway: string
  expresswayEdge: string
  other: string
}

export function readInk(theme: Theme): MapInk {
  const css = getComputedStyle(document.documentElement)
  const v = (name: string): string => css.getPropertyValue(`--${name}`).trim()
  const dark = theme === 'dark'
  return {
    theme,
    land: v('land'),
    sea: v('sea'),
    road: v('road'),
    ink: v('ink'),
    ink2: v('ink2'),
    ink3: v('ink3'),
    s1: v('s1'),
    line2: v('line2'),
    park: v('park'),
    district: v('district'),
    sel: v('sel'),
    acc: v('acc'),
    ok: v('ok'),
    bad: v('bad'),
    warn: v('warn'),
    unk: v('unk'),
    candidates: [v('c1'), v('c2'), v('c3'), v('c4')],
    grades: { A: v('gA'), B: v('gB'), C: v('gC'), D: v('gD') },
    units: Object.fromEntries(['own_use', 'let', 'vacant', 'fit_out', 'out_of_service'].map((k) => [k, v(`u-${k}`)])),
    casing: dark ? '#0B1017' : '#FFFFFF',
    parcelLine: dark ? '#12181F' : '#FFFFFF',
    expressway: dark ? '#4A4029' : '#FBE7BE',
    expresswayEdge: dark ? '#6B5A34' : '#E6C88A',
    other: OTHER[dark ? 1 : 0],
  }
}
