//! What an export did to the features.

use crate::formats::Written;
use serde::Serialize;
use std::collections::BTreeMap;

/// What went into a file, and what of it the file's format could not hold.
#[derive(Debug, Default, Serialize)]
pub struct Exported {
    pub count: usize,
    /// Features that keep more decimals than were asked for, to stay valid and (from seven on) to keep their area.
    #[serde(skip_serializing_if = "is_nought")]
    pub finer: usize,
    /// Features whose area changes by more than a ten-thousandth by rounding.
    #[serde(skip_serializing_if = "is_nought")]
    pub coarse: usize,
    /// Column and the shorter name that the format forced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub short_names: Vec<(String, String)>,
    /// Key and column of texts that the format cut.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut_texts: Vec<(String, String)>,
    /// Key and column of texts that lost characters which the format forbids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost_characters: Vec<(String, String)>,
    /// Key and column of numbers that the format keeps with fewer digits than they have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rounded_numbers: Vec<(String, String)>,
    /// The format has no place for the layer's shapes: a table of the values alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_shapes: bool,
    /// How places came about that are not as a register gave them (`[local→…]`, `[GCJ-02→WGS 84]`), with the number of rows.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub derived: BTreeMap<String, usize>,
    /// Keys of shapes whose holes stand as rings of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loose_rings: Vec<String>,
    /// Columns that the format has no place for.
    #[serde(skip_serializing_if = "is_nought")]
    pub attributes_left: usize,
}

fn is_nought<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Exported {
    pub(super) fn of(count: usize, written: Written) -> Exported {
        let Written { short_names, cut_texts, lost_characters, rounded_numbers, loose_rings, attributes_left, .. } = written;
        Exported { count, short_names, cut_texts, lost_characters, rounded_numbers, loose_rings, attributes_left, ..Exported::default() }
    }

    /// What a person should know, in 中文 and English.
    pub fn notices(&self) -> Vec<(String, String)> {
        let list = |pairs: &[(String, String)], arrow: &str| {
            let shown: Vec<String> = pairs.iter().take(20).map(|(a, b)| format!("{a}{arrow}{b}")).collect();
            format!("{}{}", shown.join(", "), if pairs.len() > shown.len() { " …" } else { "" })
        };
        let mut told = Vec::new();
        for (mark, count) in &self.derived {
            told.push((
                format!("{count} 个图形的位置由换算得来（见来源栏）：{mark}"),
                format!("the places of {count} features were computed (see their source): {mark}"),
            ));
        }
        if self.finer > 0 {
            let count = self.finer;
            told.push((
                format!("{count} 个图形按所要的小数位取整会失效或面积变化超过万分之一，已多保留几位"),
                format!("{count} features keep more decimals: with fewer their polygons would not be valid, or their areas change by more than a ten-thousandth"),
            ));
        }
        if self.coarse > 0 {
            let count = self.coarse;
            told.push((
                format!("{count} 个图形取整后面积变化超过万分之一：要保面积请加 --precision 9，或用 gpkg"),
                format!(
                    "the area of {count} features changes by more than a ten-thousandth by rounding: use --precision 9, or gpkg, where areas count"
                ),
            ));
        }
        if !self.short_names.is_empty() {
            let names = list(&self.short_names, " → ");
            told.push((format!("字段名被格式缩短：{names}"), format!("names of fields were cut by the format: {names}")));
        }
        if !self.cut_texts.is_empty() {
            let (count, places) = (self.cut_texts.len(), list(&self.cut_texts, "/"));
            told.push((
                format!("{count} 处文字超过格式所容的长度，已截断：{places}"),
                format!("{count} texts were cut: they are longer than the format holds: {places}"),
            ));
        }
        if self.without_shapes {
            told.push((
                "表格不含图形，只有属性；要图形请用 gpkg、fgb、shp 或 geojson".to_owned(),
                "a table holds the values alone, no shapes: use gpkg, fgb, shp or geojson for those".to_owned(),
            ));
        }
        if !self.rounded_numbers.is_empty() {
            let (count, places) = (self.rounded_numbers.len(), list(&self.rounded_numbers, "/"));
            told.push((
                format!("{count} 个数的末几位超出格式的位数，已舍入：{places}"),
                format!("{count} numbers have more digits than the format keeps, and were rounded: {places}"),
            ));
        }
        if !self.lost_characters.is_empty() {
            let (count, places) = (self.lost_characters.len(), list(&self.lost_characters, "/"));
            told.push((
                format!("{count} 处文字含格式不允许的控制字符，已去掉：{places}"),
                format!("{count} texts had control characters that the format forbids; they were left out: {places}"),
            ));
        }
        if self.attributes_left > 0 {
            let count = self.attributes_left;
            told.push((
                format!("图纸只有图形、用地和编码，其余 {count} 列未写出"),
                format!("a drawing holds shapes, use and code; the other {count} columns were left out"),
            ));
        }
        if !self.loose_rings.is_empty() {
            let (count, keys) = (self.loose_rings.len(), self.loose_rings.iter().take(20).cloned().collect::<Vec<_>>().join(", "));
            told.push((
                format!("{count} 个图形有内环，在图纸中是单独的闭合线：{keys}"),
                format!("{count} shapes have holes, which are closed lines of their own in a drawing: {keys}"),
            ));
        }
        told
    }
}
