/**
 * What analyses take and answer, by hand: the document gives inputs and results of processes as plain objects, since
 * every process has its own. Which inputs one takes, it says itself under `GET /processes/{id}`.
 */
import type { Geometry, Polygon, MultiPolygon } from 'geojson'

export interface Run {
  id: string
  input_hash?: string
  revision?: number
  pack?: string
  pack_version?: string
  seed?: number
  as_of?: string
}

export interface LedgerRow {
  parcel: string
  owner?: string | null
  tenure: string | null
  planar_area_m2: number
  dedication_m2?: number | null
}
export interface LedgerGap {
  area_m2: number
  at: [number, number]
}
export interface LedgerChild {
  parcel: string
  planar_area_m2: number
}
export interface Ledger {
  rows: LedgerRow[]
  sum_in_m2: number
  overlaps_m2: number
  gaps_m2: number
  dedications_m2: number
  out_m2: number
  residual_m2: number
  gaps?: LedgerGap[]
  /** What came of it; a site that is only solved has none. */
  children?: LedgerChild[]
}
export interface Site {
  id: string
  parcels: string[]
  area_m2: number
  compactness: number
  cost_wan: number
  owners: number
  demolition_gfa_m2: number
  outline: Polygon | MultiPolygon
  ledger: Ledger
}
export interface LandSplit {
  retained_m2: number
  banked_m2: number
  status: string
}
export interface Candidate {
  label: string
  objective: number | null
  area_m2: number
  cost_wan: number
  owners: number
  demolition_gfa_m2: number
  mean_compactness: number
  sites: Site[]
  distinct_owners?: number
  land_split?: LandSplit
}
/**
 * Why one parcel is left out: every test it fails, the field that is missing, what adding it would do to the
 * objective.
 */
export interface ExcludedDetail {
  parcel: string
  reasons: string[]
  missing?: string | null
  change?: number | null
}
export interface Excluded {
  reason: string
  count: number
  area_m2: number
  parcels: string[]
  details?: ExcludedDetail[]
}
/** The cheapest parcels that would join separate eligible blocks. */
export interface Connector {
  parcels: string[]
  joins: string[]
  added_area_m2: number
  cost_wan: number | null
}
export interface Fragmentation {
  parcels: number
  median_area_m2: number
  largest_block_m2: number
  share_in_blocks: number
  m_eff_m2: number
}
export interface FragmentationChange {
  before: Fragmentation
  after: Fragmentation
}
export interface Eligible {
  count: number
  area_m2: number
}
export interface ConsolidateInputs {
  park?: string
  area?: Polygon
  parcels?: string[]
  min_area_ha?: number
  max_area_ha?: number
  sites?: number
  budget_wan?: number
  weights?: Record<string, number>
  pin?: string[]
  ban?: string[]
  tolerance_m?: number
  min_compactness?: number
  seed?: number
  rectangle_m?: [number, number]
  bridge_width_m?: number
  time_limit?: number
}
export interface ConsolidateResult {
  run: Run
  candidates: Candidate[]
  bound?: number | null
  gap?: number | null
  exact?: boolean
  relaxed?: unknown[]
  excluded: Excluded[]
  eligible?: Eligible
  fragmentation?: FragmentationChange
  land_split?: LandSplit
  connect?: Connector[]
}

/** Figures of the consolidation pack under the names of the inputs. */
export interface ConsolidationDefaults {
  min_area_ha: number
  max_area_ha: number
  tolerance_m: number
  min_compactness: number
  bridge_width_m: number
  weights: Record<string, number>
}

export interface WaterfallStep {
  id: string
  zh: string
  en: string
  area_m2: number | null
  full_area_m2?: number | null
  computed: boolean
  dedicated?: boolean
  note?: string | null
}
export type Band = 'ground' | 'lower' | 'middle' | 'upper'
export interface Plate {
  id: string
  width_m: number
  length_m: number
  area_m2: number
  angle_deg: number
  geometry: Polygon | MultiPolygon
}
export interface Storey {
  n: number
  band: Band
  height_m: number
  area_m2: number
  load_kn_m2: number | null
}
export type Verdict = 'pass' | 'fail' | 'unknown'
export interface Finding {
  rule: string
  zh: string
  en: string
  clause?: string | null
  measured: number | string | null
  limit: number | string | null
  op: '<=' | '>=' | string
  unit?: string | null
  margin: number | null
  verdict: Verdict
  source?: string | null
  status: 'sourced' | 'unconfirmed' | string
}
/** What a scheme must still provide: nothing was said about it, so it is no verdict. */
export interface Requirement {
  rule: string
  zh: string
  en: string
  plate: number | null
  required: number
  op: string
  unit: string
  clause: string
  source: string
  status: string
}
/** One parcel, or an outline that is drawn. */
export interface UpstairsInputs {
  parcel?: string
  outline?: Geometry
  cluster?: string
  set?: UpstairsSet
}
export interface Yard {
  geometry: Polygon
  radius_m: number
}
export interface ExistingBuilding {
  building: string
  findings: Finding[]
  overall: Verdict
}
export interface Binding {
  rule: string
  gain_m2: number
}
export interface LeverChange {
  lever: string
  from: number | null
  to: number
}
export interface SmallestChange {
  levers: LeverChange[]
  cost: number
  gfa_m2: number
  reaches: boolean
}
export interface ClusterFit {
  cluster: string
  band: Band
  verdict: 'fit' | 'retrofit' | 'unfit' | 'unknown'
  factor?: string | null
}
export interface UpstairsResult {
  run: Run
  parcel: string
  cluster?: string | null
  waterfall: WaterfallStep[]
  outline: Geometry | null
  plates: Plate[]
  storeys: Storey[]
  height_m: number
  gfa_m2: number
  counted_gfa_m2?: number
  far: number
  coverage: number
  bound_m2?: number | null
  yard?: Yard | null
  setback_line?: Geometry | null
  height_limit_m?: number | null
  set?: Partial<Record<keyof UpstairsSet, number | null>>
  requirements?: Requirement[]
  existing?: ExistingBuilding[]
  allowed_gfa_m2?: number | null
  built_gfa_m2?: number | null
  binding?: Binding[] | null
  findings: Finding[]
  overall: Verdict
  smallest_change?: SmallestChange[] | null
  fit?: ClusterFit[] | null
}
export type UpstairsSet = Partial<
  Record<
    | 'far'
    | 'height'
    | 'coverage'
    | 'setback_road'
    | 'setback_side'
    | 'storey_ground'
    | 'storey_lower'
    | 'storey_typical'
    | 'lifts',
    number
  >
>

export interface Indicator {
  id: string
  head: string
  zh: string
  en: string
  value: number | null
  unit?: string | null
  known: boolean
  threshold: number | null
  op: string | null
  /** Null where an indicator only scores and sets no bar. */
  verdict: Verdict | null
  score: number | null
  weight: number
  must: boolean
  source?: string | null
  as_of?: string | null
  metric?: string | null
}
export interface HeadScore {
  score: number | null
  weight: number
}
/** The best and the worst rank when the weights are moved. */
export interface Sensitivity {
  best: number | null
  worst: number | null
  holds?: number | boolean | null
}
export interface ParkScore {
  park: string
  lead_cluster?: string | null
  indicators: Indicator[]
  heads: Record<string, HeadScore>
  penalty?: number | null
  total: number | null
  total_high?: number | null
  passes: boolean | null
  grade: string | null
  rank: number | null
  sensitivity?: Sensitivity | null
}
export interface DesignateInputs {
  park?: string
  as_of?: string
}
export interface DesignateResult {
  run: Run
  as_of: string
  parks: ParkScore[]
}

export type Phase = 'start' | 'expand' | 'reserve'
export interface Target {
  year: number
  ha: number
}
export interface ActionPlanInputs {
  from: number
  to: number
  parks?: string[]
  source?: 'accepted' | 'solved' | 'both'
  budget_wan?: number | number[]
  capacity_ha?: number | number[]
  targets?: Target[]
  banked_before_ha?: number
  hard?: boolean
}
export interface PlanSite {
  id: string
  park: string | null
  phase: Phase | null
  area_ha: number
  cost_wan: number | null
  parcels: string[]
  outline: Geometry | null
  year: number | null
  source?: 'instrument' | 'solved'
}
export interface PlanYear {
  year: number
  sites: string[]
  area_ha: number
  cost_wan: number
  budget_wan: number | null
  capacity_ha?: number | null
  cumulative_ha: number
  target_ha: number | null
  shortfall_ha?: number | null
}
export interface Relaxation {
  kind: 'target' | 'budget' | 'capacity' | string
  year: number
  amount: number
  unit: string
  relative?: number | null
}
export interface GanttBar {
  id: string
  park: string | null
  phase: Phase | null
  start: string
  end: string
  after: string[]
}
export interface TargetOutcome {
  year: number
  ha: number
  shortfall_ha?: number | null
  status?: string
  source?: string | null
}
export interface ExcludedSites {
  reason: string
  count: number
  sites?: string[]
}
export interface CurvePoint {
  year: number
  cumulative_ha: number
  target_ha: number | null
}
export interface ActionPlanResult {
  run: Run
  sites: PlanSite[]
  years: PlanYear[]
  targets?: TargetOutcome[]
  relaxation?: Relaxation[]
  objective: number | null
  bound?: number | null
  gap?: number | null
  exact?: boolean
  banked_before_ha?: number | null
  capacity_status?: string | null
  excluded?: ExcludedSites[]
  gantt?: GanttBar[]
  curve?: CurvePoint[]
}

export interface PartialParcel {
  parcel: string
  unknown: string[]
}
export interface RollUp {
  parcels?: number
  area_m2?: number | null
  built_gfa_m2: number | null
  allowed_gfa_m2: number | null
  potential_gfa_m2?: number | null
  gfa_m2?: number | null
  remaining_gfa_m2: number | null
  /** Parcels of which a part is not known: counted apart, never as 0. */
  partial?: PartialParcel[]
}
export interface ParcelCapacity {
  parcel: string
  park: string | null
  gfa_m2: number | null
  built_gfa_m2: number | null
  allowed_gfa_m2: number | null
  remaining_gfa_m2: number | null
  binding?: unknown
  overall?: Verdict
  unknown?: string[]
  what_if_gfa_m2?: number | null
}
/** Over a park or the whole city instead of one parcel. */
export interface RollUpInputs {
  park?: string
  all?: boolean
  cluster?: string
  add?: Record<string, number>
  matrix?: boolean
}
export interface ParkRollUp extends RollUp {
  park: string | null
  gain_m2?: number
}
export interface DistrictRollUp extends RollUp {
  district: string | null
}
export interface WhatIf {
  set?: Record<string, number>
  add?: Record<string, number>
  totals: RollUp
  gain_m2: number
}
export interface Completed {
  year: number
  gfa_m2: number
}
export interface Programme {
  target_m2_per_year: number | null
  status?: string
  source?: string | null
  completed?: Completed[]
}
export interface FitCount {
  cluster: string
  band: Band
  fits: number
  after_retrofit: number
  no: number
  unknown: number
}
export interface RollUpResult {
  run: Run
  totals: RollUp
  by_park: ParkRollUp[]
  by_district?: DistrictRollUp[]
  what_if?: WhatIf | null
  programme?: Programme | null
  matrix?: FitCount[]
  parcels?: ParcelCapacity[]
}
