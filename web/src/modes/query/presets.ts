import { t } from '../../i18n/index.svelte'
import { type Condition, toCql } from '../../model/cql'
import { city } from '../../state/city.svelte'

export interface Preset {
  id: string
  name: string
  conditions: Condition[]
  cql: string
}

/** Starting points only: each is ordinary conditions that can be changed at once. */
export function presets(): Preset[] {
  const industrial = city
    .terms('land_use')
    .filter((u) => /^(10|M|W|11)/i.test(u.code) || u.zh.includes('新型产业'))
    .map((u) => u.code)
  const uses: Condition = { field: 'land_use', op: 'in', values: industrial }
  const make = (id: string, name: string, conditions: Condition[]): Preset => ({
    id,
    name,
    conditions,
    cql: toCql(conditions),
  })
  return [
    make('all', t('preset.all'), []),
    make('low', t('preset.low'), [uses, { field: 'far_present', op: 'between', values: [0, 1.7] }]),
    make('large', t('preset.large'), [uses, { field: 'planar_area_m2', op: '>=', values: [10_000] }]),
    make('vacant', t('preset.vacant'), [{ field: 'built_gfa_m2', op: '<=', values: [0] }]),
    make('collective', t('preset.collective'), [
      uses,
      { field: 'tenure', op: 'in', values: ['collective', 'irregular'] },
    ]),
  ]
}
