import * as api from '../../api/endpoints'
import type { MatchSite } from '../../api/analyses'
import { t } from '../../i18n/index.svelte'
import { bboxOf } from '../../model/geometry'
import { atlas } from '../../state/atlas.svelte'
import { occupancy } from '../../state/occupancy.svelte'
import { selection } from '../../state/selection.svelte'
import { LAND, ui } from '../../state/ui.svelte'

/** To the stack of the floor's building, its first unit open; or to the parcel among the land. */
export async function show(site: MatchSite): Promise<void> {
  if (site.kind === 'parcel' || !site.building) {
    ui.go(LAND)
    selection.choose([site.parcel ?? site.id])
    return
  }
  if (!site.park) {
    ui.go(LAND)
    selection.look('building', site.building)
    return
  }
  occupancy.building = site.building
  ui.go('occupancy')
  await occupancy.open(site.park)
  await occupancy.openBuilding(site.building)
  const [unit] = site.units
  if (unit) await occupancy.openUnit(unit)
}

export async function zoom(site: MatchSite): Promise<void> {
  const [collection, id] = site.kind === 'parcel' ? ['parcel', site.id] : ['building', site.building ?? '']
  try {
    const box = bboxOf([(await api.item(collection, id)).geometry])
    if (box) atlas.controller?.fit(box, 17)
  } catch (error) {
    ui.toast(error instanceof Error ? error.message : t('error.unexpected'), 'bad')
  }
}
