//! Groups of equal messages about documents: a program that fails on every document in the same way
//! fills neither a terminal nor a report.

use std::collections::BTreeMap;

/// Number of equal messages up to which each one is listed.
const LISTED: usize = 3;

/// Groups ids by their messages, in the order of the first id. Up to three ids with the same
/// message remain groups of their own.
pub fn alike<M: Ord + Clone>(messages: impl IntoIterator<Item = (String, M)>) -> Vec<(M, Vec<String>)> {
    let all: Vec<(String, M)> = messages.into_iter().collect();
    let mut counts: BTreeMap<&M, usize> = BTreeMap::new();
    all.iter().for_each(|(_, message)| *counts.entry(message).or_default() += 1);
    let mut groups: Vec<(M, Vec<String>)> = Vec::new();
    let mut indexes: BTreeMap<&M, usize> = BTreeMap::new();
    for (id, message) in &all {
        match indexes.get(message) {
            Some(index) => groups[*index].1.push(id.clone()),
            None => {
                if counts[message] > LISTED {
                    indexes.insert(message, groups.len());
                }
                groups.push((message.clone(), vec![id.clone()]));
            }
        }
    }
    groups
}

/// Renders the ids of a group: the only one, or their number and the first three.
pub fn ids(ids: &[String]) -> String {
    match ids {
        [id] => format!("{id:?}"),
        _ => {
            let shown: Vec<String> = ids.iter().take(LISTED).map(|id| format!("{id:?}")).collect();
            let rest = ids.len().saturating_sub(LISTED);
            let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!("{} documents ({}{rest})", ids.len(), shown.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{alike, ids};

    #[test]
    fn more_than_three_equal_messages_are_one_group() {
        let messages = ["x", "y", "x", "z", "x", "y", "x"].into_iter().enumerate();
        let groups = alike(messages.map(|(id, message)| (id.to_string(), message)));
        let groups: Vec<(&str, String)> = groups.iter().map(|(message, of)| (*message, ids(of))).collect();
        let wanted =
            [("x", r#"4 documents ("0", "2", "4" and 1 more)"#), ("y", "\"1\""), ("z", "\"3\""), ("y", "\"5\"")];
        assert_eq!(groups, wanted.map(|(message, ids)| (message, ids.to_owned())));
    }
}
