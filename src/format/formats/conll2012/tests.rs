use std::path::Path;

use proptest::prelude::*;

use super::{looks_like, read, write};
use crate::document::{Annotations, Cluster, Span};
use crate::error::Recovered;

const FILE: &str = "\
#begin document (nw/wsj_0001); part 000
nw/wsj_0001  0  0  Ada     NNP  (S*  -  -  -  -  *  (0)
nw/wsj_0001  0  1  met     VBD  *    -  -  -  -  *  -
nw/wsj_0001  0  2  hér     PRP  *    -  -  -  -  *  (12|(0)
nw/wsj_0001  0  3  sister  NN   *    -  -  -  -  *  12)

nw/wsj_0001  0  0  She     PRP  *    -  -  -  -  *  (0)

#end document
#begin document (nw/wsj_0001); part 001
a (x(y)
b x)
#end document
";

type Named<'a> = (&'a str, Vec<(u32, u32, &'a str)>);

fn clusters(annotations: &Annotations) -> Vec<Named<'_>> {
    let all = annotations.coreference.as_deref().unwrap();
    fn span(span: &Span) -> (u32, u32, &str) {
        (span.start, span.end, span.text.as_deref().unwrap())
    }
    all.iter().map(|one| (one.id.as_deref().unwrap(), one.mentions.iter().map(span).collect())).collect()
}

#[test]
fn documents_parts_sentences_and_nested_mentions() {
    assert!(looks_like(FILE) && looks_like(&format!("\n{FILE}")) && !looks_like("#end document\n"));
    let Recovered { value: entries, diagnostics } = read(Path::new("f"), FILE);
    assert_eq!(diagnostics, []);
    assert_eq!(entries[0].id, "nw/wsj_0001");
    assert_eq!(entries[0].text.as_deref(), Some("Ada met hér sister\nShe"));
    assert_eq!(
        clusters(&entries[0].annotations),
        [("0", vec![(0, 3, "Ada"), (8, 11, "hér"), (19, 22, "She")]), ("12", vec![(8, 18, "hér sister")])]
    );
    assert_eq!((entries[1].id.as_str(), entries[1].source.line), ("nw/wsj_0001 part 001", 10));
    assert_eq!(clusters(&entries[1].annotations), [("x", vec![(0, 3, "a b")]), ("y", vec![(0, 1, "a")])]);
}

#[test]
fn every_diagnostic_has_its_place_and_the_other_documents_are_read() {
    let file = "x -\n#begin document (a); part 000\na (0\nb 1)\nc (0|x\nd\n#end document\n\
                #begin document ()\n#end document\n#begin document (b)\nb -\n#begin document (c)\nc -\n#end document\n#begin document (d)\n";
    let Recovered { value: entries, diagnostics } = read(Path::new("f"), file);
    let messages: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(messages.join("\n"));
    assert_eq!(entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["c"]);
}

#[test]
fn a_document_without_tokens_or_clusters_is_a_document() {
    let Recovered { value: entries, diagnostics } =
        read(Path::new("f"), "#begin document (a); part 000\r\n#end document\r\n");
    assert_eq!((diagnostics.len(), entries[0].text.as_deref()), (0, Some("")));
    assert_eq!(entries[0].annotations.coreference, Some(Vec::new()));
}

#[test]
fn losses_are_reported() {
    let span = |start, end| Span::new(start, end);
    let mentions = vec![span(0, 5), span(2, 8), span(3, 8), span(0, 2), span(10, 13)];
    let annotations = Annotations { coreference: Some(vec![Cluster { id: None, mentions }]), ..Annotations::default() };
    let (file, losses) = write("a b part 012", "ab cd ef  ghi\n", &annotations);
    insta::assert_snapshot!(format!("{file}{losses:#?}"));
}

/// Generates clusters over lines of words, in the order and with the names that writing gives them.
fn document() -> impl Strategy<Value = (String, Annotations)> {
    let line = prop::collection::vec("[a-zé🙂#()|-]{1,4}", 1..6);
    let lines = prop::collection::vec(line, 1..4);
    (lines, prop::collection::vec((0usize..18, 0usize..4, 0usize..4), 0..12)).prop_map(|(lines, mentions)| {
        let text = lines.iter().map(|line| line.join(" ")).collect::<Vec<_>>().join("\n");
        let mut places = Vec::new();
        let mut at = 0;
        for word in text.split([' ', '\n']) {
            let length = word.chars().count() as u32;
            places.push((at, at + length));
            at += length + 1;
        }
        let mut clusters: Vec<Vec<Span>> = vec![Vec::new(); 4];
        for (first, more, cluster) in mentions {
            let first = first % places.len();
            let (start, end) = (places[first].0, places[(first + more).min(places.len() - 1)].1);
            let crosses = |span: &Span| {
                let (a, b) = ((span.start, span.end).min((start, end)), (span.start, span.end).max((start, end)));
                a.0 < b.0 && b.0 < a.1 && a.1 < b.1
            };
            if !clusters[cluster].iter().any(crosses) {
                let text = text.chars().skip(start as usize).take((end - start) as usize).collect();
                clusters[cluster].push(Span { text: Some(text), ..Span::new(start, end) });
            }
        }
        for mentions in &mut clusters {
            mentions.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        }
        clusters.retain(|mentions| !mentions.is_empty());
        clusters.sort_by_key(|mentions| mentions.iter().map(|span| (span.start, span.end)).collect::<Vec<_>>());
        let named = clusters.into_iter().map(|mentions| Cluster { id: None, mentions });
        (text, Annotations { coreference: Some(named.collect()), ..Annotations::default() })
    })
}

type Mention = (u32, u32, Option<String>);

/// Returns the clusters without names, each with sorted mentions.
fn bare(annotations: &Annotations) -> Vec<Vec<Mention>> {
    let mention = |span: &Span| (span.start, span.end, span.text.clone());
    let mut bare: Vec<Vec<_>> = annotations
        .coreference
        .iter()
        .flatten()
        .map(|cluster| cluster.mentions.iter().map(mention).collect())
        .collect();
    bare.iter_mut().for_each(|mentions: &mut Vec<_>| mentions.sort());
    bare.sort();
    bare
}

proptest! {
    #[test]
    fn what_is_written_is_read_again((text, annotations) in document()) {
        let (file, losses) = write("a/b", &text, &annotations);
        prop_assert_eq!(losses, vec![]);
        let Recovered { value: entries, diagnostics } = read(Path::new("f"), &file);
        prop_assert_eq!(diagnostics, vec![]);
        prop_assert_eq!(entries.len(), 1);
        prop_assert_eq!(entries[0].text.as_deref(), Some(text.as_str()));
        prop_assert_eq!(&entries[0].id, "a/b");
        prop_assert_eq!(bare(&entries[0].annotations), bare(&annotations));
    }

    #[test]
    fn nothing_makes_it_panic(text in "(#begin document( \\(a\\)(; part 00[01])?)?\n|#end document\n|a( |\t)|[()|x0-9-]|\n){0,24}") {
        let Recovered { value: entries, diagnostics } = read(Path::new("f"), &text);
        prop_assert!(entries.len() + diagnostics.len() > 0 || !text.contains("#begin"));
    }
}
