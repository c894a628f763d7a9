//! Reads the headers in which a server asks to wait: `Retry-After` (RFC 9110, section 10.2.3),
//! `retry-after-ms`, and the state of its rate limits.
//!
//! There is no standard for the state of rate limits, and servers differ in names and units. A
//! header belongs here if its name contains `ratelimit` and `remaining` or `reset`; what else the
//! name contains (`requests`, `tokens`) tells the limits of a server apart. `RateLimit` alone
//! (drafts of the IETF) contains both values.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use ureq::http::{HeaderMap, header};

use super::reply::is_passing_status;

/// Numbers from here on are seconds or milliseconds since 1970, and not durations.
const FIRST_MOMENT: f64 = 1e9;
const FIRST_MOMENT_MS: f64 = 1e11;

/// The wait that a server asks for before the next request; `None` if it asks for none. A server
/// that refuses a request with a temporary status asks for it by `retry-after-ms`, `Retry-After` or
/// the reset of a rate limit. Every server asks for it by a limit of which nothing remains; if the
/// server does not say what remains, the limit counts with the status 429.
///
/// Moments are compared with the server's `Date` header if there is one, and with the local clock
/// otherwise.
pub(super) fn requested_wait(headers: &HeaderMap, status: u16) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let now = || text(header::DATE.as_str()).and_then(moment).unwrap_or_else(Timestamp::now);
    let direct = || {
        let milliseconds = text("retry-after-ms").and_then(number).and_then(|number| seconds(number / 1e3));
        milliseconds.or_else(|| delay(text("retry-after")?, &now))
    };
    let until_reset = || until_reset(headers, status == 429, &now);
    let wait = if is_passing_status(status) { direct().or_else(until_reset) } else { until_reset() };
    wait.filter(|wait| !wait.is_zero())
}

/// One rate limit of a server.
#[derive(Debug, Default)]
struct Limit {
    is_exhausted: Option<bool>,
    reset: Option<Duration>,
}

/// The longest time until a limit is renewed of which nothing remains. A limit without the number
/// that remains counts if the request was refused because of a limit (`is_limited`).
fn until_reset(headers: &HeaderMap, is_limited: bool, now: &dyn Fn() -> Timestamp) -> Option<Duration> {
    let mut limits: BTreeMap<String, Limit> = BTreeMap::new();
    for (name, value) in headers {
        let name = name.as_str().replace("rate-limit", "ratelimit");
        let Some((vendor, rest)) = name.split_once("ratelimit") else { continue };
        let Ok(value) = value.to_str() else { continue };
        if rest.is_empty() {
            let limit = limits.entry(vendor.to_owned()).or_default();
            for part in value.split([',', ';']) {
                match part.trim().split_once('=') {
                    Some(("remaining" | "r", value)) => limit.is_exhausted = number(value).map(|left| left < 1.0),
                    Some(("reset" | "t", value)) => limit.reset = delay(value, now),
                    _ => {}
                }
            }
            continue;
        }
        let words: Vec<&str> = rest.split('-').filter(|word| !word.is_empty()).collect();
        let has = |wanted: &str| words.contains(&wanted);
        let of: Vec<&str> =
            words.iter().copied().filter(|word| !matches!(*word, "remaining" | "reset" | "after" | "ms")).collect();
        let limit = limits.entry(format!("{vendor}{}", of.join("-"))).or_default();
        if has("remaining") {
            limit.is_exhausted = number(value).map(|left| left < 1.0);
        } else if has("reset") {
            let wait =
                if has("ms") { number(value).and_then(|number| seconds(number / 1e3)) } else { delay(value, now) };
            limit.reset = limit.reset.max(wait);
        }
    }
    let counts = limits.values().filter(|limit| limit.is_exhausted.unwrap_or(is_limited));
    counts.filter_map(|limit| limit.reset).max()
}

/// A duration in seconds or with units (`1m2.5s`, `20ms`), or the time until a moment: an HTTP
/// date, an ISO 8601 time, or seconds or milliseconds since 1970. A moment in the past is zero.
fn delay(value: &str, now: &dyn Fn() -> Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Some(number) = number(value) {
        return match number {
            FIRST_MOMENT_MS.. => seconds((number - now().as_millisecond() as f64) / 1e3),
            FIRST_MOMENT.. => seconds(number - now().as_millisecond() as f64 / 1e3),
            _ => seconds(number),
        };
    }
    if let Some(duration) = with_units(value) {
        return Some(duration);
    }
    let wait = moment(value).or_else(|| value.parse().ok())?.duration_since(now());
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

/// A finite number without a sign.
fn number(value: &str) -> Option<f64> {
    let value = value.trim();
    let is_plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_plain { value.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

/// Converts seconds to a duration, negative ones to zero; `None` if they are too many.
fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds.max(0.0)).ok()
}

/// A duration whose numbers have units.
fn with_units(value: &str) -> Option<Duration> {
    let (mut total, mut rest) = (0.0, value);
    while !rest.is_empty() {
        let end = rest.find(|char: char| !(char.is_ascii_digit() || char == '.'))?;
        let count = number(&rest[..end])?;
        rest = &rest[end..];
        let end = rest.find(|char: char| char.is_ascii_digit()).unwrap_or(rest.len());
        total += count
            * match rest[..end].trim() {
                "d" => 86_400.0,
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[end..];
    }
    if value.is_empty() { None } else { seconds(total) }
}

fn moment(text: &str) -> Option<Timestamp> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    PARSER.parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ureq::http::{HeaderMap, HeaderName, HeaderValue};

    use super::requested_wait;

    const DATE: (&str, &str) = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");

    fn wait(is_refused: bool, headers: &[(&str, &str)]) -> Option<u128> {
        let pairs = headers.iter().map(|(name, value)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
        });
        let status = if is_refused { 429 } else { 200 };
        requested_wait(&pairs.collect::<HeaderMap>(), status).map(|wait| wait.as_millis())
    }

    #[test]
    fn seconds_and_dates() {
        // Without the server's clock, the local one shows that this date is past.
        assert_eq!(wait(true, &[("retry-after", DATE.1)]), None);
        let wait = |value: &str| wait(true, &[DATE, ("retry-after", value)]);
        assert_eq!(wait(" 120 "), Some(120_000));
        assert_eq!(wait("1.5"), Some(1500));
        assert_eq!(wait("Wed, 21 Oct 2015 07:28:05 GMT"), Some(5000));
        assert_eq!((wait("Wed, 21 Oct 2015 07:27:00 GMT"), wait("0")), (None, None));
        assert_eq!((wait("soon"), wait("-1"), wait("")), (None, None, None));
    }

    #[test]
    fn the_more_exact_header_comes_first() {
        let more = [("retry-after-ms", "1234.5"), ("retry-after", "2"), ("x-ratelimit-reset", "60")];
        assert_eq!(wait(true, &more), Some(1234));
        assert_eq!(wait(true, &more[1..]), Some(2000));
        assert_eq!(wait(true, &more[2..]), Some(60_000));
        // An answer was given all the same.
        assert_eq!(wait(false, &more), None);
    }

    /// An error of the server that repeats the state of its limits is no rate limit.
    #[test]
    fn errors_of_the_server() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
        };
        let reset = headers(&[("x-ratelimit-reset", "60")]);
        assert_eq!((requested_wait(&reset, 500), requested_wait(&reset, 503)), (None, None));
        assert_eq!(requested_wait(&reset, 429), Some(Duration::from_secs(60)));
        let exhausted = headers(&[("x-ratelimit-reset", "60"), ("x-ratelimit-remaining", "0")]);
        assert_eq!(requested_wait(&exhausted, 503), Some(Duration::from_secs(60)));
        assert_eq!(requested_wait(&headers(&[("retry-after", "2")]), 503), Some(Duration::from_secs(2)));
    }

    #[test]
    fn limits_of_which_nothing_remains() {
        let openai = [
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "1m2.5s"),
            ("x-ratelimit-remaining-tokens", "149984"),
            ("x-ratelimit-reset-tokens", "6m0s"),
        ];
        assert_eq!((wait(true, &openai), wait(false, &openai)), (Some(62_500), Some(62_500)));
        assert_eq!((wait(true, &openai[2..]), wait(false, &openai[2..])), (None, None));
        for (headers, milliseconds) in [
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1445412485")][..], 5000),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1445412485250")], 5250),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "20ms")], 20),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "0.4")], 400),
            (&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset-ms", "400")], 400),
            (&[("ratelimit", "limit=100, remaining=0, reset=7")], 7000),
            (&[("ratelimit", "\"default\";r=0;t=7")], 7000),
            (
                &[
                    ("anthropic-ratelimit-requests-remaining", "0"),
                    ("anthropic-ratelimit-requests-reset", "2015-10-21T07:28:03Z"),
                ],
                3000,
            ),
        ] {
            let headers: Vec<_> = [DATE].into_iter().chain(headers.iter().copied()).collect();
            assert_eq!(wait(false, &headers), Some(milliseconds), "{headers:?}");
            assert_eq!(wait(true, &headers), Some(milliseconds), "{headers:?}");
        }
    }
}
