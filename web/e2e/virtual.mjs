/**
 * A planner and virtual parks: figures as answered, a member refused at its field, then one admitted and one released.
 */
export async function virtual(walk) {
  const account = process.env.PARKPLAN_PLANNER
  const password = process.env.PARKPLAN_PLANNER_PASSWORD
  if (!account || !password) {
    console.log('skip virtual parks: no planner account given')
    return
  }
  const signedIn = async (options) => {
    const page = await walk.page(options)
    await page.request.post(`${walk.base}/session`, {
      headers: { 'X-Requested-With': 'parkplan', Origin: walk.origin },
      data: { account, password },
    })
    return page
  }
  const page = await signedIn()
  const answered = () => page.waitForResponse((r) => r.url().includes('/processes/virtualparks/execution'))
  let first = null

  await walk.step('virtual parks', async () => {
    const answer = answered()
    await page.goto(`${walk.base}/#v=1&task=virtual&lang=zh&theme=light`)
    first = (await (await answer).json()).parks[0]
    await page.waitForSelector('.mid table tbody tr')
    const told = first.indicators.filter((i) => i.verdict !== 'not_applicable')
    const rows = () => page.locator('.mid table tbody tr:not(.group)').count()
    walk.equal('what applies is shown', await rows(), told.length)
    await page.getByRole('button', { name: /项不适用/ }).click()
    walk.equal('what does not apply on demand', await rows(), first.indicators.length)
    walk.check('it says so', (await page.locator('.mid td.val', { hasText: '不适用' }).count()) > 0)
    walk.equal(
      'members of the day',
      Number(await page.locator('.right .panel-head .tag').first().textContent()),
      [...first.members.filter((m) => m.current)].length,
    )
    walk.check('a planner sees no firm', !(await page.locator('.right').innerText()).includes('9144'))
    await walk.settle(page, 1500)
    await walk.shot(page, '12-virtual')
    await walk.accessible(page, '12-virtual')
  })
  await walk.step('admission and leaving', async () => {
    await page.getByRole('button', { name: '办理入园' }).click()
    await page.locator('dialog').getByText('建筑', { exact: true }).click()
    await page.locator('dialog input[name=building]').fill('nowhere')
    await page.locator('dialog button[type=submit]').click()
    await page.waitForSelector('dialog .fault')
    walk.check('what is not there is refused at its field', await page.locator('dialog .fault').innerText(), 'no fault')
    await walk.shot(page, '12-virtual-refused')
    await walk.accessible(page, '12-virtual-refused')
    const buildings = await walk.api('/collections/building/items?limit=50')
    const stranger = buildings.features.find((one) => !first.members.some((m) => m.who === one.id))
    await page.locator('dialog input[name=building]').fill(stranger.id)
    const again = answered()
    await page.locator('dialog button[type=submit]').click()
    const now = (await (await again).json()).parks[0]
    walk.equal('it is a member now', now.buildings, first.buildings + 1)
    await page.getByRole('button', { name: '退园' }).first().click()
    await page.waitForSelector('dialog')
    await walk.shot(page, '12-virtual-release')
    const after = answered()
    await page.locator('dialog button[type=submit]').click()
    const rest = (await (await after).json()).parks[0]
    const current = (park) => park.members.filter((m) => m.current).length
    walk.equal('one has left', current(rest), current(now) - 1)
  })
  await walk.step('in English and on a phone', async () => {
    const english = await signedIn({ viewport: { width: 1280, height: 800 } })
    await english.goto(`${walk.base}/#v=1&task=virtual&lang=en&theme=light`)
    await english.waitForSelector('.mid table tbody tr')
    await walk.settle(english, 1200)
    walk.check('in English', await english.getByRole('button', { name: 'Admit' }).isVisible())
    await walk.shot(english, '12-virtual-en')
    await walk.accessible(english, '12-virtual-en')
    const phone = await walk.page({ viewport: { width: 390, height: 844 }, hasTouch: true })
    await phone.goto(`${walk.base}/#v=1&task=virtual&lang=zh&theme=light`)
    await walk.settle(phone, 1500)
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    walk.check('nothing runs over the edge of a phone', !wide)
    await walk.shot(phone, '12-virtual-phone')
    await walk.accessible(phone, '12-virtual-phone')
  })
}
