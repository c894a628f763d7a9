//! JSON numbers that keep their spelling.
//!
//! A double has 17 significant digits, while identifiers, amounts and measurements may have more,
//! so the text of a number is kept: it survives reading, comparing and writing. serde_json's
//! `arbitrary_precision` would keep it too, but changes what all other readers of the crate see
//! (`flatten`, tagged types, 1.0 beside 1.00) and doubles the time of parsing.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A JSON number with its exact value and spelling. Two numbers are equal if their spellings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(Repr);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Repr {
    /// A whole number without point or exponent that fits into an `i64`; its spelling is that of
    /// the integer.
    Integer(i64),
    /// The text of any other number.
    Text(Box<str>),
}

/// The greatest length in bytes at which a number without an exponent is certainly within the range
/// of doubles.
const SAFE_LENGTH: usize = 300;

impl Number {
    /// Parses a text that matches JSON's grammar of numbers. Returns `None` if it has a point or an
    /// exponent and is beyond the range of doubles, as 1e400 is.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_whole = !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        // An `i64` cannot represent negative zero.
        if let Some(integer) = text.parse().ok().filter(|_| is_whole && text != "-0") {
            return Some(Self(Repr::Integer(integer)));
        }
        let may_overflow = !is_whole && (text.len() > SAFE_LENGTH || text.contains(['e', 'E']));
        let is_finite = !may_overflow || text.parse::<f64>().is_ok_and(f64::is_finite);
        is_finite.then(|| Self(Repr::Text(text.into())))
    }

    /// Whether the number is written without point and exponent. Python reads such numbers as `int`
    /// and all others as `float`.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Integer(_) => true,
            Repr::Text(text) => !text.contains(['.', 'e', 'E']),
        }
    }

    /// Returns the number as an unsigned integer, if it is written as an integer and fits.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Integer(integer) => (*integer).try_into().ok(),
            Repr::Text(text) => text.parse().ok(),
        }
    }

    /// Returns the nearest double, or `None` if the number is beyond the range of doubles.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.0 {
            Repr::Integer(integer) => Some(*integer as f64),
            Repr::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        }
    }
}

/// Writes the number in its original spelling.
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
            // Raw text is the only form that serde_json writes without conversion to a double.
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
