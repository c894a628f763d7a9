//! Pairs the samples of several logs and counts them, so that all statistics of karat apply.

use std::collections::{BTreeMap, BTreeSet};

use super::directions;
use super::log::{Sample, SampleScore, ScoreLog};
use crate::document::{Layer, Status};
use crate::error::{Diagnostic, Error};
use crate::metric::{Direction, LayerGroups, METRIC_GROUPS, ScoreRange, Statistic, StatisticKey, Statistics};
use crate::score::{Missing, PackedItem, SystemCounts, Wanted};

/// How logs are joined.
#[derive(Debug, Clone, Copy)]
pub struct JoinOptions<'o> {
    /// How samples that a log lacks, that ended in an error or that have no score are treated.
    pub missing: Missing,
    /// The metrics where lower values are better, beside those that karat knows.
    pub lower_is_better: &'o [String],
    /// The metrics where higher values are better, whatever karat and the logs say.
    pub higher_is_better: &'o [String],
    /// Whether each sample is a cluster by itself, whatever the logs say.
    pub ignores_clusters: bool,
}

/// Several logs on the same samples.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The counts of each log, in the order of the logs. Each metric is a layer.
    pub counts: Vec<SystemCounts>,
    /// The metrics that all logs have.
    pub metrics: Vec<String>,
    /// The task, if the logs name it.
    pub task: Option<String>,
    /// The number of samples that are left out since a log lacks them.
    pub left_out: usize,
    /// Whether all logs contain the answers that were scored.
    pub has_answers: bool,
    /// What was assumed and left out, one sentence each.
    pub notes: Vec<String>,
}

/// Joins logs, given with the names of their files, by the ids of their samples.
///
/// # Errors
/// Fails if the logs are of different tasks or inputs, if clusters differ, if a sample is missing
/// and that is not allowed, and if nothing is left to compare.
pub fn join(logs: &[(String, ScoreLog)], options: JoinOptions<'_>) -> Result<Joined, Error> {
    let most_repeats = |(_, log): &(String, ScoreLog)| log.samples.values().map(|sample| sample.repeats).max();
    let most_repeats = logs.iter().map(|log| most_repeats(log).unwrap_or_default()).collect();
    let mut join = Join { logs, options, most_repeats, notes: Vec::new(), diagnostics: Vec::new() };
    join.check_tasks();
    let metrics = join.metrics();
    let directions = join.directions(&metrics);
    join.check_kinds(&metrics);
    let (ids, left_out) = join.ids();
    join.check_contents(&ids);
    let clusters = join.clusters(&ids);
    join.check_errors(&ids, &metrics);
    join.note_repeats(&ids);
    if !join.diagnostics.is_empty() {
        return Err(Error::Input(join.diagnostics));
    }
    if ids.is_empty() {
        let diagnostic = Diagnostic::new("no sample is in all of these logs");
        return Err(Error::NothingSelected(diagnostic.help("ids join samples: all logs must use the same")));
    }
    if metrics.is_empty() {
        let diagnostic = Diagnostic::new("the logs have no metric in common");
        let names = |log: &ScoreLog| list(log.samples.values().flat_map(|sample| sample.scores.keys()));
        let of_each: Vec<String> = logs.iter().map(|(name, log)| format!("{name} has {}", names(log))).collect();
        return Err(Error::NothingSelected(diagnostic.help(of_each.join("; "))));
    }
    let counts = join.count(&ids, &metrics, &directions, &clusters)?;
    Ok(Joined {
        counts,
        metrics,
        task: logs.iter().find_map(|(_, log)| log.task.clone()),
        left_out,
        has_answers: logs.iter().all(|(_, log)| log.has_answers),
        notes: join.notes,
    })
}

struct Join<'l> {
    logs: &'l [(String, ScoreLog)],
    options: JoinOptions<'l>,
    /// The largest number of repeats of a sample in each log.
    most_repeats: Vec<u32>,
    notes: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

/// Returns the first names of a list, and how many more there are.
fn list<'n>(names: impl Iterator<Item = &'n String>) -> String {
    const MOST: usize = 8;
    let names: BTreeSet<&String> = names.collect();
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(MOST);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

fn samples(count: usize) -> String {
    if count == 1 { "1 sample".to_owned() } else { format!("{count} samples") }
}

/// The help for what `--missing` decides.
const MISSING: &str = "`--missing count` counts them as the worst value, `--missing skip` leaves them out";

impl<'l> Join<'l> {
    fn check_tasks(&mut self) {
        let tasks: BTreeSet<&String> = self.logs.iter().filter_map(|(_, log)| log.task.as_ref()).collect();
        if tasks.len() > 1 {
            let message = format!("the logs are of different tasks: {}", list(tasks.into_iter()));
            self.diagnostics.push(Diagnostic::new(message).help("compare logs of one task"));
        }
        for (name, log) in self.logs {
            let Some(reason) = &log.incomplete else { continue };
            let message = format!("the run is not complete: {reason}");
            if self.options.missing == Missing::Error {
                let help = "finish the run, or say with --missing what its missing samples count";
                self.diagnostics.push(Diagnostic::new(message).in_file(name).help(help));
            } else {
                self.notes.push(format!("{name}: {message}"));
            }
        }
    }

    /// Returns the metrics that all logs have, and notes the others.
    fn metrics(&mut self) -> Vec<String> {
        let of = |log: &'l ScoreLog| -> BTreeSet<&'l String> {
            log.samples.values().flat_map(|sample| sample.scores.keys()).collect()
        };
        let each: Vec<BTreeSet<&String>> = self.logs.iter().map(|(_, log)| of(log)).collect();
        let all: BTreeSet<&String> = each.iter().flatten().copied().collect();
        let (common, alone): (Vec<&String>, Vec<&String>) =
            all.into_iter().partition(|metric| each.iter().all(|metrics| metrics.contains(metric)));
        if !alone.is_empty() && !common.is_empty() {
            self.notes.push(format!("metrics that only some logs have are not compared: {}", list(alone.into_iter())));
        }
        common.into_iter().cloned().collect()
    }

    /// Returns which values of each metric are better, and notes what is assumed.
    fn directions(&mut self, metrics: &[String]) -> BTreeMap<String, Direction> {
        let JoinOptions { lower_is_better, higher_is_better, .. } = self.options;
        for (option, names) in [("--lower-is-better", lower_is_better), ("--higher-is-better", higher_is_better)] {
            for name in names.iter().filter(|name| !metrics.contains(name)) {
                let diagnostic = Diagnostic::new(format!("{option} names the unknown metric `{name}`"));
                self.diagnostics.push(diagnostic.help_with_nearest(name, metrics.iter().map(String::as_str)));
            }
        }
        for name in lower_is_better.iter().filter(|name| higher_is_better.contains(name)) {
            let message = format!("--lower-is-better and --higher-is-better both name `{name}`");
            self.diagnostics.push(Diagnostic::new(message).help("name it in one of them"));
        }
        let (mut lower, mut assumed, mut directions) = (Vec::new(), Vec::new(), BTreeMap::new());
        for metric in metrics {
            let known = if lower_is_better.contains(metric) {
                Some(Direction::Lower)
            } else if higher_is_better.contains(metric) {
                Some(Direction::Higher)
            } else {
                self.direction(metric)
            };
            match known {
                Some(Direction::Lower) => lower.push(metric),
                None => assumed.push(metric),
                Some(Direction::Higher | Direction::Descriptive) => {}
            }
            directions.insert(metric.clone(), known.unwrap_or_default());
        }
        if !lower.is_empty() {
            let names = list(lower.into_iter());
            self.notes.push(format!("lower values are better: {names} (--higher-is-better says otherwise)"));
        }
        if !assumed.is_empty() {
            let names = list(assumed.into_iter());
            self.notes
                .push(format!("higher values are assumed to be better: {names} (--lower-is-better says otherwise)"));
        }
        directions
    }

    /// Returns which values of a metric are better by what the logs show, or else by its name;
    /// `None` if neither says so. Refuses logs that contradict themselves or each other.
    fn direction(&mut self, metric: &String) -> Option<Direction> {
        const HELP: &str = "name the metric in --lower-is-better or --higher-is-better";
        let mut shown: Vec<(&String, Direction)> = Vec::new();
        for (name, log) in self.logs {
            let Some(evidence) = log.evidence.get(metric) else { continue };
            match (&evidence.higher, &evidence.lower) {
                (Some(higher), Some(lower)) => {
                    let message = format!(
                        "`success` of `{metric}` means a score of at least the threshold for `{}`, \
                         and of at most the threshold for `{}`",
                        shortened(higher),
                        shortened(lower)
                    );
                    self.diagnostics.push(Diagnostic::new(message).in_file(name).help(HELP));
                }
                (None, Some(_)) => {
                    self.notes.push(format!(
                        "{name}: lower values of `{metric}` are better, since `success` means a score of at most \
                         the threshold, as in older versions of {}",
                        log.format.title()
                    ));
                    shown.push((name, Direction::Lower));
                }
                (Some(_), None) => shown.push((name, Direction::Higher)),
                (None, None) => {}
            }
        }
        if shown.is_empty() {
            let by_name = |(name, log): &'l (String, ScoreLog)| Some((name, directions::known(metric, log.format)?));
            shown.extend(self.logs.iter().filter_map(by_name));
        }
        let (first, direction) = *shown.first()?;
        if let Some((other, _)) = shown.iter().find(|(_, other)| *other != direction) {
            let message = format!("other values of `{metric}` are better in {other} than in {first}");
            self.diagnostics.push(Diagnostic::new(message).help(HELP));
        }
        Some(direction)
    }

    /// Refuses metrics that are plain values in one log and ratios in another: their averages are
    /// not comparable.
    fn check_kinds(&mut self, metrics: &[String]) {
        for metric in metrics {
            let scores = |log: &'l ScoreLog| log.samples.values().filter_map(|sample| sample.scores.get(metric));
            let file = |is_ratio: bool| {
                let has = |score: &SampleScore| score.scored > 0 && score.is_ratio == is_ratio;
                self.logs.iter().find(|(_, log)| scores(log).any(has))
            };
            if let (Some((plain, _)), Some((ratio, _))) = (file(false), file(true)) {
                let message =
                    format!("`{metric}` is a plain value in {plain}, and a numerator over a denominator in {ratio}");
                let help = "write the metric in the same way in both files";
                self.diagnostics.push(Diagnostic::new(message).help(help));
            }
        }
    }

    /// Notes samples that have more repeats in one log than in another.
    fn note_repeats(&mut self, ids: &BTreeSet<&String>) {
        let repeats = |log: &ScoreLog, id: &String| log.samples.get(id).map(|sample| sample.repeats);
        let differs = |id: &&&String| {
            let counts: BTreeSet<u32> = self.logs.iter().filter_map(|(_, log)| repeats(log, id)).collect();
            counts.len() > 1
        };
        let unequal: Vec<&String> = ids.iter().filter(differs).copied().collect();
        if unequal.is_empty() {
            return;
        }
        let of_log = |(name, log): &(String, ScoreLog)| {
            let counts: BTreeSet<u32> = unequal.iter().filter_map(|id| repeats(log, id)).collect();
            let (least, most) = (counts.first()?, counts.last()?);
            Some(if least == most { format!("{least} in {name}") } else { format!("{least} to {most} in {name}") })
        };
        let numbers: Vec<String> = self.logs.iter().filter_map(of_log).collect();
        let mut note = format!("{} with unequal numbers of repeats: {}", samples(unequal.len()), numbers.join(", "));
        let is_incomplete = self.logs.iter().any(|(_, log)| log.incomplete.is_some());
        if is_incomplete && self.options.missing == Missing::Count {
            note.push_str("; those that an incomplete run lacks count as the worst value");
        }
        self.notes.push(note);
    }

    /// Returns the number of repeats of a sample that an incomplete log lacks: those that the
    /// sample has in another log, or other samples have in this one.
    fn absent_repeats(&self, at: usize, id: &String) -> u32 {
        let (_, log) = &self.logs[at];
        if log.incomplete.is_none() {
            return 0;
        }
        let in_logs = self.logs.iter().filter_map(|(_, log)| log.samples.get(id));
        let most = in_logs.map(|sample| sample.repeats).max().unwrap_or_default().max(self.most_repeats[at]);
        most - log.samples.get(id).map_or(0, |sample| sample.repeats)
    }

    /// Returns the samples that are compared, and the number of those that are left out.
    fn ids(&mut self) -> (BTreeSet<&'l String>, usize) {
        let all: BTreeSet<&String> = self.logs.iter().flat_map(|(_, log)| log.samples.keys()).collect();
        let mut absent: BTreeSet<&String> = BTreeSet::new();
        for (name, log) in self.logs {
            let lacks: Vec<&String> = all.iter().copied().filter(|id| !log.samples.contains_key(*id)).collect();
            if lacks.is_empty() {
                continue;
            }
            absent.extend(&lacks);
            let what = format!("{} of another log missing: {}", samples(lacks.len()), list(lacks.into_iter()));
            match self.options.missing {
                Missing::Error => self.diagnostics.push(Diagnostic::new(what).in_file(name).help(MISSING)),
                Missing::Count => self.notes.push(format!("{name}: {what}; they count as the worst value")),
                Missing::Skip => self.notes.push(format!("{name}: {what}; they are left out")),
            }
        }
        if self.options.missing == Missing::Skip {
            (all.difference(&absent).copied().collect(), absent.len())
        } else {
            (all, 0)
        }
    }

    /// Refuses samples of the same id with different inputs. Only logs of one format are compared:
    /// formats write inputs differently.
    fn check_contents(&mut self, ids: &BTreeSet<&String>) {
        let Some((first, base)) = self.logs.first() else { return };
        for (name, log) in self.logs.iter().skip(1).filter(|(_, log)| log.format == base.format) {
            let content = |log: &ScoreLog, id: &String| log.samples.get(id).and_then(|sample| sample.content);
            let differs =
                |id: &&&String| content(base, id).zip(content(log, id)).is_some_and(|(one, other)| one != other);
            let other: Vec<&String> = ids.iter().filter(differs).copied().collect();
            if !other.is_empty() {
                let message =
                    format!("{} with another input than in {first}: {}", samples(other.len()), list(other.into_iter()));
                let help = "both logs must be about the same samples, under the same ids";
                self.diagnostics.push(Diagnostic::new(message).in_file(name).help(help));
            }
        }
    }

    /// Returns the cluster of each sample that has one.
    fn clusters(&mut self, ids: &BTreeSet<&'l String>) -> BTreeMap<&'l str, &'l str> {
        let mut clusters: BTreeMap<&str, &str> = BTreeMap::new();
        if self.options.ignores_clusters {
            return clusters;
        }
        for (name, log) in self.logs {
            for (id, sample) in log.samples.iter().filter(|(id, _)| ids.contains(id)) {
                let Some(cluster) = &sample.cluster else { continue };
                let known = clusters.entry(id).or_insert(cluster);
                if *known != cluster {
                    let message =
                        format!("the sample is in the cluster `{cluster}` here and in `{known}` in another log");
                    self.diagnostics.push(Diagnostic::new(message).in_file(name).of_document(id));
                }
            }
        }
        let distinct: BTreeSet<&str> = clusters.values().copied().collect();
        if !distinct.is_empty() && distinct.len() < clusters.len() {
            self.notes.push(format!("{} are clustered into {}", samples(clusters.len()), distinct.len()));
        }
        clusters
    }

    /// Refuses or notes samples that ended in an error and samples without a score.
    fn check_errors(&mut self, ids: &BTreeSet<&String>, metrics: &[String]) {
        for (name, log) in self.logs {
            let of = |is_meant: &dyn Fn(&Sample) -> bool| -> Vec<&String> {
                log.samples
                    .iter()
                    .filter(|(id, sample)| ids.contains(id) && is_meant(sample))
                    .map(|(id, _)| id)
                    .collect()
            };
            let unscored = |sample: &Sample| {
                metrics.iter().any(|metric| sample.scores.get(metric).is_some_and(|score| score.unscored > 0))
            };
            let found =
                [(of(&|sample| sample.errors > 0), "that ended in an error"), (of(&unscored), "without a score")];
            for (those, what) in found {
                if those.is_empty() {
                    continue;
                }
                let message = format!("{} {what}: {}", samples(those.len()), list(those.iter().copied()));
                let reason = those.first().and_then(|id| log.samples[*id].error.as_ref());
                let reason = reason.map(|reason| format!(" ({})", shortened(reason))).unwrap_or_default();
                match self.options.missing {
                    Missing::Error => {
                        self.diagnostics.push(Diagnostic::new(message + &reason).in_file(name).help(MISSING));
                    }
                    Missing::Count => {
                        self.notes.push(format!("{name}: {message}; what has no score counts as the worst value"));
                    }
                    Missing::Skip => self.notes.push(format!("{name}: {message}; what has no score is left out")),
                }
            }
        }
    }

    fn count(
        &self,
        ids: &BTreeSet<&'l String>,
        metrics: &[String],
        directions: &BTreeMap<String, Direction>,
        clusters: &BTreeMap<&str, &str>,
    ) -> Result<Vec<SystemCounts>, Error> {
        let mut counts: Vec<SystemCounts> =
            self.logs.iter().map(|(name, _)| SystemCounts::new(name, Wanted::All)).collect();
        let mut numbers: Vec<BTreeMap<&String, u32>> = vec![BTreeMap::new(); counts.len()];
        for ((counts, numbers), (_, log)) in counts.iter_mut().zip(&mut numbers).zip(self.logs) {
            for id in ids {
                let sample = log.samples.get(*id);
                let has_answer = sample.is_some_and(|sample| sample.errors < sample.repeats);
                let status = match sample {
                    Some(sample) if sample.errors == 0 => Status::Ok,
                    _ => Status::Failed,
                };
                let number = counts.document(id, (status, has_answer), sample.map_or(0, |sample| sample.answer));
                numbers.insert(id, number);
            }
        }
        let mut without_worst: Vec<&String> = Vec::new();
        for metric in metrics {
            let layer = Layer::Scores(metric.clone().into());
            let groups = LayerGroups::of(METRIC_GROUPS, &layer).expect("a group scores samples");
            counts.iter_mut().for_each(|counts| {
                counts.layer_mut(&layer, groups);
            });
            let direction = directions.get(metric).copied().unwrap_or_default();
            let rule = self.rule(metric, direction);
            for id in ids {
                let row = self.row(id, metric, &rule);
                let Ok(row) = row else {
                    without_worst.push(metric);
                    break;
                };
                let Some(row) = row else { continue };
                for ((counts, numbers), (numerator, denominator)) in counts.iter_mut().zip(&numbers).zip(row) {
                    let statistic = Statistic::Score { numerator, denominator, direction, range: rule.range };
                    let statistics: Statistics = [(StatisticKey::whole(""), statistic)].into_iter().collect();
                    let outcomes = std::iter::empty::<PackedItem<'_>>();
                    counts.layer_mut(&layer, groups).push(numbers[*id], 0, &statistics, outcomes);
                }
            }
        }
        if !without_worst.is_empty() {
            let message = format!("no worst value is known for {}", list(without_worst.into_iter()));
            return Err(Diagnostic::new(message).help("`--missing skip` leaves out what is missing").into());
        }
        let in_order = counts.into_iter().map(|counts| {
            let mut counts = counts.in_order();
            counts.cluster_by_name(|id| clusters.get(id).copied());
            counts
        });
        Ok(in_order.collect())
    }

    /// Returns how the missing scores of a metric are treated.
    fn rule(&self, metric: &str, direction: Direction) -> MetricRule {
        let scored =
            || self.logs.iter().flat_map(|(_, log)| log.samples.values()).filter(|sample| !sample.scores.is_empty());
        let all = || scored().filter_map(|sample| sample.scores.get(metric));
        let ends = all().filter_map(|score| score.ends);
        let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), (least, most)| (low.min(least), high.max(most)));
        let range = match (low < 0.0, high > 1.0) {
            (true, _) => ScoreRange::Any,
            (false, true) => ScoreRange::NotNegative,
            (false, false) => ScoreRange::Unit,
        };
        let worst = match (direction, range) {
            (Direction::Higher, ScoreRange::Unit | ScoreRange::NotNegative) => Some(0.0),
            (Direction::Lower, ScoreRange::Unit) => Some(1.0),
            _ => None,
        };
        MetricRule {
            range,
            worst,
            is_descriptive: direction == Direction::Descriptive,
            is_ratio: all().any(|score| score.is_ratio),
            is_of_all: scored().all(|sample| sample.scores.contains_key(metric)),
        }
    }

    /// Returns the numerator and denominator of a sample in each log; `None` if the sample is left
    /// out of the metric. Fails if the worst value is needed and not known.
    fn row(&self, id: &String, metric: &str, rule: &MetricRule) -> Result<Option<Vec<(f64, f64)>>, NoWorst> {
        let score = |log: &'l ScoreLog| log.samples.get(id).and_then(|sample| sample.scores.get(metric));
        let scored: Vec<Option<&SampleScore>> =
            self.logs.iter().map(|(_, log)| score(log).filter(|score| score.scored > 0)).collect();
        let mean = |score: &SampleScore| {
            let count = f64::from(score.scored);
            (score.numerator / count, score.denominator / count)
        };
        if self.options.missing != Missing::Count {
            let row: Option<Vec<(f64, f64)>> = scored.iter().map(|score| score.map(mean)).collect();
            return Ok(row);
        }
        let sample = |log: &'l ScoreLog| log.samples.get(id);
        // A sample that has other metrics in all logs does not lack this one.
        let is_expected = scored.iter().any(Option::is_some) || rule.is_of_all;
        let denominator = match scored.iter().flatten().next() {
            Some(score) => Some(mean(score).1),
            None => (!rule.is_ratio).then_some(1.0),
        };
        if !is_expected {
            return Ok(None);
        }
        let mut row = Vec::with_capacity(self.logs.len());
        for (at, ((_, log), score)) in self.logs.iter().zip(scored).enumerate() {
            let errors = sample(log).map_or(1, |sample| sample.errors);
            let unscored = Self::unscored(sample(log), metric);
            let count = score.map_or(0, |score| score.scored);
            let missing = if count == 0 { 1 } else { errors + unscored + self.absent_repeats(at, id) };
            if missing == 0 {
                row.extend(score.map(mean));
                continue;
            }
            if rule.is_descriptive {
                return Ok(None);
            }
            let (Some(worst), Some(denominator)) = (rule.worst, denominator) else { return Err(NoWorst) };
            let (numerator, whole) = score.map_or((0.0, 0.0), |score| (score.numerator, score.denominator));
            let all = f64::from(count + missing);
            let missing = f64::from(missing);
            row.push(((numerator + missing * worst * denominator) / all, (whole + missing * denominator) / all));
        }
        Ok(Some(row))
    }

    /// Returns the number of repeats of a sample without an error that have no score of a metric.
    fn unscored(sample: Option<&Sample>, metric: &str) -> u32 {
        sample.and_then(|sample| sample.scores.get(metric)).map_or(0, |score| score.unscored)
    }
}

/// How the scores of a metric are counted.
struct MetricRule {
    range: ScoreRange,
    /// The worst value; `None` if it is not known.
    worst: Option<f64>,
    is_descriptive: bool,
    is_ratio: bool,
    /// Whether every sample with scores has this one.
    is_of_all: bool,
}

/// The worst value of a metric is needed and not known.
struct NoWorst;

/// Returns the first line of a message, shortened.
fn shortened(message: &str) -> String {
    const MOST: usize = 120;
    let line = message.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(MOST).collect();
    if cut.len() < line.len() { format!("{cut}...") } else { cut }
}
