/** Rows by their layer's columns, by hand: these are the city's dictionary's, and plain objects in the document. */
export type Scalar = string | number | boolean | null
export type Properties = Record<string, Scalar | undefined>
