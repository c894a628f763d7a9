//! Assigns roles to the columns of a table of scores or ratings by their names, so that files of
//! other tools can be read without configuration.

/// The kind of numbers in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasurementKind {
    /// Scores of metrics.
    Scores,
    /// Ratings of people.
    Ratings,
}

/// The role of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    System,
    Document,
    /// The name of the metric or dimension, in the long layout.
    Name,
    /// The number, in the long layout.
    Value,
    Annotator,
}

/// The roles of columns in files of scores, each with its names in headers, the canonical name
/// first.
const SCORES: &[(Role, &[&str])] = &[
    (Role::System, SYSTEM),
    (Role::Document, DOCUMENT),
    (Role::Name, &["metric", "metric_name"]),
    (Role::Value, &["value", "score"]),
];
/// The roles of columns in files of ratings, each with its names in headers, the canonical name
/// first.
const RATINGS: &[(Role, &[&str])] = &[
    (Role::System, SYSTEM),
    (Role::Document, DOCUMENT),
    (Role::Name, &["dimension", "aspect", "criterion"]),
    (Role::Value, &["rating", "value", "score"]),
    (Role::Annotator, &["annotator", "annotator_id", "rater", "judge", "worker", "worker_id"]),
];
const SYSTEM: &[&str] = &["system", "system_id", "extractor", "model", "model_id", "summarizer"];
const DOCUMENT: &[&str] = &["document", "document_id", "doc", "doc_id", "id"];

/// The dimension of ratings whose file names none.
pub const RATING: &str = "rating";

impl MeasurementKind {
    fn roles(self) -> &'static [(Role, &'static [&'static str])] {
        match self {
            Self::Scores => SCORES,
            Self::Ratings => RATINGS,
        }
    }

    /// Returns the canonical name of a role's column.
    pub(super) fn name_of(self, role: Role) -> &'static str {
        let found = self.roles().iter().find(|(known, _)| *known == role);
        found.map_or("", |(_, names)| names[0])
    }
}

/// The columns of a table by their roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub system: Option<usize>,
    pub document: Option<usize>,
    pub annotator: Option<usize>,
    /// In the long layout, the column of the name, if there is one, and that of the number.
    pub long: Option<(Option<usize>, usize)>,
    /// In the wide layout, the columns of the numbers.
    pub wide: Vec<usize>,
}

impl Columns {
    /// Assigns roles to columns by their names. Fails with a message if required columns are
    /// missing or ambiguous.
    pub fn new(names: &[&str], kind: MeasurementKind) -> Result<Self, String> {
        let find = |role: Role| {
            let (_, known) = kind.roles().iter().find(|(known, _)| *known == role)?;
            let is_known = |name: &str| known.contains(&name.trim().to_lowercase().as_str());
            Some(names.iter().enumerate().filter(|(_, name)| is_known(name)).map(|(at, _)| at).collect::<Vec<_>>())
        };
        let one = |role: Role| match find(role).unwrap_or_default().as_slice() {
            [] => Ok(None),
            [at] => Ok(Some(*at)),
            [first, second, ..] => {
                let (first, second) = (names[*first].trim(), names[*second].trim());
                Err(format!("`{first}` and `{second}` are both the {}", kind.name_of(role)))
            }
        };
        let (system, document) = (one(Role::System)?, one(Role::Document)?);
        let (name, annotator) = (one(Role::Name)?, one(Role::Annotator)?);
        let is_long = name.is_some() || kind == MeasurementKind::Ratings;
        let value = if is_long { one(Role::Value)? } else { None };
        let long = match (name, value) {
            (name, Some(value)) => Some((name, value)),
            (Some(_), None) => return Err(format!("`{}` is missing", kind.name_of(Role::Value))),
            (None, None) => None,
        };
        let has_role = |at: &usize| [system, document, annotator].contains(&Some(*at));
        let wide = if long.is_some() { Vec::new() } else { (0..names.len()).filter(|at| !has_role(at)).collect() };
        for (place, at) in wide.iter().enumerate() {
            if wide[..place].iter().any(|before| names[*before].trim() == names[*at].trim()) {
                return Err(format!("two columns are `{}`", names[*at].trim()));
            }
        }
        Ok(Self { system, document, annotator, long, wide })
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, MeasurementKind};

    fn columns(names: &[&str], kind: MeasurementKind) -> Columns {
        Columns::new(names, kind).unwrap()
    }

    #[test]
    fn long_where_a_column_names_the_number() {
        let long = columns(&["dataset", "Extractor", "document", "metric", "value"], MeasurementKind::Scores);
        assert_eq!((long.system, long.document, long.long), (Some(1), Some(2), Some((Some(3), 4))));
        let long = columns(&["rating", "system", "document", "remark"], MeasurementKind::Ratings);
        assert_eq!((long.long, long.wide), (Some((None, 0)), vec![]));
    }

    #[test]
    fn wide_where_none_does() {
        let wide = columns(&["system", "rouge1", "document", "score"], MeasurementKind::Scores);
        assert_eq!((wide.long, wide.wide), (None, vec![1, 3]));
        let wide = columns(&["model", "id", "worker_id", "coherence", "relevance"], MeasurementKind::Ratings);
        assert_eq!((wide.annotator, wide.wide), (Some(2), vec![3, 4]));
    }

    #[test]
    fn names_that_cannot_be() {
        let diagnostic = |names: &[&str], kind| Columns::new(names, kind).unwrap_err();
        assert_eq!(
            diagnostic(&["system", "model"], MeasurementKind::Scores),
            "`system` and `model` are both the system"
        );
        assert_eq!(diagnostic(&["system", "document", "metric"], MeasurementKind::Scores), "`value` is missing");
        assert_eq!(diagnostic(&["a", "b", "a"], MeasurementKind::Scores), "two columns are `a`");
    }
}
