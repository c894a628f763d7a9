//! The warnings of a layer as lines: those of one kind are listed for at most three documents,
//! since what is odd about one document is often so in all of them.

use std::collections::BTreeMap;

use crate::text::{alike, ids};

/// Number of warnings of one kind that are listed.
const LISTED: usize = 3;

/// Returns the lines for warnings about documents, in the order of the documents.
pub(super) fn lines(mut warnings: Vec<(String, Vec<String>)>) -> Vec<String> {
    warnings.sort();
    let all =
        warnings.into_iter().flat_map(|(id, of_one)| of_one.into_iter().map(move |warning| (id.clone(), warning)));
    let groups = alike(all);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (warning, _) in &groups {
        *counts.entry(kind(warning)).or_default() += 1;
    }
    let (mut lines, mut listed) = (Vec::new(), BTreeMap::<String, usize>::new());
    for (warning, of) in groups {
        let kind = kind(&warning);
        let (count, listed) = (counts[&kind], listed.entry(kind).or_default());
        *listed += 1;
        if *listed <= LISTED {
            let document = if of.len() == 1 { "document " } else { "" };
            lines.push(format!("{document}{}: {warning}", ids(&of)));
        }
        if *listed == LISTED && count > LISTED {
            lines.push(format!("{} more warnings like this one", count - LISTED));
        }
    }
    lines
}

/// The text of a warning without its numbers and quotations.
fn kind(warning: &str) -> String {
    let unquoted: String = warning.split(['"', '`']).step_by(2).collect::<Vec<_>>().join("\"");
    unquoted.chars().filter(|char| !char.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn warnings_of_one_kind_are_capped() {
        let warnings = (0..300).map(|number| (format!("{number:03}"), vec!["empty".to_owned()])).collect();
        assert_eq!(lines(warnings), [r#"300 documents ("000", "001", "002" and 297 more): empty"#]);

        let warning =
            |number: usize| (number.to_string(), vec![format!("at {number}..{} of \"x{number}\"", number + 1)]);
        assert_eq!(lines((0..2).map(warning).collect()).len(), 2);
        let capped = lines((0..9).map(warning).collect());
        assert_eq!(capped.len(), 4);
        assert_eq!(capped[2..], ["document \"2\": at 2..3 of \"x2\"", "6 more warnings like this one"]);
    }
}
