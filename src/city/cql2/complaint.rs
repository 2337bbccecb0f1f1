//! Why a filter was not read: told to a person with its place, or with the limit that it passes.

use super::limits::{MAX_DEPTH, MAX_ITEMS, MAX_LENGTH, MAX_NODES, MAX_VERTICES};
use crate::domain::Fault;

pub(super) type Read<T> = Result<T, Complaint>;

/// What should have stood at a place, in Chinese and English.
pub(super) type Wanted = (&'static str, &'static str);

#[derive(Debug)]
pub(super) enum Complaint {
    /// Something else was expected at this byte.
    Expected {
        at: usize,
        wanted: Wanted,
    },
    /// What stands at this byte is wrong in itself.
    Wrong {
        at: usize,
        zh: String,
        en: String,
    },
    Limit(Limit),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    Length,
    Depth,
    Nodes,
    Items,
    Vertices,
}

impl Limit {
    pub(super) fn most(self) -> usize {
        match self {
            Limit::Length => MAX_LENGTH,
            Limit::Depth => MAX_DEPTH,
            Limit::Nodes => MAX_NODES,
            Limit::Items => MAX_ITEMS,
            Limit::Vertices => MAX_VERTICES,
        }
    }

    fn fault(self) -> Fault {
        let most = self.most();
        let (zh, en, help_zh, help_en) = match self {
            Limit::Length => (
                format!("条件超过 {most} 字节"),
                format!("the filter is longer than {most} bytes"),
                "少列代码，或简化几何",
                "name fewer codes, or simplify the geometry",
            ),
            Limit::Depth => (
                format!("条件嵌套超过 {most} 层"),
                format!("the filter is nested more than {most} deep"),
                "去掉多余的括号和 NOT",
                "take away brackets and NOTs that are not needed",
            ),
            Limit::Nodes => (
                format!("条件超过 {most} 个运算和值"),
                format!("the filter has more than {most} operators and values"),
                "用 IN 代替一长串 OR：code IN ('A', 'B')",
                "write IN in place of a long row of OR: code IN ('A', 'B')",
            ),
            Limit::Items => (
                format!("条件的列表合计超过 {most} 项"),
                format!("the lists of the filter have more than {most} items together"),
                "分几次查询",
                "ask in several requests",
            ),
            Limit::Vertices => (
                format!("条件里的几何合计超过 {most} 个点"),
                format!("the geometries of the filter have more than {most} positions together"),
                "先简化几何",
                "simplify the geometry first",
            ),
        };
        Fault::bad("filter_too_large", zh, en).help(help_zh, help_en)
    }
}

impl Complaint {
    pub(super) fn wrong(at: usize, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Complaint::Wrong { at, zh: zh.into(), en: en.into() }
    }

    pub(super) fn fault(self, text: &str) -> Fault {
        let (at, (zh, en)) = match self {
            Complaint::Limit(limit) => return limit.fault(),
            Complaint::Wrong { at, zh, en } => (at, (zh, en)),
            Complaint::Expected { at, wanted: (zh, en) } => (at, expected(text, at, zh, en)),
        };
        let place = text.get(..at).map_or(0, |before| before.chars().count()) + 1;
        Fault::bad("filter_syntax", format!("条件第 {place} 个字符：{zh}"), format!("character {place} of the filter: {en}"))
            .at(format!("filter:{place}"))
            .help(
                "示例：land_use = '1001' AND far_present <= 1.7；代码和文本写在单引号内",
                "example: land_use = '1001' AND far_present <= 1.7; codes and texts stand in single quotes",
            )
    }
}

fn expected(text: &str, at: usize, zh: &str, en: &str) -> (String, String) {
    const SHOWN: usize = 20;
    let rest = text.get(at..).unwrap_or_default();
    let Some(first) = rest.chars().next() else {
        return (format!("此处应为{zh}，条件却到此为止"), format!("expected {en}, but the filter ends here"));
    };
    if let Some(plain) = half_width(first) {
        return (format!("{first} 是全角字符，请写半角的 {plain}"), format!("{first} is a full-width character: write {plain}"));
    }
    let mut found: String =
        rest.chars().take_while(|next| !next.is_whitespace()).take(SHOWN + 1).map(|next| if next.is_control() { '�' } else { next }).collect();
    if found.chars().count() > SHOWN {
        found = found.chars().take(SHOWN).chain(['…']).collect();
    }
    (format!("此处应为{zh}，却是 {found}"), format!("expected {en}, found {found}"))
}

/// The character that was meant by one that a Chinese keyboard gives.
pub(super) fn half_width(character: char) -> Option<char> {
    match character {
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff5e}' => {
            char::from_u32(character as u32 - 0xfee0)
        }
        '\u{2018}' | '\u{2019}' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        '\u{3001}' => Some(','),
        '\u{3000}' => Some(' '),
        _ => None,
    }
}
