//! Plain-text tables for a terminal. What a table shows is inert: its cells are one line each,
//! without control characters, and long names are cut.
//!
//! On a terminal a table fits its width, see [`fit`]; otherwise, and with `--wide`, it has every
//! column and one line a row.

mod fit;

use comfy_table::CellAlignment;
use comfy_table::presets::NOTHING;
use karat::text::{shown_name, shown_text, without_workflow_commands};

use super::printing;
use super::styled_text::StyledText;
use super::tone::Tone;
use fit::Kind;

/// The text of a cell.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    lines: Vec<String>,
    tone: Option<Tone>,
}

impl Cell {
    /// Creates a cell of a message, of which at most 500 characters are shown.
    pub fn message(text: &str) -> Self {
        Self { lines: vec![shown_text(text).into_owned()], tone: None }
    }

    /// Creates a cell of several lines.
    pub fn lines(lines: &[String]) -> Self {
        Self { lines: lines.iter().map(|line| shown_text(line).into_owned()).collect(), tone: None }
    }

    /// Returns the cell in the colour of a tone.
    pub fn toned(self, tone: Option<Tone>) -> Self {
        Self { tone, ..self }
    }

    fn is_empty(&self) -> bool {
        self.lines.iter().all(String::is_empty)
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    /// Creates a cell of a name or a figure, of which at most 120 characters are shown.
    fn from(name: T) -> Self {
        Self { lines: vec![shown_name(name.as_ref()).into_owned()], tone: None }
    }
}

/// A table under construction. Its first column contains names, and the others figures, unless a
/// method says otherwise.
#[derive(Debug, Clone)]
pub(super) struct Table {
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    kinds: Vec<Kind>,
    /// The columns that a narrow terminal may lack, in the order in which they are left out.
    optional: Vec<usize>,
    /// Whether rows and columns may change places: all cells but the names are alike.
    is_grid: bool,
}

/// Creates a table with a header and no rows.
pub(super) fn new(header: impl IntoIterator<Item = impl Into<Cell>>) -> Table {
    let header: Vec<Cell> = header.into_iter().map(Into::into).collect();
    let kinds = (0..header.len()).map(|at| if at == 0 { Kind::Name } else { Kind::Figure }).collect();
    Table { header, rows: Vec::new(), kinds, optional: Vec::new(), is_grid: false }
}

impl Table {
    /// Names the columns that a narrow terminal may lack, by their headings, the first one to go
    /// first. Names that are no headings are ignored.
    pub fn optional(mut self, headings: &[&str]) -> Self {
        let at = |heading: &&str| self.header.iter().position(|cell| cell.lines == [*heading]);
        self.optional = headings.iter().filter_map(at).collect();
        self
    }

    /// Marks columns of names, by their index. On a narrow terminal the middle of a name is cut.
    pub fn names(mut self, columns: &[usize]) -> Self {
        columns.iter().for_each(|at| self.kinds[*at] = Kind::Name);
        self
    }

    /// Marks columns of sentences, by their index, which continue on the next line where they must.
    pub fn prose(mut self, columns: &[usize]) -> Self {
        columns.iter().for_each(|at| self.kinds[*at] = Kind::Prose);
        self
    }

    /// Marks all columns as figures and short words, which stay whole.
    pub fn figures(mut self) -> Self {
        self.kinds.fill(Kind::Figure);
        self
    }

    /// Lets rows and columns change places where the table is too wide.
    pub fn grid(mut self) -> Self {
        self.is_grid = true;
        self
    }

    pub fn add_row(&mut self, cells: impl IntoIterator<Item = impl Into<Cell>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }
}

/// Renders a table of figures: the first column is left-aligned, the others right-aligned. The text
/// ends with a line break.
pub(super) fn render(table: &Table) -> StyledText {
    rendered(table, true)
}

/// Renders a table of words, with all columns left-aligned. The text ends with a line break.
pub(super) fn render_words(table: &Table) -> StyledText {
    rendered(table, false)
}

fn rendered(table: &Table, is_of_figures: bool) -> StyledText {
    let ink = if printing::is_coloured() { Ink::Coloured } else { Ink::Plain };
    let Some(width) = printing::width() else {
        let one_line = printing::is_terminal();
        return StyledText::table(table.draw(is_of_figures, one_line, ink));
    };
    StyledText::table(fit::fit(table, width, is_of_figures, ink))
}

/// Whether tones are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ink {
    Plain,
    Coloured,
}

/// Before and after the text of a cell with a tone while the table is laid out: characters without
/// width, which no cell can contain, since `shown_name` and `shown_text` show them by their
/// notation.
const MARKS: [char; 4] = ['\u{2061}', '\u{2062}', '\u{2063}', '\u{2064}'];
const END_MARK: char = '\u{2060}';

impl Table {
    /// Draws all columns. With `is_one_line`, the lines of a cell are joined.
    fn draw(&self, is_of_figures: bool, is_one_line: bool, ink: Ink) -> String {
        let mut drawn = comfy_table::Table::new();
        let text = |cell: &Cell| {
            let lines = if is_one_line { vec![cell.lines.join("; ")] } else { cell.lines.clone() };
            let lines = lines.into_iter().map(|line| marked(line, cell.tone, ink));
            lines.collect::<Vec<_>>().join("\n")
        };
        drawn.load_style(NOTHING).set_header(self.header.iter().map(text));
        self.rows.iter().for_each(|row| {
            drawn.add_row(row.iter().map(text));
        });
        for column in drawn.column_iter_mut().skip(1).filter(|_| is_of_figures) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        painted(format!("{}\n", drawn.trim_fmt()), ink)
    }
}

/// Returns the line of a cell between the marks of its tone.
fn marked(line: String, tone: Option<Tone>, ink: Ink) -> String {
    if ink == Ink::Plain {
        return line;
    }
    // Escape sequences hide the beginning of a line from the check of whole lines.
    let line = without_workflow_commands(&line).into_owned();
    match tone.and_then(|tone| Tone::ALL.iter().position(|other| *other == tone)) {
        Some(at) if !line.is_empty() => format!("{}{line}{END_MARK}", MARKS[at]),
        _ => line,
    }
}

/// Replaces the marks of tones by escape sequences.
fn painted(text: String, ink: Ink) -> String {
    if ink == Ink::Plain {
        return text;
    }
    let mut painted = String::with_capacity(text.len() + 16);
    let mut tone = None;
    for char in text.chars() {
        match MARKS.iter().position(|mark| *mark == char) {
            Some(at) => {
                tone = Some(Tone::ALL[at]);
                painted.push_str(&Tone::ALL[at].escapes()[0]);
            }
            None if char == END_MARK => {
                painted.push_str(&tone.take().map(|tone| tone.escapes()[1].clone()).unwrap_or_default());
            }
            None => painted.push(char),
        }
    }
    painted
}
