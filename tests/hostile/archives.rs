//! Archives and workbooks that swell, lead out, or say what they are not.

use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Made = (&'static str, Vec<u8>, &'static [&'static str]);

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).expect("entry");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("finish").into_inner()
}

const BEYOND: &[&str] = &["limit_exceeded"];
const REFUSED: &[&str] = &["archive_refused"];

pub fn all() -> Vec<Made> {
    let mut made: Vec<Made> = vec![
        ("bomb.zip", zip(&[("big.geojson", &vec![b' '; 64 << 20])]), BEYOND),
        ("out.zip", zip(&[("../../evil.geojson", b"{}")]), REFUSED),
        ("root.zip", zip(&[("/etc/cron.d/evil.geojson", b"{}")]), REFUSED),
        ("backslash.zip", zip(&[("..\\..\\evil.geojson", b"{}")]), REFUSED),
        ("control.zip", zip(&[("a\u{1b}[2J.geojson", b"{}")]), REFUSED),
        ("inner.zip", zip(&[("inner.zip", &zip(&[("a.geojson", b"{}")]))]), &["archive_without_data"]),
        ("vrt.zip", zip(&[("a.geojson", b"<OGRVRTDataSource/>")]), &["format_refused"]),
        ("twins.zip", zip(&[("a.geojson", b"{}"), ("a.GEOJSON", b"{}")]), REFUSED),
        ("broken.zip", b"PK\x03\x04 nothing".to_vec(), &["archive_broken"]),
        ("claims.zip", claims(), &["limit_exceeded", "archive_broken", "json_syntax"]),
        ("many.zip", many(), BEYOND),
        ("link.zip", link(), REFUSED),
    ];
    let sheet = |sheet: &str, shared: &[u8]| workbook(sheet, shared);
    let corner = sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#, b"");
    made.push(("corner.xlsx", corner, BEYOND));
    let long = sheet(r#"<row r="1"><c r="A1"><v>1</v></c><c r="FAA1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>"#, b"");
    made.push(("far.xlsx", long, &["limit_exceeded", "map_no_key", "key_not_found", "key_missing", "nothing_accepted"]));
    made.push(("shared.xlsx", sheet("", &vec![b' '; 64 << 20]), BEYOND));
    let entity = workbook_with(
        "<?xml version=\"1.0\"?><!DOCTYPE worksheet [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>"#,
        b"",
    );
    made.push(("entity.xlsx", entity, &["file_unreadable", "xml_syntax", "table_empty"]));
    let deep = sheet(&"<row>".repeat(100_000), b"");
    made.push(("deep.xlsx", deep, &["limit_exceeded", "file_unreadable"]));
    made.push((
        "noise.xls",
        [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0x55; 4096]].concat(),
        &["file_unreadable", "reader_crashed", "limit_exceeded"],
    ));
    made
}

fn workbook(rows: &str, shared: &[u8]) -> Vec<u8> {
    workbook_with("<?xml version=\"1.0\"?>", rows, shared)
}

fn workbook_with(head: &str, rows: &str, shared: &[u8]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let types = format!(
        r#"<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>"#
    );
    let roots = format!(
        r#"<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(
        r#"<?xml version="1.0"?><workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="parcel" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let parts = format!(
        r#"<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
    );
    let sheet = format!(r#"{head}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#);
    let strings = [format!(r#"<?xml version="1.0"?><sst xmlns="{main}"><si><t>"#).as_bytes(), shared, b"</t></si></sst>"].concat();
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", roots.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", parts.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", &strings),
    ])
}

/// An entry that says that it is small and is not: the size in both headers is overwritten.
fn claims() -> Vec<u8> {
    let mut bytes = zip(&[("a.geojson", &vec![b' '; 32 << 20])]);
    let size = (32u32 << 20).to_le_bytes();
    while let Some(at) = bytes.windows(4).position(|window| window == size) {
        bytes[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
    }
    bytes
}

fn many() -> Vec<u8> {
    let names: Vec<String> = (0..6_000).map(|index| format!("{index}.geojson")).collect();
    zip(&names.iter().map(|name| (name.as_str(), b"{}".as_slice())).collect::<Vec<_>>())
}

fn link() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("a.geojson", "/etc/passwd", SimpleFileOptions::default()).expect("link");
    writer.finish().expect("finish").into_inner()
}
