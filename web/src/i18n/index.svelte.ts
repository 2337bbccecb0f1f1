import zh from './zh.json'

export type Lang = 'zh' | 'en'
export type Key = keyof typeof zh
type Messages = Record<Key, string>

class Language {
  now = $state<Lang>('zh')
  asked: Lang = 'zh'
  messages = $state.raw<Messages>(zh)

  /** Chinese comes with the page; English when it is asked for. */
  async set(next: Lang): Promise<void> {
    const messages: Messages = next === 'zh' ? zh : (await import('./en.json')).default
    this.messages = messages
    this.now = next
  }
}
export const lang = new Language()

/** The message with its {names} filled in; an English one may hold "one|many" chosen by {n}. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  let text: string = lang.messages[key] ?? key
  if (text.includes('|')) {
    const [one = '', many = ''] = text.split('|')
    text = values['n'] === 1 || values['n'] === '1' ? one : many
  }
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

export const has = (key: string): key is Key => key in zh
export const either = (words: { zh: string; en: string }): string => (lang.now === 'zh' ? words.zh : words.en || words.zh)

/** For keys made from data (a column, a rule): the message if we have one. */
export const tIf = (key: string, fallback: string): string => (has(key) ? t(key as Key) : fallback)
