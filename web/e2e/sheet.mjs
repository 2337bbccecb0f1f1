import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FILL = join(dirname(fileURLToPath(import.meta.url)), '../../tests/e2e/fill.py')

/** The operator fills in the open building by a workbook, and the figures turn. */
export async function byTable(walk, page) {
  const folder = mkdtempSync(join(tmpdir(), 'sheet-'))
  const fill = (from, to, edits) => execFileSync('python3', [FILL, from, to, JSON.stringify(edits)])
  const overview = async () => {
    const session = await (await page.request.get(`${walk.base}/session`)).json()
    return (await page.request.get(`${walk.base}/parks/${session.parks[0]}/occupancy`)).json()
  }
  const template = join(folder, 'template.xlsx')
  let before

  await walk.step('template', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await walk.settle(page, 800)
    // A building that waits: its figures are old.
    await page
      .locator('.b-row', { has: page.locator('.tag.warn') })
      .first()
      .click()
    await walk.settle(page, 600)
    await walk.shot(page, '25-todo')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: '下载模板' }).click()
    await walk.shot(page, '25-template-menu')
    await page.locator('#template-building').click()
    await (await download).saveAs(template)
    before = await overview()
    walk.check('the template is a workbook', readFileSync(template).subarray(0, 2).toString() === 'PK')
  })

  await walk.step('a table is judged cell by cell', async () => {
    const bad = join(folder, '填报.xlsx')
    fill(template, bad, { 'M*': before.as_of, F2: '出租', I2: '星辰科技', K2: 41.5, F3: '租出', G4: -3, I5: '' })
    await page.locator('#upload-sheet').click()
    await page.waitForSelector('#choose-sheet')
    await walk.shot(page, '26-drop')
    await walk.accessible(page, 'the empty upload')
    await page.setInputFiles('#sheet-file', bad)
    await page.waitForSelector('[data-kind]')
    await walk.settle(page, 400)
    walk.check('F3 is refused by its address', await page.locator('tr.bad[data-at=F3]').isVisible())
    walk.check('G4 too', await page.locator('tr.bad[data-at=G4]').isVisible())
    walk.check('F2 or its figures change', await page.locator('tr[data-at=I2]').isVisible())
    await walk.shot(page, '26-judged')
    await walk.accessible(page, 'the judged table')
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ]) {
      await page.setViewportSize({ width, height })
      await walk.settle(page, 500)
      await walk.shot(page, `26-judged-${width}`)
      if (width === 390) await walk.accessible(page, 'a phone')
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  await walk.step('and written at once', async () => {
    const good = join(folder, 'good.xlsx')
    fill(template, good, { 'M*': before.as_of, F2: '出租', I2: '星辰科技', K2: 41.5, F3: '租出' })
    await page.setInputFiles('#sheet-file', good)
    await page.waitForSelector('tr[data-at=I2]')
    await walk.settle(page, 400)
    await page.locator('#apply-sheet').click()
    await page.waitForSelector('#receipt')
    const number = await page.locator('[data-receipt]').getAttribute('data-receipt')
    const answer = await (await page.request.get(`${walk.base}/receipts/${number}`)).json()
    walk.check('there is a receipt', /^R\d{8}-\d+$/.test(number), number)
    walk.equal('it says what was done', [answer.number, answer.counts.rejected], [number, 1])
    await walk.shot(page, '27-receipt')
    await walk.accessible(page, 'the receipt')
    const download = page.waitForEvent('download')
    await page.locator('#rejects-xlsx').click()
    walk.check('rejects come as a file', (await download).suggestedFilename().includes(number))
    await page.locator('#close-sheet').click()
    await walk.settle(page, 800)
    const after = await overview()
    const code = answer.rejects[0].building
    const stale = (o) => o.buildings.find((b) => b.code === code).stale_floors
    walk.check(
      'the building is fresh',
      stale(after) < stale(before) || stale(before) === 0,
      `${stale(before)} ${stale(after)}`,
    )
    walk.check('the stale share falls', after.totals.stale_share <= before.totals.stale_share)
    await walk.shot(page, '28-turned')
    await walk.accessible(page, 'the page')
  })

  await walk.step('confirming is taken back', async () => {
    const answered = page.waitForResponse((r) => r.url().includes('/units:batch'))
    await page
      .locator('.b-row', { has: page.locator('.tag.warn') })
      .first()
      .click()
    await walk.settle(page, 600)
    await page.locator('#confirm-all').click()
    const made = await (await answered).json()
    await walk.shot(page, '29-confirmed')
    const undone = page.waitForResponse((r) => r.url().includes('/units:undo'))
    await page.getByRole('button', { name: '撤销' }).first().click()
    walk.equal('every unit is as it was', (await (await undone).json()).units, made.done.length)
    await walk.settle(page, 600)
    await walk.shot(page, '29-undone')
  })

  await walk.step('a report is handed in', async () => {
    await walk.shot(page, '30-before')
    const first = page.locator('#reports li button').first()
    await first.scrollIntoViewIfNeeded()
    const answered = page.waitForResponse((r) => r.url().includes('/reports') && r.request().method() === 'POST')
    await first.click()
    walk.equal('it is received', (await answered).status(), 201)
    await walk.settle(page, 400)
    await walk.shot(page, '30-reports')
  })

  await walk.step('in English', async () => {
    await page.evaluate(() => (location.hash = location.hash.replace('lang=zh', 'lang=en')))
    await page.goto(`${walk.base}/#lang=en&s=occupancy`)
    await page.reload()
    await page.waitForSelector('[data-unit]')
    await walk.settle(page, 1200)
    await walk.shot(page, '31-english')
    await page.locator('#upload-sheet').click()
    await page.setInputFiles('#sheet-file', join(folder, '填报.xlsx'))
    await page.waitForSelector('[data-kind]')
    await walk.settle(page, 400)
    await walk.shot(page, '31-judged-english')
    await page.keyboard.press('Escape')
    await page.goto(`${walk.base}/#lang=zh`)
    await page.reload()
    await page.waitForSelector('[data-unit]')
  })
}
