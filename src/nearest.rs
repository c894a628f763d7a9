//! "Did you mean" suggestions: the known name that is nearest to a misspelt one.

use rapidfuzz::distance::osa;

/// Returns the known name with the smallest edit distance, the first one if several are equal.
/// Returns `None` if the distance is more than a third of the length of the longer name (rounded
/// up), or if neither name is longer than two characters.
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
