//! How the server is reached: its address as callers see it, directly or through proxies that are listed.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use axum::http::{HeaderMap, header};
use std::net::IpAddr;

/// What the configuration says of the way to the server.
#[derive(Clone, Debug)]
pub struct Front {
    /// The address that links begin with, whatever a request says.
    base_url: Option<String>,
    proxies: Vec<Network>,
    /// Names that the server has beside `localhost` and its addresses, in small letters.
    names: Vec<String>,
}

/// The way one request came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Scheme, host and path before every route, without a slash at the end.
    pub base: String,
    /// The path part of `base`: empty, or `/plan`.
    pub prefix: String,
    /// Whether the caller's own connection is encrypted.
    pub secure: bool,
    /// Host (and port) that a page of this server has.
    pub host: String,
    /// The caller's address.
    pub address: String,
}

/// Addresses with a common beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: u128,
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().ok()?;
        let beyond = if address.is_ipv4() { 96 } else { 0 };
        let length = length.map_or(Some(128 - beyond), |length| length.parse::<u32>().ok())?;
        (length + beyond <= 128).then_some(Network { address: mapped(address), bits: length + beyond })
    }

    fn holds(self, address: IpAddr) -> bool {
        self.bits == 0 || (mapped(address) ^ self.address) >> (128 - self.bits) == 0
    }
}

/// IPv4 as the part of IPv6 that stands for it, so that both are compared in one way.
fn mapped(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// What proxies said: who asked, by which scheme, host and prefix; the nearest proxy's word last.
#[derive(Default)]
struct Told {
    by: Vec<String>,
    schemes: Vec<String>,
    hosts: Vec<String>,
    prefix: Option<String>,
}

impl Told {
    /// RFC 7239; where it is absent, the `X-Forwarded-*` headers.
    fn read(headers: &HeaderMap) -> Self {
        let forwarded = lines(headers, "forwarded");
        let mut told = Told { prefix: lines(headers, "x-forwarded-prefix").pop(), ..Told::default() };
        if forwarded.is_empty() {
            told.by = lines(headers, "x-forwarded-for");
            told.schemes = lines(headers, "x-forwarded-proto");
            told.hosts = lines(headers, "x-forwarded-host");
            return told;
        }
        for element in forwarded {
            let (mut by, mut scheme, mut host) = (String::new(), String::new(), String::new());
            for (name, value) in element.split(';').filter_map(|pair| pair.split_once('=')) {
                let value = value.trim().trim_matches('"').to_owned();
                match name.trim().to_ascii_lowercase().as_str() {
                    "for" => by = value,
                    "proto" => scheme = value,
                    "host" => host = value,
                    _ => {}
                }
            }
            told.by.push(by);
            told.schemes.push(scheme);
            told.hosts.push(host);
        }
        told
    }
}

/// A header's values, several lines as one list.
fn lines(headers: &HeaderMap, name: &str) -> Vec<String> {
    let texts = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The word of the proxy `steps` before the server; a header that only the first of them set counts for all.
fn word(words: &[String], steps: usize) -> Option<&str> {
    words.len().checked_sub(1).and_then(|last| words.get(last - steps.min(last))).map(String::as_str).filter(|word| !word.is_empty())
}

impl Default for Front {
    fn default() -> Self {
        let loopback = ["127.0.0.0/8", "::1"];
        Front { base_url: None, names: Vec::new(), proxies: loopback.iter().filter_map(|text| Network::parse(text)).collect() }
    }
}

impl Front {
    /// From the settings: an address for links, and proxies by address or network (`10.0.0.0/8`); without a list, this machine's own.
    pub fn new(base_url: Option<&str>, proxies: Option<&[String]>) -> Outcome<Self> {
        let mut front = Front::default();
        if let Some(url) = base_url {
            let url = url.trim_end_matches('/');
            let (scheme, rest) = url.split_once("://").unwrap_or_default();
            let (host, prefix) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
            if !is_scheme(scheme) || !is_host(host) || !is_prefix(prefix) {
                return Err(Fault::bad("base_url", format!("base_url 应为网址：{url}"), format!("base_url is a web address: {url}"))
                    .at("base_url")
                    .help("例如 https://land.example.org/plan", "for example https://land.example.org/plan"));
            }
            front.names.push(bare_name(host));
            front.base_url = Some(url.to_owned());
        }
        if let Some(listed) = proxies {
            let read = |text: &String| {
                Network::parse(text).ok_or_else(|| {
                    Fault::bad("trusted_proxies", format!("不是地址或网段：{text}"), format!("neither an address nor a network: {text}"))
                        .at("trusted_proxies")
                        .help("例如 127.0.0.1 或 10.0.0.0/8", "for example 127.0.0.1 or 10.0.0.0/8")
                })
            };
            front.proxies = listed.iter().map(read).collect::<Outcome<_>>()?;
        }
        Ok(front)
    }

    /// And these names, as people reach the server by them: `land.example.org`.
    pub fn called(mut self, names: &[String]) -> Outcome<Self> {
        for name in names {
            if !is_host(name) {
                return Err(Fault::bad("hosts", format!("不是主机名：{name}"), format!("no name of a host: {name}"))
                    .at("hosts")
                    .help("例如 land.example.org", "for example land.example.org"));
            }
            self.names.push(bare_name(name));
        }
        Ok(self)
    }

    /// Whether the server is called so. An address is no name that somebody could point elsewhere; any other name must be known, or a page that
    /// points its own name at this server would pass for a page of ours (DNS rebinding).
    pub(super) fn is_called(&self, host: &str) -> bool {
        let name = bare_name(host);
        let is_address = name.parse::<IpAddr>().is_ok();
        is_address || name.is_empty() || name == "localhost" || name.ends_with(".localhost") || self.names.contains(&name)
    }

    fn trusts(&self, address: &str) -> bool {
        address.parse().is_ok_and(|address| self.proxies.iter().any(|network| network.holds(address)))
    }

    /// The way of a request from `peer`. What it says of itself counts as far as listed proxies said it.
    pub(super) fn way(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Way {
        let mut address = peer.map_or_else(String::new, |peer| peer.to_string());
        let own_host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host)).unwrap_or("localhost");
        let (mut scheme, mut host, mut prefix) = ("http".to_owned(), own_host.to_owned(), String::new());
        if self.trusts(&address) {
            let told = Told::read(headers);
            let mut steps = 0;
            for by in told.by.iter().rev() {
                if !self.trusts(&address) {
                    break;
                }
                address = bare(by).to_owned();
                steps += 1;
            }
            let steps = usize::saturating_sub(steps, 1);
            let proxied = |words: &[String], fits: fn(&str) -> bool| word(words, steps).filter(|word| fits(word)).map(str::to_owned);
            scheme = proxied(&told.schemes, is_scheme).unwrap_or(scheme);
            host = proxied(&told.hosts, is_host).unwrap_or(host);
            prefix = told.prefix.map(|prefix| prefix.trim_end_matches('/').to_owned()).filter(|prefix| is_prefix(prefix)).unwrap_or_default();
        }
        let base = self.base_url.clone().unwrap_or_else(|| format!("{scheme}://{host}{prefix}"));
        let rest = base.split_once("://").map_or("", |(_, rest)| rest);
        let (public, prefix) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let secure = scheme == "https" || base.starts_with("https://");
        Way { prefix: prefix.to_owned(), secure, host: if self.base_url.is_some() { public.to_owned() } else { host }, address, base }
    }
}

/// A host without its port and brackets, in small letters.
fn bare_name(host: &str) -> String {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// An address without its port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
fn bare(address: &str) -> &str {
    match address.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if address.matches(':').count() == 1 => address.split(':').next().unwrap_or_default(),
        None => address,
    }
}

fn is_scheme(text: &str) -> bool {
    matches!(text, "http" | "https")
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
}

fn is_prefix(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/.-_~".contains(&byte);
    text.is_empty() || (text.starts_with('/') && !text.contains("//") && text.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect::<Vec<_>>().into_iter().collect()
    }

    fn base(front: &Front, peer: &str, pairs: &[(&'static str, &str)]) -> (String, String) {
        let mut all = vec![("host", "inner:8080")];
        all.extend(pairs);
        let way = front.way(&headers(&all), peer.parse().ok());
        (way.base, way.address)
    }

    #[test]
    fn what_a_listed_proxy_says_counts_and_what_others_say_does_not() {
        let front = Front::default();
        let told = [("x-forwarded-proto", "https"), ("x-forwarded-host", "land.example.org"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(base(&front, "127.0.0.1", &told), ("https://land.example.org".into(), "203.0.113.9".into()));
        assert_eq!(base(&front, "::ffff:127.0.0.1", &told).0, "https://land.example.org");
        assert_eq!(base(&front, "203.0.113.5", &told), ("http://inner:8080".into(), "203.0.113.5".into()));
        let standard = [("forwarded", "for=\"[2001:db8::1]:4711\";proto=https;host=land.example.org"), ("x-forwarded-prefix", "/plan/")];
        assert_eq!(base(&front, "127.0.0.1", &standard), ("https://land.example.org/plan".into(), "2001:db8::1".into()));
        assert_eq!(base(&front, "127.0.0.1", &[("x-forwarded-host", "evil\"><script>"), ("x-forwarded-proto", "gopher")]).0, "http://inner:8080");
    }

    #[test]
    fn a_chain_is_followed_back_to_the_first_who_is_not_listed() {
        let front = Front::new(None, Some(&["127.0.0.1".to_owned(), "10.0.0.0/8".to_owned()])).unwrap();
        // The caller wrote the first word itself: it is behind an address that nobody listed.
        let chain = [("x-forwarded-for", "127.0.0.1, 203.0.113.9, 10.1.2.3"), ("x-forwarded-proto", "http, https, http")];
        assert_eq!(base(&front, "127.0.0.1", &chain), ("https://inner:8080".into(), "203.0.113.9".into()));
        let closed = Front::new(None, Some(&[])).unwrap();
        assert_eq!(base(&closed, "127.0.0.1", &chain), ("http://inner:8080".into(), "127.0.0.1".into()));
    }

    #[test]
    fn a_base_url_beats_what_requests_say() {
        let front = Front::new(Some("https://land.example.org/plan/"), None).unwrap();
        let way = front.way(&headers(&[("host", "inner"), ("x-forwarded-host", "other.example")]), "127.0.0.1".parse().ok());
        assert_eq!((way.base.as_str(), way.prefix.as_str(), way.secure), ("https://land.example.org/plan", "/plan", true));
        for bad in ["land.example.org", "ftp://land", "https://", "https://a/b c"] {
            assert!(Front::new(Some(bad), None).is_err(), "{bad}");
        }
        assert!(Front::new(None, Some(&["10.0.0.0/40".to_owned()])).is_err() && Front::new(None, Some(&["home".to_owned()])).is_err());
    }
}
