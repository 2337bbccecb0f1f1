/** A planner finds floors, keeps the requirement, offers one and closes it; a vacant floor finds the requirement. */
export async function matching(walk) {
  const account = process.env.PARKPLAN_PLANNER
  const password = process.env.PARKPLAN_PLANNER_PASSWORD
  if (!account || !password) {
    console.log('skip the matching: no planner account given')
    return
  }
  const page = await walk.page()
  const signed = await page.request.post(`${walk.base}/session`, {
    headers: { 'X-Requested-With': 'parkplan', Origin: walk.origin },
    data: { account, password },
  })
  walk.check('the planner signs in to match', signed.ok(), String(signed.status()))
  await walk.step('matching', () => match(walk, page))
  await walk.step('matching on a phone, in English', () => small(walk, page))
}

/** Nothing runs out of the screen where it is narrow. */
async function small(walk, page) {
  for (const [name, width, height] of [
    ['1280', 1280, 800],
    ['phone', 390, 844],
  ]) {
    await page.setViewportSize({ width, height })
    // An address that differs in its hash alone would not open the page anew.
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=matching&lang=en&theme=light`)
    await page.waitForSelector('#need-form')
    await page.fill('[name="area_min_m2"]', '1500')
    const done = page.waitForResponse((r) => r.url().includes('/processes/match/execution'))
    await page.click('#match-run')
    await done
    await walk.settle(page)
    if (name === 'phone') await page.getByText('Rows', { exact: true }).click()
    await page.waitForSelector('[data-site]')
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    walk.check(`${name}: the page is no wider than the screen`, wide <= 0, String(wide))
    await walk.shot(page, `13-match-${name}-en`)
  }
}

async function match(walk, page) {
  await page.goto(`${walk.base}/#v=1&task=matching&lang=zh&theme=light`)
  await page.waitForSelector('#need-form')
  const select = async (label, option) => {
    await page.getByLabel(label, { exact: true }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  await select('产业集群', '机器人')
  await page.fill('[name="area_min_m2"]', '0')
  walk.check('an area of nought is not asked for', await page.locator('#match-run').isDisabled())
  await page.fill('[name="area_min_m2"]', '1,500')
  await page.fill('[name="area_max_m2"]', '4000')
  await page.fill('[name="load_kn_m2"]', '8')
  await select('火灾危险性', '丁')
  const answered = page.waitForResponse((r) => r.url().includes('/processes/match/execution'))
  await page.click('#match-run')
  const answer = await (await answered).json()
  await page.waitForSelector('tr[data-site]')
  await walk.settle(page)
  const ranks = await page.locator('tr[data-site]').evaluateAll((rows) => rows.map((row) => row.dataset.site))
  walk.equal(
    'the list is the answer, in its order',
    ranks,
    answer.sites.map((site) => site.id),
  )
  walk.check('the best fits all or fails least', answer.sites[0].fails <= answer.sites.at(-1).fails)
  const marks = await page.locator('tr[data-site]').first().locator('td.c .sr').allTextContents()
  const words = { pass: '符合', fail: '不符', unknown: '缺证' }
  walk.equal(
    'each criterion has its sign and word',
    marks,
    answer.sites[0].criteria.map((c) => words[c.verdict]),
  )
  await walk.shot(page, '13-match')
  await walk.accessible(page, '13-match')

  const again = async (load) => {
    await page.fill('[name="load_kn_m2"]', load)
    const next = page.waitForResponse((r) => r.url().includes('/processes/match/execution'))
    await page.click('#match-run')
    const told = await (await next).json()
    await page.waitForSelector(`tr.on[data-site="${told.sites[0].id}"]`)
    return told
  }
  await page.getByRole('radio', { name: '楼层', exact: true }).click()
  await walk.settle(page)
  // No floor of the sample is rated for it.
  await select('火灾危险性', '甲')
  const strict = await again('8')
  await walk.settle(page)
  const costs = await page.locator('dl.change dd').allTextContents()
  walk.equal('the change is told with its cost', costs.at(-1), strict.sites[0].cost.toFixed(2))
  await walk.shot(page, '13-match-change')
  await select('火灾危险性', '丁')
  await again('8')

  await page.fill('[name="firm"]', '示例机器人公司')
  await page.fill('[name="contact"]', '王工')
  const kept = page.waitForResponse(
    (r) => r.url().endsWith('/collections/requirement/items') && r.request().method() === 'POST',
  )
  await page.click('#match-save')
  const row = (await (await kept).json()).properties
  walk.equal(
    'the requirement is kept as typed',
    [row.state, row.area_min_m2, row.firm],
    ['open', 1500, '示例机器人公司'],
  )
  await page.waitForSelector('li[aria-current="step"]:has-text("待匹配")')

  await page.locator('tr[data-site]').first().click()
  const first = answer.sites[0]
  await page.click('#match-offer')
  await page.waitForSelector('li[aria-current="step"]:has-text("已推荐")')
  walk.check('an offer moves it on', (await page.locator(`tr[data-site="${first.id}"] .tag.acc`).count()) === 1)

  const file = page.waitForEvent('download')
  await page.click('#match-export')
  walk.check('the list goes into a file', /^match-\d{4}-\d{2}-\d{2}\.csv$/.test((await file).suggestedFilename()))

  // To the floor in its stack, and from there to who could take it.
  if (first.kind === 'floor') {
    await page.getByRole('button', { name: '看楼层' }).click()
    await page.waitForSelector('#unit-form')
    const asked = page.waitForResponse((r) => r.url().includes('/processes/tenants/execution'))
    await page.click('#find-tenants')
    const found = await (await asked).json()
    await page.waitForSelector(`tr[data-wish="${row.code}"]`)
    walk.equal('the floor finds the requirement', found.site, first.id)
    walk.check('which was offered it', found.requirements.find((one) => one.requirement === row.code).offered)
    await walk.settle(page)
    await walk.shot(page, '13-match-tenants')
    await walk.accessible(page, '13-match-tenants')
    await page.locator(`tr[data-wish="${row.code}"]`).click()
    await page.getByRole('button', { name: '处理此诉求' }).click()
    await page.waitForSelector('tr[data-site]')
  }
  await page.click('[data-move="withdrawn"]')
  walk.check('no closing without a reason', await page.locator('#match-close').isDisabled())
  await page.fill('[name="reason"]', '企业改址')
  await page.click('#match-close')
  await page.waitForSelector('.section-head:has-text("已撤回")')
  await page.getByRole('radio', { name: /^企业诉求/ }).click()
  await page.getByRole('radiogroup', { name: '状态' }).getByRole('radio', { name: /^全部/ }).click()
  await page.waitForSelector(`[data-requirement="${row.code}"]:has-text("已撤回")`)
  await walk.settle(page)
  await walk.shot(page, '13-match-ledger')
  await walk.accessible(page, '13-match-ledger')
}
