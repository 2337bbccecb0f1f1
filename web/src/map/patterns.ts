import type { ReasonSign, Tone } from '../model/leftout'
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
    case 'stale':
      hatch(ink.warn, true)
      break
    case 'leftout':
      hatch(ink.ink3, true)
      break
    case 'setback':
      hatch(ink.ink3, false, 2)
      break
    case 'banned':
      hatch(ink.bad, false)
      break
    case 'unknown':
      g.fillStyle = ink.unk
      for (const [x, y] of [
        [3.5, 3.5],
        [10.5, 10.5],
      ] as const) {
        g.beginPath()
        g.arc(x, y, 1.9, 0, 7)
        g.fill()
      }
  }
  return g.getImageData(0, 0, size, size)
}

export type SignName = ReasonSign | 'pin'
/** Lucide's strokes on a 24 grid (ISC licence), as Path2D reads them. */
const STROKES: Record<SignName, string> = {
  ban: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M5.6 5.6l12.8 12.8',
  triangle: 'M12 4L2.5 20.5h19ZM12 10v4.5M12 17.3v.2',
  help: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9.4 9.2a2.7 2.7 0 0 1 5.2.9c0 1.8-2.6 2.4-2.6 3.4M12 16.9v.2',
  building:
    'M6 21V4.5A1.5 1.5 0 0 1 7.5 3h9A1.5 1.5 0 0 1 18 4.5V21M3.5 21h17' +
    'M10 7.5v.1M14 7.5v.1M10 11.5v.1M14 11.5v.1M10 21v-4h4v4',
  unlink: 'M9.5 17H7.5A5 5 0 0 1 7.5 7h2M14.5 7h2a5 5 0 0 1 0 10h-2M12 3v2.5M12 18.5V21',
  x: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  pin:
    'M12 17v5M9 10.76a2 2 0 0 1-1.11 1.79l-1.78.9A2 2 0 0 0 5 15.24V17h14v-1.76a2 2 0 0 0-1.11-1.79l-1.78-.9' +
    'A2 2 0 0 1 15 10.76V7h1a2 2 0 0 0 0-4H8a2 2 0 0 0 0 4h1z',
}
export const signImage = (sign: SignName, tone: Tone | 'acc', theme: string): string => `sign.${sign}.${tone}.${theme}`

/** A white disc with the sign in its tone: 26 px, drawn at 2×. */
export function drawSign(sign: SignName, tone: Tone | 'acc', ink: MapInk): ImageData {
  const size = 52
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const g = canvas.getContext('2d')!
  const colour = { bad: ink.bad, unk: ink.unk, ink2: ink.ink2, acc: ink.acc }[tone]
  g.fillStyle = ink.s1
  g.strokeStyle = colour
  g.lineWidth = 2.6
  g.beginPath()
  g.arc(size / 2, size / 2, 23, 0, 7)
  g.fill()
  g.stroke()
  g.translate(12, 12)
  g.scale(28 / 24, 28 / 24)
  g.lineWidth = 2.1
  g.lineCap = g.lineJoin = 'round'
  g.stroke(new Path2D(STROKES[sign]))
  return g.getImageData(0, 0, size, size)
}
