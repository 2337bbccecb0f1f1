import { readFileSync } from 'node:fs'
import { scorecard } from './designation.mjs'
import { digits } from './lib.mjs'

const legendCount = async (page) => digits(await page.locator('.legend li').first().locator('b').innerText())
const hash = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1))
const selectedCount = async (page) => digits(await page.locator('[data-value="selected"] b').innerText())

async function pickOption(page, trigger, option) {
  await trigger.click()
  await page.getByRole('option', { name: option, exact: true }).first().click()
}

export async function planner(walk) {
  const page = await walk.page()
  const park = (await walk.api('/collections/park/items?limit=1')).features[0]
  const parkCode = park.properties.code
  const found = await walk.api('/collections/parcel/search', {
    filter: `park = '${parkCode}' AND land_use LIKE '10%'`,
    sortby: '-planar_area_m2',
    limit: 12,
    skipGeometry: true,
  })
  const target = found.features[3] ?? found.features[0]
  let all = 0

  await walk.step('the workbench opens', async () => {
    await page.goto(`${walk.base}/#task=query&lang=zh&theme=light`)
    await page.waitForSelector('.legend b')
    await page.waitForSelector('canvas[role=application]')
    await walk.settle(page, 1500)
    all = await walk.hits('')
    walk.equal('all parcels are counted', await legendCount(page), all)
    walk.equal('the rail has ten tasks', await page.locator('nav.rail [data-task]').count(), 10)
    await walk.shot(page, '01-open')
    await walk.accessible(page, '01-open')
  })

  await walk.step('search', async () => {
    await page.keyboard.press('/')
    walk.check('/ focuses the search', await page.locator('#search').evaluate((n) => n === document.activeElement))
    await page.keyboard.type(target.id)
    await page.waitForSelector('#search-list [role=option]')
    await page.keyboard.press('Enter')
    await page.waitForSelector(`.panel-head h2:has-text("${target.id}")`)
    await walk.settle(page)
    walk.check('the parcel found is selected', hash(page).get('sel') === `p:${target.id}`, page.url())
    await walk.shot(page, '02-search')
  })

  await walk.step('click on the map', async () => {
    const box = await page.locator('canvas[role=application]').boundingBox()
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !location.hash.includes('sel='))
    await page.mouse.click(x, y)
    await page.waitForFunction(() => location.hash.includes('sel=p:'))
    const code = decodeURIComponent(hash(page).get('sel')).slice(2)
    await page.waitForSelector('.three')
    walk.check(
      'a click selects a parcel and opens its panel',
      (await page.locator('.right .panel-head h2').innerText()) === code,
      code,
    )
    const item = await walk.api(`/collections/parcel/items/${code}`)
    const planar = await page.locator('.three div:nth-child(2) dd').first().innerText()
    walk.equal('the panel shows the planar area of the API', digits(planar), Math.round(item.properties.planar_area_m2))
    await page.keyboard.down('Alt')
    await page.mouse.click(x, y)
    await page.keyboard.up('Alt')
    await page.waitForFunction(() => !location.hash.includes('sel='))
    walk.check('Alt-click removes it again', true)
  })

  await walk.step('box select', async () => {
    const box = await page.locator('canvas[role=application]').boundingBox()
    const asked = page.waitForRequest(
      (r) => r.url().includes('/collections/parcel/search') && (r.postData() ?? '').includes('S_INTERSECTS'),
    )
    await page.keyboard.down('Shift')
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.7, { steps: 6 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    const { filter } = JSON.parse((await asked).postData())
    await walk.settle(page)
    walk.equal('the box selects what the API finds in it', await selectedCount(page), await walk.hits(filter))
    await page.locator('[data-value="selected"]').click()
    await walk.settle(page)
    walk.check(
      'the table shows the selected rows',
      (await page.locator('.grid [role=row][aria-selected=true]').count()) > 0,
    )
    await walk.shot(page, '03-box')
    await page.locator('[data-value="filter"]').click()
    await page.keyboard.press('Escape')
    await page
      .locator('[aria-label="清除选择"]')
      .click({ timeout: 1500 })
      .catch(() => {})
  })

  await walk.step('conditions', async () => {
    const add = page.locator('.add button')
    await pickOption(page, add, '园区')
    await page.locator('.edit input').first().click()
    await page.getByRole('option', { name: park.properties.name, exact: true }).click()
    await page.keyboard.press('Escape')
    await walk.settle(page)
    walk.equal(
      'one condition: the count is the API’s',
      await legendCount(page),
      await walk.hits(`park = '${parkCode}'`),
    )
    await pickOption(page, add, '容积率')
    await page.waitForSelector('.hist .grip')
    const upper = page.locator('.hist .grip').nth(1)
    await upper.focus()
    for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowLeft')
    await walk.settle(page, 1200)
    const filter = hash(page).get('q')
    walk.check('the brush writes the condition', /far_present BETWEEN/.test(filter ?? ''), filter)
    const want = await walk.hits(filter)
    walk.equal('two conditions: the count is the API’s', await legendCount(page), want)
    walk.equal(
      'the last row of the form counts the same',
      digits(await page.locator('.row .count').last().innerText()),
      want,
    )
    walk.check('fewer than before', want < all)
    walk.equal('both conditions are chips', await page.locator('.chips .chip:not(.clear)').count(), 2)
    await page.locator('.th:has-text("容积率") .sort').click()
    await walk.settle(page)
    const top = await walk.api('/collections/parcel/search', {
      filter,
      sortby: '-far_present,code',
      limit: 1,
      skipGeometry: true,
    })
    walk.equal('the server sorts the table', await page.locator('#row-0 .td').first().innerText(), top.features[0].id)
    await page.locator('#row-0').click()
    await walk.settle(page)
    await walk.shot(page, '04-conditions')
    await page.goBack()
    await walk.settle(page)
    walk.check('back undoes a step', !page.url().includes('sel='), page.url())
  })

  await walk.step('permalink', async () => {
    const link = page.url()
    const before = await legendCount(page)
    await page.goto('about:blank')
    await page.goto(link)
    await page.waitForSelector('.chips .chip')
    await walk.settle(page)
    walk.equal('a link brings the same conditions back', await legendCount(page), before)
  })

  await walk.step('a link without a place', async () => {
    const [west, south, east, north] = park.bbox
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=query&at=park:${parkCode}&lang=zh&theme=light`)
    await page.waitForFunction(() => location.hash.includes('z='))
    const [, lat, lon] = hash(page).get('z').split('/').map(Number)
    walk.check('opens where the land it names lies', lat > south && lat < north && lon > west && lon < east, page.url())
    await page.waitForSelector('.right dt:has-text("规划面积 公顷")')
    const titles = await page.locator('.right dt').allInnerTexts()
    walk.equal(
      'every field of the park has a name',
      titles.filter((title) => /^[a-z_0-9]+$/.test(title)),
      [],
    )
  })

  await walk.step('consolidation', async () => {
    await page.goto(`${walk.base}/#v=1&task=consolidate&lang=zh&theme=light`)
    await page.reload()
    await page.waitForSelector('#run-consolidate:enabled')
    await walk.settle(page)
    const answered = page.waitForResponse((r) => /\/jobs\/[^/]+\/results$/.test(r.url()), { timeout: 90_000 })
    await page.locator('#run-consolidate').click()
    const result = await (await answered).json()
    result.candidates = result.candidates.filter((c) => c.sites.length)
    await page.waitForSelector('.card')
    await walk.settle(page, 1500)
    walk.equal('every candidate has its card', await page.locator('.card').count(), result.candidates.length)
    const n = result.candidates[0].sites.reduce((sum, s) => sum + s.parcels.length, 0)
    walk.check('the site is on the map with its letter', (await page.locator('.title').innerText()).includes(`${n} 宗`))
    walk.check('the ledger balances', await page.locator('#balance.ok').isVisible())
    walk.check('the ledger lists every parcel', (await page.locator('tbody tr:not(.sum)').count()) >= n)
    const shown = result.excluded.filter((e) => e.count > 0)
    walk.equal(
      'each reason for leaving out is listed',
      await page.locator('#left-out li button').count(),
      result.excluded.length,
    )
    if (shown.length) {
      const last = shown[shown.length - 1]
      await page.locator(`#left-out button[data-reason="${last.reason}"]`).click()
      await walk.settle(page)
      walk.equal(
        'a reason shows its parcels',
        await page.locator('#left-out-parcels button').count(),
        last.parcels.length,
      )
      await page.locator('.icon-btn.back').click()
    }
    await walk.shot(page, '05-consolidation')
    await walk.accessible(page, '05-consolidation')
    if (result.candidates.length > 1) {
      await page.locator('.card').nth(1).click()
      walk.equal(
        'another candidate can be chosen',
        await page.locator('.card').nth(1).getAttribute('aria-checked'),
        'true',
      )
    }
  })

  await walk.step('upstairs', async () => {
    const first = page.waitForResponse((r) => r.url().includes('/processes/upstairs/execution'), { timeout: 60_000 })
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=capacity&sel=p:${target.id}&lang=zh&theme=light`)
    const result = await (await first).json()
    await page.waitForSelector('#findings li')
    await walk.settle(page)
    walk.equal('every finding has its row', await page.locator('#findings li').count(), result.findings.length)
    walk.check(
      'unconfirmed limits wear the amber tag',
      !result.findings.some((f) => f.status !== 'sourced') || (await page.locator('.tag.warn').count()) > 0,
    )
    await page.locator('#findings button').first().click()
    await page.waitForSelector('.clause')
    await walk.shot(page, '06-capacity')
    await walk.accessible(page, '06-capacity')
    const again = page.waitForRequest(
      (r) => r.url().includes('/processes/upstairs/execution') && (r.postData() ?? '').includes('"set"'),
      { timeout: 20_000 },
    )
    await page.locator('.left [role=slider]').first().focus()
    await page.keyboard.press('Shift+ArrowLeft')
    const { inputs } = JSON.parse((await again).postData())
    walk.check('a slider runs it again with what was moved', typeof inputs.set.far === 'number', JSON.stringify(inputs))
    await walk.settle(page)
    await page.getByRole('radio', { name: '体量' }).click()
    await walk.settle(page, 1500)
    await walk.shot(page, '07-capacity-3d')
  })

  await walk.step('designation', async () => {
    const answered = page.waitForResponse((r) => r.url().includes('/processes/designate/execution'), {
      timeout: 60_000,
    })
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=designate&lang=zh&theme=light`)
    const result = await (await answered).json()
    await page.waitForSelector('[role=listbox] [role=option]')
    await walk.settle(page, 1500)
    walk.equal('every park is ranked', await page.locator('.left [role=option]').count(), result.parks.length)
    await page.locator('.left [role=option]').nth(1).click()
    const second = [...result.parks].sort(
      (a, b) => (a.rank ?? 1e6) - (b.rank ?? 1e6) || (b.total ?? -1) - (a.total ?? -1) || a.park.localeCompare(b.park),
    )[1]
    await scorecard(walk, page, second)
  })

  await walk.step('export', async () => {
    const codes = found.features
      .slice(0, 5)
      .map((f) => f.id)
      .sort()
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=export&sel=p:${codes.join(',')}&lang=zh&theme=light`)
    const button = page.locator('.left .panel-foot .btn.main')
    await page.waitForFunction(() => !document.querySelector('.left .panel-foot .btn.main')?.disabled)
    await walk.settle(page)
    walk.check(
      'the button says how many',
      (await button.innerText()).includes(`${codes.length} 宗`),
      await button.innerText(),
    )
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
    const file = JSON.parse(readFileSync(await download.path(), 'utf8'))
    walk.equal(
      'the file has exactly the selected codes',
      file.features.map((f) => f.properties.code ?? f.id).sort(),
      codes,
    )
    await walk.settle(page)
    await walk.shot(page, '09-export')
    await walk.accessible(page, '09-export')
  })

  await walk.step('theme, language, width', async () => {
    const at = `sel=p:${found.features
      .slice(0, 4)
      .map((f) => f.id)
      .join(',')}`
    const q = encodeURIComponent(`park = '${parkCode}' AND far_present BETWEEN 0 AND 2`)
    const [x, y] = [(park.bbox?.[0] ?? 0) + (park.bbox?.[2] ?? 0), (park.bbox?.[1] ?? 0) + (park.bbox?.[3] ?? 0)].map(
      (v) => v / 2,
    )
    const place = park.bbox ? `z=14.4/${y}/${x}&` : ''
    for (const [name, lang, theme, width] of [
      ['zh-light', 'zh', 'light', 1440],
      ['zh-dark', 'zh', 'dark', 1440],
      ['en-light', 'en', 'light', 1440],
      ['en-dark-1280', 'en', 'dark', 1280],
      ['zh-light-1280', 'zh', 'light', 1280],
    ]) {
      await page.setViewportSize({ width, height: width === 1280 ? 800 : 900 })
      await page.goto('about:blank')
      await page.goto(`${walk.base}/#v=1&${place}task=query&q=${q}&${at}&lang=${lang}&theme=${theme}`)
      await page.waitForSelector('.legend b')
      await walk.settle(page, 2200)
      await walk.shot(page, `10-query-${name}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      walk.check(`${name}: nothing wider than the window`, wide <= 0, `${wide}px`)
    }
  })
  await page.context().close()

  await walk.step('phone', async () => {
    const phone = await walk.page({
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    })
    await phone.goto(`${walk.base}/#v=1&task=query&lang=zh&theme=light`)
    await phone.waitForSelector('canvas[role=application]')
    await walk.settle(phone, 2000)
    await phone.locator('#search').fill(target.id)
    await phone.waitForSelector('#search-list [role=option]')
    await phone.locator('#search').press('Enter')
    await walk.settle(phone, 1500)
    await phone.locator('#pick-centre').click()
    await walk.settle(phone, 1200)
    walk.check('the crosshair picks a parcel', phone.url().includes('sel=p:'), phone.url())
    const small = await phone.evaluate(() =>
      [...document.querySelectorAll('.phone button')]
        .filter(
          (b) =>
            b.checkVisibility() &&
            b.getBoundingClientRect().height > 0 &&
            b.getBoundingClientRect().height < 44 &&
            !b.closest('.panel-body'),
        )
        .map((b) => b.textContent || b.ariaLabel),
    )
    walk.equal('targets outside lists are at least 44 px', small, [])
    await walk.shot(phone, '11-phone-query')
    await walk.accessible(phone, '11-phone-query')
    await phone.goto(`${walk.base}/#v=1&task=designate&lang=en&theme=light`)
    await phone.reload()
    await phone.locator('.parts [role=radio]').nth(1).click()
    await phone.waitForSelector('td.name')
    const narrow = await phone
      .locator('td.name')
      .evaluateAll((cells) => cells.filter((n) => n.clientWidth < 100).length)
    walk.equal('the scorecard has room for its names', narrow, 0)
    const row = await phone.locator('.inner table').evaluate((n) => n.scrollWidth - n.parentElement.clientWidth)
    walk.check('the scorecard is no wider than the phone', row <= 0, `${row}px`)
    await walk.shot(phone, '11-phone-designation')
    await walk.accessible(phone, '11-phone-designation')
    await phone.context().close()
  })
}
