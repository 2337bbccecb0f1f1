import {
  type LngLatBoundsLike,
  Map as MapLibre,
  type MapGeoJSONFeature,
  type MapMouseEvent,
  type MapTouchEvent,
  type PointLike,
  setWorkerUrl,
} from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { Feature, Position } from 'geojson'
import type { Bbox } from '../model/geometry'
import { lengthM, ringAreaM2 } from '../model/geometry'
import type { Place } from '../model/permalink'
import type { Tone } from '../model/leftout'
import { drawPattern, drawSign, type PatternName, type SignName } from './patterns'
import { buildStyle, EMPTY, type LayerKey, type MapLook } from './style'

setWorkerUrl(workerUrl)

export type Tool = 'select' | 'pin' | 'ban' | 'box' | 'polygon' | 'line' | 'area'
/** Tools whose click takes what is under the pointer. */
const PICKS: readonly Tool[] = ['select', 'pin', 'ban']
export type PickMode = 'replace' | 'add' | 'remove'
export interface Picked {
  collection: LayerKey
  id: string
  properties: Record<string, unknown>
}
export interface Measure {
  kind: 'line' | 'area'
  metres: number
  m2: number
  points: Position[]
}

export interface MapEvents {
  pick(hits: Picked[], mode: PickMode, at: [number, number]): void
  shape(ring: [number, number][], mode: PickMode): void
  hover(hit: Picked | null, point: { x: number; y: number }): void
  move(place: Place, bbox: Bbox): void
  pointer(at: [number, number] | null): void
  measure(result: Measure | null): void
  ready(): void
}

const PICKABLE: [layer: string, collection: LayerKey][] = [
  ['relief', 'building'],
  ['facility', 'facility'],
  ['building', 'building'],
  ['plan', 'plan_parcel'],
  ['parcel', 'parcel'],
  ['control', 'control_line'],
  ['road-big', 'road'],
  ['road', 'road'],
  ['park-fill', 'park'],
  ['park-hit', 'park'],
  ['land', 'district'],
]
const reduced = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches
const modeOf = (e: { shiftKey: boolean; altKey: boolean }): PickMode =>
  e.altKey ? 'remove' : e.shiftKey ? 'add' : 'replace'

/** The one owner of the MapLibre map. It knows pictures and gestures, not what they mean. */
export class MapController {
  readonly map: MapLibre
  #look: MapLook
  #events: MapEvents
  #selected = new Set<string>()
  #focus: { collection: LayerKey; id: string } | null = null
  #hovered: string | null = null
  #tool: Tool = 'select'
  #draft: Position[] = []
  #buildingsFirst = false
  #pending = 0

  constructor(
    container: HTMLElement,
    look: MapLook,
    start: { place?: Place | undefined; bbox: Bbox },
    events: MapEvents,
  ) {
    this.#look = look
    this.#events = events
    const { place } = start
    this.map = new MapLibre({
      container,
      style: buildStyle(look, location.origin),
      ...(place
        ? {
            center: [place.lon, place.lat] as [number, number],
            zoom: place.z,
            bearing: place.bearing ?? 0,
            pitch: place.pitch ?? 0,
          }
        : { bounds: start.bbox as LngLatBoundsLike, fitBoundsOptions: { padding: 40 } }),
      attributionControl: false,
      boxZoom: false,
      fadeDuration: 0,
      maxZoom: 20,
      minZoom: 7,
      maxPitch: 70,
      localIdeographFontFamily: 'sans-serif',
    })
    this.map.touchZoomRotate.disableRotation()
    const canvas = this.map.getCanvas()
    canvas.setAttribute('role', 'application')
    canvas.setAttribute('aria-describedby', 'map-hint')
    this.map.setMissingStyleImageResolver((id) => this.#addPattern(id))
    this.map.on('moveend', () => this.#moved())
    this.map.on('load', () => {
      this.#paintSelection()
      this.#moved()
      events.ready()
    })
    this.map.on('click', (e) => this.#clicked(e))
    this.map.on('dblclick', (e) => this.#finish(e))
    this.map.on('mousemove', (e) => this.#moveMouse(e))
    this.map.on('mouseout', () => {
      this.#hover(null, { x: 0, y: 0 })
      events.pointer(null)
    })
    this.map.on('mousedown', (e) => this.#pressed(e))
    this.map.on('touchstart', (e) => this.#pressed(e))
    canvas.addEventListener('keydown', this.#key)
    // A Shift-click makes browsers think of the keyboard; only a focus without a mouse shows the crosshair.
    canvas.addEventListener('mousedown', () => container.classList.add('by-mouse'))
    canvas.addEventListener(
      'keydown',
      (e) => e.key !== 'Shift' && e.key !== 'Alt' && container.classList.remove('by-mouse'),
    )
  }

  destroy(): void {
    cancelAnimationFrame(this.#pending)
    this.map.remove()
  }

  /** Pictures change as one per frame, however many states changed. */
  update(change: Partial<MapLook>): void {
    const themed = change.ink !== undefined && change.ink !== this.#look.ink
    const reloaded = change.revisions !== undefined
    this.#look = { ...this.#look, ...change }
    if (this.#pending) return
    this.#pending = requestAnimationFrame(() => {
      this.#pending = 0
      this.#draw()
      if (themed || reloaded) this.#paintSelection()
    })
  }

  #draw(): void {
    this.map.setStyle(buildStyle(this.#look, location.origin), { diff: true })
  }

  #addPattern(id: string): void {
    if (id.startsWith('sign.')) {
      const [, sign, tone, theme] = id.split('.')
      if (theme === this.#look.ink.theme && !this.map.hasImage(id))
        this.map.addImage(id, drawSign(sign as SignName, tone as Tone, this.#look.ink), { pixelRatio: 2 })
      return
    }
    const [name, theme] = id.split('-')
    if (theme !== this.#look.ink.theme || this.map.hasImage(id)) return
    this.map.addImage(id, drawPattern(name as PatternName, this.#look.ink), { pixelRatio: 2 })
  }

  setLanguageLabel(label: string): void {
    this.map.getCanvas().setAttribute('aria-label', label)
  }

  preferBuildings(on: boolean): void {
    this.#buildingsFirst = on
  }

  setTool(tool: Tool): void {
    this.#tool = tool
    this.#cancelDraft()
    this.map.getCanvas().style.cursor = PICKS.includes(tool) ? '' : 'crosshair'
    if (tool === 'polygon' || tool === 'line' || tool === 'area') this.map.doubleClickZoom.disable()
    else this.map.doubleClickZoom.enable()
  }

  setSelection(codes: Iterable<string>): void {
    const next = new Set(codes)
    for (const id of this.#selected) if (!next.has(id)) this.#state('parcel', id, { sel: false })
    for (const id of next) if (!this.#selected.has(id)) this.#state('parcel', id, { sel: true })
    this.#selected = next
  }

  setFocus(focus: { collection: LayerKey; id: string } | null): void {
    if (this.#focus)
      this.#state(this.#focus.collection, this.#focus.id, {
        sel: this.#focus.collection === 'parcel' && this.#selected.has(this.#focus.id),
      })
    this.#focus = focus
    if (focus) this.#state(focus.collection, focus.id, { sel: true })
  }

  #state(source: string, id: string, state: Record<string, boolean>): void {
    if (!this.map.getSource(source)) return
    this.map.setFeatureState({ source, sourceLayer: source, id }, state)
  }

  #paintSelection(): void {
    for (const id of this.#selected) this.#state('parcel', id, { sel: true })
    if (this.#focus) this.#state(this.#focus.collection, this.#focus.id, { sel: true })
  }

  highlight(code: string | null): void {
    if (code === this.#hovered) return
    if (this.#hovered) this.#state('parcel', this.#hovered, { hover: false })
    this.#hovered = code
    if (code) this.#state('parcel', code, { hover: true })
  }

  fit(
    bbox: Bbox,
    maxZoom = 17,
    padding: number | { top: number; bottom: number; left: number; right: number } = 56,
  ): void {
    // A task may have just given the map another size; its own observer comes a frame late.
    this.map.resize()
    const small = typeof padding === 'number' && this.map.getCanvas().clientHeight < 260
    this.map.fitBounds(bbox as LngLatBoundsLike, {
      padding: small ? 20 : padding,
      maxZoom,
      duration: reduced() ? 0 : 300,
    })
  }

  fly(place: Partial<Place> & { lat: number; lon: number }): void {
    this.map.easeTo({
      center: [place.lon, place.lat],
      ...(place.z === undefined ? {} : { zoom: place.z }),
      ...(place.bearing === undefined ? {} : { bearing: place.bearing }),
      ...(place.pitch === undefined ? {} : { pitch: place.pitch }),
      duration: reduced() ? 0 : 300,
    })
  }

  zoomBy(step: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + step, duration: reduced() ? 0 : 200 })
  }

  tilt(on: boolean): void {
    this.map.easeTo({ pitch: on ? 55 : 0, bearing: on ? -25 : 0, duration: reduced() ? 0 : 300 })
  }

  /** Keeps the centre clear of a sheet that covers the lower part. */
  setBottom(px: number): void {
    // Setting it stops a flight under way, so only a change sets it.
    if (this.map.getPadding().bottom === px) return
    this.map.setPadding({ top: 0, left: 0, right: 0, bottom: px })
  }

  north(): void {
    this.map.easeTo({ bearing: 0, duration: reduced() ? 0 : 200 })
  }

  bbox(): Bbox {
    const b = this.map.getBounds()
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]
  }

  /** Codes of parcels on the screen, nearest to the centre first, for the listbox of features in view. */
  inView(limit: number): Picked[] {
    const { width, height } = this.map.getCanvas().getBoundingClientRect()
    const reach = Math.min(width, height) / 3
    const near = this.map.queryRenderedFeatures(
      [
        [width / 2 - reach, height / 2 - reach],
        [width / 2 + reach, height / 2 + reach],
      ],
      { layers: ['parcel'] },
    )
    const seen = new Map<string, Picked>()
    for (const f of near)
      if (!seen.has(String(f.id)))
        seen.set(String(f.id), { collection: 'parcel', id: String(f.id), properties: f.properties })
    return [...seen.values()].slice(0, limit)
  }

  pickCentre(mode: PickMode = 'replace'): void {
    const at = this.map.getCenter()
    this.#events.pick(this.hits(this.map.project(at)), mode, [at.lng, at.lat])
  }

  hits(point: PointLike): Picked[] {
    const layers = PICKABLE.filter(([id]) => this.map.getLayer(id))
    const found = this.map.queryRenderedFeatures(point, { layers: layers.map(([id]) => id) })
    const order = layers.map(([id]) => id)
    const rank = (f: MapGeoJSONFeature): number => {
      const i = order.indexOf(f.layer.id)
      // A planner's click means the parcel under the building; an operator's means the building.
      return f.layer.id === 'building' && !this.#buildingsFirst ? order.indexOf('parcel') + 0.5 : i
    }
    const seen = new Set<string>()
    const hits: Picked[] = []
    for (const f of [...found].sort((a, b) => rank(a) - rank(b))) {
      const collection = layers.find(([id]) => id === f.layer.id)![1]
      const id = String(f.id ?? f.properties['code'])
      if (seen.has(collection + id)) continue
      seen.add(collection + id)
      hits.push({ collection, id, properties: f.properties })
    }
    return hits
  }

  #moved(): void {
    const c = this.map.getCenter()
    this.#events.move(
      { z: this.map.getZoom(), lat: c.lat, lon: c.lng, bearing: this.map.getBearing(), pitch: this.map.getPitch() },
      this.bbox(),
    )
  }

  #moveMouse(e: MapMouseEvent): void {
    this.#events.pointer([e.lngLat.lng, e.lngLat.lat])
    if (this.#draft.length) this.#showDraft([e.lngLat.lng, e.lngLat.lat])
    if (!PICKS.includes(this.#tool) || this.map.isMoving()) return
    const hit = this.hits(e.point).find((h) => h.collection !== 'district') ?? null
    this.#hover(hit, e.point)
    this.map.getCanvas().style.cursor = hit ? 'pointer' : ''
  }

  #hover(hit: Picked | null, point: { x: number; y: number }): void {
    this.highlight(hit?.collection === 'parcel' ? hit.id : null)
    this.#events.hover(hit, { x: point.x, y: point.y })
  }

  #clicked(e: MapMouseEvent): void {
    const at: [number, number] = [e.lngLat.lng, e.lngLat.lat]
    if (this.#tool === 'polygon' || this.#tool === 'line' || this.#tool === 'area') {
      this.#draft.push(at)
      this.#showDraft()
      return
    }
    if (PICKS.includes(this.#tool)) this.#events.pick(this.hits(e.point), modeOf(e.originalEvent), at)
  }

  /** Shift-drag, or a drag with the box tool. */
  #pressed(e: MapMouseEvent | MapTouchEvent): void {
    const native = e.originalEvent
    if (this.#tool !== 'box' && !(this.#tool === 'select' && 'button' in native && native.shiftKey)) return
    if ('button' in native && native.button !== 0) return
    e.preventDefault()
    const from = e.point
    const box = document.createElement('div')
    box.className = 'map-box'
    this.map.getContainer().append(box)
    const canvas = this.map.getCanvas()
    const pointOf = (x: number, y: number): { x: number; y: number } => {
      const r = canvas.getBoundingClientRect()
      return { x: x - r.left, y: y - r.top }
    }
    const last = (ev: MouseEvent | TouchEvent): { x: number; y: number } =>
      'changedTouches' in ev
        ? pointOf(ev.changedTouches[0]!.clientX, ev.changedTouches[0]!.clientY)
        : pointOf(ev.clientX, ev.clientY)
    const drag = (ev: MouseEvent | TouchEvent): void => {
      const to = last(ev)
      Object.assign(box.style, {
        left: `${Math.min(from.x, to.x)}px`,
        top: `${Math.min(from.y, to.y)}px`,
        width: `${Math.abs(to.x - from.x)}px`,
        height: `${Math.abs(to.y - from.y)}px`,
      })
    }
    const done = (ev: MouseEvent | TouchEvent): void => {
      removeEventListener('mousemove', drag)
      removeEventListener('mouseup', done)
      removeEventListener('touchmove', drag)
      removeEventListener('touchend', done)
      box.remove()
      const to = last(ev)
      if (Math.abs(to.x - from.x) < 4 && Math.abs(to.y - from.y) < 4) return
      const corners: [number, number][] = [
        [from.x, from.y],
        [to.x, from.y],
        [to.x, to.y],
        [from.x, to.y],
      ]
      this.#events.shape(
        corners.map((p) => this.map.unproject(p).toArray()),
        this.#tool === 'box' ? modeOf(ev) : ev.altKey ? 'remove' : 'add',
      )
    }
    addEventListener('mousemove', drag)
    addEventListener('mouseup', done)
    addEventListener('touchmove', drag)
    addEventListener('touchend', done)
  }

  #finish(e?: MapMouseEvent): void {
    if (!this.#draft.length) return
    e?.preventDefault()
    const ring = this.#draft.filter((p, i, all) => i === 0 || p[0] !== all[i - 1]![0] || p[1] !== all[i - 1]![1]) as [
      number,
      number,
    ][]
    if (this.#tool === 'polygon') {
      this.#cancelDraft()
      if (ring.length > 2) this.#events.shape(ring, e ? modeOf(e.originalEvent) : 'replace')
      return
    }
    this.#draft = []
  }

  #showDraft(tip?: Position): void {
    const points = tip ? [...this.#draft, tip] : this.#draft
    const closed = this.#tool !== 'line'
    const features: Feature[] = this.#draft.map((coordinates) => ({
      type: 'Feature',
      properties: {},
      geometry: { type: 'Point', coordinates },
    }))
    if (closed && points.length > 2)
      features.push({
        type: 'Feature',
        properties: {},
        geometry: { type: 'Polygon', coordinates: [[...points, points[0]!]] },
      })
    else features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: points } })
    this.update({ overlays: { ...this.#look.overlays, draft: { type: 'FeatureCollection', features } } })
    if (this.#tool === 'line' || this.#tool === 'area')
      this.#events.measure({
        kind: this.#tool,
        metres: lengthM(points),
        m2: points.length > 2 ? ringAreaM2(points) : 0,
        points,
      })
  }

  #cancelDraft(): void {
    this.#draft = []
    if (this.#look.overlays.draft.features.length) this.update({ overlays: { ...this.#look.overlays, draft: EMPTY } })
    this.#events.measure(null)
  }

  overlays(): MapLook['overlays'] {
    return this.#look.overlays
  }

  #key = (e: KeyboardEvent): void => {
    if (e.key === 'Enter') {
      e.preventDefault()
      if (this.#draft.length) this.#finish()
      else this.pickCentre(modeOf(e))
    } else if (e.key === 'Escape' && this.#draft.length) {
      e.stopPropagation()
      this.#cancelDraft()
    }
  }
}
