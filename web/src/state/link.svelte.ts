import { type Lang, lang } from '../i18n/index.svelte'
import { fromCql } from '../model/cql'
import { decodeLink, encodeLink, type Link } from '../model/permalink'
import { atlas } from './atlas.svelte'
import { prefs } from './prefs.svelte'
import { query } from './query.svelte'
import { selection } from './selection.svelte'
import { isTask, ui } from './ui.svelte'

let applying = false
let pushed = ''

/** What makes a step for the back button: everything but where the map stands. */
function current(withPlace: boolean): Link {
  return {
    ...(withPlace && atlas.place ? { place: atlas.place } : {}),
    task: ui.task,
    tab: (ui.task === 'consolidate' || ui.task === 'capacity') && ui.tab ? ui.tab : undefined,
    filter: query.filter,
    selection: selection.codes,
    focus: selection.focus ? `${selection.focus.collection}:${selection.focus.id}` : undefined,
    lang: lang.now,
    theme: prefs.theme,
  }
}

export function readLink(): Link {
  const link = decodeLink(location.hash)
  apply(link)
  return link
}

function apply(link: Link): void {
  applying = true
  if (link.lang === 'zh' || link.lang === 'en') prefs.setLang(link.lang as Lang)
  if (link.theme === 'light' || link.theme === 'dark') prefs.setTheme(link.theme)
  if (isTask(link.task)) ui.task = link.task
  ui.tab = link.tab ?? ''
  query.replace(fromCql(link.filter ?? ''))
  const [collection, id] = link.focus?.split(':') ?? []
  if (link.selection?.length) selection.choose(link.selection)
  else if (collection && id) selection.look(collection as never, id)
  else selection.choose([])
  applying = false
}

/** Keeps the address in step; call inside an effect root. */
export function followLink(): void {
  pushed = encodeLink(current(false))
  $effect(() => {
    const bare = encodeLink(current(false))
    const whole = encodeLink(current(true))
    if (applying || ui.setupToken || !atlas.place) return
    if (bare !== pushed) history.pushState(null, '', whole)
    else history.replaceState(null, '', whole)
    pushed = bare
  })
  $effect(() => {
    const back = (): void => {
      const link = decodeLink(location.hash)
      apply(link)
      pushed = encodeLink(current(false))
      if (link.place) atlas.controller?.fly(link.place)
    }
    addEventListener('popstate', back)
    return () => removeEventListener('popstate', back)
  })
}
