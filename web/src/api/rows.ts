/** Rows by their layer's columns, by hand: these are the city's dictionary's, and plain objects in the document. */
export type Scalar = string | number | boolean | null
/** A requirement of a firm; firm, contact, note and reason come with the right to them. */
export interface Requirement {
  code: string
  firm?: string | null
  contact?: string | null
  cluster?: string | null
  area_min_m2?: number | null
  area_max_m2?: number | null
  load_kn_m2?: number | null
  height_m?: number | null
  power_kva?: number | null
  fire_class?: string | null
  districts?: string[] | null
  needed_by?: string | null
  state?: string | null
  offered?: string[] | null
  signed_site?: string | null
  reason?: string | null
  note?: string | null
  opened_on?: string | null
  closed_on?: string | null
  updated_on?: string | null
}
export type Properties = Record<string, Scalar | undefined>
