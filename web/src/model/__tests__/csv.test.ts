import { expect, it } from 'vitest'
import { csv } from '../csv'

it('quotes what a spreadsheet would part and guards what it would run', () => {
  const rows = [
    ['=1+1', 2],
    ['x,"y"', null],
    ['a\rb', undefined],
  ]
  expect(csv(['a', 'b'], rows)).toBe('\ufeffa,b\r\n\'=1+1,2\r\n"x,""y""",\r\n"a\rb",\r\n')
})
