import allocate from './allocate.json'
import capacity from './capacity.json'
import consolidate from './consolidate.json'
import designate from './designate.json'
import exporting from './export.json'
import importing from './import.json'
import match from './match.json'
import occupancy from './occupancy.json'
import progress from './progress.json'
import shared from './shared.json'
import virtual from './virtual.json'

/** The words of all tasks: what only one of them says stands in its own file. */
export const tasks = {
  ...allocate,
  ...capacity,
  ...consolidate,
  ...designate,
  ...exporting,
  ...importing,
  ...match,
  ...occupancy,
  ...progress,
  ...shared,
  ...virtual,
}
