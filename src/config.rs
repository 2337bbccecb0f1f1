//! Configuration: the only reader of the environment and of the configuration file.

use crate::domain::fault::Outcome;
use crate::domain::{Fault, LocalFrame};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Settings that flags override. `PARKPLAN_LISTEN`, `PARKPLAN_CITY`, `PARKPLAN_LANG`, `PARKPLAN_HOME`,
/// `PARKPLAN_BASE_URL`, `PARKPLAN_HOSTS`, `PARKPLAN_TRUSTED_PROXIES`, `PARKPLAN_TWO_PERSONS`, `PARKPLAN_UPLOAD_MB` and `PARKPLAN_FONT` override the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub listen: Option<String>,
    pub city: Option<PathBuf>,
    pub lang: Option<String>,
    /// Where the sample city is kept.
    pub home: Option<PathBuf>,
    /// The server's address as people reach it, for links: `https://land.example.org/plan`.
    pub base_url: Option<String>,
    /// Names by which people reach the server beside `localhost`, its addresses and the host of `base_url`: `["land.example.org"]`.
    pub hosts: Option<Vec<String>>,
    /// Proxies whose `Forwarded` and `X-Forwarded-*` count, by address or network; this machine's own when not given.
    pub trusted_proxies: Option<Vec<String>>,
    /// Whether who drafts or submits may not decide; yes when not given.
    pub two_persons: Option<bool>,
    /// Largest upload to be imported by the page, in MiB; 1024 when not given.
    pub upload_mb: Option<u64>,
    /// A font file with Chinese (TTF, OTF or TTC) for certificates; the system's Noto CJK when not given.
    pub font: Option<PathBuf>,
    /// Local coordinate systems by name, for `import --local NAME`.
    pub local: BTreeMap<String, LocalFrame>,
}

impl Config {
    /// Reads `file` if given, then the environment.
    pub fn load(file: Option<&Path>) -> Outcome<Self> {
        let mut config = match file {
            None => Config::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Fault::bad(
                        "config_file",
                        format!("读不了配置文件 {}：{error}", path.display()),
                        format!("cannot read the configuration file {}: {error}", path.display()),
                    )
                })?;
                toml::from_str(&text).map_err(|error| {
                    Fault::bad("config_file", format!("配置文件有误：{error}"), format!("the configuration file is not right: {error}"))
                        .at(path.display().to_string())
                })?
            }
        };
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        config.listen = variable("PARKPLAN_LISTEN").or(config.listen);
        config.city = variable("PARKPLAN_CITY").map(PathBuf::from).or(config.city);
        config.lang = variable("PARKPLAN_LANG").or(config.lang);
        config.home = variable("PARKPLAN_HOME").map(PathBuf::from).or(config.home);
        config.base_url = variable("PARKPLAN_BASE_URL").or(config.base_url);
        let listed = |text: String| text.split(',').map(|proxy| proxy.trim().to_owned()).collect();
        config.hosts = variable("PARKPLAN_HOSTS").map(listed).or(config.hosts);
        config.trusted_proxies = variable("PARKPLAN_TRUSTED_PROXIES").map(listed).or(config.trusted_proxies);
        config.two_persons =
            variable("PARKPLAN_TWO_PERSONS").map(|text| yes_or_no("PARKPLAN_TWO_PERSONS", &text)).transpose()?.or(config.two_persons);
        config.upload_mb = variable("PARKPLAN_UPLOAD_MB").map(|text| megabytes("PARKPLAN_UPLOAD_MB", &text)).transpose()?.or(config.upload_mb);
        config.font = variable("PARKPLAN_FONT").map(PathBuf::from).or(config.font);
        Ok(config)
    }

    /// The sample city's file: `$PARKPLAN_HOME`, else the user's data folder.
    pub fn sample_path(&self) -> PathBuf {
        let data = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let home = self
            .home
            .clone()
            .or_else(|| data("XDG_DATA_HOME").map(|path| path.join("parkplan")))
            .or_else(|| data("HOME").map(|path| path.join(".local/share/parkplan")));
        home.unwrap_or_else(|| PathBuf::from(".")).join("sample.gpkg")
    }
}

/// A size that a server can have: up to a tebibyte.
fn megabytes(name: &str, text: &str) -> Outcome<u64> {
    text.trim().parse().ok().filter(|size| (1..=1 << 20).contains(size)).ok_or_else(|| {
        Fault::bad(
            "setting",
            format!("{name} 应为 1 到 1048576 的整数（MiB）：{text}"),
            format!("{name} is a whole number from 1 to 1048576 (MiB): {text}"),
        )
        .at(name)
    })
}

/// A switch: a slip of the pen must not turn a safeguard off, or seem to.
fn yes_or_no(name: &str, text: &str) -> Outcome<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(Fault::bad("setting", format!("{name} 应为 true 或 false：{text}"), format!("{name} is true or false: {text}")).at(name)),
    }
}
