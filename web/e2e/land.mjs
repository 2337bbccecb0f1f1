import { readFileSync } from 'node:fs'
import { digits } from './lib.mjs'
import { split } from './split.mjs'

/**
 * The planner's way from a solved site to land that has changed, and back: run, adopt, review, in force, lineage,
 * undo.
 */
export async function land(walk) {
  const account = process.env.PARKPLAN_PLANNER
  const password = process.env.PARKPLAN_PLANNER_PASSWORD
  if (!account || !password) {
    console.log('skip the land: no planner account given')
    return
  }
  const page = await walk.page()
  const signed = await page.request.post(`${walk.base}/session`, {
    headers: { 'X-Requested-With': 'parkplan', Origin: walk.origin },
    data: { account, password },
  })
  walk.check('the planner signs in', signed.ok(), String(signed.status()))
  const json = async (path) =>
    (await page.request.get(walk.base + path, { headers: { Accept: 'application/json' } })).json()
  const only = async (path) => (await json('/instruments')).instruments.find((i) => i.code === path)
  const parcelsOn = async (day) =>
    (await json(`/collections/parcel/items?resulttype=hits&datetime=${day}`)).numberMatched
  let result = null
  let code = ''

  await walk.step('a run is cancelled', async () => {
    await page.goto(`${walk.base}/#v=1&task=consolidate&lang=zh&theme=light`)
    await page.waitForSelector('#run-consolidate:enabled')
    // The first look at the job is held back, so that there is time to think better of it.
    await page.route('**/jobs/*', async (route) => {
      if (route.request().method() === 'GET') await new Promise((done) => setTimeout(done, 2500))
      await route.continue().catch(() => {})
    })
    const dismissed = page.waitForRequest((r) => r.method() === 'DELETE' && r.url().includes('/jobs/'))
    await page.locator('#run-consolidate').click()
    await page.waitForSelector('[role=progressbar]')
    await page.locator('.job button').click()
    await dismissed
    await page.waitForSelector('#run-consolidate:enabled')
    walk.equal('cancelling dismisses the job and leaves the form', await page.locator('.card').count(), 0)
    await page.unroute('**/jobs/*')
  })

  await walk.step('a site is solved as a job', async () => {
    await page.goto(`${walk.base}/#v=1&task=consolidate&lang=zh&theme=light`)
    await page.waitForSelector('#run-consolidate:enabled')
    const asked = page.waitForRequest((r) => r.url().includes('/processes/consolidate/execution'))
    const answered = page.waitForResponse((r) => /\/jobs\/[^/]+\/results$/.test(r.url()), { timeout: 90_000 })
    const started = page.waitForResponse((r) => r.url().includes('/processes/consolidate/execution'))
    await page.locator('#run-consolidate').click()
    walk.equal('it asks not to wait', (await asked).headers()['prefer'], 'respond-async')
    walk.equal('a job is made', (await started).status(), 201)
    result = await (await answered).json()
    await page.waitForSelector('.card')
    await walk.settle(page, 1200)
    walk.check('the candidates of the job are shown', (await page.locator('.card').count()) >= 1)
  })

  await walk.step('why not', async () => {
    const entry = result.excluded.find((e) => e.details?.length)
    await page.locator(`#left-out button[data-reason="${entry.reason}"]`).click()
    walk.equal(
      'every left-out parcel is listed',
      await page.locator('#left-out-parcels button').count(),
      entry.parcels.length,
    )
    const parcel = entry.parcels[0]
    await page.locator(`#left-out-parcels [data-parcel="${parcel}"]`).click()
    await page.waitForSelector(`#why[data-parcel="${parcel}"]`)
    walk.equal(
      'all its reasons are told',
      (await page.locator('#why li').count()) >= entry.details.find((d) => d.parcel === parcel).reasons.length,
      true,
    )
    await page.keyboard.press('x')
    walk.check('X bans it', (await page.locator('.pins .tag.bad').innerText()).includes('1'))
    await page.keyboard.press('x')
    await walk.shot(page, '12-why-not')
  })

  await walk.step('a candidate is adopted', async () => {
    const made = page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/instruments'))
    await page.locator('#adopt').click()
    const first = await (await made).json()
    await page.waitForSelector('#instruments [data-state=draft]')
    const taken = page.waitForResponse((r) => r.url().includes('/transitions'))
    await page.locator('.toast .act').click()
    walk.equal('undo in the toast withdraws the draft', (await (await taken).json()).state, 'withdrawn')
    walk.equal('the draft is withdrawn in the record', (await only(first.code)).state, 'withdrawn')
    await page.waitForSelector('#adopt:enabled')
    const again = page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/instruments'))
    await page.locator('#adopt').click()
    code = (await (await again).json()).code
    await page.waitForSelector('#inst-state')
    walk.equal(
      'the unit takes the parcels of the candidate',
      (await only(code)).parents.sort(),
      [...result.candidates.find((c) => c.sites.length).sites[0].parcels].sort(),
    )
    await walk.settle(page, 800)
    await walk.shot(page, '13-draft')
  })

  await walk.step('review and force', async () => {
    const before = await parcelsOn('2026-08-31')
    const reviewed = page.waitForRequest((r) => r.url().includes('/transitions'))
    await page.locator('[data-to=reviewed]').click()
    walk.check('the step carries If-Match', !!(await reviewed).headers()['if-match'])
    await page.waitForSelector('[data-to=in_force]')
    await page.fill('[name=force-date]', '2026-09-01')
    await page.locator('[name=force-date]').press('Tab')
    await page.locator('[data-to=in_force]').click()
    await page.waitForSelector('#undo-instrument')
    const now = await only(code)
    walk.equal('the unit is in force on the day given', [now.state, now.date], ['in_force', '2026-09-01'])
    walk.equal('the parents have left the land of that day', await parcelsOn('2026-09-01'), before - now.parents.length)
    await page.waitForSelector('#lineage .node')
    walk.equal(
      'the lineage shows parents and child',
      await page.locator('#lineage .node').count(),
      now.parents.length + now.children.length,
    )
    await walk.settle(page, 800)
    await walk.shot(page, '14-in-force')
  })

  await walk.step('the land on a day', async () => {
    const ended = async () => digits(await page.locator('.legend li').nth(1).innerText())
    const { parents } = await only(code)
    walk.equal('today the parents are ghosts', await ended(), parents.length)
    await page.fill('[name=land-date]', '2026-08-31')
    await page.locator('[name=land-date]').press('Tab')
    await walk.settle(page, 600)
    walk.equal('the day before they stand', await ended(), 0)
    await walk.shot(page, '15-day-before')
    await page.locator('#timeline [role=slider]').focus()
    await page.keyboard.press('ArrowRight')
    await walk.settle(page, 600)
    walk.equal('one day on they have ended', await ended(), parents.length)
  })

  await walk.step('undo', async () => {
    await page.locator('#undo-instrument').click()
    await page.waitForSelector('[data-to=reviewed]')
    await page.locator('[data-to=reviewed]').click()
    await page.waitForSelector('[data-to=in_force]')
    await page.locator('[data-to=in_force]').click()
    await page.waitForFunction(() => document.querySelector('#inst-state')?.textContent?.includes('已生效'))
    const undone = await only(code)
    walk.check('the unit names what undid it', !!undone.undone_by, JSON.stringify(undone.undone_by))
    const family = await json(`/lineage/${undone.parents[0]}`)
    walk.check(
      'the parents stand again',
      family.nodes.filter((n) => undone.parents.includes(n.code)).every((n) => n.alive),
      JSON.stringify(family.nodes),
    )
    await walk.settle(page, 800)
    await walk.shot(page, '16-undone')
  })

  await walk.step('an action plan', async () => {
    await page.locator('[role=radio][data-value=plan]').click()
    await page.waitForSelector('#run-plan:enabled')
    // Two parks: the whole city is solved in minutes, and the walk is about the screen.
    const parks = page.locator('.left .panel-body input').first()
    for (const i of [0, 1]) {
      await parks.click()
      await page.getByRole('option').nth(i).click()
    }
    await page.keyboard.press('Escape')
    await page.fill('[name=ap-from]', '2026')
    await page.fill('[name=ap-to]', '2030')
    await page.fill('[name=ap-budget]', '5')
    await page.locator('[name=ap-budget]').press('Tab')
    const answered = page.waitForResponse((r) => /\/jobs\/[^/]+\/results$/.test(r.url()), { timeout: 180_000 })
    await page.locator('#run-plan').click()
    const plan = await (await answered).json()
    await page.waitForSelector('#gantt')
    await walk.settle(page, 1500)
    walk.equal('a row a year', await page.locator('#plan-years tbody tr').count(), 5)
    walk.equal(
      'every placed site is in the picture',
      await page.locator('#gantt .bar').count(),
      plan.sites.filter((s) => s.year !== null).length,
    )
    walk.check(
      'no year costs more than its budget',
      plan.years.every((y) => y.cost_wan <= 50_000 + 1e-6),
      JSON.stringify(plan.years.map((y) => y.cost_wan)),
    )
    const last = digits(await page.locator('#plan-years tbody tr').last().locator('td.b').innerText())
    walk.equal('the table ends with the total of the answer', last, Number(plan.years.at(-1).cumulative_ha.toFixed(2)))
    await walk.shot(page, '18-action-plan')
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.right .panel-foot .btn:not(.main)').click(),
    ])
    walk.equal(
      'the file has every site',
      JSON.parse(readFileSync(await file.path(), 'utf8')).features.length,
      plan.sites.length,
    )
    const saved = page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/plans'))
    await page.locator('#save-actionplan').click()
    walk.equal('the plan is saved', (await saved).status(), 201)
  })

  await walk.step('capacity over a park', async () => {
    const park = (await json('/collections/park/items?limit=1')).features[0].properties.code
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=capacity&lang=zh&theme=light`)
    await page.waitForSelector('[role=radio][data-value=over]')
    const whole = page.waitForResponse((r) => /\/jobs\/[^/]+\/results$/.test(r.url()), { timeout: 180_000 })
    await page.locator('[role=radio][data-value=over]').click()
    const all = await (await whole).json()
    await page.waitForSelector('#over-parks tbody tr')
    walk.equal('every park has its row', await page.locator('#over-parks tbody tr').count(), all.by_park.length)
    const one = page.waitForResponse((r) => /\/jobs\/[^/]+\/results$/.test(r.url()), { timeout: 120_000 })
    await page.locator('.left .select-box').first().click()
    await page
      .getByRole('option', { name: (await json(`/collections/park/items/${park}`)).properties.name })
      .first()
      .click()
    await one
    await page.waitForSelector('#over-parcels tbody tr')
    const more = page.waitForResponse((r) => /\/jobs\/[^/]+\/results$/.test(r.url()), { timeout: 120_000 })
    await page.locator('.presets button').first().click()
    const eased = await (await more).json()
    await page.waitForSelector('#what-if')
    walk.check('a higher limit never takes floor space away', eased.what_if.gain_m2 >= 0, String(eased.what_if.gain_m2))
    await walk.settle(page, 1500)
    await walk.shot(page, '19-capacity-park')
  })

  await walk.step('an upstairs scheme is kept', async () => {
    const parcel = result.candidates.find((c) => c.sites.length).sites[0].parcels[0]
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=capacity&sel=p:${parcel}&lang=zh&theme=light`)
    await page.waitForSelector('#findings li')
    await walk.settle(page)
    const again = page.waitForResponse(
      (r) => r.url().includes('/processes/upstairs/execution') && (r.request().postData() ?? '').includes('"set"'),
    )
    await page.locator('.left [role=slider]').first().focus()
    await page.keyboard.press('ArrowLeft')
    const moved = await (await again).json()
    await walk.settle(page, 500)
    const shown = digits(await page.locator('.sum div:nth-child(2) dd').innerText())
    walk.equal('the figures follow the slider', shown, Number(moved.far.toFixed(2)))
    const saved = page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/plans'))
    await page.locator('.left .panel-foot .btn.main').click()
    walk.equal('the scheme is saved', (await saved).status(), 201)
    await walk.shot(page, '17-upstairs-saved')
  })
  await split(walk, page)
  await page.context().close()
}
