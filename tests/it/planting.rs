//! Golden summaries with one fact each made false, to see whether that is caught. Deterministic.

use karat::metric::source::{Fact, FactKind};

/// A summary with a fact that its source does not have.
pub(crate) struct Planted {
    pub text: String,
    /// The bytes of what was planted.
    pub range: std::ops::Range<usize>,
    pub kind: FactKind,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The summary with each of its facts made false in every way there is: of a number its first digit
/// or its unit, of a date its day, year or month, of a name all of it, its first or its last word.
/// `others` are names of other documents. What the source happens to have is left out.
pub(crate) fn plant(summary: &str, facts: &[Fact], source: &str, others: &[String]) -> Vec<Planted> {
    let mut planted = Vec::new();
    let lower = source.to_lowercase();
    for (at, fact) in facts.iter().enumerate().filter(|(_, fact)| !fact.invented) {
        let start = summary.char_indices().nth(fact.start as usize).map_or(0, |(byte, _)| byte);
        let unused: Vec<&String> =
            others.iter().filter(|name| name.split(' ').all(|word| !lower.contains(&word.to_lowercase()))).collect();
        let forms = match fact.kind {
            FactKind::Number => numbers(&fact.text),
            FactKind::Date => dates(&fact.text),
            FactKind::Name => {
                unused.get(at % unused.len().max(1)).map_or_else(Vec::new, |name| names(&fact.text, name))
            }
        };
        for form in forms.into_iter().filter(|form| !lower.contains(&form.to_lowercase())) {
            let text = [&summary[..start], &form, &summary[start + fact.text.len()..]].concat();
            planted.push(Planted { text, range: start..start + form.len(), kind: fact.kind });
        }
    }
    planted
}

fn numbers(text: &str) -> Vec<String> {
    let Some(at) = text.find(|c: char| c.is_ascii_digit()) else { return vec!["seventy-seven".to_owned()] };
    let digit = text.as_bytes()[at] - b'0';
    let mut forms = vec![format!("{}{}{}", &text[..at], digit % 9 + 1, &text[at + 1..])];
    forms.extend(text.contains('€').then(|| text.replace('€', "£")));
    forms.extend(text.contains(" million").then(|| text.replace(" million", " billion")));
    forms
}

fn dates(text: &str) -> Vec<String> {
    let mut forms = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + found;
        let end = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| start + length);
        let number: u32 = text[start..end].parse().unwrap_or(0);
        let other = if end - start == 4 { number + 3 } else { (number + 2) % 27 + 1 };
        // Not the month of an ISO date, which may not be more than 12.
        if end - start == 4 || !text.contains('-') {
            forms.push(format!("{}{other}{}", &text[..start], &text[end..]));
        }
        at = end;
    }
    let month = MONTHS.iter().position(|month| text.contains(month));
    forms.extend(month.map(|at| text.replace(MONTHS[at], MONTHS[(at + 5) % 12])));
    forms
}

fn names(text: &str, other: &str) -> Vec<String> {
    let mut forms = vec![other.to_owned()];
    let (first, last) = (other.split(' ').next().unwrap_or(other), other.rsplit(' ').next().unwrap_or(other));
    if let Some((head, _)) = text.rsplit_once(' ') {
        forms.push(format!("{head} {last}"));
    }
    if let Some((_, tail)) = text.split_once(' ') {
        forms.push(format!("{first} {tail}"));
    }
    forms
}
