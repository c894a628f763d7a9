//! Fits a table into the width of a terminal. No row continues on the next line, but for sentences,
//! and no figure is cut.
//!
//! What costs the reader least comes first: headings of several lines, shorter names, rows and
//! columns that change places, several tables one below the other, fewer columns, which a line
//! below names, and last a block of lines for each row, which has everything.

use std::collections::BTreeMap;

use super::super::wrap::{columns, cut_middle, wrap};
use super::{Cell, Ink, Table, marked, painted};

/// The width below which not even the blocks of rows fit, in columns: an indented difference with
/// its interval.
const LEAST_WIDTH: usize = 30;

/// What a column contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Names, whose middle may be cut.
    Name,
    /// Figures and short words, which stay whole.
    Figure,
    /// Sentences, which may continue on the next line.
    Prose,
}

/// The least widths of columns that are wider, in columns of the terminal.
#[derive(Debug, Clone, Copy)]
struct Least {
    name: usize,
    prose: usize,
}

const COMFORTABLE: Least = Least { name: 24, prose: 30 };
const TIGHT: Least = Least { name: 14, prose: 26 };

/// Renders a table in at most `width` columns. The text ends with a line break.
pub(super) fn fit(table: &Table, width: usize, is_of_figures: bool, ink: Ink) -> String {
    let draw = |table: &Table| table.draw(is_of_figures, false, ink);
    if natural_width(table) <= width {
        return draw(table);
    }
    let table = &without_empty_columns(table);
    let transposed = table.is_grid.then(|| transposed(table));
    let narrow = |least: Least| {
        let whole = narrowed(table, width, least).map(|table| draw(&table));
        whole.or_else(|| narrowed(transposed.as_ref()?, width, least).map(|table| table.draw(true, false, ink)))
    };
    let fewer = |least: Least| {
        (1..=table.optional.len()).find_map(|count| {
            let left_out = &table.optional[..count];
            let names: Vec<String> = left_out.iter().map(|at| table.header[*at].lines.join(" ")).collect();
            let drawn = draw(&narrowed(&without(table, left_out), width, least)?);
            let note = format!("not shown at this width: {}; --wide shows all columns", names.join(", "));
            Some(format!("{drawn}{}\n", wrap(&note, width, 2).join("\n")))
        })
    };
    let stacked = || {
        let ways = [Some(table), transposed.as_ref()].into_iter().flatten();
        let ways = ways.filter_map(|table| stacked(table, width)).map(|parts| {
            let parts: Vec<String> = parts.iter().map(|part| part.draw(true, false, ink)).collect();
            parts.join("\n")
        });
        ways.min_by_key(|text| text.lines().count()).filter(|_| table.is_grid)
    };
    let fitted = narrow(COMFORTABLE).or_else(stacked).or_else(|| fewer(COMFORTABLE)).or_else(|| narrow(TIGHT));
    fitted.or_else(|| fewer(TIGHT)).unwrap_or_else(|| blocks(table, width, ink))
}

/// Returns the columns of a table in several tables, one below the other, each with the names of
/// the rows; `None` if not even one column fits beside the names.
fn stacked(table: &Table, width: usize) -> Option<Vec<Table>> {
    let mut parts = Vec::new();
    let mut first = 1;
    while first < table.header.len() {
        let fitting = |end: &usize| {
            let others: Vec<usize> = (1..table.header.len()).filter(|at| !(first..*end).contains(at)).collect();
            narrowed(&without(table, &others), width, COMFORTABLE).map(|part| (*end, part))
        };
        let ends: Vec<usize> = (first + 1..=table.header.len()).rev().collect();
        let (end, part) = ends.iter().find_map(fitting)?;
        parts.push(part);
        first = end;
    }
    Some(parts)
}

/// Returns the width of a table with these widths of its columns, whose lines have no space at
/// their end.
fn total(widths: &[usize]) -> usize {
    widths.iter().map(|width| width + 2).sum::<usize>().saturating_sub(1)
}

fn widest<'c>(cells: impl Iterator<Item = &'c Cell>) -> usize {
    cells.flat_map(|cell| &cell.lines).map(|line| columns(line)).max().unwrap_or(0)
}

fn natural_width(table: &Table) -> usize {
    let width = |at: usize| widest(column(table, at)).max(widest([&table.header[at]].into_iter()));
    total(&(0..table.header.len()).map(width).collect::<Vec<_>>())
}

fn column(table: &Table, at: usize) -> impl Iterator<Item = &Cell> {
    table.rows.iter().filter_map(move |row| row.get(at))
}

/// Returns the table without the columns in which no row has anything.
fn without_empty_columns(table: &Table) -> Table {
    let is_empty = |at: &usize| *at > 0 && column(table, *at).all(Cell::is_empty);
    without(table, &(0..table.header.len()).filter(is_empty).collect::<Vec<_>>())
}

fn without(table: &Table, left_out: &[usize]) -> Table {
    let kept: Vec<usize> = (0..table.header.len()).filter(|at| !left_out.contains(at)).collect();
    let cells = |row: &Vec<Cell>| kept.iter().filter_map(|at| row.get(*at).cloned()).collect();
    let place = |column: &usize| kept.iter().position(|at| at == column);
    Table {
        header: cells(&table.header),
        rows: table.rows.iter().map(cells).collect(),
        kinds: kept.iter().map(|at| table.kinds[*at]).collect(),
        optional: table.optional.iter().filter_map(place).collect(),
        is_grid: table.is_grid,
    }
}

/// Returns the table with its rows as columns.
fn transposed(table: &Table) -> Table {
    let names = table.rows.iter().filter_map(|row| row.first().cloned());
    let header: Vec<Cell> = table.header.first().cloned().into_iter().chain(names).collect();
    let row = |at: usize| [table.header[at].clone()].into_iter().chain(column(table, at).cloned()).collect();
    let kinds = (0..header.len()).map(|at| if at == 0 { Kind::Name } else { Kind::Figure }).collect();
    let rows = (1..table.header.len()).map(row).collect();
    Table { header, rows, kinds, optional: Vec::new(), is_grid: true }
}

/// Returns the table with shorter names and with sentences and headings of several lines, if it
/// then fits.
fn narrowed(table: &Table, width: usize, least: Least) -> Option<Table> {
    let limits = |at: usize| {
        let (content, heading) = (widest(column(table, at)), &table.header[at]);
        let whole = widest([heading].into_iter());
        let word = heading.lines.iter().flat_map(|line| line.split(' ')).map(columns).max().unwrap_or(0);
        match table.kinds[at] {
            // The headings of a grid are names.
            Kind::Figure if table.is_grid => (content.max(whole.min(least.name)), content.max(whole)),
            Kind::Figure => (content.max(word), content.max(word)),
            Kind::Name => (content.max(whole).min(least.name), content.max(whole)),
            Kind::Prose => (content.min(least.prose).max(word), content.max(word)),
        }
    };
    let limits: Vec<(usize, usize)> = (0..table.header.len()).map(limits).collect();
    let mut widths: Vec<usize> = limits.iter().map(|(least, _)| *least).collect();
    let mut spare = width.checked_sub(total(&widths))?;
    for kind in [Kind::Name, Kind::Figure, Kind::Prose] {
        for (at, (least, most)) in limits.iter().enumerate().filter(|(at, _)| table.kinds[*at] == kind) {
            let more = spare.min(most - least);
            widths[at] += more;
            spare -= more;
        }
    }
    let mut narrow = table.clone();
    for (at, width) in widths.iter().enumerate() {
        let kind = table.kinds[at];
        if kind != Kind::Figure {
            shorten(narrow.rows.iter_mut().filter_map(|row| row.get_mut(at)), kind, *width);
        }
        let heading = if table.is_grid || kind == Kind::Name { Kind::Name } else { Kind::Prose };
        if heading == Kind::Prose {
            shorten([&mut narrow.header[at]].into_iter(), heading, *width);
        }
    }
    // Headings that are names must stay different from each other.
    let is_name = |at: &usize| table.is_grid || table.kinds[*at] == Kind::Name;
    for at in (0..widths.len()).filter(is_name) {
        let others: Vec<String> = (0..widths.len())
            .filter(|other| *other != at)
            .map(|other| cut_middle(&table.header[other].lines.join(" "), widths[other]))
            .collect();
        let name = table.header[at].lines.join(" ");
        let cut = cut_middle(&name, widths[at]);
        narrow.header[at].lines = if others.contains(&cut) { wrap(&name, widths[at], 0) } else { vec![cut] };
    }
    Some(narrow)
}

/// Shortens the cells of a column. Names that would look alike are broken into lines instead.
fn shorten<'c>(cells: impl Iterator<Item = &'c mut Cell>, kind: Kind, width: usize) {
    let cells: Vec<&mut Cell> = cells.collect();
    let mut names_of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in cells.iter().flat_map(|cell| &cell.lines) {
        let names = names_of.entry(cut_middle(line, width)).or_default();
        if !names.contains(line) {
            names.push(line.clone());
        }
    }
    for cell in cells {
        let shorter = |line: &String| {
            let cut = cut_middle(line, width);
            let is_unique = names_of.get(&cut).is_some_and(|names| names.len() == 1);
            if kind == Kind::Name && is_unique { vec![cut] } else { wrap(line, width, 0) }
        };
        cell.lines = cell.lines.iter().flat_map(shorter).collect();
    }
}

/// Renders each row as a block: its first cell, then a line for each other cell, with its heading.
fn blocks(table: &Table, width: usize, ink: Ink) -> String {
    const INDENT: usize = 3;
    const DEEPER: usize = 5;
    let figures = (1..table.header.len()).filter(|at| table.kinds[*at] == Kind::Figure);
    let value = figures.map(|at| widest(column(table, at))).max().unwrap_or(0);
    let heading = widest(table.header.iter().skip(1));
    let label = heading.min(width.saturating_sub(INDENT + 2 + value).max(8));
    let room = width.saturating_sub(INDENT + label + 2);
    let mut text = String::new();
    for row in &table.rows {
        for (at, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let head = table.header[at].lines.join(" ");
            let fits = columns(&head) <= label && cell.lines.iter().all(|line| columns(line) <= room);
            let is_whole = table.kinds[at] == Kind::Figure;
            let (indent, first) = match (at, head.is_empty()) {
                (0, _) => (1, None),
                (_, true) => (INDENT, None),
                _ if fits => (INDENT + label + 2, Some(format!("{:INDENT$}{head}", ""))),
                _ => {
                    let lines = wrap(&head, width.saturating_sub(INDENT), 0);
                    lines.iter().for_each(|line| text.push_str(&format!("{:INDENT$}{line}\n", "")));
                    (DEEPER, None)
                }
            };
            let most = width.saturating_sub(indent).max(8);
            let lines =
                cell.lines.iter().flat_map(|line| if is_whole { vec![line.clone()] } else { wrap(line, most, 0) });
            let mut first = first;
            for line in lines {
                let start = first.take().unwrap_or_default();
                let gap = " ".repeat(indent.saturating_sub(columns(&start)));
                text.push_str(&format!("{start}{gap}{}\n", marked(line, cell.tone, ink)));
            }
        }
    }
    if width < LEAST_WIDTH {
        let note = format!("a table needs {LEAST_WIDTH} columns, and this terminal has {width}");
        text.push_str(&format!("{}\n", wrap(&note, width.max(8), 0).join("\n")));
    }
    painted(text, ink)
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Ink, Table, new};
    use super::{columns, fit};
    use crate::cli::tone::Tone;

    fn compared() -> Table {
        let mut table = new(["metric", "base", "candidate", "difference", "p", "verdict"]);
        table = table.optional(&["p", "base"]);
        for name in ["entities.strict.f1", "entities.strict[PERSON].f1", "entities.strict[PERSUADE].f1"] {
            table.add_row([name, "0.968", "0.720", "-0.248 [-0.332, +0.006]", "0.0703", "inconclusive"]);
        }
        table
    }

    fn systems() -> Table {
        let metrics = (0..6).map(|at| format!("entities.metric_{at}.f1"));
        let mut table = new(["metric".to_owned()].into_iter().chain(metrics)).grid();
        for system in ["rules", "model"] {
            table.add_row([system.to_owned()].into_iter().chain((0..6).map(|at| format!("0.{at}00"))));
        }
        table
    }

    #[test]
    fn columns_are_left_out_in_their_order() {
        let words = |width| {
            let text = fit(&compared(), width, true, Ink::Plain);
            text.lines().next().unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        let mut headings: Vec<String> = (60..=100).rev().map(words).collect();
        headings.dedup();
        assert_eq!(
            headings[..3],
            [
                "metric base candidate difference p verdict",
                "metric base candidate difference verdict",
                "metric candidate difference verdict"
            ]
        );
        let narrowest = (60..=100).find(|width| words(*width) == headings[2]).unwrap();
        let text = fit(&compared(), narrowest, true, Ink::Plain);
        assert!(text.ends_with("not shown at this width: p, base; --wide shows all columns\n"), "{text}");
        // Everything is in the blocks of rows, so that no note is due.
        let text = fit(&compared(), 40, true, Ink::Plain);
        assert!(text.contains("   base        0.968\n") && !text.contains("not shown"), "{text}");
    }

    #[test]
    fn names_that_would_look_alike_stay_different() {
        let mut table = new(["metric", "value"]);
        for letter in ["x", "y"] {
            let name = format!("entities.strict[{}{letter}{}].f1", "a".repeat(20), "b".repeat(20));
            table.add_row([name.as_str(), "0.500"]);
        }
        let text = fit(&table, 40, true, Ink::Plain);
        assert!(!text.contains('…') && text.contains('x') && text.contains('y'), "{text}");
        table.rows.pop();
        let text = fit(&table, 40, true, Ink::Plain);
        assert!(text.contains('…') && !text.contains('x'), "{text}");
    }

    #[test]
    fn rows_and_columns_of_a_grid_change_places() {
        let start = |width| fit(&systems(), width, true, Ink::Plain).lines().take(2).collect::<Vec<_>>().join("|");
        assert!(start(200).starts_with(" metric  entities.metric_0.f1  entities.metric_1.f1"), "{}", start(200));
        assert_eq!(start(80), " metric                rules  model| entities.metric_0.f1  0.000  0.000");
        let stacked = fit(&systems(), 36, true, Ink::Plain);
        assert_eq!(stacked.matches("entities.metric_5.f1").count(), 1, "{stacked}");
        assert_eq!(start(20), " rules|   entities.metric_0");
    }

    #[test]
    fn sentences_continue_on_the_next_line() {
        let mut table = new(["verdict", "extractor", ""]).prose(&[2]);
        let verdict = |word: &str| Cell::from(word).toned(Tone::of_word(word));
        table.add_row([verdict("pass"), Cell::from(""), Cell::message("six words that follow each other")]);
        assert_eq!(
            fit(&table, 40, false, Ink::Plain),
            " verdict\n pass     six words that follow each\n          other\n"
        );
        let coloured = fit(&table, 40, false, Ink::Coloured);
        assert!(coloured.contains("\u{1b}[32mpass\u{1b}[0m"), "{coloured:?}");
    }

    #[test]
    fn every_line_fits() {
        for width in 30..220 {
            for table in [compared(), systems()] {
                let text = fit(&table, width, true, Ink::Plain);
                let longest = text.lines().map(columns).max().unwrap();
                assert!(longest <= width, "{longest} > {width}:\n{text}");
            }
        }
    }
}
