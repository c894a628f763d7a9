//! Readers of anything: whatever the bytes, an answer or a fault, never a panic.

use std::path::Path;

use karat::config::Config;
use karat::format::{decode, read_document, read_lines};
use proptest::prelude::*;

/// Pieces of what the readers know, so that random text gets past their first line of defence.
fn almost_json() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{\"id\": \"a\", ".to_owned()),
        Just("\"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"A\"}]".to_owned()),
        Just("\"records\": {\"s\": [{\"cue\": {\"start\": 4294967296, \"end\": -1}}]}".to_owned()),
        Just("\"entites\": []".to_owned()),
        Just("\"offset_unit\": \"utf16\"".to_owned()),
        Just("}".to_owned()),
        Just(", ".to_owned()),
        Just("\n".to_owned()),
        "[\\[\\]{}:,\"0-9a-z\\\\ é𝄞]{0,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn almost_toml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("[datasets.d]\n".to_owned()),
        Just("[extractors.lead]\nkind = \"builtin\"\n".to_owned()),
        Just("[profiles.\"é\"]\nextractors = [1]\n".to_owned()),
        Just("documents = \"d\"\n".to_owned()),
        Just("layers = [\"x\"]\n".to_owned()),
        Just("sentences = 99999999999999999999\n".to_owned()),
        "[\\[\\]=.\"a-z0-9é\n ]{0,8}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents(text in almost_json()) {
        let file = Path::new("x.json");
        if let Err(fault) = read_document(file, &text) {
            prop_assert!(fault.file.is_some() && fault.position.is_some(), "{fault}");
        }
        let entries = read_lines(file, &text).count();
        prop_assert!(entries <= text.lines().count());
    }

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Err(fault) = decode(&bytes) {
            prop_assert!(fault.message.contains("byte") && fault.help.is_some());
        }
    }

    #[test]
    fn configurations(text in almost_toml()) {
        if let Err(error) = Config::parse(&text, Path::new("karat.toml"), Path::new("")) {
            prop_assert!(error.faults().iter().all(|fault| fault.file.is_some()));
        }
    }
}
