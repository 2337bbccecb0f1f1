//! XML as a walk over opening tags, texts and closing tags; no document type, no entities but the predefined ones.

use super::limits::Limits;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

pub(super) enum Step<'a> {
    Open(&'a Tag<'a>),
    Text(&'a str),
    Close(&'a str),
}

/// An opening tag; names come without their prefix.
pub(super) struct Tag<'a>(&'a BytesStart<'a>);

impl Tag<'_> {
    pub(super) fn name(&self) -> String {
        self.0.local_name().as_ref().to_owned()
    }

    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let found = self.0.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
        found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
    }
}

/// Walks through a whole document; one that ends before its last closing tag is refused.
pub(super) fn walk(text: &str, visit: &mut dyn FnMut(Step<'_>) -> Outcome<()>) -> Outcome<()> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut depth, limits) = (0usize, Limits::default());
    let broken = |place: u64, detail: &str| {
        let line = text.as_bytes().iter().take(usize::try_from(place).unwrap_or(usize::MAX)).filter(|byte| **byte == b'\n').count() + 1;
        Fault::bad("xml_syntax", format!("第 {line} 行不是完整的 XML：{detail}"), format!("line {line} is not whole XML: {detail}"))
            .at(format!("line {line}"))
            .help("文件可能被截断或手工改坏，请重新导出", "the file may be cut off or damaged by hand: export it again")
    };
    loop {
        let event = reader.read_event().map_err(|error| broken(reader.error_position(), &error.to_string()))?;
        match event {
            Event::Start(start) => {
                depth += 1;
                if depth > limits.depth {
                    return Err(limits.too_deep());
                }
                visit(Step::Open(&Tag(&start)))?;
            }
            Event::Empty(start) => {
                let tag = Tag(&start);
                visit(Step::Open(&tag))?;
                visit(Step::Close(&tag.name()))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                visit(Step::Close(end.local_name().as_ref()))?;
            }
            Event::Text(part) => visit(Step::Text(&part.xml_content(XmlVersion::Implicit1_0)))?,
            Event::CData(part) => visit(Step::Text(&part.xml_content(XmlVersion::Implicit1_0)))?,
            Event::GeneralRef(reference) => {
                let own = reference.resolve_char_ref().ok().flatten().map(String::from);
                let name = reference.xml_content(XmlVersion::Implicit1_0);
                let known = || quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                let resolved = own.or_else(known).ok_or_else(|| broken(reader.buffer_position(), &format!("&{name};")))?;
                visit(Step::Text(&resolved))?;
            }
            Event::DocType(_) => return Err(broken(reader.buffer_position(), "DOCTYPE")),
            Event::Eof if depth > 0 => return Err(broken(reader.buffer_position(), "the end is missing")),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}
