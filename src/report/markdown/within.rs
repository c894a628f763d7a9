//! Shortens a page of Markdown to a number of characters, since GitHub refuses comments of more
//! than 65,536.
//!
//! Sections are left out whole, the least important first, by a fixed order, and of equal ones the
//! last first. If what must stay is still too long, its last lines go: the title, the verdicts and
//! the headline figures stand at its beginning. Tables are cut between rows. All headings are
//! karat's own, since input is inert, so that the page itself shows where its sections begin.

use std::collections::BTreeMap;

use super::page::CONTENTS;

/// The headings of the sections that are left out before the others, the least important first.
const ORDER: [&str; 20] = [
    "Signatures",
    "Worked summaries",
    "What changed",
    "Worked errors",
    "Worst documents",
    "Confidence",
    "Timings",
    "Confusion of labels",
    "Agreement with hand-made verdicts",
    "Verdicts on key points",
    "By label",
    "By field",
    "Labels",
    "Slices, worst first",
    "One against another",
    "Above chance",
    "Repeats",
    "Empty summaries",
    "Without a golden file",
    "Warnings",
];
/// The headings of the sections that are never left out.
const KEPT: [&str; 2] = ["Verdicts", "Gate"];

/// A heading with the text up to the next one.
struct Section<'m> {
    level: usize,
    heading: &'m str,
    text: &'m str,
    chars: usize,
}

impl Section<'_> {
    /// Returns the place of the section in the order in which sections are left out; `None` if it
    /// always stays.
    fn rank(&self) -> Option<usize> {
        // The verdicts of the page are a section of level 2, those on key points of level 3.
        let heading =
            if self.level == 3 && self.heading == "Verdicts" { "Verdicts on key points" } else { self.heading };
        let begins = |name: &&str| {
            heading.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ',']))
        };
        if self.level < 2 || KEPT.iter().any(&begins) {
            return None;
        }
        Some(ORDER.iter().position(&begins).unwrap_or(ORDER.len()))
    }
}

/// Returns a page of at most `most` characters. If it is cut, its last lines name what was left
/// out, and `place` says where that is.
pub fn within(markdown: &str, most: usize, place: &str) -> String {
    if markdown.chars().count() <= most {
        return markdown.to_owned();
    }
    let sections = sections(markdown);
    let mut is_left_out = vec![false; sections.len()];
    let mut names = LeftOut::default();
    let mut left: usize = sections.iter().map(|section| section.chars).sum();
    for at in order(&sections) {
        if left + names.note(most, place).chars().count() <= most {
            break;
        }
        if is_left_out[at] {
            continue;
        }
        names.add(sections[at].heading);
        let below = sections[at + 1..].iter().take_while(|section| section.level > sections[at].level).count();
        for section in at..=at + below {
            left -= if is_left_out[section] { 0 } else { sections[section].chars };
            is_left_out[section] = true;
        }
    }
    let kept: String = sections
        .iter()
        .zip(&is_left_out)
        .filter(|(_, is_left_out)| !**is_left_out)
        .map(|(section, _)| section.text)
        .collect();
    // The table of contents would lead to sections that are left out.
    let kept: String = kept.split_inclusive('\n').filter(|line| !line.starts_with(CONTENTS)).collect();
    let left = kept.chars().count();
    let note = names.note(most, place);
    if left + note.chars().count() <= most {
        return kept + &note;
    }
    names.has_lines = true;
    let note = names.note(most, place);
    let room = most.saturating_sub(note.chars().count());
    format!("{}{note}", whole_lines(&kept, room))
}

/// Returns the indexes of the sections in the order in which they are left out.
fn order(sections: &[Section<'_>]) -> Vec<usize> {
    let ranked = sections.iter().enumerate().skip(1);
    let mut ranked: Vec<(usize, usize)> = ranked.filter_map(|(at, section)| Some((section.rank()?, at))).collect();
    ranked.sort_by_key(|(rank, at)| (*rank, std::cmp::Reverse(*at)));
    ranked.into_iter().map(|(_, at)| at).collect()
}

fn sections(markdown: &str) -> Vec<Section<'_>> {
    let mut starts = vec![0];
    let (mut at, mut is_code) = (0, false);
    for line in markdown.split_inclusive('\n') {
        is_code ^= line.starts_with("```");
        if at > 0 && !is_code && level(line).is_some() {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([markdown.len()]);
    let section = |(start, end): (&usize, usize)| {
        let text = &markdown[*start..end];
        let first = text.lines().next().unwrap_or_default();
        let level = level(first).unwrap_or(0);
        Section { level, heading: first.trim_start_matches('#').trim(), text, chars: text.chars().count() }
    };
    starts.iter().zip(ends).map(section).collect()
}

/// Returns the level of a heading; `None` for other lines.
fn level(line: &str) -> Option<usize> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    (level > 0 && line[level..].starts_with(' ')).then_some(level)
}

/// Returns the first lines of a text that have at most `most` characters together, without an
/// unfinished `<details>` or fence.
fn whole_lines(text: &str, most: usize) -> &str {
    let (mut chars, mut at, mut end) = (0, 0, 0);
    let (mut open, mut is_code) = (0_usize, false);
    for line in text.split_inclusive('\n') {
        chars += line.chars().count();
        if chars > most {
            break;
        }
        at += line.len();
        open = (open + line.matches("<details>").count()).saturating_sub(line.matches("</details>").count());
        is_code ^= line.starts_with("```");
        if open == 0 && !is_code {
            end = at;
        }
    }
    &text[..end]
}

/// The headings of the sections that were left out, with their numbers.
#[derive(Default)]
struct LeftOut<'m> {
    names: Vec<&'m str>,
    counts: BTreeMap<&'m str, usize>,
    has_lines: bool,
}

impl<'m> LeftOut<'m> {
    fn add(&mut self, heading: &'m str) {
        let count = self.counts.entry(heading).or_default();
        if *count == 0 {
            self.names.push(heading);
        }
        *count += 1;
    }

    /// Returns the last lines of the page.
    fn note(&self, most: usize, place: &str) -> String {
        const MOST: usize = 12;
        let name = |name: &&&str| match self.counts[**name] {
            1 => format!("“{name}”"),
            count => format!("“{name}” ({count} times)"),
        };
        let mut names: Vec<String> = self.names.iter().take(MOST).map(|one| name(&one)).collect();
        if self.names.len() > MOST {
            names.push(format!("{} more sections", self.names.len() - MOST));
        }
        if self.has_lines {
            names.push("the last lines of what is shown".to_owned());
        }
        format!("\n> Left out to stay within {most} characters: {}. {place}\n", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::within;

    fn page() -> String {
        let rows: String = (0..20).map(|row| format!("| {row:04} | ä |\n")).collect();
        let table = format!("| a | b |\n| --- | --- |\n{rows}");
        format!(
            "# Title\n\nAbout.\n\n## Verdicts\n\n{table}\n## Entities\n\n{table}\n### Confusion of labels\n\n\
             <details><summary>x</summary>\n\n{table}\n</details>\n\n## Worked errors\n\n### a\n\n{table}\n### b\n\n{table}\n\
             ## Signatures\n\n{table}"
        )
    }

    #[test]
    fn sections_go_in_order() {
        let page = page();
        let all = page.chars().count();
        assert_eq!(within(&page, all, "X."), page);
        let headings = |most| {
            let short = within(&page, most, "X.");
            assert!(short.chars().count() <= most, "{most}");
            assert!(short.ends_with(". X.\n"));
            short.lines().filter(|line| line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            headings(all - 1),
            "# Title ## Verdicts ## Entities ### Confusion of labels ## Worked errors ### a ### b"
        );
        assert_eq!(headings(all - 400), "# Title ## Verdicts ## Entities ### Confusion of labels");
        assert_eq!(headings(1000), "# Title ## Verdicts ## Entities");
        assert_eq!(headings(700), "# Title ## Verdicts");
        assert!(within(&page, all - 400, "X.").contains("characters: “Signatures”, “Worked errors”. X."));
    }

    /// Whatever the limit, every line of the result is a line of the page or the note.
    #[test]
    fn no_row_is_cut() {
        let page = page();
        for most in (200..page.chars().count()).step_by(7) {
            let short = within(&page, most, "X.");
            assert!(short.chars().count() <= most, "{most}");
            assert!(
                short.lines().all(|line| line.starts_with("> Left out") || page.lines().any(|other| other == line))
            );
            assert_eq!(short.matches("<details>").count(), short.matches("</details>").count());
        }
    }
}
