//! Who may see and do what. Every use case takes a [`Viewer`]; rights are part of the query, not of the page.

use crate::domain::{Account, Fault, FaultKind, Role};

/// The person (or nobody) behind a request.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    account: Option<Account>,
    /// Has the city file itself in hand, from which nothing can be withheld.
    holds_file: bool,
}

impl Viewer {
    pub fn guest() -> Self {
        Viewer::default()
    }

    pub fn of(account: Account) -> Self {
        Viewer { account: Some(account), holds_file: false }
    }

    /// The person at the machine itself, who has the city file in hand.
    pub fn local() -> Self {
        let account = "cli".to_owned();
        Viewer { account: Some(Account { name: account.clone(), account, role: Role::Admin, parks: Vec::new(), disabled: false }), holds_file: true }
    }

    /// The person at the machine itself, at work for a park.
    pub fn local_of(park: &str) -> Self {
        let account = "cli".to_owned();
        Viewer {
            account: Some(Account { name: account.clone(), account, role: Role::Operator, parks: vec![park.to_owned()], disabled: false }),
            holds_file: true,
        }
    }

    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    pub fn role(&self) -> Role {
        self.account.as_ref().map_or(Role::Guest, |account| account.role)
    }

    pub fn name(&self) -> &str {
        self.account.as_ref().map_or("", |account| account.account.as_str())
    }

    /// Owners of parcels are register data: the bureau's own people see them.
    pub fn sees_private(&self, collection: &str) -> bool {
        collection == "parcel" && matches!(self.role(), Role::Planner | Role::Reviewer | Role::Admin)
    }

    /// Tenants, rents and notes are seen inside their park only.
    pub fn sees_tenants_of(&self, park: Option<&str>) -> bool {
        self.operates(park)
    }

    /// Who may read what is told inside a park only.
    pub fn is_inside(&self, park: &str) -> bool {
        self.holds_file || self.operates(Some(park))
    }

    pub fn operates(&self, park: Option<&str>) -> bool {
        let Some(account) = &self.account else { return false };
        account.role == Role::Operator && park.is_some_and(|park| account.parks.iter().any(|own| own == park))
    }

    /// The account, or 401.
    pub fn signed_in(&self) -> Result<&Account, Fault> {
        self.account.as_ref().ok_or_else(|| {
            Fault::new(FaultKind::Unauthorised, "sign_in", "请先登录", "sign in first")
                .help("用园区或规划账号登录后再试", "sign in with an operator's or planner's account and try again")
        })
    }

    /// The account if it may keep plans, or 401/403.
    pub fn planner(&self) -> Result<&Account, Fault> {
        let account = self.signed_in()?;
        match account.role {
            Role::Planner | Role::Admin => Ok(account),
            _ => Err(Fault::new(FaultKind::Forbidden, "planners_only", "此操作限规划账号", "only planners may do this")),
        }
    }

    /// The account if it decides on what planners draft, or 401/403.
    pub fn reviewer(&self) -> Result<&Account, Fault> {
        let account = self.signed_in()?;
        match account.role {
            Role::Reviewer | Role::Admin => Ok(account),
            _ => Err(Fault::new(FaultKind::Forbidden, "reviewers_only", "此操作限审核账号", "only reviewers may do this")
                .help("请由审核员或管理员登录后办理", "have a reviewer or an administrator sign in and do it")),
        }
    }

    /// The account if it is the bureau's, planner or reviewer, or 401/403.
    pub fn official(&self) -> Result<&Account, Fault> {
        self.planner().or_else(|fault| self.reviewer().map_err(|_| fault))
    }

    /// The account if it may write in `park`, or 401/403.
    pub fn operator_of(&self, park: Option<&str>) -> Result<&Account, Fault> {
        let account = self.signed_in()?;
        if self.operates(park) {
            return Ok(account);
        }
        Err(Fault::new(FaultKind::Forbidden, "other_park", "只能填报本园区的单元", "you may only update units of your own park")
            .help("请用该园区的运营账号登录", "sign in with an account of that park"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(role: Role, parks: &[&str]) -> Viewer {
        Viewer::of(Account {
            account: "a".into(),
            name: "a".into(),
            role,
            parks: parks.iter().map(|park| (*park).to_owned()).collect(),
            disabled: false,
        })
    }

    #[test]
    fn only_the_parks_own_operator_sees_tenants_and_writes() {
        for (who, may) in [
            (Viewer::guest(), false),
            (viewer(Role::Operator, &["P01"]), true),
            (viewer(Role::Operator, &["P02"]), false),
            (viewer(Role::Planner, &["P01"]), false),
            (viewer(Role::Admin, &["P01"]), false),
        ] {
            assert_eq!(who.sees_tenants_of(Some("P01")), may);
            assert_eq!(who.operator_of(Some("P01")).is_ok(), may);
            assert!(!who.sees_tenants_of(None));
        }
    }
}
