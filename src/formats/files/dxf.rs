//! DXF through GDAL, with the text's encoding settled first: GDAL takes a drawing without a code page for Latin-1,
//! and programs in China write UTF-8 or GBK whatever the header says.

use super::read::ReadOptions;
use super::source::{Progress, Table};
use super::{csv_read, gdal_layer};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::formats::encoding::{self, Decoded, EncodingUsed, FoundBy};
use std::path::Path;

pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, progress: Progress<'_>) -> Outcome<Table> {
    let bytes = super::read::all_bytes(path, options.limits)?;
    let (encoding, by) = match options.encoding {
        Some(label) => (encoding::given(label)?, FoundBy::Option),
        None => encoding::guess([bytes.as_slice()].into_iter()).ok_or_else(|| {
            Fault::bad("encoding_unknown", "图中文字既不是 UTF-8 也不是 GB18030", "the drawing's texts are neither UTF-8 nor GB18030")
                .help("请用 --encoding 指定", "state it with --encoding")
        })?,
    };
    if let Decoded::Bad(at) = encoding::decode(encoding, &bytes) {
        return Err(csv_read::bad_bytes(path, &bytes, at, encoding));
    }
    let set = gdal::config::set_thread_local_config_option("DXF_ENCODING", encoding::name(encoding));
    set.map_err(|error| Fault::internal("gdal_option", error))?;
    let table = gdal_layer::read(path, "DXF", &[], None, options, progress);
    // The option is for this file only; that it stays on this thread if clearing fails does no harm to other formats.
    let _ = gdal::config::clear_thread_local_config_option("DXF_ENCODING");
    let mut table = table?;
    table.encoding = Some(EncodingUsed::of(encoding, by));
    Ok(table)
}
