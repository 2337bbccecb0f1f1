//! [`AccountStore`]: people, their sessions and sign-ins. These are no edits of the city and touch no revision.

use crate::domain::Account;
use crate::domain::fault::Outcome;

/// Accounts and sessions. Only hashes of passwords and tokens are kept.
pub trait AccountStore: Send + Sync {
    fn accounts(&self) -> Outcome<Vec<Account>>;

    /// The account with its password hash (PHC text).
    fn account(&self, account: &str) -> Outcome<Option<(Account, String)>>;

    /// Adds or changes an account; without a hash the old one stays. A disabled account, and one with a new password, loses its sessions.
    fn put_account(&self, account: &Account, password_hash: Option<&str>) -> Outcome<()>;

    fn put_session(&self, token_hash: &str, account: &str, expires_unix: i64) -> Outcome<()>;

    /// The account behind a session that has not expired and is not disabled.
    fn session(&self, token_hash: &str, now_unix: i64) -> Outcome<Option<Account>>;

    fn drop_session(&self, token_hash: &str) -> Outcome<()>;
}
