//! Damaged files are refused with a diagnostic, whatever is damaged.

use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::FORMATS;
use crate::document::{Annotations, Document, Entity, Span};
use crate::error::Diagnostic;
use crate::format::definition::Input;
use crate::format::output::Output;
use crate::format::tokens::TokenOptions;
use crate::format::{Entry, Export, Notes};

fn output(text: &str, entities: Option<Vec<Entity>>) -> Output {
    let annotations = Annotations { entities, ..Annotations::default() };
    Output { document: Document::new("1", text), has_text: true, annotations }
}

fn written() -> Vec<u8> {
    let entities = vec![Entity::new(Span::new(0, 8), "PERSON"), Entity::new(Span::new(16, 20), "Ort 𝄞")];
    let outputs = [output("Jane Roe  lives\nBern 𝄞 .", Some(entities)), output("x y", None)];
    (FORMATS[0].write)(&outputs, false).remove(0).1
}

fn read(bytes: &[u8]) -> Vec<Result<Entry, Diagnostic>> {
    let (export, notes) = (Export::default(), Notes::default());
    let file = Path::new("x.spacy");
    let input = Input {
        file,
        text: "",
        bytes,
        companion: None,
        documents: &|_| None,
        labels: &[],
        offset_unit: None,
        tokens: TokenOptions::default(),
        export: &export,
        notes: &notes,
    };
    (FORMATS[0].read)(&input)
}

#[test]
fn a_document_that_was_not_annotated_has_no_layer() {
    let entries = read(&written());
    let [Ok(first), Ok(second)] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(first.text.as_deref(), Some("Jane Roe  lives\nBern 𝄞 ."));
    let entities = first.annotations.entities.as_ref().unwrap();
    assert_eq!(
        entities.iter().map(|e| (e.start, e.end, e.label.as_str())).collect::<Vec<_>>(),
        [(0, 8, "PERSON"), (16, 20, "Ort 𝄞")]
    );
    assert_eq!((second.text.as_deref(), &second.annotations.entities), (Some("x y"), &None));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_refused(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
        is_outside in any::<bool>(),
    ) {
        let mut bytes = written();
        if !is_outside {
            let mut packed = Vec::new();
            ZlibDecoder::new(&bytes[..]).read_to_end(&mut packed).unwrap();
            bytes = packed;
        }
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if !is_outside {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&bytes).unwrap();
            bytes = encoder.finish().unwrap();
        }
        for diagnostic in read(&bytes).into_iter().filter_map(Result::err) {
            prop_assert!(diagnostic.file.is_some() && diagnostic.position.is_some(), "{diagnostic}");
        }
    }
}
