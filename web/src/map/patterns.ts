import type { MapInk } from './palette'

export type PatternName = 'stale' | 'leftout' | 'banned' | 'unknown' | 'setback'

/** 7 px tiles with 1.8 px strokes (look.md §3), drawn at 2× so that they stay crisp. */
export function drawPattern(name: PatternName, ink: MapInk): ImageData {
  const size = 14
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const g = canvas.getContext('2d')!
  const hatch = (colour: string, up: boolean, width = 3.2): void => {
    g.strokeStyle = colour
    g.lineWidth = width
    for (const shift of [-size, 0, size]) {
      g.beginPath()
      g.moveTo(shift - 2, up ? size + 2 : -2)
      g.lineTo(shift + size + 2, up ? -2 : size + 2)
      g.stroke()
    }
  }
  switch (name) {
    case 'stale': hatch(ink.warn, true); break
    case 'leftout': hatch(ink.ink3, true); break
    case 'setback': hatch(ink.ink3, false, 2); break
    case 'banned': hatch(ink.bad, false); break
    case 'unknown':
      g.fillStyle = ink.unk
      for (const [x, y] of [[3.5, 3.5], [10.5, 10.5]] as const) {
        g.beginPath()
        g.arc(x, y, 1.9, 0, 7)
        g.fill()
      }
  }
  return g.getImageData(0, 0, size, size)
}
