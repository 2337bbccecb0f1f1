/** The scorecard of one park against the answer that it was made of. */
export async function scorecard(walk, page, second) {
  const asked = second.indicators.filter((i) => i.weight !== null || i.threshold !== null)
  const rows = () => page.locator('.mid .panel-body > table tbody tr:not(.group)').count()
  walk.equal('the scorecard has what the scheme asks', await rows(), asked.length + (second.penalty ? 1 : 0))
  walk.equal(
    'missing evidence says so',
    await page.locator('.mid td.val .unknown').count(),
    asked.filter((i) => i.value === null).length,
  )
  const weights = await page.locator('.mid tr.group td.date').allTextContents()
  walk.equal(
    'the heads weigh 100 %',
    weights.map((w) => Number(/\d+/.exec(w)?.[0])).reduce((a, b) => a + b),
    100,
  )
  walk.equal(
    'a bar stands only where there is a threshold',
    await page.locator('.mid td.bar .meter').count(),
    asked.filter((i) => i.threshold !== null).length,
  )
  await walk.settle(page)
  await walk.shot(page, '08-designation')

  await page.getByRole('button', { name: /^另有/ }).click()
  walk.equal('all indicators on demand', await rows(), second.indicators.length + (second.penalty ? 1 : 0))
  await page.getByRole('button', { name: '出租率', exact: true }).click()
  await page.getByRole('button', { name: '看单元记录' }).click()
  await page.waitForSelector('dialog tbody tr')
  walk.check('a figure leads to its rows', (await page.locator('dialog tbody tr').count()) > 0)
  await walk.shot(page, '08-designation-basis')
  await page.keyboard.press('Escape')

  const sheet = await page.pdf({ format: 'A4' })
  const pages = sheet.toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []
  walk.equal('the card prints on one page', pages.length, 1)

  await page.getByLabel('评价方案').click()
  const again = page.waitForResponse((r) => r.url().includes('/processes/designate/execution'))
  await page.getByRole('option', { name: /四川/ }).click()
  const other = await (await again).json()
  await walk.settle(page)
  walk.equal('another scheme is worked out', other.run.pack, 'designation-sichuan')
  walk.check(
    'conditions alone rank nobody',
    other.parks.every((p) => p.rank === null),
  )
  await walk.shot(page, '08-designation-scheme')
}
