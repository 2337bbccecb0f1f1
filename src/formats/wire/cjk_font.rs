//! Where a font with Chinese is found. None is shipped: the system's is read, and what is used of it is embedded.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::path::{Path, PathBuf};

/// A font file and the face in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FontFile {
    pub path: PathBuf,
    /// Of a collection; 0 of a single font.
    pub face: u32,
}

/// In Noto's collections the simplified Chinese face comes third, after the Japanese and the Korean one.
const NOTO_SC: u32 = 2;

/// Where systems keep a sans-serif with simplified Chinese.
const PLACES: &[(&str, u32)] = &[
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", NOTO_SC),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", NOTO_SC),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", NOTO_SC),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", NOTO_SC),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
];

impl FontFile {
    /// The configured font, or the system's.
    ///
    /// # Errors
    /// `no_font` names the package to install.
    pub fn find(configured: Option<&Path>) -> Outcome<FontFile> {
        Self::among(configured, PLACES)
    }

    fn among(configured: Option<&Path>, places: &[(&str, u32)]) -> Outcome<FontFile> {
        if let Some(path) = configured {
            let is_noto = path.file_name().is_some_and(|name| name.to_string_lossy().contains("CJK"));
            let is_collection = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ttc"));
            return Ok(FontFile { path: path.to_owned(), face: if is_noto && is_collection { NOTO_SC } else { 0 } });
        }
        let found = places.iter().find(|(path, _)| Path::new(path).is_file());
        let (path, face) = found.ok_or_else(|| {
            Fault::bad("no_font", "本机没有中文字体，不能写证书", "this machine has no font with Chinese, so no certificate can be written").help(
                "安装 fonts-noto-cjk（Debian、Ubuntu：apt install fonts-noto-cjk；Fedora：google-noto-sans-cjk-fonts），或在配置中写 font = \"字体文件\"（或 PARKPLAN_FONT）",
                "install fonts-noto-cjk (Debian, Ubuntu: apt install fonts-noto-cjk; Fedora: google-noto-sans-cjk-fonts), or say font = \"FILE\" in the configuration (or PARKPLAN_FONT)",
            )
        })?;
        Ok(FontFile { path: PathBuf::from(path), face: *face })
    }

    pub(super) fn read(&self) -> Outcome<Vec<u8>> {
        std::fs::read(&self.path).map_err(|error| {
            let path = self.path.display();
            Fault::bad("no_font", format!("读不了字体 {path}：{error}"), format!("cannot read the font {path}: {error}"))
                .at(path.to_string())
                .help("核对配置中的 font", "look at `font` in the configuration")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_font_the_refusal_names_the_package() {
        let fault = FontFile::among(None, &[("/nowhere/a.ttc", 0)]).expect_err("refused");
        assert!(fault.code == "no_font" && fault.help_en.is_some_and(|help| help.contains("fonts-noto-cjk")));
        let own = FontFile::among(Some(Path::new("/fonts/NotoSansCJK-Bold.ttc")), &[]).expect("configured");
        assert_eq!(own.face, NOTO_SC);
        assert_eq!(FontFile::among(Some(Path::new("/fonts/simhei.ttf")), &[]).expect("configured").face, 0);
    }
}
