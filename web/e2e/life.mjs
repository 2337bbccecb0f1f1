/**
 * A title by two people: the planner drafts and submits, the reviewer forwards and designates; in both languages and at
 * three widths. On a server of its own, which asks for two persons.
 */
export async function life(walk) {
  const base = process.env.PARKPLAN_TITLES
  const people = {
    planner: [process.env.PARKPLAN_PLANNER, process.env.PARKPLAN_PLANNER_PASSWORD],
    reviewer: [process.env.PARKPLAN_REVIEWER, process.env.PARKPLAN_REVIEWER_PASSWORD],
  }
  if (!base || !people.reviewer[1]) {
    console.log('skip the titles: no server with two accounts given')
    return
  }
  const origin = new URL(base).origin
  const home = walk.origin
  walk.origin = origin
  const enter = async (who, options) => {
    const page = await walk.page(options)
    const [account, password] = people[who]
    const signed = await page.request.post(`${base}/session`, {
      headers: { 'X-Requested-With': 'parkplan', Origin: origin },
      data: { account, password },
    })
    walk.check(`the ${who} signs in`, signed.ok(), String(signed.status()))
    return page
  }
  const go = async (page, lang) => {
    await page.goto(`${base}/#v=1&task=designate&lang=${lang}&theme=light`)
    await page.waitForSelector(
      page.viewportSize().width < 720 ? '.sheet [role=listbox] [data-park], [role=listbox] [data-park]' : '.decision',
    )
    await walk.settle(page, 1200)
  }
  const json = async (page, path) =>
    (await page.request.get(base + path, { headers: { Accept: 'application/json' } })).json()
  const step = async (page, name, more = async () => {}) => {
    const bar = page.locator('.decision')
    const radio = bar.getByRole('radio', { name, exact: true })
    await radio.waitFor()
    await radio.click()
    await more(bar)
    const answered = page.waitForResponse((r) => r.url().endsWith('/moves'))
    await bar.locator('button[type=submit]').click()
    const response = await answered
    await walk.settle(page, 900)
    return { status: response.status(), body: await response.json() }
  }
  const clean = async (page, what) => {
    const cut = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
    walk.check(`nothing runs out of the page: ${what}`, !cut)
    await walk.accessible(page, what)
  }

  const planner = await enter('planner')
  const reviewer = await enter('reviewer', { viewport: { width: 1280, height: 800 } })
  const park = (await json(planner, '/collections/park/items?limit=100')).features
  let code = ''

  await walk.step('the planner drafts and submits', async () => {
    await go(planner, 'zh')
    await walk.shot(planner, '40-title-none')
    await planner.fill('[name=basis]', '市级评审会议纪要 2026-11')
    const made = planner.waitForResponse((r) => r.url().endsWith('/designations') && r.request().method() === 'POST')
    await planner.getByRole('button', { name: '起草', exact: true }).click()
    const drafted = await (await made).json()
    code = drafted.code
    walk.equal('a draft is made', [drafted.state, drafted.basis], ['draft', '市级评审会议纪要 2026-11'])
    await walk.settle(planner, 900)
    await walk.shot(planner, '41-title-draft')
    const { status, body } = await step(planner, '提交')
    walk.equal('it is submitted', [status, body.state], [200, 'district_review'])
    walk.equal('the planner may not decide', await planner.locator('.decision [role=radio]').allTextContents(), [
      '撤回',
    ])
    await clean(planner, 'planner, zh, 1440')
    await walk.shot(planner, '42-title-submitted')
  })

  await walk.step('the reviewer forwards, in English at 1280', async () => {
    await go(reviewer, 'en')
    await reviewer.getByRole('radio', { name: /^Register/ }).click()
    walk.equal('it waits in the queue', await reviewer.locator('.right tbody tr').count(), 1)
    await walk.shot(reviewer, '43-title-queue-en')
    await clean(reviewer, 'queue, en, 1280')
    await reviewer.locator('.right tbody button').first().click()
    const refused = reviewer.locator('.decision')
    await refused.getByRole('radio', { name: 'Return', exact: true }).click()
    walk.check('a return needs a reason', await refused.locator('button[type=submit]').isDisabled())
    const { status, body } = await step(reviewer, 'Forward')
    walk.equal('it is forwarded', [status, body.state], [200, 'city_review'])
    await walk.shot(reviewer, '44-title-city-review-en')
  })

  await walk.step('the reviewer designates', async () => {
    const { status, body } = await step(reviewer, 'Designate')
    walk.equal('the park is designated', [status, body.state, body.passes], [200, 'designated', true])
    await reviewer.waitForSelector('.verdict')
    await walk.settle(reviewer, 800)
    await reviewer.getByText('it is what was decided').waitFor()
    walk.check('the frozen evidence reproduces', true)
    await clean(reviewer, 'title, en, 1280')
    await walk.shot(reviewer, '45-title-designated-en')
    const certificate = await reviewer.request.get(`${base}/designations/${code}/certificate`)
    const bytes = await certificate.body()
    walk.check('the certificate is a PDF', bytes.subarray(0, 5).toString() === '%PDF-')
    const file = await reviewer.request.get(`${base}/designations/register?format=xlsx`)
    walk.equal(
      'the register leaves as a workbook',
      [file.status(), (await file.body()).subarray(0, 2).toString()],
      [200, 'PK'],
    )
  })

  await walk.step('the planner sees it without asking again', async () => {
    await planner.getByText('已授牌').first().waitFor()
    await planner.waitForSelector('.verdict')
    const history = await planner.locator('.right ol').last().locator('li b').allTextContents()
    walk.equal('who did what', history, ['授牌', '转报市级', '提交', '起草'])
    await planner.getByRole('radio', { name: '授牌状态' }).click()
    await walk.settle(planner, 900)
    walk.check('the map has a legend of states', (await planner.locator('.legend .state').count()) === 2)
    await walk.shot(planner, '46-title-designated')
    await planner.getByRole('radio', { name: /^台账/ }).click()
    await planner.getByRole('radio', { name: /^全部/ }).click()
    await planner.getByRole('button', { name: /^导出 \d+ 条$/ }).click()
    await walk.settle(planner, 300)
    await walk.shot(planner, '47-title-register')
    await planner.keyboard.press('Escape')
    await clean(planner, 'register, zh, 1440')
  })

  await walk.step('a stale page is told', async () => {
    const now = await json(reviewer, `/designations/${code}`)
    const stale = await reviewer.request.post(`${base}/designations/${code}/moves`, {
      headers: { 'X-Requested-With': 'parkplan', Origin: origin, 'If-Match': '"u1.000000000000"' },
      data: { step: 'revoke', reason: '试验' },
    })
    walk.equal('412 carries the present state', [stale.status(), (await stale.json()).current.etag], [412, now.etag])
  })

  for (const [lang, width, height] of [
    ['zh', 390, 844],
    ['en', 390, 844],
    ['en', 1440, 900],
    ['zh', 1280, 800],
  ]) {
    await walk.step(`seen in ${lang} at ${width}`, async () => {
      const page = await enter('reviewer', { viewport: { width, height } })
      await go(page, lang)
      if (width < 720) {
        await page.locator('[role=listbox] [data-park]').first().click()
        await page
          .getByRole('radio', { name: lang === 'zh' ? '结论' : 'Found' })
          .click()
          .catch(() => {})
        await walk.settle(page, 500)
        const parts = page.locator('.phone-parts')
        for (const [name, shot] of lang === 'zh'
          ? [
              ['进程', 'life'],
              ['台账', 'register'],
            ]
          : [
              ['Life', 'life'],
              ['Register', 'register'],
            ]) {
          await parts.getByRole('radio', { name }).click()
          await walk.settle(page, 600)
          await clean(page, `${shot}, ${lang}, ${width}`)
          await walk.shot(page, `48-title-${shot}-${lang}-${width}`)
        }
      } else {
        await page.waitForSelector('.verdict')
        await clean(page, `title, ${lang}, ${width}`)
        await walk.shot(page, `48-title-${lang}-${width}`)
      }
      await page.context().close()
    })
  }

  await walk.step('the title is revoked with a reason', async () => {
    const { status, body } = await step(reviewer, 'Revoke', (bar) =>
      bar.locator('[name=reason]').fill('Two years in a row below the line'),
    )
    walk.equal('it is revoked', [status, body.state], [200, 'revoked'])
    await walk.shot(reviewer, '49-title-revoked-en')
  })
  walk.check('the city has parks', park.length > 0)
  walk.origin = home
  await planner.context().close()
  await reviewer.context().close()
}
