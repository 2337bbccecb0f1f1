//! Links from page to page. Each asks the question of this page: by its address as far as that may be long, else by its body.

use super::answers::Link;
use super::parameters::{Wanted, encode};
use crate::city::Page;
use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Longest address of a link: a browser takes more, but three of them stand in one header as well, and proxies take some 4 KB of headers.
const LONGEST_HREF: usize = 1200;
const KIND: &str = "application/geo+json";

/// How a page was asked for.
pub(super) enum Asked {
    /// By these parameters, those of the page left out.
    Query(Vec<(String, String)>),
    /// By a body; these parameters stood in the address.
    Body(Vec<(String, String)>),
}

/// Writes the links of one question.
pub(super) struct Pager<'a> {
    base: &'a str,
    collection: &'a str,
    wanted: &'a Wanted,
    /// Parameters before those of the page, with their signs.
    query: String,
    /// Parameters that stood in the address, where the question came by a body.
    posted: Option<String>,
}

impl<'a> Pager<'a> {
    pub(super) fn new(base: &'a str, collection: &'a str, wanted: &'a Wanted, asked: Asked) -> Self {
        let written = |pairs: &[(String, String)]| pairs.iter().map(|(key, value)| format!("{}={}&", encode(key), encode(value))).collect::<String>();
        let (query, posted) = match asked {
            Asked::Query(pairs) => (written(&pairs), None),
            Asked::Body(form) => {
                let whole: Vec<(String, String)> = wanted.parameters().into_iter().chain(form.iter().cloned()).collect();
                (written(&whole), Some(written(&form)))
            }
        };
        Pager { base, collection, wanted, query, posted }
    }

    /// This page, the one after it while there is one, and the one before.
    pub(super) fn links(&self, page: Page, matched: usize, hits: bool) -> Vec<Link> {
        let mut links = vec![self.link("self", page)];
        if let Some(next) = page.offset.checked_add(page.limit).filter(|next| *next < matched && !hits) {
            links.push(self.link("next", Page { offset: next, ..page }));
        }
        if page.offset > 0 {
            // From beyond the end the way back leads to the last page.
            links.push(self.link("prev", Page { offset: page.offset.min(matched).saturating_sub(page.limit), ..page }));
        }
        links
    }

    fn link(&self, rel: &str, page: Page) -> Link {
        let at = format!("{}/collections/{}", self.base, self.collection);
        let href = format!("{at}/items?{}limit={}&offset={}", self.query, page.limit, page.offset);
        match &self.posted {
            Some(form) if href.len() > LONGEST_HREF => {
                let query = form.strip_suffix('&').map(|form| format!("?{form}")).unwrap_or_default();
                Link::post(rel, format!("{at}/search{query}"), KIND, self.wanted.body(page))
            }
            _ => Link::new(rel, href, KIND),
        }
    }
}

/// The same links as a header, for forms that have no place for them; one that needs a body has no place there.
pub(super) fn put_links(response: &mut Response, links: &[Link]) {
    let one = |link: &Link| format!("<{}>; rel=\"{}\"", link.href, link.rel);
    let text = links.iter().filter(|link| link.body.is_none()).map(one).collect::<Vec<_>>().join(", ");
    if let Some(value) = HeaderValue::from_str(&text).ok().filter(|value| !value.is_empty()) {
        response.headers_mut().insert(header::LINK, value);
    }
}
