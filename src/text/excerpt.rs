//! Excerpts of data from outside, for messages. They are short and escaped, so that neither a long
//! line nor a control character spoils a terminal.

/// The first 80 characters of a line, quoted and escaped.
pub(crate) fn excerpt(line: &str) -> String {
    const LONGEST: usize = 80;
    let short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() { format!("{short:?}…") } else { format!("{short:?}") }
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn an_excerpt_has_at_most_80_characters() {
        assert_eq!(excerpt("a\nb"), r#""a\nb""#);
        assert_eq!(excerpt(&"ä".repeat(80)), format!("{:?}", "ä".repeat(80)));
        assert_eq!(excerpt(&"x".repeat(81)), format!("\"{}\"…", "x".repeat(80)));
    }
}
