//! One page of A4 with Chinese type: the font is subset and embedded, and the text can be copied out again.
//!
//! # Units
//! PDF points (1/72 inch), from the upper left.

use super::cjk_font::FontFile;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};

/// What stands on the page, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CertificateSheet {
    pub title: String,
    pub subtitle: String,
    pub number: String,
    /// Whose certificate it is, in large type.
    pub holder: String,
    /// What is certified, a paragraph.
    pub words: String,
    /// Label and value.
    pub lines: Vec<(String, String)>,
    /// In small type at the foot.
    pub notes: Vec<String>,
    /// Across the head, where the page has no force.
    pub warning: Option<String>,
}

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const LEFT: f32 = 72.0;
const RIGHT: f32 = WIDTH - 72.0;
/// Where values begin.
const VALUES: f32 = LEFT + 118.0;
const INK: (u8, u8, u8) = (20, 32, 44);
const QUIET: (u8, u8, u8) = (97, 109, 121);
const GREEN: (u8, u8, u8) = (30, 111, 98);
const RED: (u8, u8, u8) = (190, 58, 30);

/// Draws the page.
pub fn draw_certificate(sheet: &CertificateSheet, font: &FontFile) -> Outcome<Vec<u8>> {
    let unreadable = || {
        let path = font.path.display();
        Fault::bad("no_font", format!("{path} 不是可用的字体"), format!("{path} is no font that can be used")).at(path.to_string())
    };
    let face = Font::new(font.read()?.into(), font.face).ok_or_else(unreadable)?;
    let mut document = Document::new();
    let language = Metadata::new().title(format!("{} {}", sheet.title, sheet.number)).language("zh-CN".to_owned()).creator("parkplan".to_owned());
    document.set_metadata(language);
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Fault::internal("page", "no such page"))?;
    let mut page = document.start_page_with(settings);
    {
        let mut pen = Pen { surface: page.surface(), face };
        pen.page(sheet);
    }
    page.finish();
    document.finish().map_err(|error| Fault::internal("pdf", format!("{error:?}")))
}

struct Pen<'a> {
    surface: Surface<'a>,
    face: Font,
}

impl Pen<'_> {
    fn page(&mut self, sheet: &CertificateSheet) {
        self.frame(28.0, 2.0);
        self.frame(34.0, 0.6);
        if let Some(warning) = &sheet.warning {
            self.line(LEFT, 66.0, 11.0, RED, warning);
        }
        self.line(LEFT, 122.0, 30.0, GREEN, &sheet.title);
        self.line(LEFT, 144.0, 11.0, QUIET, &sheet.subtitle);
        self.line(LEFT, 172.0, 12.0, INK, &sheet.number);
        let mut y = self.lines(LEFT, 236.0, 34.0, INK, &sheet.holder, 42.0);
        y = self.lines(LEFT, y + 2.0, 13.0, INK, &sheet.words, 21.0) + 6.0;
        self.rule(y - 12.0);
        for (label, value) in &sheet.lines {
            self.line(LEFT, y + 8.0, 10.5, QUIET, label);
            y = self.lines(VALUES, y + 8.0, 11.5, INK, value, 17.0) + 1.0;
        }
        let mut y = HEIGHT - 60.0 - 13.0 * sheet.notes.len() as f32;
        self.rule(y - 14.0);
        for note in &sheet.notes {
            self.line(LEFT, y, 8.5, QUIET, note);
            y += 13.0;
        }
    }

    /// Text that is broken where the line is full; where the next line begins.
    fn lines(&mut self, x: f32, y: f32, size: f32, ink: (u8, u8, u8), text: &str, step: f32) -> f32 {
        let broken = broken(text, RIGHT - x, size);
        let count = broken.len();
        for (at, part) in broken.iter().enumerate() {
            self.line(x, y + step * at as f32, size, ink, part);
        }
        y + step * count as f32
    }

    fn line(&mut self, x: f32, y: f32, size: f32, (red, green, blue): (u8, u8, u8), text: &str) {
        let fill = Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: Default::default() };
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill));
        self.surface.draw_text(Point::from_xy(x, y), self.face.clone(), size, text, false, TextDirection::Auto);
    }

    fn frame(&mut self, inset: f32, width: f32) {
        let path = Rect::from_xywh(inset, inset, WIDTH - 2.0 * inset, HEIGHT - 2.0 * inset).and_then(|rect| {
            let mut builder = PathBuilder::new();
            builder.push_rect(rect);
            builder.finish()
        });
        self.stroke(path, width);
    }

    fn rule(&mut self, y: f32) {
        let mut builder = PathBuilder::new();
        builder.move_to(LEFT, y);
        builder.line_to(RIGHT, y);
        self.stroke(builder.finish(), 0.6);
    }

    fn stroke(&mut self, path: Option<Path>, width: f32) {
        let Some(path) = path else { return };
        let (red, green, blue) = GREEN;
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke { paint: rgb::Color::new(red, green, blue).into(), width, ..Stroke::default() }));
        self.surface.draw_path(&path);
    }
}

/// A word that is longer is broken anywhere, as a hash is.
const LONGEST_WORD: usize = 24;

/// Lines that fit, broken between words where there are any: a Chinese letter is as wide as it is high, others are taken as 0.6 of it.
fn broken(text: &str, width: f32, size: f32) -> Vec<String> {
    let wide = |letter: char| if (letter as u32) < 0x2000 { 0.6 * size } else { size };
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for letter in text.chars() {
        if used + wide(letter) > width {
            let word = if letter.is_ascii_alphanumeric() { begun_word(lines.last_mut()) } else { String::new() };
            used = word.chars().map(wide).sum();
            lines.push(word);
        }
        used += wide(letter);
        if let Some(line) = lines.last_mut() {
            line.push(letter);
        }
    }
    lines
}

/// Takes the word that a line ends in the midst of; nothing where it is the whole line or too long for a word.
fn begun_word(line: Option<&mut String>) -> String {
    let Some(line) = line else { return String::new() };
    let start = line.char_indices().rev().find(|(_, letter)| !letter.is_ascii_alphanumeric()).map(|(at, letter)| at + letter.len_utf8());
    start.filter(|start| line.len() - start <= LONGEST_WORD).map_or_else(String::new, |start| line.split_off(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_and_nothing_is_lost() {
        let text = "特色产业园区".repeat(20) + &"f".repeat(64);
        let lines = broken(&text, 300.0, 12.0);
        assert_eq!(lines.concat(), text);
        assert!(lines.len() > 5 && lines.iter().all(|line| line.chars().count() <= 41));
        assert_eq!(broken("equipment and instruments", 80.0, 6.0), ["equipment and ", "instruments"]);
    }
}
