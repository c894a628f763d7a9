//! Reads the figures of a `scores.csv`, for reports that were committed by any version of karat.
//! Columns are found by their names: older versions lack some, and later ones may add some.

use std::collections::{BTreeMap, BTreeSet};

use csv::{ReaderBuilder, StringRecord};

use super::{RecordedFigure, RecordedResult};
use crate::document::Layer;
use crate::metric::METRIC_GROUPS;

/// Reads the results of a `scores.csv` in the order of dataset and extractor.
///
/// # Errors
/// Fails with a sentence if a column that every version wrote is missing, if a number cannot be
/// read, or if a figure occurs twice.
pub fn read_scores_csv(content: &[u8]) -> Result<Vec<RecordedResult>, String> {
    let mut reader = ReaderBuilder::new().from_reader(content);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let columns = Columns::find(&header)?;
    let mut results: BTreeMap<(String, String), RecordedResult> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let figure = columns.figure(&row).map_err(|reason| format!("line {line}: {reason}"))?;
        let key = (text(&row, columns.dataset), text(&row, columns.extractor));
        if !seen.insert((key.clone(), figure.metric.clone(), figure.label.clone())) {
            return Err(format!("line {line}: the figure {:?} occurs twice", figure.name()));
        }
        let empty = || RecordedResult { dataset: key.0.clone(), extractor: key.1.clone(), ..RecordedResult::default() };
        results.entry(key.clone()).or_insert_with(empty).figures.push(figure);
    }
    let mut results: Vec<RecordedResult> = results.into_values().collect();
    results.iter_mut().for_each(|result| mark_headlines(&mut result.figures));
    Ok(results)
}

/// The positions of the columns; `None` for those that the file lacks.
struct Columns {
    dataset: usize,
    extractor: usize,
    metric: usize,
    value: usize,
    label: Option<usize>,
    low: Option<usize>,
    high: Option<usize>,
    gold: Option<usize>,
    documents: Option<usize>,
    answered: Option<usize>,
    signature: Option<usize>,
}

impl Columns {
    fn find(header: &StringRecord) -> Result<Self, String> {
        let find = |name: &str| header.iter().position(|column| column == name);
        let needed = |name: &str| find(name).ok_or_else(|| format!("it has no column `{name}`"));
        Ok(Self {
            dataset: needed("dataset")?,
            extractor: needed("extractor")?,
            metric: needed("metric")?,
            value: needed("value")?,
            label: find("label"),
            low: find("low"),
            high: find("high"),
            gold: find("gold"),
            documents: find("documents"),
            answered: find("documents_answered"),
            signature: find("signature"),
        })
    }

    fn figure(&self, row: &StringRecord) -> Result<RecordedFigure, String> {
        let cell = |column: Option<usize>| column.and_then(|at| row.get(at)).filter(|cell| !cell.is_empty());
        let number = |column: Option<usize>| {
            let read = |cell: &str| match cell.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(value),
                _ => Err(format!("{cell:?} is no number")),
            };
            cell(column).map(read).transpose()
        };
        let count = |column: Option<usize>| {
            let read = |cell: &str| cell.parse::<u64>().map_err(|_| format!("{cell:?} is no count"));
            cell(column).map(read).transpose()
        };
        Ok(RecordedFigure {
            metric: text(row, self.metric),
            label: cell(self.label).map(str::to_owned),
            value: number(Some(self.value))?,
            low: number(self.low)?,
            high: number(self.high)?,
            gold: count(self.gold)?,
            documents: count(self.documents)?,
            answered: count(self.answered)?,
            signature: cell(self.signature).map(str::to_owned),
            headline: false,
        })
    }
}

fn text(row: &StringRecord, column: usize) -> String {
    row.get(column).unwrap_or_default().to_owned()
}

/// Marks the headline figure of every layer. The table does not name it, but the metric groups do.
fn mark_headlines(figures: &mut [RecordedFigure]) {
    let mut headlines: BTreeSet<String> = BTreeSet::new();
    for layer in &Layer::FIXED {
        let groups = METRIC_GROUPS.iter().filter(|group| group.scores(layer));
        headlines.extend(groups.filter_map(|group| group.headline()).map(|headline| headline.name(layer).to_string()));
    }
    // The names of records have dots of their own: `records.NAME.f1` is a headline figure unless
    // `NAME` is another record's name followed by a metric or an average.
    let records: BTreeSet<&str> = figures
        .iter()
        .filter(|figure| figure.label.is_none())
        .filter_map(|figure| figure.metric.strip_prefix("records.")?.strip_suffix(".f1"))
        .collect();
    let is_within = |name: &str| name.match_indices('.').any(|(dot, _)| records.contains(&name[..dot]));
    headlines.extend(records.iter().filter(|name| !is_within(name)).map(|name| format!("records.{name}.f1")));
    for figure in figures.iter_mut().filter(|figure| figure.label.is_none()) {
        figure.headline = headlines.contains(&figure.metric);
    }
}

#[cfg(test)]
mod tests {
    use super::read_scores_csv;

    #[test]
    fn columns_are_found_by_name() {
        let old = "metric,extractor,dataset,value\nentities.strict.f1,x,d,0.5\nentities.exact.f1,x,d,\n";
        let results = read_scores_csv(old.as_bytes()).unwrap();
        assert_eq!(results.len(), 1);
        let [strict, exact] = results[0].figures.as_slice() else { panic!("{results:?}") };
        assert_eq!((strict.value, strict.headline, strict.signature.as_deref()), (Some(0.5), true, None));
        assert_eq!((exact.value, exact.headline, exact.documents), (None, false, None));
    }

    #[test]
    fn the_headline_figure_of_records_is_not_one_of_their_averages() {
        let names = ["records.a.f1", "records.a.macro.f1", "records.a.b.f1", "records.a.weighted.f1", "records.c.d.f1"];
        let rows: String = names.map(|name| format!("d,x,{name},0.5\n")).concat();
        let results = read_scores_csv(format!("dataset,extractor,metric,value\n{rows}").as_bytes()).unwrap();
        let headlines = results[0].figures.iter().filter(|figure| figure.headline).map(|figure| figure.metric.as_str());
        assert_eq!(headlines.collect::<Vec<_>>(), ["records.a.f1", "records.c.d.f1"]);
    }

    #[test]
    fn what_is_no_table_of_scores_is_refused_by_name() {
        let refused = |text: &str| read_scores_csv(text.as_bytes()).unwrap_err();
        assert_eq!(refused("a,b\n1,2\n"), "it has no column `dataset`");
        let header = "dataset,extractor,metric,value\n";
        assert_eq!(refused(&format!("{header}d,x,m,often\n")), "line 2: \"often\" is no number");
        assert_eq!(refused(&format!("{header}d,x,m,NaN\n")), "line 2: \"NaN\" is no number");
        assert_eq!(refused(&format!("{header}d,x,m,1\nd,x,m,1\n")), "line 3: the figure \"m\" occurs twice");
    }
}
