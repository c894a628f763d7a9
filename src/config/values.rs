//! The values with units (times, sizes, counts), and units, in the tables of programs and services.
//! Each type has its own `Deserialize`, whose error message shows how the value is written.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use toml::de::DeTable;

use super::reader::{Reader, plain};
use crate::error::Diagnostic;
use crate::format::OffsetUnit;
pub(super) use crate::size::Size;

/// A count from 1 to 4096, the most that one machine can use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(pub usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const MOST: usize = 4096;
        let count = usize::deserialize(deserializer)?;
        let fits = (1..=MOST).contains(&count);
        fits.then_some(Self(count)).ok_or_else(|| D::Error::custom(format!("it must be from 1 to {MOST}")))
    }
}

/// A time, such as "30s" or "1m 30s"; a number counts seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time(pub Duration);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a time such as \"30s\"")]
        enum Written {
            Seconds(f64),
            Text(String),
        }
        let wrong = || D::Error::custom("a time is written as in \"30s\", \"200ms\" or \"2m\", and is above 0");
        let time = match Written::deserialize(deserializer)? {
            Written::Seconds(seconds) => Duration::try_from_secs_f64(seconds).ok(),
            Written::Text(text) => parse_time(&text),
        };
        time.filter(is_time).map(Self).ok_or_else(wrong)
    }
}

/// The unit that offsets count, by its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitName(pub OffsetUnit);

impl<'de> Deserialize<'de> for UnitName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("it is \"code_point\", \"byte\" or \"utf16\", and not {name:?}"));
        OffsetUnit::named(&name).map(Self).ok_or_else(wrong)
    }
}

/// Parses a time such as "30s", "200ms" or "1m 30s", above 0 and at most 30 days.
pub fn parse_time(text: &str) -> Option<Duration> {
    let parsed = text.parse::<jiff::SignedDuration>().ok();
    parsed.and_then(|duration| Duration::try_from(duration).ok()).filter(is_time)
}

/// Whether a time is above 0 and at most 30 days. The limit keeps deadlines, the sum of the current
/// time and a timeout, from overflowing.
fn is_time(time: &Duration) -> bool {
    const MOST: Duration = Duration::from_secs(30 * 24 * 3600);
    *time > Duration::ZERO && *time <= MOST
}

impl Reader<'_> {
    /// Converts the values of the given keys. Each is first converted alone, so that an error is
    /// located at the value that causes it.
    pub(super) fn typed_table<T: Default + serde::de::DeserializeOwned>(
        &mut self,
        table: &DeTable<'_>,
        keys: &[&str],
    ) -> Option<T> {
        let (mut values, mut is_sound) = (toml::Table::new(), true);
        for (key, value) in table.iter().filter(|(key, _)| keys.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().to_string();
            let alone = toml::Table::from_iter([(name.clone(), plain(value))]);
            if let Err(error) = T::deserialize(alone) {
                is_sound = false;
                self.push(Diagnostic::new(format!("`{name}`: {}", error.message().trim_end())), Some(value.span()));
            }
            values.insert(name, plain(value));
        }
        if is_sound { T::deserialize(values).ok() } else { None }
    }
}
