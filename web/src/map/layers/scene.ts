import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { LayerKey, MapLook, TiledKey } from '../look'
import type { MapInk } from '../palette'

/** What every layer is drawn from: the look, and the few answers that several layers take from it. */
export interface Scene {
  look: MapLook
  ink: MapInk
  of: (key: TiledKey) => { source: string; 'source-layer': string }
  show: (key: LayerKey) => { visibility: 'visible' | 'none' }
  /** The image of a pattern in the theme's colours. */
  pattern: (name: string) => string
  /** A parcel at full strength where it meets what is asked, paler elsewhere. */
  asked: (full: number, paler: number) => ExpressionSpecification | number
}
export type Draw = (scene: Scene) => LayerSpecification[]

export function sceneOf(look: MapLook): Scene {
  const { ink } = look
  const shownUse: ExpressionSpecification | null = look.hiddenUses.length
    ? ['!', ['in', ['get', 'land_use'], ['literal', look.hiddenUses]]]
    : null
  const conditions = [look.match, look.scope, shownUse].filter((e): e is ExpressionSpecification => e !== null)
  return {
    look,
    ink,
    of: (key) => ({ source: key, 'source-layer': key }),
    show: (key) => ({ visibility: look.visible[key] ? 'visible' : 'none' }),
    pattern: (name) => `${name}-${ink.theme}`,
    asked: (full, paler) =>
      conditions.length ? (['case', ['all', ...conditions], full, paler] as unknown as ExpressionSpecification) : full,
  }
}

export const isSelected: ExpressionSpecification = ['boolean', ['feature-state', 'sel'], false]

/** One value for each entry of a table, another for what it does not name. */
export function byTable(table: Record<string, string>, key: string, other: string): ExpressionSpecification | string {
  const entries = Object.entries(table)
  if (!entries.length) return other
  return ['match', ['get', key], ...entries.flat(), other] as unknown as ExpressionSpecification
}

const FAMILY = ['Noto Sans', 'PingFang SC', 'Microsoft YaHei UI', 'Noto Sans CJK SC', 'sans-serif']
/** MapLibre reads the weight out of the first name of a stack; a name no system has leaves the rest in charge. */
export const TEXT = ['parkplan Regular', ...FAMILY]
export const TEXT_BOLD = ['parkplan Semibold', ...FAMILY]
