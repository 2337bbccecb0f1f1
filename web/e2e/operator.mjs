import { byTable } from './sheet.mjs'

/** Signs in through the one-time link or with a given account. Without either this path cannot be walked. */
async function enter(walk, page) {
  const setup = process.env.PARKPLAN_SETUP_URL
  const account = process.env.PARKPLAN_OPERATOR ?? 'operator'
  const password = process.env.PARKPLAN_PASSWORD ?? 'e2e-operator-pass'
  if (setup) {
    await page.goto(
      setup.startsWith('http') ? walk.base + new URL(setup).pathname + new URL(setup).hash : walk.base + setup,
    )
    await page.waitForSelector('dialog form')
    await page.fill('[name=account]', account)
    await page.fill('[name=password]', password)
    await page.getByRole('radio', { name: '园区运营' }).click()
    await page.locator('dialog [name=park]').first().check()
  } else {
    await page.goto(`${walk.base}/#lang=zh&theme=light`)
    await page.locator('.who').click()
    await page.waitForSelector('dialog form')
    await page.fill('[name=account]', account)
    await page.fill('[name=password]', password)
  }
  await page.locator('dialog button[type=submit]').click()
  await page.waitForSelector('dialog', { state: 'detached' })
  await page.waitForSelector('[data-unit]')
}

export async function operator(walk) {
  const page = await walk.page()
  const unitOf = async (id) => (await page.request.get(`${walk.base}/units/${encodeURIComponent(id)}`)).json()
  const openUnit = async (id) => {
    await page.locator(`[data-unit="${id}"]`).click()
    await page.waitForSelector('#unit-form [name=note]')
    await walk.settle(page, 400)
  }
  let id = ''
  let building = ''

  await walk.step('sign in', async () => {
    await enter(walk, page)
    await walk.settle(page, 1500)
    const session = await (await page.request.get(`${walk.base}/session`)).json()
    walk.equal('signed in as an operator', session.role, 'operator')
    walk.check('the operator lands on the park', await page.locator('.kpi').isVisible())
    await walk.shot(page, '20-operator')
    await walk.accessible(page, '20-operator')
  })

  await walk.step('edit a unit', async () => {
    const first = page.locator('[data-unit]').first()
    id = await first.getAttribute('data-unit')
    building = (await unitOf(id)).building
    await openUnit(id)
    const note = `e2e ${Date.now()}`
    await page.fill('[name=note]', note)
    await page.getByRole('radio', { name: '装修', exact: true }).click()
    await walk.shot(page, '21-unit-form')
    await walk.accessible(page, '21-unit-form')
    const saved = page.waitForResponse((r) => r.request().method() === 'PATCH')
    await page.locator('#save-unit').click()
    const response = await saved
    walk.equal('the change is accepted', response.status(), 200)
    walk.check('it was sent with If-Match', !!response.request().headers()['if-match'])
    await page.reload()
    await page.waitForSelector('[data-unit]')
    const row = page.locator('.b-row', { has: page.locator('span') })
    if (!(await page.locator(`[data-unit="${id}"]`).count())) await row.first().click()
    await page.evaluate(() => 0)
    const now = await unitOf(id)
    walk.equal('after a reload the note is there', now.note, note)
    walk.equal('after a reload the state is there', now.state, 'fit_out')
    if (await page.locator(`[data-unit="${id}"]`).count()) {
      await openUnit(id)
      walk.equal('the form shows it', await page.inputValue('[name=note]'), note)
    }
  })

  await walk.step('conflict', async () => {
    if (!(await page.locator(`[data-unit="${id}"]`).count()))
      id = await page.locator('[data-unit]').first().getAttribute('data-unit')
    await openUnit(id)
    const mine = `mine ${Date.now()}`
    await page.fill('[name=note]', mine)
    const now = await unitOf(id)
    const theirs = await page.request.patch(`${walk.base}/units/${encodeURIComponent(id)}`, {
      headers: { 'If-Match': now.etag, 'Content-Type': 'application/merge-patch+json', 'X-Requested-With': 'parkplan' },
      data: JSON.stringify({ note: 'theirs' }),
    })
    walk.equal('someone else saves first', theirs.status(), 200)
    await walk.settle(page, 600)
    walk.equal('what was typed stays', await page.inputValue('[name=note]'), mine)
    await page.locator('#save-unit').click()
    await page.waitForSelector('#conflict')
    walk.equal('mine is shown', await page.locator('[data-mine=note]').innerText(), mine)
    walk.equal('theirs is shown beside it', await page.locator('[data-theirs=note]').innerText(), 'theirs')
    await walk.shot(page, '22-conflict')
    await page.locator('#keep-mine').click()
    await page.waitForSelector('#conflict', { state: 'detached' })
    await walk.settle(page)
    walk.equal('keeping mine saves it', (await unitOf(id)).note, mine)
  })

  await walk.step('same as last month', async () => {
    const answered = page.waitForResponse((r) => r.url().includes('/units:batch'))
    await page.locator('#confirm-all').click()
    const result = await (await answered).json()
    walk.check(
      'a whole building is confirmed at once',
      result.done.length > 0 && result.refused.length === 0,
      JSON.stringify(result).slice(0, 200),
    )
    await walk.settle(page)
    await walk.shot(page, '23-confirmed')
  })

  await byTable(walk, page)

  await walk.step('operator on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await walk.settle(page, 2000)
    walk.check('the stack is a list of floors', (await page.locator('.sheet li').count()) > 0, building)
    await walk.shot(page, '24-phone-operator')
    await walk.accessible(page, '24-phone-operator')
  })
  await page.context().close()
}
