import type { UpstairsResult } from '../../../api/analyses'
import type { Item } from '../../../api/types'
import type { Lever } from '../../../state/capacity.svelte'

export interface LeverSpec {
  lever: Lever
  min: number
  max: number
  step: number
  digits: number
  unit: string
  percent?: boolean
}
export const GROUPS: { id: 'figures' | 'setbacks' | 'storeys'; levers: LeverSpec[] }[] = [
  {
    id: 'figures',
    levers: [
      { lever: 'far', min: 0.5, max: 8, step: 0.05, digits: 2, unit: '' },
      { lever: 'coverage', min: 0.1, max: 0.8, step: 0.01, digits: 0, unit: '%', percent: true },
      { lever: 'height', min: 12, max: 150, step: 1, digits: 0, unit: 'm' },
    ],
  },
  {
    id: 'setbacks',
    levers: [
      { lever: 'setback_road', min: 0, max: 40, step: 1, digits: 0, unit: 'm' },
      { lever: 'setback_side', min: 0, max: 30, step: 1, digits: 0, unit: 'm' },
    ],
  },
  {
    id: 'storeys',
    levers: [
      { lever: 'storey_ground', min: 4, max: 12, step: 0.1, digits: 1, unit: 'm' },
      { lever: 'storey_lower', min: 4, max: 9, step: 0.1, digits: 1, unit: 'm' },
      { lever: 'storey_typical', min: 3, max: 8, step: 0.1, digits: 1, unit: 'm' },
      { lever: 'lifts', min: 0, max: 20, step: 1, digits: 0, unit: '' },
    ],
  },
]

/** What the rule pack used, as far as the answer or the parcel tells; null where neither does. */
export function startOf(lever: Lever, base: UpstairsResult | null, item: Item | null): number | null {
  const told = base?.set?.[lever]
  if (typeof told === 'number') return told
  const of = (name: string): number | null =>
    typeof item?.properties[name] === 'number' ? (item.properties[name] as number) : null
  const storey = (...bands: string[]): number | null =>
    base?.storeys.find((s) => bands.includes(s.band))?.height_m ?? null
  const measured = (word: string): number | null => {
    const finding = base?.findings.find((f) => f.rule.includes(word))
    return typeof finding?.measured === 'number' ? finding.measured : null
  }
  switch (lever) {
    case 'far':
      return of('far_limit') ?? base?.far ?? null
    case 'coverage':
      return of('coverage_limit') ?? base?.coverage ?? null
    case 'height':
      return of('height_limit_m') ?? null
    case 'storey_ground':
      return storey('ground')
    case 'storey_lower':
      return storey('lower')
    case 'storey_typical':
      return storey('middle', 'upper')
    case 'lifts':
      return measured('lift')
    case 'setback_road':
      return measured('setback_road')
    case 'setback_side':
      return measured('setback_side')
  }
}

export function limitOf(lever: Lever, item: Item | null, result: UpstairsResult | null): number | null {
  const field = { far: 'far_limit', coverage: 'coverage_limit', height: 'height_limit_m' }[lever as string]
  const value = field ? item?.properties[field] : null
  if (typeof value === 'number') return value
  const word: Partial<Record<Lever, string>> = {
    lifts: 'lift',
    storey_ground: 'storey_ground',
    storey_lower: 'storey_lower',
    storey_typical: 'storey_typical',
    setback_road: 'setback_road',
    setback_side: 'setback_side',
  }
  const limit = word[lever] ? result?.findings.find((f) => f.rule.includes(word[lever]!))?.limit : null
  return typeof limit === 'number' ? limit : null
}
