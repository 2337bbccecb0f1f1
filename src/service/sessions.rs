//! Signing in: argon2id hashes, random tokens of which only the hash is kept, slow-down after failures, the one-time set-up link.

use super::Viewer;
use super::pace::Pace;
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Account, Fault, FaultKind, LayerId, Role};
use crate::store::AccountStore;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// How long a session lasts without signing in again.
const SESSION_SECONDS: i64 = 12 * 3600;
const SHORTEST_PASSWORD: usize = 10;

/// Accounts and who is signed in.
pub struct People {
    accounts: Arc<dyn AccountStore>,
    pace: Pace,
    setup: Mutex<Option<String>>,
}

/// What the first-run form sends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    pub token: String,
    pub account: String,
    pub password: String,
    pub role: String,
    #[serde(default)]
    pub parks: Vec<String>,
}

impl People {
    pub(super) fn new(accounts: Arc<dyn AccountStore>) -> Self {
        People { accounts, pace: Pace::default(), setup: Mutex::default() }
    }

    /// A one-time token for making the first account; none when accounts exist.
    pub fn setup_token(&self) -> Outcome<Option<String>> {
        if !self.accounts.accounts()?.is_empty() {
            return Ok(None);
        }
        let token = random_token()?;
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = Some(sha256_hex(token.as_bytes()));
        Ok(Some(token))
    }

    /// Whether the one-time link is open.
    pub fn awaits_setup(&self) -> bool {
        self.setup.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Makes the first account and signs it in. The link works once; a form with a mistake may be sent again, and who guesses does not use it up.
    pub fn set_up(&self, city: &City, setup: &Setup) -> Outcome<(Account, String)> {
        // Hashes are compared: how long that takes tells nothing of the token.
        let given = sha256_hex(setup.token.as_bytes());
        let expected = self.setup.lock().unwrap_or_else(PoisonError::into_inner).take_if(|expected| *expected == given);
        if expected.is_none() {
            return Err(Fault::new(FaultKind::Forbidden, "setup_link", "一次性链接不对或已用过", "the one-time link is wrong or was used")
                .help("重新启动服务会给出新的链接", "restart the server for a new link"));
        }
        let made = self.add_account(city, &setup.account, &setup.account, &setup.role, &setup.parks, &setup.password);
        if made.is_err() {
            *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = expected;
        }
        let account = made?;
        let token = self.open_session(&account.account)?;
        Ok((account, token))
    }

    /// All accounts, by name.
    pub fn accounts(&self) -> Outcome<Vec<Account>> {
        self.accounts.accounts()
    }

    pub fn account(&self, account: &str) -> Outcome<Option<Account>> {
        Ok(self.accounts.account(account)?.map(|(account, _)| account))
    }

    /// Keeps a changed account with the password that it has.
    pub fn put_account(&self, account: &Account) -> Outcome<()> {
        self.accounts.put_account(account, None)
    }

    /// Adds an account or changes its name, role, parks and password.
    pub fn add_account(&self, city: &City, account: &str, name: &str, role: &str, parks: &[String], password: &str) -> Outcome<Account> {
        let (account, mut fault) = checked(city, account, name, role, parks);
        if password.chars().count() < SHORTEST_PASSWORD {
            fault = fault.field(
                "/password",
                format!("密码至少 {SHORTEST_PASSWORD} 位"),
                format!("a password has at least {SHORTEST_PASSWORD} characters"),
            );
        }
        if !fault.fields.is_empty() {
            return Err(fault);
        }
        self.accounts.put_account(&account, Some(&hash_password(password)?))?;
        Ok(account)
    }

    /// Gives an account another role and other parks; it stays signed in, with its new rights.
    pub fn change_account(&self, city: &City, known: &Account, role: &str, parks: &[String]) -> Outcome<Account> {
        let (account, fault) = checked(city, &known.account, &known.name, role, parks);
        if !fault.fields.is_empty() {
            return Err(fault);
        }
        let account = Account { disabled: known.disabled, ..account };
        self.accounts.put_account(&account, None)?;
        Ok(account)
    }

    /// A token for a program that works for an account: shown once, of which only the hash is kept. What it may do is part of what is hashed.
    pub fn issue_token(&self, account: &Account, scope: Scope, days: u32) -> Outcome<String> {
        let token = format!("{}{}", scope.prefix(), random_token()?);
        let expires = chrono::Utc::now().timestamp() + i64::from(days) * 24 * 3600;
        self.accounts.put_session(&sha256_hex(token.as_bytes()), &account.account, expires)?;
        Ok(token)
    }

    /// Who a token works for and what it may do.
    pub fn bearer(&self, token: &str) -> Outcome<(Viewer, Scope)> {
        let refused = || {
            Fault::new(
                FaultKind::Unauthorised,
                "token",
                "令牌不对、已过期或账号已停用",
                "the token is wrong or has expired, or its account is disabled",
            )
            .at("Authorization")
            .help("用 parkplan user token 发放新的令牌", "issue another one with `parkplan user token`")
        };
        let scope = Scope::of(token).ok_or_else(refused)?;
        let account = self.accounts.session(&sha256_hex(token.as_bytes()), chrono::Utc::now().timestamp())?;
        Ok((Viewer::of(account.ok_or_else(refused)?), scope))
    }

    /// Checks a password and opens a session. `address` is slowed down like the account.
    pub fn sign_in(&self, account: &str, password: &str, address: &str) -> Outcome<(Account, String)> {
        let attempt = self.pace.begin(account, address)?;
        let known = self.accounts.account(account)?;
        // An unknown account costs the same time as a wrong password.
        let hash = known.as_ref().map_or_else(|| DECOY.to_owned(), |(_, hash)| hash.clone());
        let right = PasswordHash::new(&hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
        match known {
            Some((account, _)) if right && !account.disabled => {
                attempt.succeeded();
                let token = self.open_session(&account.account)?;
                Ok((account, token))
            }
            _ => Err(Fault::new(FaultKind::Unauthorised, "wrong_password", "账号或密码不对", "wrong account or password")),
        }
    }

    fn open_session(&self, account: &str) -> Outcome<String> {
        let token = random_token()?;
        self.accounts.put_session(&sha256_hex(token.as_bytes()), account, chrono::Utc::now().timestamp() + SESSION_SECONDS)?;
        Ok(token)
    }

    /// The person behind a session token; an unknown or expired one is a guest.
    pub fn viewer(&self, token: Option<&str>) -> Outcome<Viewer> {
        let Some(token) = token else { return Ok(Viewer::guest()) };
        let account = self.accounts.session(&sha256_hex(token.as_bytes()), chrono::Utc::now().timestamp())?;
        Ok(account.map_or_else(Viewer::guest, Viewer::of))
    }

    pub fn sign_out(&self, token: &str) -> Outcome<()> {
        self.accounts.drop_session(&sha256_hex(token.as_bytes()))
    }
}

/// An account as it would be, and what is wrong with it by its fields.
fn checked(city: &City, account: &str, name: &str, role: &str, parks: &[String]) -> (Account, Fault) {
    let legal = |text: &str| !text.is_empty() && text.chars().count() <= 64 && !text.chars().any(char::is_control);
    let mut fault = Fault::new(FaultKind::Unprocessable, "account_invalid", "账号信息有误", "the account's details are not right");
    if !legal(account) {
        fault = fault.field("/account", "账号应为 1–64 个字符", "an account has 1 to 64 characters");
    }
    let role = Role::parse(role);
    if role.is_none() {
        fault =
            fault.field("/role", "角色应为 viewer、operator、planner、reviewer 或 admin", "the role is viewer, operator, planner, reviewer or admin");
    }
    for park in parks {
        if [LayerId::Park, LayerId::VirtualPark].iter().all(|layer| city.table(*layer).row_of(park).is_none()) {
            fault = fault.field("/parks", format!("没有园区 {park}"), format!("there is no park {park}"));
        }
    }
    if role == Some(Role::Operator) && parks.is_empty() {
        fault = fault.field("/parks", "运营账号至少要有一个园区", "an operator has at least one park");
    }
    let made =
        Account { account: account.to_owned(), name: name.to_owned(), role: role.unwrap_or(Role::Guest), parks: parks.to_vec(), disabled: false };
    (made, fault)
}

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Read,
    /// Everything that its account may.
    Write,
}

impl Scope {
    fn prefix(self) -> &'static str {
        match self {
            Scope::Read => "pp_read_",
            Scope::Write => "pp_write_",
        }
    }

    fn of(token: &str) -> Option<Self> {
        let is_random = |rest: &str| rest.len() == 64 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
        [Scope::Read, Scope::Write].into_iter().find(|scope| token.strip_prefix(scope.prefix()).is_some_and(is_random))
    }
}

/// A PHC text that no password matches, for spending the same time on unknown accounts.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn hash_password(password: &str) -> Outcome<String> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|error| Fault::internal("argon2", error))
}

/// 256 random bits as hex.
pub fn random_token() -> Outcome<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::internal("random", error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
