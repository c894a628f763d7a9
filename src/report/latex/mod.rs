//! Tables for papers: LaTeX with the rules of booktabs. Each command's result has one file here.
//!
//! Text from input files is inert: no character of it ends a cell or begins a command, also not
//! after the end of a row, where LaTeX looks for an option.

mod agreement;
mod comparisons;
mod correlations;
mod lists;
mod scores;

pub(super) use agreement::agreement;
pub(super) use comparisons::{compared_systems, comparisons};
pub(super) use correlations::correlations;
pub(super) use lists::{noise, powers, verdicts};
pub(super) use scores::{runs, score, systems};

use std::fmt::Write;

use super::three_places;
use crate::decimals::decimals;
use crate::metric::MetricName;
use crate::score::Figure;
use crate::stats::Interval;
use crate::text::{shown_name, shown_text, visible};

/// What every document needs that takes these tables up.
const PREAMBLE: &str = "% Tables by karat. The preamble needs \\usepackage{booktabs}; texts in scripts other than Latin need\n\
                        % LuaLaTeX or XeLaTeX with a font that has them.\n";

/// What a star means.
const STAR: &str = "$^{*}$ significant: adjusted $p$ of at most .05";

/// A table under construction. Cells, headings, captions and notes are LaTeX: text from input files
/// must be passed through a function of this module first.
struct Table {
    caption: String,
    comments: Vec<String>,
    columns: Vec<String>,
    /// The number of columns of names, which are left-aligned and come first.
    names: usize,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Table {
    fn new(caption: String, names: usize, columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        Self { caption, comments: Vec::new(), columns, names, rows: Vec::new(), notes: Vec::new() }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Adds a comment for each signature of the figures, once for all statistics of a metric.
    fn signatures<'f>(&mut self, figures: impl IntoIterator<Item = &'f Figure>) {
        self.signed(figures.into_iter().map(|figure| (&figure.name, figure.signature.to_string())));
    }

    fn signed<'f>(&mut self, figures: impl IntoIterator<Item = (&'f MetricName, String)>) {
        for (name, signature) in figures {
            let name = MetricName { stat: "".into(), label: None, average: None, ..name.clone() };
            let comment = visible(&format!("signature of {name}: {signature}")).into_owned();
            if !self.comments.contains(&comment) {
                self.comments.push(comment);
            }
        }
    }

    /// Returns the table, which ends with a line break.
    fn render(&self) -> String {
        let mut text = String::new();
        for comment in &self.comments {
            let _ = writeln!(text, "% {comment}");
        }
        let aligned = "l".repeat(self.names) + &"r".repeat(self.columns.len().saturating_sub(self.names));
        let line = |cells: &[String]| format!("    {} \\\\\n", cells.join(" & "));
        let _ = write!(
            text,
            "\\begin{{table}}\n  \\centering\n  \\caption{{{}}}\n  \\begin{{tabular}}{{{aligned}}}\n    \\toprule\n{}    \\midrule\n",
            self.caption,
            line(&self.columns)
        );
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text.push_str("    \\bottomrule\n  \\end{tabular}\n");
        if !self.notes.is_empty() {
            let _ = writeln!(text, "  \\par\\smallskip{{\\footnotesize {}.}}", self.notes.join("; "));
        }
        text.push_str("\\end{table}\n");
        text
    }
}

/// Returns tables one after the other, with what their document needs.
fn document(tables: &[Table]) -> String {
    let tables: Vec<String> = tables.iter().map(Table::render).collect();
    format!("{PREAMBLE}\n{}", tables.join("\n"))
}

/// Escapes a name of a metric, a system, a label or a dataset, of which at most 120 characters are
/// shown.
fn name(name: &str) -> String {
    escaped(&shown_name(name))
}

/// Escapes a sentence, of which at most 500 characters are shown.
fn sentence(text: &str) -> String {
    escaped(&shown_text(text))
}

/// Escapes a cell of figures, whose signs become those of mathematics.
fn figures(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['+', '-']) {
        let (before, signed) = rest.split_at(at);
        let number = 1 + signed[1..].bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let is_sign = number > 1 && !before.ends_with(|char: char| char.is_alphanumeric());
        shown.push_str(&escaped(before));
        let (token, after) = signed.split_at(if is_sign { number } else { 1 });
        shown.push_str(&if is_sign { format!("${token}$") } else { escaped(token) });
        rest = after;
    }
    shown + &escaped(rest)
}

/// Escapes a text on one line without hidden characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '`' => escaped.push_str("\\textasciigrave{}"),
            '"' => escaped.push_str("\\textquotedbl{}"),
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => escaped.extend(['\\', char]),
            // After the end of a row these would be its options.
            '[' | ']' | '*' => escaped.extend(['{', char, '}']),
            // Two of them would become one dash.
            '-' if chars.peek() == Some(&'-') => escaped.push_str("-{}"),
            '–' => escaped.push_str("--"),
            '…' => escaped.push_str("\\ldots{}"),
            '±' => escaped.push_str("$\\pm$"),
            '\u{a0}' => escaped.push('~'),
            char => escaped.push(char),
        }
    }
    escaped
}

/// Returns a value with its interval in brackets: `0.812 [0.741, 0.870]`.
fn with_interval(value: Option<f64>, interval: Option<Interval>) -> String {
    let interval = interval.map(|Interval { low, high }| format!(" [{}, {}]", decimals(low, 3), decimals(high, 3)));
    figures(&format!("{}{}", three_places(value), interval.unwrap_or_default()))
}

fn bold(cell: String, is_bold: bool) -> String {
    if is_bold { format!("\\textbf{{{cell}}}") } else { cell }
}

/// Returns which values are the highest as they are shown, if there are at least two different
/// ones.
fn highest(values: &[Option<f64>]) -> Vec<bool> {
    let shown: Vec<Option<f64>> = values.iter().map(|value| value.map(|value| (value * 1e3).round())).collect();
    let known = || shown.iter().copied().flatten();
    let (most, least) = (known().fold(f64::NEG_INFINITY, f64::max), known().fold(f64::INFINITY, f64::min));
    shown.iter().map(|value| value.is_some_and(|value| value == most && most > least)).collect()
}

/// Returns whether higher values of a statistic are better for every metric. Others are only known
/// to a comparison.
fn is_share(stat: &str) -> bool {
    matches!(stat, "precision" | "recall" | "f1")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::any;
    use proptest::{prop_assert, proptest};

    use super::{figures, highest, name};

    #[test]
    fn texts_are_shown_not_obeyed() {
        assert_eq!(
            name(r"\input{x} $a$ & b_c^d ~ 50 % #1"),
            r"\textbackslash{}input\{x\} \$a\$ \& b\_c\textasciicircum{}d \textasciitilde{} 50 \% \#1"
        );
        assert_eq!(name("[0.5em] *\n--"), r"{[}0.5em{]} {*}\textbackslash{}n-{}-");
        assert_eq!(figures("-0.149 [-0.200, +0.001]"), "$-0.149$ {[}$-0.200$, $+0.001${]}");
        assert_eq!(figures("a-1 – 12-3"), "a-1 -- 12-3");
    }

    #[test]
    fn the_best_are_those_that_look_best() {
        assert_eq!(highest(&[Some(0.5001), Some(0.5), None, Some(0.4)]), [true, true, false, false]);
        assert_eq!(highest(&[Some(0.5), Some(0.5)]), [false, false]);
    }

    /// Reads escaped text as LaTeX does, and returns whether it has only characters, groups of one
    /// character, and the commands of the escapes.
    fn is_inert(latex: &str) -> bool {
        const COMMANDS: [&str; 9] = [
            "textbackslash",
            "textasciicircum",
            "textasciitilde",
            "textless",
            "textgreater",
            "textbar",
            "textasciigrave",
            "textquotedbl",
            "ldots",
        ];
        let mut rest = latex;
        while let Some(char) = rest.chars().next() {
            let length = match char {
                '\\' => {
                    let command: String = rest[1..].chars().take_while(char::is_ascii_alphabetic).collect();
                    let is_symbol = rest[1..].starts_with(['{', '}', '$', '&', '#', '_', '%']);
                    match (is_symbol, COMMANDS.contains(&command.as_str())) {
                        (true, _) => 2,
                        (_, true) if rest[1 + command.len()..].starts_with("{}") => 3 + command.len(),
                        _ => return false,
                    }
                }
                '{' if rest.starts_with("{[}") || rest.starts_with("{]}") || rest.starts_with("{*}") => 3,
                '{' if rest.starts_with("{}") => 2,
                '$' if rest.starts_with("$\\pm$") => 5,
                '{' | '}' | '$' | '&' | '#' | '^' | '_' | '%' | '[' | ']' | '*' | '\n' | '\r' => return false,
                // A space that does not break.
                '~' => 1,
                char => char.len_utf8(),
            };
            rest = &rest[length..];
        }
        true
    }

    proptest! {
        #[test]
        fn no_text_ends_a_cell_or_begins_a_command(text in any::<String>(), marks in "[\\\\{}$&#^_~%\\[\\]*<>|`\"\n\r -]{0,40}") {
            for text in [&text, &marks, &format!("{marks}{text}")] {
                prop_assert!(is_inert(&name(text)), "{:?} -> {}", text, name(text));
            }
        }
    }
}
