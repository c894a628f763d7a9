//! Writes a `DocBin` that spaCy reads: words, spaces and entities.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde::{Serialize, Serializer};

use super::strings::Strings;
use super::{Word, attribute, tag, words};
use crate::document::Value;
use crate::format::output::{Files, Output};

/// The content of the file.
#[derive(Serialize)]
struct Bin<'a> {
    version: &'static str,
    attrs: [u64; 4],
    tokens: Bytes,
    spaces: Bytes,
    lengths: Bytes,
    strings: BTreeSet<&'a str>,
    cats: Vec<BTreeMap<String, f64>>,
    flags: Vec<BTreeMap<&'static str, bool>>,
    span_groups: Vec<Bytes>,
}

/// Bytes that are written as such rather than as a list of numbers.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

pub(super) fn write(outputs: &[Output], _: bool) -> Files {
    let hashes = Strings::new();
    let mut bin = Bin {
        version: "0.1",
        attrs: [attribute::WORD, attribute::ENTITY_TAG, attribute::ENTITY_LABEL, attribute::ENTITY_KB_ID],
        tokens: Bytes::default(),
        spaces: Bytes::default(),
        lengths: Bytes::default(),
        strings: BTreeSet::from([""]),
        cats: vec![BTreeMap::new(); outputs.len()],
        flags: vec![BTreeMap::from([("has_unknown_spaces", false)]); outputs.len()],
        span_groups: outputs.iter().map(|_| Bytes(vec![0x90])).collect(),
    };
    for output in outputs {
        let words = words(output);
        bin.lengths.0.extend((words.len() as i32).to_le_bytes());
        for Word { text, has_space, entity } in words {
            let entities = output.annotations.entities.as_deref();
            let labelled = entity.zip(entities).and_then(|((at, is_first, _), all)| Some((all.get(at)?, is_first)));
            let label = labelled.map_or("", |(entity, _)| entity.label.as_str());
            let kb_id = labelled.and_then(|(entity, _)| entity.attributes.get("kb_id")).and_then(Value::as_str);
            let tag = match labelled {
                Some((_, true)) => tag::BEGIN,
                Some((_, false)) => tag::INSIDE,
                None if entities.is_none() => tag::MISSING,
                None => tag::OUTSIDE,
            };
            let kb_id = kb_id.unwrap_or_default();
            bin.strings.extend([text, label, kb_id]);
            for cell in [hashes.hash(text), tag, hashes.hash(label), hashes.hash(kb_id)] {
                bin.tokens.0.extend(cell.to_le_bytes());
            }
            bin.spaces.0.push(u8::from(has_space));
        }
    }
    let packed = rmp_serde::to_vec_named(&bin).expect("bytes, strings and numbers are plain data");
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let compressed = encoder.write_all(&packed).and_then(|()| encoder.finish());
    vec![(PathBuf::new(), compressed.expect("memory takes all bytes"))]
}
