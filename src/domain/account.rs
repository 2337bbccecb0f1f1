//! Accounts: who a person is and may be, never the hash of a password.

use serde::{Deserialize, Serialize};

/// An account as the house sees it.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Account {
    pub account: String,
    pub name: String,
    pub role: Role,
    /// Codes of the parks an operator may write in.
    pub parks: Vec<String>,
    pub disabled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Guest,
    /// Signed in, with no more rights than a guest but to be known by name.
    Viewer,
    Operator,
    Planner,
    /// Decides on what planners draft.
    Reviewer,
    Admin,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Guest => "guest",
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::Planner => "planner",
            Role::Reviewer => "reviewer",
            Role::Admin => "admin",
        }
    }

    pub fn parse(text: &str) -> Option<Role> {
        [Role::Viewer, Role::Operator, Role::Planner, Role::Reviewer, Role::Admin].into_iter().find(|role| role.as_str() == text)
    }
}
