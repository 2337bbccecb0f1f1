import type { ActionPlanResult, GanttBar, PlanSite } from '../api/analyses'

export const PHASES = ['start', 'expand', 'reserve'] as const

/** One figure for every year, or one a year: "3" or "3, 4, 5". Empty is no limit; what is no number is refused. */
export function yearly(text: string, years: number): number | number[] | undefined | null {
  const parts = text.split(/[,，;；\s]+/).filter(Boolean)
  if (!parts.length) return undefined
  const values = parts.map(Number)
  if (values.some((v) => !Number.isFinite(v) || v < 0)) return null
  if (values.length === 1) return values[0]!
  return values.length === years ? values : null
}

export interface GanttRow {
  key: string
  park: string
  bars: { id: string; phase: GanttBar['phase']; year: number; area_ha: number; cost_wan: number }[]
}
/** A row a park, its sites in the order of their years and phases; sites without a year are not in the picture. */
export function ganttRows(result: Pick<ActionPlanResult, 'sites' | 'gantt'>): GanttRow[] {
  const rows = new Map<string, GanttRow>()
  const started = new Map(result.gantt.map((bar) => [bar.id, Number(bar.start.slice(0, 4))]))
  for (const site of result.sites) {
    const year = site.year ?? started.get(site.id) ?? null
    if (year === null) continue
    const key = site.park
    const row = rows.get(key) ?? { key, park: site.park, bars: [] }
    rows.set(key, row)
    row.bars.push({ id: site.id, phase: site.phase, year, area_ha: site.area_ha, cost_wan: site.cost_wan })
  }
  const order = (phase: GanttBar['phase']): number => (phase ? PHASES.indexOf(phase) : PHASES.length)
  for (const row of rows.values())
    row.bars.sort((a, b) => a.year - b.year || order(a.phase) - order(b.phase) || a.id.localeCompare(b.id))
  return [...rows.values()].sort(
    (a, b) => (a.bars[0]?.year ?? 9999) - (b.bars[0]?.year ?? 9999) || a.key.localeCompare(b.key),
  )
}

/** Earlier years darker: one hue, so that the order can be read without the legend. */
export function yearShade(year: number, from: number, to: number): number {
  const share = to > from ? (year - from) / (to - from) : 0
  return Math.round((0.92 - 0.68 * Math.min(1, Math.max(0, share))) * 100) / 100
}

export const unplaced = (sites: readonly PlanSite[]): PlanSite[] => sites.filter((s) => s.year === null)

/** The sites as one GeoJSON file, as the API gives them. */
export function planAsGeojson(result: Pick<ActionPlanResult, 'run' | 'sites'>): string {
  const features = result.sites.map(({ outline, ...properties }) => ({
    type: 'Feature',
    id: properties.id,
    geometry: outline,
    properties,
  }))
  return JSON.stringify({ type: 'FeatureCollection', run: result.run, features })
}
