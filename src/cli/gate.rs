//! `karat gate`: judges two files, or a run and its base, by rules. The exit code is the verdict.

use karat::error::{Diagnostic, Error};
use karat::gate::{GateCase, GateFinding, GateOutcome, GateVerdict, Rule, Spent, judge};
use karat::score::{Settings, SystemCounts, Wanted, score_counts};
use karat::text::{shown_name, shown_text};

use super::gate_run::judge_run;
use super::judging::{JudgedFigures, apply, unusable_metrics};
use super::output_format::{EVERYTHING, write_files};
use super::paired_inputs::{TwoFiles, of_files};
use super::plan::{CountPair, FilePair, GateInput, GatePlan, ScoreLogs};
use super::styled_text::StyledText;
use super::table::Cell;
use super::tone::Tone;
use super::{counts, exit, judging, output, sample_scores, table, threads};

pub(super) fn execute(plan: &GatePlan) -> Result<u8, Error> {
    let GatePlan { pool, rules, input, format, files_to_write } = plan;
    threads::install(pool, || {
        let outcome = match input {
            GateInput::Files(files) => GateOutcome::from(findings(rules, &judge_files(rules, files)?)),
            GateInput::Run(input) => judge_run(rules, input)?,
            GateInput::Scores(logs) => judge_logs(rules, logs)?,
            GateInput::Counts(pair) => judge_counts(rules, pair)?,
        };
        if outcome.findings.is_empty() {
            let diagnostic = Diagnostic::new("no rule matches the datasets and extractors of this run");
            return Err(Error::NothingSelected(
                diagnostic.help("`dataset` and `extractor` of a rule select what it judges"),
            ));
        }
        write_files(files_to_write, EVERYTHING, &outcome)?;
        format.print(&outcome, || text(&outcome))?;
        Ok(exit_code(&outcome))
    })
}

/// Returns the exit code of a gate. Prints a warning if the gate is inconclusive.
pub(super) fn exit_code(outcome: &GateOutcome) -> u8 {
    match outcome.verdict() {
        GateVerdict::Identical | GateVerdict::Pass => exit::PASS,
        GateVerdict::Inconclusive if outcome.is_neutral() => exit::INCONCLUSIVE,
        GateVerdict::Inconclusive => {
            output::note("warning: the gate is inconclusive, which neither stops nor clears this change\n");
            exit::PASS
        }
        GateVerdict::Fail => exit::GATE_FAILED,
    }
}

/// Returns the findings of rules on figures, which name their rule by its index.
pub(super) fn findings(rules: &[Rule], judged: &[JudgedFigures]) -> Vec<GateFinding> {
    let cases: Vec<(&Rule, GateCase<'_>)> = judged.iter().map(|one| (&rules[one.rule], one.case())).collect();
    judge(&cases)
}

fn judge_files(rules: &[Rule], files: &FilePair) -> Result<Vec<JudgedFigures>, Error> {
    let numbered: Vec<(usize, &Rule)> = rules.iter().enumerate().collect();
    let compared = judging::compared(&numbered);
    // Slices depend on the metadata or text of documents, so the files must be loaded.
    let has_slices = rules.iter().any(|rule| rule.slice.is_some());
    let wanted = |settings: &Settings| (!has_slices).then(|| Wanted::named(&compared, settings));
    let pair = of_files(files, wanted, rules.iter().any(Rule::is_about_values))?;
    let nothing = pair.nothing_to_score();
    let judged = match pair {
        TwoFiles::Streamed(pair) => judging::apply_streamed(&numbered, *pair),
        TwoFiles::Loaded(paired) => apply(&numbered, &paired, Some(&paired), Spent::default())?,
    };
    let mut comparisons = judged.iter().filter_map(|one| one.comparison.as_ref()).peekable();
    if comparisons.peek().is_some() && comparisons.all(|comparison| comparison.layers.is_empty()) {
        return Err(nothing);
    }
    let diagnostics = unusable_metrics(&rules.iter().collect::<Vec<_>>(), &judged.iter().collect::<Vec<_>>());
    if diagnostics.is_empty() { Ok(judged) } else { Err(Error::Input(diagnostics)) }
}

/// Judges two logs with scores of samples, or one if no rule has a margin.
fn judge_logs(rules: &[Rule], logs: &ScoreLogs) -> Result<GateOutcome, Error> {
    let loaded = sample_scores::load(logs)?;
    let named =
        |rule: &Rule| Rule { metric: rule.metric.as_deref().map(|name| loaded.metric_name(name)), ..rule.clone() };
    let rules: Vec<Rule> = rules.iter().map(named).collect();
    let (Some(base), Some(candidate)) = (loaded.counts.first(), loaded.counts.last()) else {
        panic!("a plan has a log")
    };
    let judged = judge_systems(&rules, &loaded.dataset, [base, candidate], &loaded.settings)?;
    judged.iter().filter_map(|one| one.comparison.as_deref()).take(1).for_each(|one| loaded.note_identical(one));
    Ok(GateOutcome::from(findings(&rules, &judged)))
}

/// Judges the counts of two systems.
fn judge_counts(rules: &[Rule], pair: &CountPair) -> Result<GateOutcome, Error> {
    let [base, candidate] = counts::read_pair(pair)?;
    let systems = [&base.counts, &candidate.counts];
    let judged = judge_systems(rules, &candidate.header.dataset, systems, &candidate.settings)?;
    Ok(GateOutcome::from(findings(rules, &judged)))
}

fn judge_systems(
    rules: &[Rule],
    dataset: &str,
    systems: [&SystemCounts; 2],
    settings: &Settings,
) -> Result<Vec<JudgedFigures>, Error> {
    let numbered: Vec<(usize, &Rule)> = rules.iter().enumerate().collect();
    let scores = score_counts(systems[1], settings);
    let judged = judging::apply_counts(&numbered, dataset, systems, scores, settings);
    let diagnostics = unusable_metrics(&rules.iter().collect::<Vec<_>>(), &judged.iter().collect::<Vec<_>>());
    if diagnostics.is_empty() { Ok(judged) } else { Err(Error::Input(diagnostics)) }
}

/// Renders the verdicts for a terminal.
pub(super) fn text(outcome: &GateOutcome) -> StyledText {
    let mut rows = table::new(["verdict", "dataset", "extractor", "metric", ""]).names(&[1, 2, 3]).prose(&[0, 4]);
    for finding in &outcome.findings {
        let slice = finding.slice.iter().map(|slice| format!(" {}", shown_name(slice))).collect::<String>();
        let note = if finding.informational { " (informational)" } else { "" };
        rows.add_row([
            Cell::from(format!("{}{note}", finding.verdict)).toned(Some(Tone::of_gate(finding.verdict))),
            Cell::from(&finding.dataset),
            Cell::from(&finding.extractor),
            Cell::message(&format!("{}{slice}", shown_name(&finding.metric))),
            Cell::message(&finding.message),
        ]);
    }
    let worst = outcome.worst_slices().into_iter().map(|finding| {
        format!(
            "worst slice of {}: {}: {}\n",
            shown_name(&finding.metric),
            shown_name(finding.slice.as_deref().unwrap_or_default()),
            shown_text(&finding.message)
        )
    });
    let mut text = table::render_words(&rows);
    text.push(format!("\n{}", worst.collect::<String>()));
    text.push(StyledText::toned(outcome.verdict().as_str(), Some(Tone::of_gate(outcome.verdict()))));
    text.push("\n");
    text
}
