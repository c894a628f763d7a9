//! Sizes in bytes, as configuration files write them.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// A size, such as "64MB"; a number counts bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size(pub usize);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a size such as \"64MB\"")]
        enum Written {
            Bytes(usize),
            Text(String),
        }
        let bytes = match Written::deserialize(deserializer)? {
            Written::Bytes(bytes) => Some(bytes),
            Written::Text(text) => {
                let units = [("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1)];
                units.iter().find_map(|(unit, bytes)| {
                    text.strip_suffix(unit)?.trim().parse::<usize>().ok()?.checked_mul(*bytes)
                })
            }
        };
        let wrong = || D::Error::custom("a size is written as in \"64MB\", \"1GB\" or \"500KB\", and is above 0");
        bytes.filter(|bytes| *bytes > 0).map(Self).ok_or_else(wrong)
    }
}
