//! Renders errors and findings for a terminal: the message, the location, an excerpt of the line,
//! and the help.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use karat::check::{self, Finding};
use karat::error::{Diagnostic, Error};
use karat::text::{shown_name, visible, visible_lines, visible_with_tabs, without_workflow_commands};

use super::wrap::wrap;
use super::{exit, output, printing, texts};

/// Maximum number of errors shown in full; the remaining ones are only counted.
const MOST: usize = 20;

/// Prints an error to standard error and returns its exit code.
pub(super) fn show(error: &Error) -> u8 {
    let diagnostics = error.diagnostics();
    for diagnostic in diagnostics.iter().take(MOST) {
        output::note_styled(&format!("{}\n", render(&texts::of_diagnostic(diagnostic), Level::ERROR, None)));
    }
    if diagnostics.len() > MOST {
        output::note(&format!("error: and {} more errors\n", diagnostics.len() - MOST));
    } else if diagnostics.len() > 1 {
        output::note(&format!("error: {} errors\n", diagnostics.len()));
    }
    match error {
        Error::NothingSelected(_) => exit::NOTHING_SELECTED,
        Error::Incomplete(_) => exit::INCOMPLETE,
        _ => exit::INPUT,
    }
}

/// Renders a finding of `karat check`. The text ends with a line break.
pub(super) fn of_finding(finding: &Finding) -> String {
    let level = match finding.level {
        check::Severity::Error => Level::ERROR,
        check::Severity::Warning => Level::WARNING,
    };
    format!("{}\n", render(&finding.diagnostic, level, Some(finding.code)))
}

fn render(diagnostic: &Diagnostic, level: Level<'_>, code: Option<&str>) -> String {
    let diagnostic = &inert(diagnostic);
    let title = match &diagnostic.document {
        Some(document) => format!("document {}: {}", shown_name(&format!("{document:?}")), diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let path = diagnostic.file.as_ref().map(|file| visible(&file.display().to_string()).into_owned());
    let title = fit(&title, "warning[]: ".len() + code.map_or(0, str::len));
    let title = level.primary_title(title);
    let mut group = Group::with_title(match code {
        Some(code) => title.id(code),
        None => title,
    });
    match (&path, diagnostic.position, &diagnostic.excerpt) {
        (Some(path), Some((line, _)), Some((text, bytes))) => {
            let mark = AnnotationKind::Primary.span(bytes.clone());
            group = group.element(Snippet::source(text).line_start(line).path(path).annotation(mark));
        }
        (Some(path), Some((line, column)), None) => {
            group = group.element(Origin::path(path).line(line).char_column(column));
        }
        (Some(path), None, _) => group = group.element(Origin::path(path)),
        (None, _, _) => {}
    }
    let mut groups = Vec::new();
    match (&diagnostic.help, &path) {
        (Some(help), Some(_)) => groups.push(group.element(Level::HELP.message(help))),
        (Some(help), None) => groups.extend([group, Group::with_title(Level::HELP.secondary_title(help))]),
        (None, _) => groups.push(group),
    }
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let renderer = if let Some(width) = printing::width() { renderer.term_width(width) } else { renderer };
    renderer.render(&groups)
}

/// Returns a text in lines that fit a terminal behind `before` columns, where the renderer puts
/// them.
fn fit(text: &str, before: usize) -> String {
    let Some(width) = printing::width() else { return text.to_owned() };
    let most = width.saturating_sub(before).max(20);
    text.split('\n').flat_map(|line| wrap(line, most, 0)).collect::<Vec<_>>().join("\n")
}

/// Returns a diagnostic without control characters other than the line breaks of its message. The
/// styles of the renderer are then the only ones that reach the terminal.
fn inert(diagnostic: &Diagnostic) -> Diagnostic {
    let mut inert = diagnostic.clone();
    // The renderer puts styles before each line, behind which a command would not be noticed.
    let lines = |text: &str| without_workflow_commands(&visible_lines(text)).into_owned();
    inert.message = lines(&diagnostic.message);
    inert.help = diagnostic.help.as_ref().map(|help| fit(&lines(help), "      = help: ".len()));
    if let Some((line, bytes)) = &diagnostic.excerpt {
        // The renderer replaces tabs, so that its marks stay below what they mark.
        let [before, marked, after] =
            [&line[..bytes.start], &line[bytes.clone()], &line[bytes.end..]].map(visible_with_tabs);
        let range = before.len()..before.len() + marked.len();
        inert.excerpt = Some((format!("{before}{marked}{after}"), range));
    }
    inert
}
