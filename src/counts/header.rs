//! What a table of counts says about all of its rows.

use serde::{Deserialize, Serialize};

use crate::score::Settings;

/// The schema of tables of counts.
pub const SCHEMA: &str = "karat.counts/1";

/// How counts were computed. Parts that are put together have equal headers, but for the names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The schema: [`SCHEMA`].
    pub schema: String,
    /// The version of karat that counted.
    pub version: String,
    /// The name of the dataset.
    pub dataset: String,
    /// The name of the system.
    pub system: String,
    /// The number of repeats of each document, over all of which counts are summed.
    pub repeats: usize,
    /// The arguments of `karat score` on which figures depend.
    pub arguments: Vec<String>,
    /// The content of the options file, or nothing.
    pub options: String,
    /// Whether an entity has no offsets, so that figures of offsets are undefined.
    pub lacks_offsets: bool,
    /// Whether the text of an entity is unknown, so that figures of texts are undefined.
    pub lacks_texts: bool,
}

impl Header {
    /// Adapts settings to what is undefined in the counts.
    pub fn adapt(&self, settings: &mut Settings) {
        if self.lacks_offsets {
            settings.lack_offsets();
        }
        settings.options.spans.undefined.lacks_texts |= self.lacks_texts;
    }

    /// Returns how the counts of two headers were computed differently; `None` if they can be put
    /// together.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let listed = |arguments: &[String]| if arguments.is_empty() { "none".to_owned() } else { arguments.join(" ") };
        if self.version != other.version {
            return Some(format!("karat {} and karat {} counted them", self.version, other.version));
        }
        if self.arguments != other.arguments {
            let (one, two) = (listed(&self.arguments), listed(&other.arguments));
            return Some(format!("they have different arguments: {one}; {two}"));
        }
        if self.options != other.options {
            return Some("they have different options".to_owned());
        }
        if self.repeats != other.repeats {
            return Some(format!("they have {} and {} repeats", self.repeats, other.repeats));
        }
        if self.lacks_offsets != other.lacks_offsets {
            return Some("only one of them has entities without offsets, whose texts are then scored".to_owned());
        }
        None
    }
}
