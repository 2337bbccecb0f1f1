import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl'

interface At {
  x: number
  y: number
}
/** A hand that trembles while it clicks draws no box. */
const LEAST_PX = 4

/** Follows a drag with a box until it is let go, and gives its corners on the ground. */
export function dragBox(
  map: MapLibre,
  pressed: MapMouseEvent | MapTouchEvent,
  done: (corners: [number, number][], e: MouseEvent | TouchEvent) => void,
): void {
  pressed.preventDefault()
  const from = pressed.point
  const box = document.createElement('div')
  box.className = 'map-box'
  map.getContainer().append(box)
  const at = (e: MouseEvent | TouchEvent): At => {
    const { clientX, clientY } = 'changedTouches' in e ? e.changedTouches[0]! : e
    const r = map.getCanvas().getBoundingClientRect()
    return { x: clientX - r.left, y: clientY - r.top }
  }
  const drag = (e: MouseEvent | TouchEvent): void => {
    const to = at(e)
    Object.assign(box.style, {
      left: `${Math.min(from.x, to.x)}px`,
      top: `${Math.min(from.y, to.y)}px`,
      width: `${Math.abs(to.x - from.x)}px`,
      height: `${Math.abs(to.y - from.y)}px`,
    })
  }
  const end = (e: MouseEvent | TouchEvent): void => {
    removeEventListener('mousemove', drag)
    removeEventListener('mouseup', end)
    removeEventListener('touchmove', drag)
    removeEventListener('touchend', end)
    box.remove()
    const to = at(e)
    if (Math.abs(to.x - from.x) < LEAST_PX && Math.abs(to.y - from.y) < LEAST_PX) return
    const corners: [number, number][] = [
      [from.x, from.y],
      [to.x, from.y],
      [to.x, to.y],
      [from.x, to.y],
    ]
    done(
      corners.map((p) => map.unproject(p).toArray()),
      e,
    )
  }
  addEventListener('mousemove', drag)
  addEventListener('mouseup', end)
  addEventListener('touchmove', drag)
  addEventListener('touchend', end)
}
