//! The trend of a figure as a drawing: one panel for each extractor and dataset, below each other.
//!
//! All panels have the same scale of values, so that they can be compared; the runs of a panel have
//! equal distances, since runs of one day would lie on top of each other on a scale of time. A line
//! and its band of intervals end where points are not comparable: a dashed line with a number
//! stands there, and the reason is below the panel. The drawing refers to nothing outside itself,
//! and its colours follow the reader's choice of light or dark.

use std::fmt::Write;

use super::super::html::escaped;
use super::super::number::three_places;
use super::{are, counted, interval};
use crate::decimals::decimals;
use crate::history::{Point, Series, Trend};
use crate::text::{shown_name, visible};

/// The colours and fonts.
pub(super) const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}.panel{font-weight:600}\
.muted{fill:#59636e}.paper{fill:#fff}.grid{stroke:#d1d9e0}.axis{stroke:#818b98}\
.line{stroke:#0969da;stroke-width:2;fill:none}.band{fill:#0969da;fill-opacity:.16}\
.bar{stroke:#0969da;stroke-opacity:.4;stroke-width:5}.point{fill:#0969da;stroke:#0969da;stroke-width:1.5}\
.part{fill:#fff}.change{stroke:#9a6700;stroke-dasharray:4 3}.reason{fill:#7d4e00}\
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.muted{fill:#9198a1}.paper,.part{fill:#0d1117}\
.grid{stroke:#3d444d}.axis{stroke:#656c76}.line,.bar{stroke:#4493f8}.band{fill:#4493f8}\
.point{fill:#4493f8;stroke:#4493f8}.part{fill:#0d1117}.change{stroke:#d29922}.reason{fill:#e3b341}}";

const WIDTH: f64 = 800.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 780.0;
const PLOT: f64 = 130.0;
/// Largest magnitude of a value that is drawn.
const LARGEST: f64 = 1e12;
/// Largest number of characters of a line of text.
const LONGEST: usize = 112;

/// Returns the drawing. Equal trends give equal bytes.
pub fn trend_to_svg(trend: &Trend) -> String {
    let mut drawn = trend.clone();
    let left_out = leave_out_extremes(&mut drawn);
    let trend = &drawn;
    let mut body = String::new();
    let mut y = 28.0;
    text(&mut body, "title", 16.0, y, "start", &shown_name(&trend.metric));
    y += 20.0;
    let about = "Runs from the oldest to the newest. The band is the confidence interval of the figure.";
    text(&mut body, "muted", 16.0, y, "start", about);
    if trend.partial > 0 {
        y += 17.0;
        let runs = counted(trend.partial, "run");
        let left_out = format!("{runs} of a part of the documents {} left out.", are(trend.partial));
        text(&mut body, "muted", 16.0, y, "start", &left_out);
    }
    let scale = Scale::of(trend);
    for (series, left_out) in trend.series.iter().zip(left_out) {
        y = panel(&mut body, &trend.metric, (series, left_out), &scale, y + 34.0);
    }
    let height = decimals(y + 14.0, 0);
    let width = decimals(WIDTH, 0);
    let label = escaped_attribute(&format!("Trend of {}", shown_name(&trend.metric)));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}

/// Draws a series below `top`, and returns where its panel ends. The series comes with the number
/// of points that are left out of it.
fn panel(body: &mut String, metric: &str, (series, left_out): (&Series, usize), scale: &Scale, top: f64) -> f64 {
    let name = format!("{}, {}", shown_name(&series.dataset), shown_name(&series.extractor));
    text(body, "panel", 16.0, top, "start", &name);
    let last = series.points.last().map(described).unwrap_or_default();
    text(body, "muted", RIGHT, top, "end", &format!("newest: {last}"));
    let upper = top + 24.0;
    let lower = upper + PLOT;
    let at_y = |value: f64| lower - (value - scale.low) / (scale.high - scale.low) * PLOT;
    let count = series.points.len();
    let at_x = |index: usize| match count {
        1 => (LEFT + RIGHT) / 2.0,
        _ => LEFT + 12.0 + (RIGHT - LEFT - 24.0) * index as f64 / (count - 1) as f64,
    };
    for tick in &scale.ticks {
        let y = at_y(*tick);
        line(body, "grid", (LEFT, y), (RIGHT, y));
        text(body, "muted", LEFT - 8.0, y + 4.0, "end", &decimals(*tick, scale.places));
    }
    line(body, "axis", (LEFT, lower), (RIGHT, lower));
    let (x, y) = (decimals(18.0, 1), decimals((upper + lower) / 2.0, 1));
    let unit = unit(metric);
    let _ = writeln!(
        body,
        "<text class=\"muted\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" transform=\"rotate(-90 {x} {y})\">{unit}</text>"
    );
    for index in ticks_of_time(count) {
        let day = series.points[index].run.started.get(..10).unwrap_or(&series.points[index].run.started);
        let x = at_x(index);
        line(body, "axis", (x, lower), (x, lower + 4.0));
        let anchor = if count == 1 || (index > 0 && index + 1 < count) {
            "middle"
        } else if index == 0 {
            "start"
        } else {
            "end"
        };
        text(body, "muted", x, lower + 18.0, anchor, &visible(day));
    }
    for segment in series.segments() {
        draw_segment(body, &series.points[segment.clone()], |index| at_x(segment.start + index), at_y);
    }
    for (index, point) in series.points.iter().enumerate() {
        if let Some(value) = point.value {
            let class = if point.rests_on_fewer() { "point part" } else { "point" };
            let _ = writeln!(
                body,
                "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"3\"><title>{}</title></circle>",
                decimals(at_x(index), 1),
                decimals(at_y(value), 1),
                escaped(&title(point))
            );
        }
    }
    let mut y = lower + 18.0;
    for (number, change) in (1..).zip(&series.changes) {
        let x = (at_x(change.at - 1) + at_x(change.at)) / 2.0;
        line(body, "change", (x, upper - 4.0), (x, lower));
        text(body, "reason", x, upper - 7.0, "middle", &number.to_string());
        let run = &series.points[change.at].run;
        let words = format!("{number}: from {} ({}) on, {}", run.when(), run.run, change.reasons.join("; "));
        for part in wrapped(&visible(&words)) {
            y += 17.0;
            text(body, "reason", LEFT, y, "start", &part);
        }
    }
    if series.incomplete() > 0 {
        y += 17.0;
        let words = format!("{}: some documents have no answer", counted(series.incomplete(), "hollow point"));
        text(body, "muted", LEFT, y, "start", &words);
    }
    if left_out > 0 {
        y += 17.0;
        let points = counted(left_out, "point");
        let words = format!("{points} with a value or an interval beyond ±1e12 {} not drawn", are(left_out));
        text(body, "muted", LEFT, y, "start", &words);
    }
    y
}

/// Removes the values and intervals that no scale can show, and returns the number of points of
/// each series that lose theirs. Imported figures may have any finite value.
fn leave_out_extremes(trend: &mut Trend) -> Vec<usize> {
    let of_series = |series: &mut Series| {
        let mut left_out = 0;
        for point in &mut series.points {
            let (low, high) = point.interval.unzip();
            if [point.value, low, high].into_iter().flatten().any(|value| value.abs() > LARGEST) {
                (point.value, point.interval) = (None, None);
                left_out += 1;
            }
        }
        left_out
    };
    trend.series.iter_mut().map(of_series).collect()
}

/// Draws the line and the band of points that are comparable. Undefined values interrupt both.
fn draw_segment(body: &mut String, points: &[Point], at_x: impl Fn(usize) -> f64, at_y: impl Fn(f64) -> f64) {
    let place = |x: f64, y: f64| format!("{},{}", decimals(x, 1), decimals(y, 1));
    for run in points.chunk_by(|one, other| one.interval.is_some() == other.interval.is_some()) {
        let start = offset(points, run);
        let bounds: Vec<(f64, f64, f64)> = run
            .iter()
            .enumerate()
            .filter_map(|(index, point)| point.interval.map(|(low, high)| (at_x(start + index), low, high)))
            .collect();
        match bounds.as_slice() {
            [] => {}
            [(x, low, high)] => line(body, "bar", (*x, at_y(*low)), (*x, at_y(*high))),
            several => {
                let above = several.iter().map(|(x, _, high)| place(*x, at_y(*high)));
                let below = several.iter().rev().map(|(x, low, _)| place(*x, at_y(*low)));
                let outline = above.chain(below).collect::<Vec<_>>().join(" ");
                let _ = writeln!(body, "<polygon class=\"band\" points=\"{outline}\"/>");
            }
        }
    }
    for run in points.chunk_by(|one, other| one.value.is_some() == other.value.is_some()) {
        let start = offset(points, run);
        let places = run.iter().enumerate();
        let places = places.filter_map(|(index, point)| Some(place(at_x(start + index), at_y(point.value?))));
        let places: Vec<String> = places.collect();
        if places.len() > 1 {
            let _ = writeln!(body, "<polyline class=\"line\" points=\"{}\"/>", places.join(" "));
        }
    }
}

/// Returns the index of a part of a list in the list.
fn offset(all: &[Point], part: &[Point]) -> usize {
    all.iter().position(|point| part.first().is_some_and(|first| std::ptr::eq(point, first))).unwrap_or(0)
}

/// The scale of values of all panels.
struct Scale {
    low: f64,
    high: f64,
    ticks: Vec<f64>,
    /// The number of decimals of the ticks.
    places: usize,
}

impl Scale {
    /// Returns a scale that has all values and intervals, with ticks at round numbers.
    fn of(trend: &Trend) -> Self {
        let points = trend.series.iter().flat_map(|series| &series.points);
        let values = points.flat_map(|point| {
            let (low, high) = point.interval.unzip();
            [point.value, low, high].into_iter().flatten()
        });
        let (mut low, mut high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (f64::min(low, value), f64::max(high, value))
        });
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if high - low < 1e-6 {
            (low, high) = (low - 0.05 * low.abs().max(1.0), high + 0.05 * high.abs().max(1.0));
        }
        let raw = (high - low) / 4.0;
        let power = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= raw * 0.999);
        let step = step.unwrap_or(power * 10.0);
        let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let places = usize::try_from((-step.log10().floor()).max(0.0) as i64).unwrap_or(0);
        Self {
            low: first as f64 * step,
            high: last as f64 * step,
            ticks: (first..=last).map(|tick| tick as f64 * step).collect(),
            places,
        }
    }
}

/// Returns the unit of a figure, as far as its name shows it.
fn unit(metric: &str) -> &'static str {
    let name = metric.split(" [").next().unwrap_or(metric);
    let name = name.split('@').next().unwrap_or(name);
    match name.rsplit('.').next() {
        Some("precision" | "recall" | "f1" | "fabrication" | "accuracy") => "share (0 to 1)",
        _ => "value",
    }
}

/// Returns the indices of at most 5 points whose days are written below the axis.
fn ticks_of_time(points: usize) -> Vec<usize> {
    let most = points.min(5);
    let mut indices: Vec<usize> = match most {
        0 | 1 => (0..most).collect(),
        _ => (0..most).map(|tick| (2 * tick * (points - 1) + most - 1) / (2 * (most - 1))).collect(),
    };
    indices.dedup();
    indices
}

/// Returns the value of a point with its interval.
fn described(point: &Point) -> String {
    let bounds = point.interval.map(|bounds| format!(" {}", interval(Some(bounds)))).unwrap_or_default();
    format!("{}{bounds}", three_places(point.value))
}

/// Returns what a reader sees who points at a point.
fn title(point: &Point) -> String {
    let mut words = format!("{}: {}, {}", shown_name(&point.run.run), visible(&point.run.when()), described(point));
    if !point.run.short_commit().is_empty() {
        words.push_str(&format!(", commit {}", visible(&point.run.short_commit())));
    }
    if let Some(documents) = point.documents {
        words.push_str(&format!(", {documents} documents"));
    }
    if let Some(answered) = point.answered.filter(|_| point.rests_on_fewer()) {
        words.push_str(&format!(", {answered} answered"));
    }
    words
}

/// Breaks a text into lines of at most [`LONGEST`] characters, between words if it has any.
fn wrapped(words: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in words.split(' ') {
        let characters: Vec<char> = word.chars().collect();
        for (at, part) in characters.chunks(LONGEST).enumerate() {
            let part: String = part.iter().collect();
            let last = lines.last_mut().expect("there is a line");
            let length = last.chars().count() + part.chars().count() + 1;
            if at > 0 || (length > LONGEST && !last.is_empty()) {
                lines.push(format!("   {part}"));
            } else {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(&part);
            }
        }
    }
    lines
}

fn line(body: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(|number| decimals(number, 1));
    let _ = writeln!(body, "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
}

fn text(body: &mut String, class: &str, x: f64, y: f64, anchor: &str, words: &str) {
    let (x, y, words) = (decimals(x, 1), decimals(y, 1), escaped(words));
    let _ = writeln!(body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{words}</text>");
}

/// Escapes a text in an attribute.
fn escaped_attribute(text: &str) -> String {
    escaped(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, ticks_of_time, unit, wrapped};

    #[test]
    fn ticks_of_time_are_spread_from_first_to_last() {
        assert_eq!(ticks_of_time(1), [0]);
        assert_eq!(ticks_of_time(3), [0, 1, 2]);
        assert_eq!(ticks_of_time(8), [0, 2, 4, 5, 7]);
        assert_eq!(ticks_of_time(14), [0, 3, 7, 10, 13]);
    }

    #[test]
    fn units_are_those_of_the_statistic() {
        assert_eq!(unit("entities.strict.f1 [PER.x]"), "share (0 to 1)");
        assert_eq!(unit("keyphrases.f1@10"), "share (0 to 1)");
        assert_eq!(unit("summary.density"), "value");
    }

    #[test]
    fn long_texts_are_broken() {
        let lines = wrapped(&format!("a {} {}", "b".repeat(100), "c".repeat(300)));
        assert!(lines.len() > 3 && lines.iter().all(|line| line.chars().count() <= LONGEST + 3), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', "").len(), 401);
    }
}
