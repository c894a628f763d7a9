//! Exact decimal numbers, so that 0.8 is within 0.1 of 0.7.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, Sign};

/// The number `digits` * 10^-`places`, without trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Decimal {
    digits: BigInt,
    places: i32,
}

/// Numbers with more digits are compared as written: their arithmetic would take too long, and
/// Python refuses to parse them.
const MOST_DIGITS: usize = 4300;

impl Decimal {
    /// Parses a number as in JSON or plain text: sign, digits, point, exponent.
    pub fn plain(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, unsigned) = match mantissa.as_bytes().first()? {
            b'-' => (true, &mantissa[1..]),
            b'+' => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let is_number = !(whole.is_empty() && part.is_empty());
        let all = [whole, part].concat();
        if !is_number || !all.bytes().all(|byte| byte.is_ascii_digit()) || exponent.unsigned_abs() > 400 {
            return None;
        }
        let significant = all.trim_start_matches('0');
        let kept = significant.trim_end_matches('0');
        if kept.is_empty() {
            return Some(Self { digits: BigInt::ZERO, places: 0 });
        }
        if significant.len() > MOST_DIGITS || part.len() > MOST_DIGITS {
            return None;
        }
        // Most numbers fit an i128, which is parsed several times as fast.
        let digits = kept.parse::<i128>().map(BigInt::from).or_else(|_| kept.parse()).ok()?;
        let dropped = significant.len() - kept.len();
        let places = part.len() as i32 - dropped as i32 - exponent;
        Some(Self { digits: if negative { -digits } else { digits }, places })
    }

    /// Parses a number as people write it: with surrounding white space, a currency sign or an ISO
    /// 4217 code on either side, a Unicode minus sign, parentheses for a negative amount as in
    /// accounting, and commas, spaces or apostrophes as thousands separators. A comma elsewhere is
    /// ambiguous, so such a text is not a number.
    pub fn written(text: &str) -> Option<Self> {
        let bare = text.replace('\u{2212}', "-");
        let (sign, unsigned) = signed("", without_currency(bare.trim()));
        let (sign, unsigned) = match unsigned.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(_) if !sign.is_empty() => return None,
            Some(inner) => ("-", inner.trim()),
            None => (sign, unsigned),
        };
        let (sign, unsigned) = signed(sign, without_currency(unsigned));
        let (whole, rest) = unsigned.split_at(unsigned.find(['.', 'e', 'E']).unwrap_or(unsigned.len()));
        let is_separator = |c: char| matches!(c, ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}');
        let whole = match whole.find(is_separator) {
            None => whole.to_owned(),
            Some(at) => {
                let separator = whole[at..].chars().next()?;
                let groups: Vec<&str> = whole.split(separator).collect();
                let fits = (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3);
                if !fits {
                    return None;
                }
                groups.concat()
            }
        };
        Self::plain(&format!("{sign}{whole}{rest}"))
    }

    /// Converts a tolerance by its shortest decimal representation.
    pub fn of(value: f64) -> Self {
        Self::plain(&format!("{value:e}")).unwrap_or(Self { digits: BigInt::ZERO, places: 0 })
    }

    /// Multiplies the number by a power of ten.
    pub fn scaled(&self, power: i32) -> Self {
        let places = if self.digits == BigInt::ZERO { 0 } else { self.places - power };
        Self { digits: self.digits.clone(), places }
    }

    /// Returns whether this number is `exact` rounded up or down to its own last significant digit,
    /// and at most a tenth off.
    pub fn is_rounded(&self, exact: &Self) -> bool {
        let unit = Self { digits: 1.into(), places: self.places };
        let off = self.distance(exact);
        off.order(&unit) == Ordering::Less && off.scaled(1).order(&self.abs()) != Ordering::Greater
    }

    /// Returns whether the number is an integer.
    pub fn is_whole(&self) -> bool {
        self.places <= 0
    }

    /// Returns whether the number is an integer multiple of `step`; `false` if `step` is 0.
    pub fn is_multiple_of(&self, step: &Self) -> bool {
        let (whole, step) = self.aligned(step);
        step != BigInt::ZERO && whole % step == BigInt::ZERO
    }

    /// Returns the negated number.
    pub fn negated(&self) -> Self {
        Self { digits: -&self.digits, places: self.places }
    }

    /// Returns whether a prediction is within tolerances, as Python compares decimals with floats:
    /// by the exact binary value of the tolerance, so that 1.3 is not within a relative 0.3 of 1.
    pub fn is_within(&self, predicted: &Self, absolute: f64, relative: f64) -> bool {
        if self == predicted {
            return true;
        }
        let one = Self { digits: 1.into(), places: 0 };
        let is_at_most = |part: &Self, whole: &Self, most: f64| {
            let (part, whole) = part.aligned(whole);
            at_most(part, whole, most)
        };
        let off = self.distance(predicted);
        if relative > 0.0 {
            if self.digits == BigInt::ZERO {
                return is_at_most(&predicted.abs(), &one, relative);
            }
            if is_at_most(&off, &self.abs(), relative) {
                return true;
            }
        }
        absolute > 0.0 && is_at_most(&off, &one, absolute)
    }

    /// Returns the digits of two numbers, scaled to equally many decimal places.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt) {
        let places = self.places.max(other.places);
        let raise = |one: &Self| match places - one.places {
            0 => one.digits.clone(),
            power => &one.digits * BigInt::from(10).pow(power.unsigned_abs()),
        };
        (raise(self), raise(other))
    }

    fn distance(&self, other: &Self) -> Self {
        let (a, b) = self.aligned(other);
        Self { digits: (a - b).magnitude().clone().into(), places: self.places.max(other.places) }
    }

    fn times(&self, other: &Self) -> Self {
        Self { digits: &self.digits * &other.digits, places: self.places + other.places }
    }

    fn abs(&self) -> Self {
        Self { digits: self.digits.magnitude().clone().into(), places: self.places }
    }

    /// Compares two numbers by value.
    pub fn order(&self, other: &Self) -> Ordering {
        let (a, b) = self.aligned(other);
        a.cmp(&b)
    }

    /// Returns whether a prediction is within an absolute tolerance, or one relative to the gold
    /// number.
    pub fn is_near(&self, predicted: &Self, absolute: &Self, relative: &Self) -> bool {
        if self == predicted {
            return true;
        }
        let off = self.distance(predicted);
        let within = |most: &Self| off.order(most) != Ordering::Greater;
        within(absolute) || within(&relative.times(&self.abs()))
    }
}

/// Splits the sign off a number, unless it has one already.
fn signed<'t>(sign: &'static str, text: &'t str) -> (&'static str, &'t str) {
    match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(rest), _) if sign.is_empty() => ("-", rest.trim_start()),
        (_, Some(rest)) if sign.is_empty() => ("+", rest.trim_start()),
        _ => (sign, text),
    }
}

/// Removes one currency sign or code from either end of a number.
fn without_currency(text: &str) -> &str {
    let is_sign = |c: char| matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₩' | '₺' | '₽' | '₴' | '₪' | '₫' | '฿' | '₱');
    let is_code = |code: &str| CURRENCIES.binary_search(&code).is_ok();
    let starts = text
        .strip_prefix(is_sign)
        .or_else(|| text.split_at_checked(3).filter(|(code, _)| is_code(code)).map(|(_, rest)| rest));
    let text = starts.unwrap_or(text).trim_start();
    let end = text.len().saturating_sub(3);
    let ends = text
        .strip_suffix(is_sign)
        .or_else(|| text.split_at_checked(end).filter(|(_, code)| is_code(code)).map(|(rest, _)| rest));
    ends.unwrap_or(text).trim_end()
}

/// The codes of currencies in ISO 4217, without funds, metals and test codes.
const CURRENCIES: [&str; 156] = [
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC",
    "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS",
    "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD",
    "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL",
    "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD",
    "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD",
    "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP",
    "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// Formats the number without an exponent: `110000000`, `4.25`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits.sign() == Sign::Minus { "-" } else { "" };
        let digits = self.digits.magnitude().to_string();
        let Ok(places) = usize::try_from(self.places) else {
            return write!(f, "{sign}{digits}{}", "0".repeat(self.places.unsigned_abs() as usize));
        };
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, part) = padded.split_at(padded.len() - places);
        if part.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{part}") }
    }
}

/// Returns whether `part / whole` is at most a float, taken at its exact binary value.
fn at_most(part: BigInt, whole: BigInt, most: f64) -> bool {
    let bits = most.to_bits();
    let (mantissa, biased) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    let (mantissa, power) = if biased == 0 { (mantissa, -1074) } else { (mantissa | (1 << 52), biased - 1075) };
    // part / whole <= mantissa * 2^power
    let right = whole * mantissa;
    if power < 0 { part << power.unsigned_abs() <= right } else { part <= right << power }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn same(a: &str, b: &str) -> bool {
        Decimal::written(a).unwrap() == Decimal::written(b).unwrap()
    }

    #[test]
    fn one_number_in_many_guises() {
        for other in ["10.0", "10.00", "1e1", " +10 ", "$10", "€ 10.0", "10€", "010"] {
            assert!(same("10", other), "{other}");
        }
        assert!(same("1,000", "1000") && same("1 000 000.50", "1000000.5") && same("12'500", "12500"));
        assert!(same("−5", "-5") && same("-$5", "$-5") && same("0", "-0.00") && !same("5", "-5"));
    }

    #[test]
    fn numbers_are_shown_without_exponents() {
        for (text, shown) in [("1e3", "1000"), ("0.050", "0.05"), ("-4.25", "-4.25"), ("0", "0"), ("1.5e-3", "0.0015")]
        {
            assert_eq!(Decimal::written(text).unwrap().to_string(), shown);
        }
        assert_eq!(Decimal::written("1.5").unwrap().scaled(9).to_string(), "1500000000");
    }

    #[test]
    fn what_could_be_two_numbers_is_none() {
        for text in ["1,5", "1,00", "10,000,0", "", "-", ".", "ten", "10 kg", "1.2.3", "--5", "1,000 000", "5e", "0x10"]
        {
            assert_eq!(Decimal::written(text), None, "{text}");
        }
    }

    #[test]
    fn tolerances_are_exact() {
        let near = |a: &str, b: &str, absolute: f64, relative: f64| {
            let [a, b] = [a, b].map(|text| Decimal::written(text).unwrap());
            a.is_near(&b, &Decimal::of(absolute), &Decimal::of(relative))
        };
        assert!(near("0.8", "0.7", 0.1, 0.0) && near("0.3", "0.2", 0.1, 0.0));
        assert!(!near("0.8", "0.6999", 0.1, 0.0));
        assert!(near("100", "110", 0.0, 0.1) && !near("100", "110.01", 0.0, 0.1));
        assert!(near("-100", "-90", 0.0, 0.1) && !near("0", "0.01", 0.0, 0.5));
        assert!(near("1e300", "1e300", 0.0, 0.0) && near("1e300", "1.05e300", 0.0, 0.1));
        assert!(!near("1e300", "1e-300", 1.0, 0.1));
        let [gold, near_by, off] =
            ["9400111899223344556611", "9400111899223344556612", "9400111899223344557788"].map(|text| text.repeat(3));
        assert!(near(&gold, &near_by, 0.0, 0.1) && !near(&gold, &off, 1177.0, 0.0));
        let [gold, near_by, off] = [gold + "0", near_by + "1", off + "2"];
        assert!(!near(&gold, &near_by, 10.0, 0.0) && !near(&gold, &off, 10.0, 0.0));
        assert!(near("0.1000000000000000055511151231257827", "0.2", 0.1, 0.0));
        assert!(!near("0.0999999999999999999999999999999999", "0.2", 0.1, 0.0));
    }
}
