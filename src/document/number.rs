//! Numbers of JSON, kept as they are written.
//!
//! A double has 17 digits, while identifiers, amounts and measurements have more, so the text is
//! what is kept: it survives reading, comparing and writing. serde_json's `arbitrary_precision`
//! would keep it too, but changes what every other reader of the crate sees (`flatten`, tagged
//! types, 1.0 beside 1.00) and doubles the time of parsing.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A number of JSON with its exact value and its spelling. Two of them are equal if they are spelt
/// alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(Repr);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Repr {
    /// A whole number without point or exponent that fits; its spelling is that of the integer.
    Integer(i64),
    /// The text of any other number.
    Text(Box<str>),
}

/// The most bytes of a whole number that is certain to lie within the range of doubles.
const SHORT: usize = 300;

impl Number {
    /// The number that a text of JSON's grammar spells; `None` if it has a point or an exponent and
    /// lies beyond the range of doubles, as 1e400 does.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_whole = !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        // An integer has no sign of zero.
        if let Some(integer) = text.parse().ok().filter(|_| is_whole && text != "-0") {
            return Some(Self(Repr::Integer(integer)));
        }
        let may_overflow = !is_whole && (text.len() > SHORT || text.contains(['e', 'E']));
        let is_finite = !may_overflow || text.parse::<f64>().is_ok_and(f64::is_finite);
        is_finite.then(|| Self(Repr::Text(text.into())))
    }

    /// Whether it is written without point and exponent: an `int` to Python, where any other number
    /// is a `float`.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Integer(_) => true,
            Repr::Text(text) => !text.contains(['.', 'e', 'E']),
        }
    }

    /// The number as an unsigned integer, if it is written as one and fits.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Integer(integer) => (*integer).try_into().ok(),
            Repr::Text(text) => text.parse().ok(),
        }
    }

    /// The nearest double; `None` if the number lies beyond the range of doubles.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.0 {
            Repr::Integer(integer) => Some(*integer as f64),
            Repr::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        }
    }
}

/// As it is written.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Integer(integer) => integer.fmt(f),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Integer(integer) => serializer.serialize_i64(*integer),
            // Only raw text is written without a detour over doubles.
            Repr::Text(text) => RawValue::from_string(text.clone().into()).expect("a number").serialize(serializer),
        }
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self(Repr::Integer(integer))
    }
}

impl From<&serde_json::Number> for Number {
    fn from(number: &serde_json::Number) -> Self {
        Self::parse(&number.to_string()).expect("a number of serde_json is finite")
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn spellings_survive() {
        for text in [
            "0",
            "-0",
            "7",
            "-9223372036854775808",
            "18446744073709551616",
            "-9400111899223344556611",
            "1.10",
            "1e5",
            "1E+05",
            "0.1000000000000000055511151231257827",
        ] {
            let number = Number::parse(text).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
        }
    }

    #[test]
    fn numbers_are_integers_or_doubles_where_they_fit() {
        let of = |text: &str| Number::parse(text).unwrap();
        assert_eq!((of("18446744073709551615").as_u64(), of("18446744073709551616").as_u64()), (Some(u64::MAX), None));
        assert_eq!((of("-1").as_u64(), of("1.0").as_u64(), of("-1").as_f64()), (None, None, Some(-1.0)));
        assert_eq!(of("0.23333333333333336").as_f64(), Some(0.233_333_333_333_333_36));
        assert!(of("9400111899223344556611").is_integer() && !of("1e5").is_integer() && !of("1.0").is_integer());
    }

    #[test]
    fn nothing_becomes_infinite() {
        let long = "9".repeat(400);
        assert_eq!(Number::parse(&long).unwrap().as_f64(), None);
        for text in ["1e400", "-1E+400", &format!("{long}.5")] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        assert_eq!(Number::parse("1e-400").unwrap().as_f64(), Some(0.0));
    }
}
