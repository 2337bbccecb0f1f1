import {
  type LngLatBoundsLike,
  Map as MapLibre,
  type MapMouseEvent,
  type MapTouchEvent,
  type PointLike,
  setWorkerUrl,
} from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { Position } from 'geojson'
import type { Bbox } from '../model/geometry'
import type { Place } from '../model/permalink'
import type { Tone } from '../model/leftout'
import { dragBox } from './boxdrag'
import { Drawing } from './drawing'
import { type Focus, Highlights } from './highlights'
import { EMPTY, type MapLook } from './look'
import { drawPattern, drawSign, type PatternName, type SignName } from './patterns'
import { hitsAt, parcelsInView, type Picked } from './picking'
import { buildStyle } from './style'
import { draws, type Measure, modeOf, type PickMode, picks, type Tool } from './tools'

setWorkerUrl(workerUrl)

export interface MapEvents {
  pick(hits: Picked[], mode: PickMode, at: [number, number]): void
  shape(ring: [number, number][], mode: PickMode): void
  hover(hit: Picked | null, point: { x: number; y: number }): void
  move(place: Place, bbox: Bbox): void
  pointer(at: [number, number] | null): void
  measure(result: Measure | null): void
  ready(): void
}

const reduced = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/** The one owner of the MapLibre map. It knows pictures and gestures, not what they mean. */
export class MapController {
  readonly map: MapLibre
  #look: MapLook
  #events: MapEvents
  #highlights: Highlights
  #tool: Tool = 'select'
  #drawing = new Drawing()
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
        : { bounds: start.bbox as LngLatBoundsLike, fitBoundsOptions: { padding: 40, maxZoom: 17 } }),
      attributionControl: false,
      boxZoom: false,
      fadeDuration: 0,
      maxZoom: 20,
      minZoom: 7,
      maxPitch: 70,
      localIdeographFontFamily: 'sans-serif',
    })
    this.#highlights = new Highlights(this.map)
    this.map.touchZoomRotate.disableRotation()
    const canvas = this.map.getCanvas()
    canvas.setAttribute('role', 'application')
    canvas.setAttribute('aria-describedby', 'map-hint')
    this.map.setMissingStyleImageResolver((id) => this.#addPattern(id))
    this.map.on('moveend', () => this.#moved())
    this.map.on('load', () => {
      this.#highlights.again()
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
      if (themed || reloaded) this.#highlights.again()
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
    this.map.getCanvas().style.cursor = picks(tool) ? '' : 'crosshair'
    if (draws(tool)) this.map.doubleClickZoom.disable()
    else this.map.doubleClickZoom.enable()
  }

  setSelection(codes: Iterable<string>): void {
    this.#highlights.select(codes)
  }

  setFocus(focus: Focus | null): void {
    this.#highlights.focus(focus)
  }

  highlight(code: string | null): void {
    this.#highlights.hover(code)
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

  inView(limit: number): Picked[] {
    return parcelsInView(this.map, limit)
  }

  pickCentre(mode: PickMode = 'replace'): void {
    const at = this.map.getCenter()
    this.#events.pick(this.hits(this.map.project(at)), mode, [at.lng, at.lat])
  }

  hits(point: PointLike): Picked[] {
    return hitsAt(this.map, point, this.#buildingsFirst)
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
    if (this.#drawing.begun) this.#showDraft([e.lngLat.lng, e.lngLat.lat])
    if (!picks(this.#tool) || this.map.isMoving()) return
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
    if (draws(this.#tool)) {
      this.#drawing.add(at)
      this.#showDraft()
      return
    }
    if (picks(this.#tool)) this.#events.pick(this.hits(e.point), modeOf(e.originalEvent), at)
  }

  /** Shift-drag, or a drag with the box tool. */
  #pressed(e: MapMouseEvent | MapTouchEvent): void {
    const native = e.originalEvent
    if (this.#tool !== 'box' && !(this.#tool === 'select' && 'button' in native && native.shiftKey)) return
    if ('button' in native && native.button !== 0) return
    dragBox(this.map, e, (corners, end) =>
      this.#events.shape(corners, this.#tool === 'box' ? modeOf(end) : end.altKey ? 'remove' : 'add'),
    )
  }

  /** A polygon is asked for at once; a measured line stays on the map until the next. */
  #finish(e?: MapMouseEvent): void {
    if (!this.#drawing.begun) return
    e?.preventDefault()
    const ring = this.#drawing.end()
    if (this.#tool !== 'polygon') return
    this.#cancelDraft()
    if (ring.length > 2) this.#events.shape(ring, e ? modeOf(e.originalEvent) : 'replace')
  }

  #showDraft(tip?: Position): void {
    if (!draws(this.#tool)) return
    const draft = this.#drawing.picture(this.#tool, tip)
    this.update({ overlays: { ...this.#look.overlays, draft } })
    if (this.#tool !== 'polygon') this.#events.measure(this.#drawing.measure(this.#tool, tip))
  }

  #cancelDraft(): void {
    this.#drawing.end()
    if (this.#look.overlays.draft.features.length) this.update({ overlays: { ...this.#look.overlays, draft: EMPTY } })
    this.#events.measure(null)
  }

  overlays(): MapLook['overlays'] {
    return this.#look.overlays
  }

  #key = (e: KeyboardEvent): void => {
    if (e.key === 'Enter') {
      e.preventDefault()
      if (this.#drawing.begun) this.#finish()
      else this.pickCentre(modeOf(e))
    } else if (e.key === 'Escape' && this.#drawing.begun) {
      e.stopPropagation()
      this.#cancelDraft()
    }
  }
}
