//! `parkplan user`: accounts and rights.

use super::output::{Output, table};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::service::Planner;
use crate::service::sessions::{Scope, random_token};
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add an account; the password is read from stdin, or made and printed once
    Add {
        city: PathBuf,
        #[arg(long)]
        account: String,
        /// Name shown to people
        #[arg(long)]
        name: Option<String>,
        /// viewer, operator, planner, reviewer or admin
        #[arg(long)]
        role: String,
        /// Codes of the parks an operator works in
        #[arg(long, value_delimiter = ',')]
        park: Vec<String>,
    },
    /// Give an account another role
    Role {
        city: PathBuf,
        #[arg(long)]
        account: String,
        /// viewer, operator, planner, reviewer or admin
        #[arg(long)]
        role: String,
        /// Codes of the parks an operator works in; those that it has when not given
        #[arg(long, value_delimiter = ',')]
        park: Vec<String>,
    },
    /// Give an account other parks
    Parks {
        city: PathBuf,
        #[arg(long)]
        account: String,
        /// Codes of all parks that it is to have
        #[arg(long, value_delimiter = ',')]
        park: Vec<String>,
    },
    /// Issue a token for a program that works for an account; it is printed once
    Token {
        city: PathBuf,
        #[arg(long)]
        account: String,
        /// Days until it expires
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=366))]
        days: u32,
        /// It may also write what the account may write
        #[arg(long)]
        write: bool,
    },
    /// List accounts
    List { city: PathBuf },
    /// Disable an account and end its sessions
    Disable {
        city: PathBuf,
        #[arg(long)]
        account: String,
    },
    /// Set a new password (stdin, or made and printed once) and end the account's sessions
    Password {
        city: PathBuf,
        #[arg(long)]
        account: String,
    },
}

impl User {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        match self.command {
            UserCommand::Add { city, account, name, role, park } => {
                let planner = Planner::open_people(&city)?;
                if planner.people().account(&account)?.is_some() {
                    return Err(Fault::bad("account_exists", format!("账号 {account} 已存在"), format!("the account {account} exists"))
                        .help("用 user password 改密码", "use `user password` to change its password"));
                }
                let (password, made) = password()?;
                planner.people().add_account(&planner.city(), &account, name.as_deref().unwrap_or(&account), &role, &park, &password)?;
                report(output, &account, made.then_some(password.as_str()));
            }
            UserCommand::Password { city, account } => {
                let planner = Planner::open_people(&city)?;
                let known = find(&planner, &account)?;
                let (password, made) = password()?;
                planner.people().add_account(&planner.city(), &account, &known.name, known.role.as_str(), &known.parks, &password)?;
                report(output, &account, made.then_some(password.as_str()));
            }
            UserCommand::Role { city, account, role, park } => {
                let planner = Planner::open_people(&city)?;
                let known = find(&planner, &account)?;
                let parks = if park.is_empty() { known.parks.clone() } else { park };
                changed(output, &planner.people().change_account(&planner.city(), &known, &role, &parks)?);
            }
            UserCommand::Parks { city, account, park } => {
                let planner = Planner::open_people(&city)?;
                let known = find(&planner, &account)?;
                changed(output, &planner.people().change_account(&planner.city(), &known, known.role.as_str(), &park)?);
            }
            UserCommand::Token { city, account, days, write } => {
                let planner = Planner::open_people(&city)?;
                let known = find(&planner, &account)?;
                let scope = if write { Scope::Write } else { Scope::Read };
                let token = planner.people().issue_token(&known, scope, days)?;
                output.result(&json!({ "account": account, "token": token, "days": days, "write": write }), || token.clone());
            }
            UserCommand::List { city } => {
                let planner = Planner::open_people(&city)?;
                let accounts = planner.people().accounts()?;
                let rows: Vec<Vec<String>> = accounts
                    .iter()
                    .map(|account| {
                        vec![
                            account.account.clone(),
                            account.name.clone(),
                            account.role.as_str().to_owned(),
                            account.parks.join(" "),
                            if account.disabled { "×".to_owned() } else { String::new() },
                        ]
                    })
                    .collect();
                output.result(&json!({ "accounts": accounts }), || {
                    table(
                        &[
                            output.say("账号", "account"),
                            output.say("姓名", "name"),
                            output.say("角色", "role"),
                            output.say("园区", "parks"),
                            output.say("停用", "disabled"),
                        ],
                        &rows,
                    )
                });
            }
            UserCommand::Disable { city, account } => {
                let planner = Planner::open_people(&city)?;
                let mut known = find(&planner, &account)?;
                known.disabled = true;
                planner.people().put_account(&known)?;
                output.result(&json!({ "account": account, "disabled": true }), || account.clone());
            }
        }
        Ok(())
    }
}

fn find(planner: &Planner, account: &str) -> Outcome<crate::domain::Account> {
    planner
        .people()
        .account(account)?
        .ok_or_else(|| Fault::not_found("no_such_account", format!("没有账号 {account}"), format!("there is no account {account}")))
}

/// The first line of a piped stdin, or a password made here (then `true`).
fn password() -> Outcome<(String, bool)> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|error| Fault::internal("stdin", error))?;
        let line = line.trim_end_matches(['\n', '\r']);
        if !line.is_empty() {
            return Ok((line.to_owned(), false));
        }
    }
    Ok((random_token()?[..20].to_owned(), true))
}

fn changed(output: &Output, account: &crate::domain::Account) {
    output.result(account, || format!("{}  {}  {}", account.account, account.role.as_str(), account.parks.join(" ")));
}

fn report(output: &Output, account: &str, password: Option<&str>) {
    output.result(&json!({ "account": account, "password": password }), || match password {
        Some(password) => format!("{account}  {}{password}", output.say("密码（只显示一次）：", "password (shown once): ")),
        None => account.to_owned(),
    });
}
