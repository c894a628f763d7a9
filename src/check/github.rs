//! Renders findings as workflow commands of GitHub Actions, which shows them as annotations in the
//! diff of a pull request.

use super::{Finding, Fixed};
use crate::text::visible;

/// Renders one workflow command per line: notices for fixed files, then the findings.
pub fn to_github(findings: &[Finding], fixed: &[Fixed]) -> String {
    let fixed = fixed.iter().map(|fixed| {
        let message = format!("document {:?}: {}", fixed.document, fixed.changes);
        command("notice", &[("file", fixed.file.clone()), ("title", "karat check --fix".to_owned())], &message)
    });
    fixed.chain(findings.iter().map(of_finding)).collect()
}

fn of_finding(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let mut properties = Vec::new();
    if let Some(file) = &diagnostic.file {
        properties.push(("file", file.display().to_string()));
    }
    if let Some((line, column)) = diagnostic.position {
        properties.push(("line", line.to_string()));
        properties.push(("col", column.to_string()));
    }
    properties.push(("title", format!("karat check: {}", finding.code)));
    let document = diagnostic.document.as_ref().map_or_else(String::new, |document| format!("document {document:?}: "));
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
    command(&finding.level.to_string(), &properties, &format!("{document}{}{help}", diagnostic.message))
}

/// Returns one workflow command with a line break, its properties and message escaped.
pub fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", of_property(value))).collect();
    format!("::{name} {}::{}\n", properties.join(","), of_message(message))
}

/// Escapes a message, whose lines stay lines; other hidden characters are made visible.
fn of_message(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    visible(&escaped).into_owned()
}

/// Returns lines of workflow commands of at most `most` characters: without notices from the end,
/// if that does not suffice without warnings, and then without errors. Other lines stay. A notice
/// says what was left out, and `place` where it is.
pub fn commands_within(commands: &str, most: usize, place: &str) -> String {
    const LEVELS: [&str; 3] = ["notice", "warning", "error"];
    let mut left = commands.chars().count();
    if left <= most {
        return commands.to_owned();
    }
    let mut lines: Vec<&str> = commands.split_inclusive('\n').collect();
    let mut counts = [0; LEVELS.len()];
    let note = |counts: &[usize; LEVELS.len()]| {
        let counted = counts.iter().zip(LEVELS).filter(|(count, _)| **count > 0);
        let counted = counted.map(|(count, level)| format!("{count} {level}{}", if *count == 1 { "" } else { "s" }));
        let counted = counted.collect::<Vec<_>>().join(", ");
        let message = format!("left out to stay within {most} characters: {counted}. {place}");
        command("notice", &[("title", "karat".to_owned())], &message)
    };
    for (level, name) in LEVELS.iter().enumerate() {
        let start = format!("::{name} ");
        let of_level: Vec<usize> = (0..lines.len()).rev().filter(|&at| lines[at].starts_with(&start)).collect();
        for at in of_level {
            if left + note(&counts).chars().count() <= most {
                break;
            }
            left -= lines[at].chars().count();
            lines[at] = "";
            counts[level] += 1;
        }
    }
    note(&counts) + &lines.concat()
}

fn of_property(text: &str) -> String {
    of_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{command, commands_within};

    #[test]
    fn what_would_end_a_property_or_the_line_is_escaped() {
        let line =
            command("error", &[("file", "a,b:c.json".to_owned()), ("title", "50%".to_owned())], "50% of::a,\r\nb");
        assert_eq!(line, "::error file=a%2Cb%3Ac.json,title=50%25::50%25 of::a,%0D%0Ab\n");
        assert_eq!(command("error", &[("file", "\u{1b}".to_owned())], "\u{202e}"), "::error file=\\u{1b}::\\u{202e}\n");
    }

    #[test]
    fn notices_go_before_warnings_and_errors() {
        let of = |level: &str| {
            (0..9).map(|at| command(level, &[("title", "x".to_owned())], &format!("m{at}"))).collect::<String>()
        };
        let all = format!("{}{}{}gate: fail\n", of("warning"), of("notice"), of("error"));
        let most = all.chars().count();
        assert_eq!(commands_within(&all, most, "X."), all);
        for most in (170..most).step_by(3) {
            let short = commands_within(&all, most, "X.");
            assert!(short.chars().count() <= most && short.ends_with("gate: fail\n"), "{most}");
            let count =
                |level: &str| short.lines().filter(|line| line.starts_with(&format!("::{level} title=x"))).count();
            assert!(count("notice") == 0 || count("warning") == 9);
            assert!(count("warning") == 0 || count("error") == 9);
        }
    }
}
