//! Plain pages of answers, readable without scripts: for people who follow links with a browser.

use super::answers::Link;
use serde_json::{Map, Value};

const STYLE: &str = "body{font:14px/1.5 sans-serif;margin:24px;color:#14202c;background:#fff}a{color:#0b5cad}\
    table{border-collapse:collapse}td,th{padding:4px 12px 4px 0;border-bottom:1px solid #e1e6eb;vertical-align:top;text-align:left}\
    td.n{text-align:right;font-variant-numeric:tabular-nums}nav a{margin-right:12px}";

/// A text inside of HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A page around a body that is HTML already.
pub(super) fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=zh><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{title}</title>\
        <style>{STYLE}</style><h1>{title}</h1>{body}</html>"
    )
}

/// Any document of ours as nested tables; links can be followed.
pub(super) fn document(value: &Value) -> String {
    let title = ["title", "name", "id", "code"].iter().find_map(|member| value[*member].as_str()).unwrap_or("parkplan");
    page(title, &format!("<nav><a href=\"?f=json\">JSON</a></nav>{}", cell(value)))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => escape(text),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(cell).collect::<Vec<_>>().join(", ")
        }
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join("<br>"),
        Value::Object(members) => link(members).unwrap_or_else(|| {
            let row = |(name, value): (&String, &Value)| format!("<tr><th>{}</th><td>{}</td></tr>", escape(name), cell(value));
            format!("<table>{}</table>", members.iter().map(row).collect::<String>())
        }),
    }
}

fn link(members: &Map<String, Value>) -> Option<String> {
    let href = members.get("href")?.as_str().filter(|href| href.starts_with("http://") || href.starts_with("https://"))?;
    let rel = members.get("rel")?.as_str()?;
    let title = members.get("title").and_then(Value::as_str).unwrap_or(rel);
    Some(anchor(rel, href, title))
}

fn anchor(rel: &str, href: &str, title: &str) -> String {
    format!("<a rel=\"{}\" href=\"{}\">{}</a>", escape(rel), escape(href), escape(title))
}

/// A page of features: one row each, with links to the pages before and after.
pub(super) fn items(title: &str, columns: &[String], rows: &[(String, Vec<Value>)], links: &[Link]) -> String {
    let nav: String = links
        .iter()
        .filter(|link| link.body.is_none())
        .map(|link| anchor(&link.rel, &link.href, link.title.unwrap_or(&link.rel)))
        .collect::<Vec<_>>()
        .join(" ");
    let head: String = columns.iter().map(|name| format!("<th>{}</th>", escape(name))).collect();
    let row = |(href, values): &(String, Vec<Value>)| {
        let cells: String = values
            .iter()
            .enumerate()
            .map(|(index, value)| match (index, value) {
                (0, value) => format!("<td><a href=\"{}\">{}</a></td>", escape(href), cell(value)),
                (_, Value::Number(_)) => format!("<td class=n>{}</td>", cell(value)),
                (_, value) => format!("<td>{}</td>", cell(value)),
            })
            .collect();
        format!("<tr>{cells}</tr>")
    };
    let body = format!("<nav>{nav}</nav><table><tr>{head}</tr>{}</table>", rows.iter().map(row).collect::<String>());
    page(title, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_of_people_cannot_become_markup() {
        let evil = "<img src=x onerror=alert(1)>\"'";
        let page = document(
            &json!({ "title": evil, "links": [{ "rel": "next", "href": "javascript:alert(1)" }, { "rel": evil, "href": "http://a/?b=\"c" }] }),
        );
        assert!(!page.contains("<img") && !page.contains("href=\"javascript"), "{page}");
        assert!(page.contains("href=\"http://a/?b=&quot;c\""), "{page}");
    }
}
