//! Virtual parks: planners keep them, everybody sees them.

use super::{Case, Faults, KeptTable, Written};
use crate::domain::columns::virtual_park;
use crate::domain::fault::Outcome;
use crate::domain::{LayerId, Row};

pub(super) struct VirtualParks;

impl KeptTable for VirtualParks {
    fn may(&self, case: &Case<'_>, _: Written<'_>) -> Outcome<()> {
        case.viewer.planner().map(|_| ())
    }

    fn check(&self, case: &Case<'_>, _: Option<&Row>, after: &Row, faults: &mut Faults) {
        // Accounts have rights by the code alone, so a park and a virtual park never share one.
        if after.text(virtual_park::CODE).is_some_and(|code| case.city.table(LayerId::Park).row_of(code).is_some()) {
            faults.add(virtual_park::CODE.name(), "已有同代码的园区，请另取一个", "a park has this code already; take another one");
        }
        if after.text(virtual_park::FOUNDED).is_some_and(|founded| founded > case.today) {
            faults.add(virtual_park::FOUNDED.name(), "设立日期不能在将来", "it cannot be founded in the future");
        }
    }
}
