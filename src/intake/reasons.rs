//! The stable words for why a row was repaired or left out, with their texts.

use crate::formats::geos::InvalidKind;

/// Word, 中文, English.
pub(crate) type Reason = (&'static str, &'static str, &'static str);

pub(crate) const MISSING_KEY: Reason = ("missing_key", "没有编码", "has no key");
pub(crate) const WIDE_ROW: Reason =
    ("wide_row", "列数多于表头，不知哪一格是哪一列", "has more cells than the header, so that it is not clear which cell is which");
pub(crate) const KEY_DIGITS_LOST: Reason =
    ("digits_lost", "编码的末几位已被表格软件丢失，可能是另一宗的编码", "has a key whose last digits a spreadsheet has lost: it may be another's");
pub(crate) const KEY_NO_TEXT: Reason =
    ("key_not_text", "编码被表格软件变成了日期或逻辑值", "has a key that a spreadsheet turned into a date or a truth value");
pub(crate) const DUPLICATE_KEY: Reason = ("duplicate_key", "编码与前面的行重复", "repeats the key of an earlier row");
pub(crate) const LEFT_OUT: Reason =
    ("duplicate_left_out", "编码与前面的行重复，按选项只取第一行", "repeats the key of an earlier row, which alone is taken as asked");
pub(crate) const DUPLICATE_DIFFERS: Reason =
    ("duplicate_differs", "同一编码的各行属性不一致，不能合并", "has another value than a row of the same key, so that they cannot become one");
pub(crate) const PART_NOT_TAKEN: Reason = (
    "duplicate_part_rejected",
    "同一编码的另一行不能采用，合并后会缺一部分",
    "shares its key with a row that cannot be taken: merged, a part would be missing",
);
pub(crate) const KEY_EXISTS: Reason = ("key_exists", "编码在城市文件中已存在", "has a key that the city already has");
pub(crate) const MISSING_REQUIRED: Reason = ("missing_required", "缺少必填项", "lacks a required value");
pub(crate) const NULL_GEOMETRY: Reason = ("null_geometry", "没有图形", "has no geometry");
pub(crate) const EMPTY_GEOMETRY: Reason = ("empty_geometry", "图形为空", "has an empty geometry");
pub(crate) const WRONG_KIND: Reason = ("wrong_kind", "图形类型不符", "has another kind of geometry than the layer takes");
pub(crate) const MIXED_PARTS: Reason = ("mixed_parts", "图形混有其他类型的部分", "mixes parts of other kinds");
pub(crate) const OPEN_LINE: Reason = ("open_line", "线未闭合，不能成面", "is a line that does not close, so it bounds no area");
pub(crate) const UNREADABLE: Reason = ("unreadable_geometry", "图形数据无法读取", "has geometry bytes that cannot be read");
pub(crate) const NON_FINITE: Reason = ("non_finite", "坐标不是有限数（NaN 或无穷大）", "has a coordinate that is not a finite number");
pub(crate) const UNCLOSED_RING: Reason = ("unclosed_ring", "环未闭合", "has a ring that does not close");
pub(crate) const TOO_FEW_POINTS: Reason = ("too_few_points", "环不足三个不同的点", "has a ring of fewer than three distinct points");
pub(crate) const NOTHING_LEFT: Reason = ("nothing_left", "修复后没有剩余面积", "leaves no area when mended");
pub(crate) const OUTSIDE_CRS: Reason = ("outside_crs", "坐标超出坐标系可转换的范围", "has coordinates that cannot be transformed");

/// The reason for a fault that GEOS found.
pub(crate) fn invalid(kind: InvalidKind) -> Reason {
    match kind {
        InvalidKind::SelfIntersection => ("self_intersection", "边界自相交", "has a boundary that crosses itself"),
        InvalidKind::RingSelfIntersection => ("ring_self_intersection", "环自相接", "has a ring that touches itself"),
        InvalidKind::HoleOutside => ("hole_outside", "内环在外环之外", "has a hole outside of its shell"),
        InvalidKind::NestedHoles => ("nested_holes", "内环套内环", "has a hole inside a hole"),
        InvalidKind::NestedShells => ("nested_shells", "外环套外环", "has a shell inside a shell"),
        InvalidKind::DisconnectedInterior => ("disconnected_interior", "内部被环分割", "has an interior that its rings divide"),
        InvalidKind::DuplicateRings => ("duplicate_rings", "环重复", "has the same ring twice"),
        InvalidKind::TooFewPoints => TOO_FEW_POINTS,
        InvalidKind::NonFinite => NON_FINITE,
        InvalidKind::Unclosed => UNCLOSED_RING,
        InvalidKind::Other => ("invalid_geometry", "图形不合法", "is not valid"),
    }
}
