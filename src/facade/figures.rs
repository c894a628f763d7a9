//! Figures of [`Scores`] by their names.

use std::fmt::{self, Write};

use crate::metric::MetricName;
use crate::score::{Figure, Scores};

impl Scores {
    /// Returns the value of a figure by its name, as reports and `karat score` spell it:
    /// `entities.strict.f1`, `entities.strict.macro.f1`, `entities.strict[PERSON].recall`,
    /// `summary.rouge1.f1`, `keyphrases.f1@10`.
    ///
    /// Values lie between 0 and 1, except amounts such as lengths and figures in percent. Returns
    /// `None` if there is no figure of this name or if its value is undefined because its
    /// denominator is 0; [`Scores::figure`] distinguishes the two.
    ///
    /// ```
    /// let gold = [vec![(0, 3, "PERSON")]];
    /// let predicted = [vec![(0, 3, "PERSON"), (9, 13, "GPE")]];
    /// let scores = karat::entities(&gold, &predicted)?;
    /// assert_eq!(scores.get("entities.strict.precision"), Some(0.5));
    /// assert_eq!(scores.get("entities.strict[PERSON].precision"), Some(1.0));
    /// assert_eq!(scores.get("entities.strict[GPE].recall"), None); // no gold item has this label
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn get(&self, name: &str) -> Option<f64> {
        self.figure(name)?.value
    }

    /// Returns a figure by its name, with its confidence interval, counts and signature. Names are
    /// those of [`Scores::get`]; [`Scores::figures`] lists all figures. Returns `None` if there is
    /// no figure of this name.
    ///
    /// ```
    /// let gold = [vec![(0, 3, "PERSON")]];
    /// let predicted = [vec![(0, 3, "PERSON"), (9, 13, "GPE")]];
    /// let scores = karat::entities(&gold, &predicted)?;
    /// let figure = scores.figure("entities.strict.f1").expect("entities were scored");
    /// assert_eq!((figure.gold, figure.predicted, figure.documents), (1, Some(2), 1));
    /// assert!(figure.interval.is_none()); // one document has no variance
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures().find(|figure| is_displayed_as(&figure.name, name))
    }
}

/// Whether a name is displayed as this text. Compares piece by piece, without a string for every
/// figure.
fn is_displayed_as(name: &MetricName, text: &str) -> bool {
    let mut rest = Rest(text);
    write!(rest, "{name}").is_ok() && rest.0.is_empty()
}

/// What is left of a text after the pieces written so far; a piece that does not match is an error.
struct Rest<'t>(&'t str);

impl Write for Rest<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(piece).ok_or(fmt::Error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_displayed_as;
    use crate::document::Layer;
    use crate::metric::{Average, MetricName};

    #[test]
    fn names_match_as_they_are_displayed() {
        let name = MetricName {
            layer: Layer::Entities,
            metric: "strict".into(),
            label: None,
            average: Some(Average::Macro),
            stat: "f1".into(),
            at: 0,
        };
        let labelled = MetricName { label: Some("PERSON".into()), average: None, ..name.clone() };
        let cut = MetricName { layer: Layer::Keyphrases, metric: "".into(), average: None, at: 10, ..name.clone() };
        for name in [&name, &labelled, &cut] {
            assert!(is_displayed_as(name, &name.to_string()));
            assert!(!is_displayed_as(name, &format!("{name}0")));
            assert!(!is_displayed_as(name, name.to_string().trim_end_matches(['0', '1'])));
        }
        assert!(is_displayed_as(&labelled, "entities.strict[PERSON].f1"));
        assert!(is_displayed_as(&cut, "keyphrases.f1@10"));
    }
}
