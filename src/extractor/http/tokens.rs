//! The tokens of a reply whose spans count tokens.

use crate::document::{Document, Value};
use crate::text::excerpt;

/// The positions of tokens.
pub(super) struct Tokens {
    /// The start and the end of each token.
    ranges: Vec<(u64, u64)>,
    /// Whether the positions count code points, and not the unit of the reply.
    pub count_code_points: bool,
}

impl Tokens {
    /// The words between white space.
    pub fn of_white_space(document: &Document) -> Self {
        let words: Vec<Value> = document.text().split_whitespace().map(Value::from).collect();
        Self::located(&words, document).unwrap_or(Self { ranges: Vec::new(), count_code_points: true })
    }

    /// Reads tokens: texts, which are located in the document one after the other, or positions
    /// (`start` and `end`, or a list of both).
    ///
    /// # Errors
    /// Fails with a whole sentence about the first token that is neither.
    pub fn read(found: &[&Value], document: &Document) -> Result<Self, String> {
        let tokens: Vec<Value> = found
            .iter()
            .flat_map(|value| match value {
                Value::Array(list) if !is_pair(value) => list.clone(),
                other => vec![(*other).clone()],
            })
            .collect();
        match tokens.first().map(position) {
            Some(Some(_)) => {
                let read = |(at, token)| position(token).ok_or_else(|| odd(at, token));
                let ranges = tokens.iter().enumerate().map(read).collect::<Result<_, _>>()?;
                Ok(Self { ranges, count_code_points: false })
            }
            _ => Self::located(&tokens, document),
        }
    }

    fn located(tokens: &[Value], document: &Document) -> Result<Self, String> {
        let (text, mut from, mut code_points) = (document.text(), 0, 0);
        let mut ranges = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let word = token.as_str().or_else(|| token.get("text")?.as_str()).ok_or_else(|| odd(at, token))?;
            let begin = text[from..]
                .find(word)
                .map(|begin| from + begin)
                .ok_or_else(|| format!("token {at} is {}, which does not follow in the text", excerpt(word)))?;
            if text[from..begin].contains(char::is_alphanumeric) {
                let (word, skipped) = (excerpt(word), excerpt(text[from..begin].trim()));
                return Err(format!("token {at} is {word}, but {skipped} comes first in the text and is no token"));
            }
            let start = code_points + text[from..begin].chars().count() as u64;
            code_points = start + word.chars().count() as u64;
            from = begin + word.len();
            ranges.push((start, code_points));
        }
        Ok(Self { ranges, count_code_points: true })
    }

    /// The offsets of the tokens from `first` up to and without `behind`.
    ///
    /// # Errors
    /// Fails if there are no such tokens.
    pub fn range(&self, first: u64, behind: u64) -> Result<(u64, u64), String> {
        let token = |at: u64| usize::try_from(at).ok().and_then(|at| self.ranges.get(at));
        let last = behind.checked_sub(1).filter(|last| *last >= first);
        match (token(first), last.and_then(token)) {
            (Some(from), Some(to)) => Ok((from.0, to.1)),
            _ => Err(format!(
                "{first}..{behind} are no tokens: there are {}; write `inclusive_ends = true` in `response` if `end` is \
                 the last token",
                self.ranges.len()
            )),
        }
    }
}

fn is_pair(value: &Value) -> bool {
    matches!(value, Value::Array(pair) if matches!(pair.as_slice(), [Value::Number(_), Value::Number(_)]))
}

/// The start and the end of a token; `None` if it has none.
fn position(token: &Value) -> Option<(u64, u64)> {
    let number = |key: &str| token.get(key).and_then(Value::as_u64);
    match token {
        Value::Array(pair) => match pair.as_slice() {
            [start, end] => Some((start.as_u64()?, end.as_u64()?)),
            _ => None,
        },
        _ => Some((number("start")?, number("end")?)),
    }
}

fn odd(at: usize, token: &Value) -> String {
    format!("token {at} has neither a text nor `start` and `end`: {}", excerpt(&token.to_string()))
}
