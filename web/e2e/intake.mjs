import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digits } from './lib.mjs'

const MAKE = join(dirname(fileURLToPath(import.meta.url)), '../../tests/e2e/intake_files.py')

async function signIn(page, base) {
  await page.request.post(`${base}/session`, {
    headers: { 'X-Requested-With': 'parkplan' },
    data: { account: process.env.PARKPLAN_PLANNER, password: process.env.PARKPLAN_PLANNER_PASSWORD },
  })
}

/** Two files of a sender go into the city and out again: a shapefile in GBK, and a workbook that renames parcels. */
export async function intake(walk) {
  const page = await walk.page()
  const folder = mkdtempSync(join(tmpdir(), 'intake-'))
  const found = await walk.api('/collections/parcel/items?limit=3')
  const codes = found.features.map((feature) => feature.id)
  const [lon, lat] = found.features[0].geometry.coordinates.flat(Infinity)
  execFileSync('python3', [MAKE, folder, JSON.stringify({ at: [lon, lat], codes })])
  const count = async (kind) => digits(await page.locator(`[data-count=${kind}] b`).textContent())
  const own = "code LIKE 'E2E-%'"
  /** A click, and the answer that it brings. */
  const answered = async (part, click) => {
    const answer = page.waitForResponse((r) => r.url().includes(part) && r.request().method() === 'POST')
    await click()
    return answer
  }

  await walk.step('the task stands before a planner', async () => {
    await signIn(page, walk.base)
    await page.goto(`${walk.base}/#v=1&task=import&lang=zh&theme=light`)
    await page.waitForSelector('#choose-import')
    await walk.settle(page, 900)
    await walk.shot(page, '70-import-empty')
    await walk.accessible(page, 'the empty task')
  })

  await walk.step('a shapefile in GBK is read and drawn', async () => {
    await page.setInputFiles('#import-file', join(folder, '新增宗地.zip'))
    await page.waitForSelector('[data-finding=crs_fits]')
    await walk.settle(page, 900)
    const encoding = page.locator('[aria-label=文字编码] label.on')
    walk.check('GB18030 is found, with its texts', (await encoding.textContent()).includes('深圳湾科技生态园'))
    walk.check('UTF-8 is out', await page.locator('input[value="UTF-8"]').isDisabled())
    walk.equal('the fields are listed', await page.locator('tr[data-field]').count(), 4)
    await walk.shot(page, '71-import-read')
    await walk.accessible(page, 'the file')
  })

  await walk.step('a field is mapped by hand and the mapping is kept', async () => {
    const field = page.locator('tr[data-field=DKMC]')
    await field.locator('.select-plain').click()
    await answered('/preview', () => page.getByRole('option', { name: /^名称/ }).click())
    await page.fill('#profile-name', '光明区报件')
    await answered('/import-profiles', () => page.locator('#save-profile').click())
    await walk.settle(page, 400)
    await walk.shot(page, '72-import-mapped')
  })

  let revision
  await walk.step('a dry run shows what would come of it', async () => {
    await page.locator('#try-import').click()
    await page.waitForSelector('[data-count=added]')
    await walk.settle(page, 900)
    walk.equal('six would be added', await count('added'), 6)
    walk.check('the crossing ring is told', (await page.locator('[data-figure=repaired]').textContent()) === '1')
    walk.equal('nothing is written', await walk.hits(own), 0)
    await walk.shot(page, '73-import-tried')
    await walk.accessible(page, 'the difference')
    await page.locator('tr[data-diff=added]').first().click()
    await walk.settle(page, 700)
    await walk.shot(page, '73-import-row')
  })

  await walk.step('it is written as one edit and taken back', async () => {
    await page.locator('#commit-import').click()
    await page.waitForSelector('#import-done')
    revision = Number(await page.locator('#import-done').getAttribute('data-revision'))
    walk.check('it has a revision', revision > 0, revision)
    walk.equal('the parcels are there', await walk.hits(own), 6)
    await walk.settle(page, 700)
    await walk.shot(page, '74-import-done')
    await answered('/imports:undo', () => page.locator('#undo-import').click())
    await walk.settle(page, 500)
    walk.equal('and gone again', await walk.hits(own), 0)
    await walk.shot(page, '75-import-undone')
  })

  await walk.step('a workbook renames parcels and says what it left out', async () => {
    await page.setInputFiles('#import-file', join(folder, '更新.xlsx'))
    await page.waitForSelector('tr[data-field=宗地号]')
    await page.getByRole('radio', { name: '更新', exact: true }).click()
    for (const [field, column] of [
      ['宗地号', /^宗地代码/],
      ['地块名称', /^名称/],
    ]) {
      const row = page.locator(`tr[data-field=${field}]`)
      if ((await row.locator('.select-plain').textContent()).match(column)) continue
      await row.locator('.select-plain').click()
      await answered('/preview', () => page.getByRole('option', { name: column }).click())
      await walk.settle(page, 300)
    }
    await page.locator('#try-import').click()
    await page.waitForSelector('[data-count=changed]')
    await walk.settle(page, 700)
    walk.equal('three change', await count('changed'), 3)
    await walk.shot(page, '76-import-update')
    const download = page.waitForEvent('download')
    await page.locator('#rejects-csv').click()
    const file = join(folder, 'rejects.csv')
    await (await download).saveAs(file)
    walk.check('what was left out is a file', readFileSync(file, 'utf8').includes('NOT-THERE'))
    await page.locator('#commit-import').click()
    await page.waitForSelector('#import-done')
    const item = await walk.api(`/collections/parcel/items/${encodeURIComponent(codes[0])}`)
    walk.equal('a name is new', item.properties.name, '更名地块1')
    await answered('/imports:undo', () => page.locator('#undo-import').click())
  })

  await walk.step('in English, on a small screen and on a phone', async () => {
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=import&lang=en&theme=light`)
    await page.waitForSelector('#choose-import')
    await page.setInputFiles('#import-file', join(folder, '新增宗地.zip'))
    await page.waitForSelector('[data-finding=crs_fits]')
    await page.locator('#try-import').click()
    await page.waitForSelector('[data-count=added]')
    await walk.settle(page, 700)
    await walk.shot(page, '77-import-english')
    await page.setViewportSize({ width: 1280, height: 800 })
    await walk.settle(page, 500)
    await walk.shot(page, '77-import-1280')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=import&lang=zh&theme=light`)
    await page.waitForSelector('#choose-import')
    await walk.settle(page, 500)
    await walk.shot(page, '78-import-phone')
    await page.setInputFiles('#import-file', join(folder, '新增宗地.zip'))
    await page.waitForSelector('#try-import:not([disabled])')
    await page.locator('#try-import').click()
    await walk.settle(page, 900)
    await walk.shot(page, '78-import-phone-asked')
    await page.getByRole('radio', { name: '结论' }).click()
    await page.waitForSelector('[data-count=added]')
    await walk.settle(page, 300)
    await walk.shot(page, '78-import-phone-found')
    await walk.accessible(page, 'a phone')
    await page.getByRole('radio', { name: '逐条' }).click()
    await walk.settle(page, 300)
    await walk.shot(page, '78-import-phone-rows')
  })

  await walk.step('whoever is no planner does not see it', async () => {
    const guest = await walk.page()
    await guest.goto(`${walk.base}/#lang=zh`)
    await walk.settle(guest, 700)
    walk.equal('no task for guests', await guest.getByRole('button', { name: '导入', exact: true }).count(), 0)
    await guest.context().close()
  })
  await page.context().close()
}
