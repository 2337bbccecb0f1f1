/** Rows by their layer's columns, by hand: these are the city's dictionary's, and plain objects in the document. */
import type { Geometry } from 'geojson'

export type Scalar = string | number | boolean | null
export type Properties = Record<string, Scalar | undefined>

/** The columns of a building that its stack is headed by. */
export interface Building {
  code: string
  name: string | null
  park: string
  storeys: number
  gfa_m2: number
  geometry: Geometry | null
}
