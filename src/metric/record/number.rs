//! Numbers as decimals, so that 0.8 is within 0.1 of 0.7.

use std::cmp::Ordering;
use std::fmt;

/// `digits` times ten to the power of minus `places`, without trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal {
    digits: i128,
    places: i32,
}

/// More digits than this are no quantity that anyone compares; they are left as texts.
const MOST_DIGITS: usize = 30;

impl Decimal {
    /// What JSON or a plain text has: a sign, digits, a point, an exponent.
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
        if !is_number || !all.bytes().all(|byte| byte.is_ascii_digit()) || exponent.abs() > 400 {
            return None;
        }
        let significant = all.trim_start_matches('0');
        let kept = significant.trim_end_matches('0');
        if kept.len() > MOST_DIGITS {
            return None;
        }
        let digits: i128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
        let dropped = significant.len() - kept.len();
        let places = if digits == 0 { 0 } else { part.len() as i32 - dropped as i32 - exponent };
        Some(Self { digits: if negative { -digits } else { digits }, places })
    }

    /// What people write: with white space around it, a currency sign, a real minus sign, and commas, spaces or apostrophes
    /// between thousands. A comma elsewhere could be either of two things, so such a text is no number.
    pub fn written(text: &str) -> Option<Self> {
        let bare = text.trim().replace('\u{2212}', "-");
        let is_currency = |c: char| matches!(c, '$' | '€' | '£' | '¥');
        let (sign, unsigned) = match bare.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", bare.strip_prefix('+').unwrap_or(&bare)),
        };
        let unsigned = unsigned.trim_start_matches(is_currency).trim_end_matches(is_currency).trim();
        let (sign, unsigned) = match unsigned.strip_prefix('-') {
            Some(rest) if sign.is_empty() => ("-", rest),
            _ => (sign, unsigned),
        };
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

    /// A tolerance, as it is written.
    pub fn of(value: f64) -> Self {
        Self::plain(&format!("{value}")).unwrap_or(Self { digits: 0, places: 0 })
    }

    /// The number times a power of ten.
    pub fn scaled(self, power: i32) -> Self {
        if self.digits == 0 { self } else { Self { places: self.places - power, ..self } }
    }

    /// Whether this is another number, rounded up or down to this one's last significant digit, and no more than a tenth off.
    pub fn is_rounded(self, exact: Self) -> bool {
        let unit = Self { digits: 1, places: self.places };
        let Some(off) = self.minus(exact).map(Self::abs) else { return false };
        off.order(unit) == Ordering::Less && off.scaled(1).order(self.abs()) != Ordering::Greater
    }

    /// The number with the other sign.
    pub fn negated(self) -> Self {
        Self { digits: -self.digits, ..self }
    }

    /// Whether a prediction is within tolerances, as Python's decimals compare with floats: by the binary value of these,
    /// so that 1.3 is not within a relative 0.3 of 1.
    pub fn is_within(self, predicted: Self, absolute: f64, relative: f64) -> bool {
        if self == predicted {
            return true;
        }
        let one = Self { digits: 1, places: 0 };
        let is_at_most = |part: Self, whole: Self, most: f64| {
            let exact = part.aligned(whole).and_then(|(part, whole)| at_most(part, whole, most));
            exact.unwrap_or_else(|| part.float() / whole.float() <= most)
        };
        let Some(off) = self.minus(predicted).map(Self::abs) else {
            return (self.float() - predicted.float()).abs() <= absolute;
        };
        if relative > 0.0 {
            if self.digits == 0 {
                return is_at_most(predicted.abs(), one, relative);
            }
            if is_at_most(off, self.abs(), relative) {
                return true;
            }
        }
        absolute > 0.0 && is_at_most(off, one, absolute)
    }

    fn aligned(self, other: Self) -> Option<(i128, i128)> {
        let places = self.places.max(other.places);
        let raise = |one: Self| one.digits.checked_mul(10_i128.checked_pow((places - one.places).try_into().ok()?)?);
        Some((raise(self)?, raise(other)?))
    }

    fn minus(self, other: Self) -> Option<Self> {
        let (a, b) = self.aligned(other)?;
        Some(Self { digits: a.checked_sub(b)?, places: self.places.max(other.places) })
    }

    fn times(self, other: Self) -> Option<Self> {
        Some(Self { digits: self.digits.checked_mul(other.digits)?, places: self.places + other.places })
    }

    fn abs(self) -> Self {
        Self { digits: self.digits.abs(), ..self }
    }

    fn float(self) -> f64 {
        self.digits as f64 * 10_f64.powi(-self.places)
    }

    /// Exact, but for numbers so far apart or so long that their difference does not fit 38 digits.
    pub fn order(self, other: Self) -> Ordering {
        match self.aligned(other) {
            Some((a, b)) => a.cmp(&b),
            None => self.float().total_cmp(&other.float()),
        }
    }

    /// Whether a prediction is within an absolute distance, or a share of the gold number.
    pub fn is_near(self, predicted: Self, absolute: Self, relative: Self) -> bool {
        if self == predicted {
            return true;
        }
        let Some(off) = self.minus(predicted).map(Self::abs) else {
            let off = (self.float() - predicted.float()).abs();
            return off <= absolute.float() || off <= relative.float() * self.float().abs();
        };
        let share = relative.times(self.abs());
        let within = |most: Self| off.order(most) != Ordering::Greater;
        within(absolute) || share.map_or_else(|| off.float() <= relative.float() * self.float().abs(), within)
    }
}

/// Without an exponent: `110000000`, `4.25`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, digits) = (if self.digits < 0 { "-" } else { "" }, self.digits.unsigned_abs().to_string());
        let Ok(places) = usize::try_from(self.places) else {
            return write!(f, "{sign}{digits}{}", "0".repeat(self.places.unsigned_abs() as usize));
        };
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, part) = padded.split_at(padded.len() - places);
        if part.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{part}") }
    }
}

/// Whether a share is at most a float, taken at its exact binary value; `None` where that does not fit.
fn at_most(part: i128, whole: i128, most: f64) -> Option<bool> {
    let bits = most.to_bits();
    let power = i64::try_from(bits >> 52).ok()? - 1075;
    let mantissa = i128::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let raise = |number: i128, power: i64| number.checked_mul(1_i128.checked_shl(u32::try_from(power).ok()?)?);
    // part / whole <= mantissa * 2^power
    let right = mantissa.checked_mul(whole)?;
    if power < 0 { Some(raise(part, -power)? <= right) } else { Some(part <= raise(right, power)?) }
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
            a.is_near(b, Decimal::of(absolute), Decimal::of(relative))
        };
        assert!(near("0.8", "0.7", 0.1, 0.0) && near("0.3", "0.2", 0.1, 0.0));
        assert!(!near("0.8", "0.6999", 0.1, 0.0));
        assert!(near("100", "110", 0.0, 0.1) && !near("100", "110.01", 0.0, 0.1));
        assert!(near("-100", "-90", 0.0, 0.1) && !near("0", "0.01", 0.0, 0.5));
        assert!(near("1e300", "1e300", 0.0, 0.0) && near("1e300", "1.05e300", 0.0, 0.1));
        assert!(!near("1e300", "1e-300", 1.0, 0.1));
    }
}
