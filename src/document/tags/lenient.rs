//! Decodes tags leniently, whatever their scheme, exactly as the default mode of seqeval 1.2.2
//! does.
//!
//! A change of label begins an entity, and so does an `I-` or `E-` after `O`. A tag without a label
//! has the label `_`. Of tags with unknown prefixes (`U-`, `L-`, `M-`) only the label is used.

use super::{Chunk, TagName, Tags, TokenFile};

/// Whether an entity ends between two tags. `same` is whether their labels are equal.
fn ends(before: u8, tag: u8, same: bool) -> bool {
    match (before, tag) {
        (b'E' | b'S', _) | (b'B' | b'I', b'B' | b'S' | b'O') => true,
        (b'O' | b'.', _) => false,
        _ => !same,
    }
}

/// Whether an entity begins at a tag. `same` is whether its label equals that of the tag before.
fn begins(before: u8, tag: u8, same: bool) -> bool {
    match (before, tag) {
        (_, b'B' | b'S') | (b'E' | b'S' | b'O', b'E' | b'I') => true,
        (_, b'O' | b'.') => false,
        _ => !same,
    }
}

/// Decodes the tags of a document into entities, in the order of their last tokens.
///
/// If an entity ends that did not begin (a bare `U` after `O`, then another label), it gets the
/// beginning of the entity before it, even if that is in an earlier sentence, as in seqeval.
pub fn chunks(tags: &Tags) -> Vec<Chunk> {
    decode(tags, |tag| tag.prefix)
}

/// Decodes the tags of a document like [`chunks`], with `U` for an entity of one token and `L` for
/// the last token of a longer one.
pub fn bilou_chunks(tags: &Tags) -> Vec<Chunk> {
    decode(tags, |tag| match tag.prefix {
        b'U' => b'S',
        b'L' => b'E',
        prefix => prefix,
    })
}

fn decode(tags: &Tags, prefix: impl Fn(&TagName) -> u8 + Copy) -> Vec<Chunk> {
    let file = &*tags.file;
    let mut chunks = Vec::new();
    let mut begin = None;
    for sentence in tags.sentences() {
        let mut before = (b'O', None::<&TagName>, 0);
        for token in sentence.clone() {
            let (number, tag) = (file.tags[token as usize], file.tag(token));
            // Most tokens are outside of entities, as are the tokens before them.
            let prefixed = prefix(tag);
            if before.0 == b'O' && prefixed == b'O' {
                before = (b'O', Some(tag), number);
                continue;
            }
            let same = is_same(before.1, tag, token);
            if ends(before.0, prefixed, same) {
                let first = *begin.get_or_insert_with(|| last_begin(file, token - 1, prefix));
                chunks.push(Chunk { first, last: token - 1, name: before.2 });
            }
            if begins(before.0, prefixed, same) {
                begin = Some(token);
            }
            before = (prefixed, Some(tag), number);
        }
        let same = before.1.is_none_or(|tag| &*tag.label == "_");
        if ends(before.0, b'O', same) {
            let last = sentence.end - 1;
            let first = *begin.get_or_insert_with(|| last_begin(file, last, prefix));
            chunks.push(Chunk { first, last, name: before.2 });
        }
    }
    chunks
}

/// Whether two tags have the same label. The tag before a sentence is `O`, whose label is `_`;
/// before the first sentence of a file, there is no label.
fn is_same(before: Option<&TagName>, tag: &TagName, token: u32) -> bool {
    match before {
        Some(before) => std::ptr::eq(before, tag) || before.label == tag.label,
        None => token > 0 && &*tag.label == "_",
    }
}

/// Returns the last token up to this one at which an entity begins, or else the first of the file.
fn last_begin(file: &TokenFile, token: u32, prefix: impl Fn(&TagName) -> u8) -> u32 {
    let opens = |token: &u32| {
        let tag = file.tag(*token);
        let before = (!file.is_first(*token)).then(|| file.tag(*token - 1));
        begins(before.map_or(b'O', &prefix), prefix(tag), is_same(before, tag, *token))
    };
    (0..=token).rev().find(opens).unwrap_or(0)
}
