import type { Feature, FeatureCollection, Position } from 'geojson'
import { lengthM, ringAreaM2 } from '../model/geometry'
import { EMPTY } from './look'
import type { DrawTool, Measure } from './tools'

type Ring = [number, number][]
const feature = (geometry: Feature['geometry']): Feature => ({ type: 'Feature', properties: {}, geometry })
/** A double click leaves its point twice. */
const withoutRepeats = (points: Position[]): Ring =>
  points.filter((p, i) => i === 0 || p[0] !== points[i - 1]![0] || p[1] !== points[i - 1]![1]) as Ring

/** A polygon, a line or an area that is drawn point by point. */
export class Drawing {
  #points: Position[] = []

  get begun(): boolean {
    return this.#points.length > 0
  }

  add(at: [number, number]): void {
    this.#points.push(at)
  }

  /** Ends the drawing; a ring has three corners at least. */
  end(): Ring {
    const ring = withoutRepeats(this.#points)
    this.#points = []
    return ring
  }

  /** What is there and what the pointer would add. */
  picture(tool: DrawTool, tip?: Position): FeatureCollection {
    if (!this.begun) return EMPTY
    const points = this.#with(tip)
    const features = this.#points.map((coordinates) => feature({ type: 'Point', coordinates }))
    features.push(
      tool !== 'line' && points.length > 2
        ? feature({ type: 'Polygon', coordinates: [[...points, points[0]!]] })
        : feature({ type: 'LineString', coordinates: points }),
    )
    return { type: 'FeatureCollection', features }
  }

  measure(kind: Measure['kind'], tip?: Position): Measure {
    const points = this.#with(tip)
    return { kind, metres: lengthM(points), m2: points.length > 2 ? ringAreaM2(points) : 0, points }
  }

  #with = (tip?: Position): Position[] => (tip ? [...this.#points, tip] : this.#points)
}
