//! "Did you mean": the nearest known name to a misspelt one.

use rapidfuzz::distance::osa;

/// The nearest name, if it is near: at most one edit in three characters, and more than two
/// characters to compare. The first of equals.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let distance = |other: &str| osa::distance(lower.chars(), other.to_lowercase().chars());
    let (near, edits) = known.into_iter().map(|other| (other, distance(other))).min_by_key(|&(_, edits)| edits)?;
    let longer = lower.chars().count().max(near.chars().count());
    (longer > 2 && edits <= longer.div_ceil(3)).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_only() {
        let known = ["entities", "keyphrases", "key_points"];
        assert_eq!(nearest("entites", known), Some("entities"));
        assert_eq!(nearest("KeyPoints", known), Some("key_points"));
        assert_eq!(nearest("usage", known), None);
        assert_eq!(nearest("a", ["b"]), None);
    }
}
