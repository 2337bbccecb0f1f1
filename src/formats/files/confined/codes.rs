//! Codes of what reading has to tell. A code is a name that scripts know, so one that the reading process makes up is none.

/// Faults and notices of `formats`.
pub(super) const CODES: &[&str] = &[
    "archive_broken",
    "archive_refused",
    "archive_without_data",
    "cancelled",
    "crs_no_way",
    "crs_refused",
    "crs_unknown",
    "csv_quotes",
    "csv_syntax",
    "curves_straightened",
    "deleted_records",
    "encoding_lacks",
    "encoding_suspect",
    "encoding_unknown",
    "encoding_wrong",
    "file_cut",
    "file_empty",
    "file_has_no_layer",
    "file_is_directory",
    "file_missing",
    "file_unreadable",
    "form_kind",
    "format_refused",
    "format_unknown",
    "gdal",
    "gdal_option",
    "hatches_dropped",
    "header_row",
    "hidden_columns",
    "hidden_rows",
    "json_syntax",
    "limit_exceeded",
    "members_repeated",
    "merged_cells_filled",
    "merged_numbers",
    "not_a_file",
    "not_json_numbers",
    "path_refused",
    "reader_answer",
    "reader_crashed",
    "reader_not_started",
    "rows_empty",
    "scratch_failed",
    "scratch_full",
    "several_layers",
    "shapefile_part_missing",
    "shapefile_truncated",
    "short_rows",
    "source_layer_unknown",
    "table_empty",
    "text_cut",
    "xml_syntax",
];

pub(super) fn known(code: &str) -> Option<&'static str> {
    CODES.iter().find(|known| **known == code).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Texts in quotes that follow one of the words by which a fault or a notice is made.
    fn said(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                said(&entry, found);
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in ["Fault::bad(", "Fault::internal(", "code: ", "FaultKind::UnsupportedMedia,", "FaultKind::Cancelled,", "FaultKind::NoRoom,"] {
                for after in text.split(word).skip(1) {
                    let after = after.trim_start();
                    if let Some(code) = after.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                        found.push((code.to_owned(), entry.display().to_string()));
                    }
                }
            }
        }
    }

    #[test]
    fn every_code_that_reading_may_say_is_known() {
        let mut found = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/formats");
        said(&root.join("files"), &mut found);
        for file in ["crs.rs", "encoding.rs"] {
            let text = std::fs::read_to_string(root.join(file)).unwrap();
            let codes = text.split("Fault::bad(").skip(1).filter_map(|after| after.trim_start().strip_prefix('"')?.split('"').next());
            found.extend(codes.map(|code| (code.to_owned(), file.to_owned())));
        }
        assert!(found.len() > 40, "only {} codes were found in the sources", found.len());
        let unknown: Vec<_> = found.iter().filter(|(code, _)| known(code).is_none()).collect();
        assert!(unknown.is_empty(), "name them in CODES: {unknown:?}");
        assert!(CODES.is_sorted());
    }
}
