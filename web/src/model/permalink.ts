/** The address of what is on the screen: readable, ordered, versioned. */
export interface Place {
  z: number
  lat: number
  lon: number
  bearing?: number
  pitch?: number
}
export interface Link {
  place?: Place | undefined
  task?: string | undefined
  tab?: string | undefined
  filter?: string | undefined
  selection?: string[] | undefined
  focus?: string | undefined
  lang?: string | undefined
  theme?: string | undefined
  setup?: string | undefined
}

/** Beyond this a hash stops being something to paste; the selection is then left out. */
export const MAX_CODES = 60

const soft = (text: string): string =>
  encodeURIComponent(text).replace(/%(20|2C|2F|3A|3C|3E|3D|28|29|27)/g, (whole, hex: string) =>
    hex === '20' ? '+' : hex === '3D' ? whole : String.fromCharCode(parseInt(hex, 16)),
  )
const hard = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))

export function encodeLink(link: Link): string {
  const parts: string[] = ['v=1']
  if (link.place) {
    const { z, lat, lon, bearing, pitch } = link.place
    let text = `${+z.toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}`
    if (bearing || pitch) text += `/${Math.round(bearing ?? 0)}/${Math.round(pitch ?? 0)}`
    parts.push(`z=${text}`)
  }
  if (link.task) parts.push(`task=${link.task}`)
  if (link.tab) parts.push(`tab=${soft(link.tab)}`)
  if (link.filter) parts.push(`q=${soft(link.filter)}`)
  if (link.selection?.length && link.selection.length <= MAX_CODES)
    parts.push(`sel=p:${link.selection.map(soft).join(',')}`)
  if (link.focus) parts.push(`at=${soft(link.focus)}`)
  if (link.lang) parts.push(`lang=${link.lang}`)
  if (link.theme) parts.push(`theme=${link.theme}`)
  return `#${parts.join('&')}`
}

export function decodeLink(hash: string): Link {
  const link: Link = {}
  for (const part of hash.replace(/^#/, '').split('&')) {
    const cut = part.indexOf('=')
    if (cut < 0) continue
    const key = part.slice(0, cut)
    let text: string
    try {
      text = hard(part.slice(cut + 1))
    } catch {
      continue
    }
    switch (key) {
      case 'z': {
        const [z, lat, lon, bearing = 0, pitch = 0] = text.split('/').map(Number)
        if ([z, lat, lon].every((n) => n !== undefined && Number.isFinite(n)))
          link.place = { z: z!, lat: lat!, lon: lon!, bearing, pitch }
        break
      }
      case 'task':
        link.task = text
        break
      case 'tab':
        link.tab = text
        break
      case 'q':
        link.filter = text
        break
      case 'sel':
        link.selection = text.replace(/^p:/, '').split(',').filter(Boolean)
        break
      case 'at':
        link.focus = text
        break
      case 'lang':
        link.lang = text
        break
      case 'theme':
        link.theme = text
        break
      case 'setup':
        link.setup = text
        break
    }
  }
  return link
}
