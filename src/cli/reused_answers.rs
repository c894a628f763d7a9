//! Notes on the answers of a run that earlier runs had requested.

use jiff::{Timestamp, Unit};
use karat::runner::{Account, Answers};

/// Returns a note for each extractor and dataset with answers from the cache or from the
/// interrupted run. `now` is when the run began.
pub(super) fn notes(answers: &Answers, now: &str) -> Vec<String> {
    let mut notes = Vec::new();
    for ((extractor, dataset), account) in &answers.accounts {
        let Account { cached, from_cache, .. } = account;
        if let Some((oldest, count)) = from_cache {
            let age = age(oldest, now).map(|age| format!(", the oldest {age}")).unwrap_or_default();
            notes.push(format!("note: {dataset}, {extractor}: {} from the cache{age}\n", number(*count)));
        }
        let resumed = cached - from_cache.as_ref().map_or(0, |(_, count)| *count);
        if resumed > 0 {
            notes.push(format!("note: {dataset}, {extractor}: {} from the interrupted run\n", number(resumed)));
        }
    }
    notes
}

fn number(count: u32) -> String {
    if count == 1 { "1 answer".to_owned() } else { format!("{count} answers") }
}

/// Returns the time between two timestamps in its largest unit.
fn age(then: &str, now: &str) -> Option<String> {
    let (then, now): (Timestamp, Timestamp) = (then.parse().ok()?, now.parse().ok()?);
    let seconds = now.since(then).ok()?.total(Unit::Second).ok()?.max(0.0) as u64;
    let (count, unit) = match seconds {
        0..60 => return Some("less than a minute old".to_owned()),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    Some(format!("{count} {unit}{} old", if count == 1 { "" } else { "s" }))
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn ages_are_in_the_largest_unit() {
        let age = |then| age(then, "2026-03-10T12:00:00.000Z");
        assert_eq!(age("2026-03-10T11:59:30.000Z").as_deref(), Some("less than a minute old"));
        assert_eq!(age("2026-03-10T11:58:30.000Z").as_deref(), Some("1 minute old"));
        assert_eq!(age("2026-03-10T09:00:00.000Z").as_deref(), Some("3 hours old"));
        assert_eq!(age("2026-03-01T12:00:00.000Z").as_deref(), Some("9 days old"));
        assert_eq!(age("2026-03-11T12:00:00.000Z").as_deref(), Some("less than a minute old"));
        assert_eq!(age("yesterday"), None);
    }
}
