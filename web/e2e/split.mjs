/** One parcel into several: equal parts by the form, then a drawn line; the planner is signed in on `page`. */
export async function split(walk, page) {
  const json = async (path) =>
    (await page.request.get(walk.base + path, { headers: { Accept: 'application/json' } })).json()
  const large = (
    await walk.api('/collections/parcel/search', {
      filter: 'planar_area_m2 > 5000',
      sortby: '-planar_area_m2',
      limit: 3,
      skipGeometry: true,
    })
  ).features
  const drafted = () => page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/instruments'))
  async function open(code) {
    await page.goto('about:blank')
    await page.goto(`${walk.base}/#v=1&task=query&sel=p:${code}&lang=zh&theme=light`)
    await page.waitForSelector('#split')
    await walk.settle(page)
    await page.locator('#split').click()
    await page.waitForSelector('#split-form')
  }

  await walk.step('a parcel is split into equal parts', async () => {
    const parcel = large[0].id
    await open(parcel)
    await page.fill('[name=split-count]', '1')
    walk.check('one part is no split', await page.locator('#split-draft').isDisabled())
    await page.fill('[name=split-count]', '3')
    await walk.shot(page, '20-split')
    const answered = drafted()
    await page.locator('#split-draft').click()
    const made = await (await answered).json()
    await page.waitForSelector('#inst-state')
    walk.equal(
      'the draft has the parcel and three parts',
      [made.kind, made.parents, made.children.length],
      ['split', [parcel], 3],
    )
    const areas = made.ledger.children.map((child) => child.planar_area_m2)
    walk.check(
      'the parts are equal and together the parcel',
      Math.max(...areas) - Math.min(...areas) < 1e-5 && Math.abs(made.ledger.residual_m2) <= 1e-6,
      JSON.stringify(areas),
    )
    await walk.settle(page, 800)
    await walk.shot(page, '21-split-draft')
    await page.locator('[data-to=reviewed]').click()
    await page.waitForSelector('[data-to=in_force]')
    await page.locator('[data-to=in_force]').click()
    await page.waitForSelector('#undo-instrument')
    await page.waitForSelector('#lineage .node')
    walk.equal('the lineage shows the parcel and its parts', await page.locator('#lineage .node').count(), 4)
    const family = await json(`/lineage/${parcel}`)
    walk.equal(
      'the parts stand, the parcel does not',
      family.nodes
        .filter((n) => n.alive)
        .map((n) => n.code)
        .sort(),
      [...made.children].sort(),
    )
    await page.locator('#undo-instrument').click()
    await page.waitForSelector('[data-to=reviewed]')
    await page.locator('[data-to=reviewed]').click()
    await page.waitForSelector('[data-to=in_force]')
    await page.locator('[data-to=in_force]').click()
    await page.waitForFunction(() => document.querySelector('#inst-state')?.textContent?.includes('已生效'))
    walk.check(
      'undone, the parcel stands again',
      (await json(`/lineage/${parcel}`)).nodes.find((n) => n.code === parcel).alive,
    )
  })

  await walk.step('a parcel is split along a drawn line', async () => {
    await open(large[1].id)
    await page.locator('.right .panel-head [aria-label="缩放到选中"]').click()
    await walk.settle(page, 1500)
    await page.locator('#split-form [data-value=line]').click()
    walk.check('without a line nothing can be drafted', await page.locator('#split-draft').isDisabled())
    const box = await page.locator('canvas[role=application]').boundingBox()
    const middle = box.x + box.width / 2
    await page.mouse.click(middle, box.y + 8)
    await page.mouse.move(middle, box.y + box.height / 2, { steps: 3 })
    await page.mouse.dblclick(middle, box.y + box.height - 8)
    await page.waitForSelector('#split-draft:enabled')
    await walk.shot(page, '22-split-line')
    const answered = drafted()
    await page.locator('#split-draft').click()
    const answer = await answered
    const made = await answer.json()
    walk.check(
      'the line makes parts',
      answer.status() === 201 && made.children.length >= 2,
      JSON.stringify(made).slice(0, 300),
    )
    const taken = page.waitForResponse((r) => r.url().includes('/transitions'))
    await page.locator('.toast .act').click()
    walk.equal('undo in the toast withdraws the split', (await (await taken).json()).state, 'withdrawn')
  })
}
