//! The words behind `cargo bench --bench NAME --`.

use std::path::PathBuf;

pub struct Options {
    pub binary: PathBuf,
    pub folder: PathBuf,
    words: Vec<String>,
}

impl Options {
    /// Reads the command line: the binary first (the one just built when it is left out), then `--name value`. `--bench`, which cargo
    /// adds, is left out.
    pub fn read(usage: &str) -> Options {
        let mut words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
        let named = words.first().is_some_and(|word| !word.starts_with("--"));
        let named = named.then(|| words.remove(0)).or_else(|| option_env!("CARGO_BIN_EXE_parkplan").map(str::to_owned));
        let Some(binary) = named.and_then(|path| PathBuf::from(path).canonicalize().ok()) else {
            eprintln!("usage: {usage}");
            std::process::exit(2);
        };
        let mut options = Options { binary, folder: PathBuf::new(), words };
        // Beside the build: `/tmp` may live in memory, where a flush costs nothing.
        let beside = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = options.text("folder").map_or(beside, PathBuf::from);
        options.folder = folder.join(format!("load-{}", std::process::id()));
        std::fs::create_dir_all(&options.folder).expect("folder");
        options
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        let at = self.words.iter().position(|word| word.strip_prefix("--") == Some(name))?;
        self.words.get(at + 1).map(String::as_str)
    }

    pub fn number(&self, name: &str, otherwise: u64) -> u64 {
        self.text(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("--{name} takes a number, not {text}")))
    }

    pub fn list(&self, name: &str, otherwise: &str) -> Vec<u64> {
        let text = self.text(name).unwrap_or(otherwise);
        text.split(',')
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().unwrap_or_else(|_| panic!("--{name} takes numbers, not {part}")))
            .collect()
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
