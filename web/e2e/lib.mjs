import { mkdirSync } from 'node:fs'
import axe from 'axe-core'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const ARGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
]

/** Counts checks, never stops at the first failure, and remembers every request that left the origin. */
export class Walk {
  passed = 0
  failed = 0
  strangers = new Set()
  complaints = []

  constructor(base, out) {
    this.base = base.replace(/\/$/, '')
    this.origin = new URL(base).origin
    this.out = out
    mkdirSync(out, { recursive: true })
  }

  async open() {
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS })
  }

  async page(options = {}) {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'zh-CN',
      acceptDownloads: true,
      colorScheme: 'light',
      ...options,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('request', (r) => {
      const url = new URL(r.url())
      if (!['blob:', 'data:'].includes(url.protocol) && url.origin !== this.origin) this.strangers.add(r.url())
    })
    page.on('pageerror', (e) => this.complaints.push(String(e)))
    page.on('console', (m) => {
      if (m.type() === 'error' && /Content Security Policy|Uncaught/.test(m.text())) this.complaints.push(m.text())
    })
    return page
  }

  check(what, ok, seen = '') {
    if (ok) this.passed++
    else this.failed++
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}${ok || seen === '' ? '' : ` — ${seen}`}`)
    return ok
  }
  equal(what, got, want) {
    return this.check(
      what,
      JSON.stringify(got) === JSON.stringify(want),
      `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`,
    )
  }
  /** Nothing that axe calls serious or critical is on what is open. */
  async accessible(page, what) {
    await page.evaluate(axe.source)
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
    const bad = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    const told = bad.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3)}`)
    return this.equal(`axe finds nothing serious: ${what}`, told, [])
  }
  async step(name, run) {
    try {
      await run()
    } catch (error) {
      this.check(name, false, String(error).split('\n').slice(0, 3).join(' '))
    }
  }

  shot = (page, name) => page.screenshot({ path: join(this.out, `${name}.png`) })

  async api(path, body) {
    const response = await fetch(
      this.base + path,
      body === undefined
        ? { headers: { Accept: 'application/json' } }
        : {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-Requested-With': 'parkplan' },
            body: JSON.stringify(body),
          },
    )
    if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 200)}`)
    return response.json()
  }
  async hits(filter) {
    const query = new URLSearchParams({ resulttype: 'hits', ...(filter ? { filter, 'filter-lang': 'cql2-text' } : {}) })
    return (await this.api(`/collections/parcel/items?${query}`)).numberMatched
  }

  /** The map has drawn and nothing is under way. */
  async settle(page, wait = 900) {
    await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {})
    await page.waitForTimeout(wait)
  }
}

export const digits = (text) => Number((text ?? '').replace(/[^\d.]/g, ''))
