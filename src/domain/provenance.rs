//! What a row's `source` says of how its place came about: coordinates that were not taken as the file has them.

/// The column that every layer of a register has for it.
pub const COLUMN: &str = "source";
/// Begins the mark of a local system, after which come its CRS and parameters.
pub const LOCAL: &str = "[local→";
/// The mark of coordinates from which the web maps' shift was taken out.
pub const UNSHIFTED: &str = "[GCJ-02→WGS 84]";

/// A source with a mark at its end.
pub fn marked(source: &str, mark: &str) -> String {
    if source.contains(mark) { source.to_owned() } else { format!("{source} {mark}").trim_start().to_owned() }
}

/// The marks of a source, in their order.
pub fn marks(source: &str) -> impl Iterator<Item = &str> {
    source.match_indices('[').filter_map(|(at, _)| {
        let rest = &source[at..];
        let mark = &rest[..=rest.find(']')?];
        (mark.starts_with(LOCAL) || mark == UNSHIFTED).then_some(mark)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_again_and_set_once() {
        let local = "[local→EPSG:4547 dx=1 dy=2 scale=1 rotation=0]";
        let once = marked(&marked("宗地[1].shp", local), UNSHIFTED);
        assert_eq!(marked(&once, local), once);
        assert_eq!(marks(&once).collect::<Vec<_>>(), [local, UNSHIFTED]);
        assert_eq!(marks("a [b] c [").count(), 0);
        assert_eq!(marked("", UNSHIFTED), UNSHIFTED);
    }
}
