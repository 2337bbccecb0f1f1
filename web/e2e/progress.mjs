/** Signs in with an account of the run. */
async function enter(walk, page, account, password) {
  await page.goto(`${walk.base}/#lang=zh&theme=light`)
  await page.locator('.who').click()
  await page.waitForSelector('dialog form')
  await page.fill('[name=account]', account)
  await page.fill('[name=password]', password)
  await page.locator('dialog button[type=submit]').click()
  await page.waitForSelector('dialog', { state: 'detached' })
}

const answered = (page) => page.waitForResponse((r) => r.url().includes('/processes/progress/execution'))

/** The operator enters a month and sees the light turn; the planner reads the board. */
export async function progress(walk) {
  const page = await walk.page()
  const task = page.locator('[data-todo$="-land"]').first()
  const light = () => page.locator('.right .panel-head .light, .sheet .panel-head .light').first().innerText()
  const enterMonth = async (value) => {
    await page.fill('#report-form [name=done]', String(value))
    const again = answered(page)
    await page.locator('#save-report').click()
    const result = await (await again).json()
    await walk.settle(page, 500)
    return result
  }
  let target = 0

  await walk.step('the operator opens the own tasks', async () => {
    await enter(walk, page, process.env.PARKPLAN_OPERATOR ?? 'operator', process.env.PARKPLAN_PASSWORD ?? '')
    await page.locator('nav').getByText('调度', { exact: true }).click()
    await page.waitForSelector('[data-todo]')
    await walk.settle(page, 1200)
    walk.equal('only the own park', await page.locator('tr.group').count(), 1)
    await walk.shot(page, '40-progress-operator')
    await walk.accessible(page, '40-progress-operator')
  })

  await walk.step('a month is entered and the light turns', async () => {
    const id = await task.getAttribute('data-todo')
    await task.click()
    await walk.settle(page, 500)
    walk.equal('nobody reported the month', (await light()).trim(), '缺报')
    const first = await walk.api('/processes/progress/execution', { inputs: {} })
    const told = first.tasks.find((one) => one.id === id)
    target = told.target
    const result = await enterMonth((target * 0.2).toFixed(2))
    const now = result.tasks.find((one) => one.id === id)
    walk.equal('far behind is red', now.shown, 'red')
    walk.check('the page shows the word', (await light()).includes('红灯'), await light())
    walk.check('cause and measure are asked for at once', await page.locator('[role=alert]').isVisible())
    walk.equal(
      'the cursor stands in the cause',
      await page.evaluate(() => document.activeElement?.getAttribute('name')),
      'cause',
    )
    await walk.shot(page, '41-progress-red')
  })

  await walk.step('cause and measure, then a correction', async () => {
    await page.fill('#explain-form [name=cause]', '权属核查未完成')
    await page.fill('#explain-form [name=measure]', '增派专班')
    const kept = answered(page)
    await page.locator('#save-explain').click()
    await kept
    await walk.settle(page, 500)
    walk.equal('nothing is owed', await page.locator('.right .tag.bad').count(), 0)
    await enterMonth((target * 0.7).toFixed(2))
    walk.check('a correction turns it green', (await light()).includes('绿灯'), await light())
    await walk.shot(page, '42-progress-green')
  })

  await walk.step('the operator on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await walk.settle(page, 1500)
    await page
      .getByRole('radio', { name: '结论' })
      .click()
      .catch(() => {})
    await page.waitForSelector('#report-form')
    await enterMonth((target * 0.66).toFixed(2))
    await page
      .locator('.sheet .grab, .sheet [role=slider]')
      .first()
      .click()
      .catch(() => {})
    await walk.settle(page, 600)
    await walk.shot(page, '43-progress-phone')
    await walk.accessible(page, '43-progress-phone')
    await page.getByRole('button', { name: '关闭' }).first().click()
    await page.waitForSelector('.card[data-todo]')
    await walk.shot(page, '44-progress-phone-list')
  })
  await page.context().close()

  const desk = await walk.page()
  await walk.step('the planner reads the board', async () => {
    await enter(walk, desk, process.env.PARKPLAN_PLANNER ?? 'planner', process.env.PARKPLAN_PLANNER_PASSWORD ?? '')
    await desk.locator('nav').getByText('调度', { exact: true }).click()
    await desk.waitForSelector('[data-todo]')
    await walk.settle(desk, 1500)
    const answer = await walk.api('/processes/progress/execution', { inputs: {} })
    walk.equal('every task stands on the board', await desk.locator('[data-todo]').count(), answer.tasks.length)
    for (const word of ['红灯', '黄灯', '绿灯', '缺报', '未开始', '已完成'])
      walk.check(`a light says ${word}`, (await desk.locator('.mid .light', { hasText: word }).count()) > 0)
    walk.check('a promoted red says so', (await desk.locator('.mid .light', { hasText: '连黄' }).count()) > 0)
    walk.check('districts are ranked', (await desk.getByRole('table', { name: '各区排名' }).locator('tr').count()) > 1)
    await walk.shot(desk, '45-progress-board')
    await walk.accessible(desk, '45-progress-board')
    await desk.locator('.left button.row', { hasText: '缺原因' }).click()
    walk.check('what lacks a cause is listed', (await desk.locator('.mid .owes').count()) > 0)
    await desk.locator('.left button.row', { hasText: '缺原因' }).click()
    await desk
      .locator('tr', { has: desk.locator('.light', { hasText: '连黄' }) })
      .first()
      .locator('button')
      .click()
    await walk.settle(desk, 600)
    await walk.shot(desk, '46-progress-promoted')
    const saved = desk.waitForEvent('download')
    await desk.locator('#export-tasks').click()
    walk.check('the list is exported', (await saved).suggestedFilename().endsWith('.csv'))
  })

  await desk.context().close()

  const english = await walk.page({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  await walk.step('the board in English, at 1280 and by category', async () => {
    await english.goto(`${walk.base}/#lang=en&theme=dark`)
    await english.locator('nav').getByText('Tasks', { exact: true }).click()
    await english.waitForSelector('[data-todo]')
    await english.getByRole('radio', { name: 'Category' }).click()
    await walk.settle(english, 1500)
    walk.check(
      'a light says it in English',
      (await english.locator('.mid .light', { hasText: 'in a row' }).count()) > 0,
    )
    await walk.shot(english, '47-progress-en-1280')
    await walk.accessible(english, '47-progress-en-1280')
  })
  await english.context().close()
}
