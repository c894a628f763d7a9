//! What brat's standoff format can represent, and the changes that it requires.

use std::collections::BTreeSet;

use crate::document::{Argument, Value};
use crate::format::losses::Losses;
use crate::format::output::Output;

/// The attribute that stores notes (`#` lines): a list of `{"type", "text"}`.
pub(super) const NOTES: &str = "notes";
/// The attribute that stores normalisations (`N` lines): a list of `{"type", "id", "text"}`.
pub(super) const NORMALIZATIONS: &str = "normalizations";
/// The attribute that stores the argument names of a relation if they are not `Arg1` and `Arg2`.
pub(super) const ROLES: &str = "roles";

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

fn is_line(text: &str) -> bool {
    !text.contains(char::is_control) && text.trim() == text && !text.contains(['\u{2028}', '\u{2029}', '\u{85}'])
}

pub(super) fn attribute(key: &str, value: &Value) -> bool {
    let all = |keys: &[&str]| {
        let fits = |item: &Value| {
            item.as_object().is_some_and(|item| item.len() == keys.len())
                && keys.iter().all(|key| match item.get(key).and_then(Value::as_str) {
                    Some(text) if *key == "text" => is_line(text),
                    Some(text) => is_word(text),
                    None => false,
                })
        };
        value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(fits))
    };
    let word = |value: &Value| value.as_str().is_some_and(is_word);
    match (key, value) {
        (NOTES, _) => all(&["type", "text"]),
        (NORMALIZATIONS, _) => all(&["type", "id", "text"]),
        (ROLES, Value::Array(names)) => {
            let name = |name: &Value| word(name) && !name.as_str().is_some_and(|name| name.contains(':'));
            let usual = names.len() == 2 && names[0] == "Arg1" && names[1] == "Arg2";
            names.len() == 2 && names.iter().all(name) && !usual
        }
        (ROLES, _) => false,
        (_, Value::Bool(true)) => is_word(key),
        (_, Value::String(text)) => is_word(key) && is_word(text),
        (_, Value::Array(values)) => is_word(key) && values.len() > 1 && values.iter().all(word),
        _ => false,
    }
}

/// Converts a label to a type of brat: one word without the characters that are syntax.
pub(super) fn label(label: &str) -> String {
    let fix = |c: char| if c.is_whitespace() || c.is_control() || c == ':' { '_' } else { c };
    label.chars().map(fix).collect()
}

/// Removes the attribute [`ROLES`] from entities and events, and numbers from repeated roles of
/// events, which are added again when they are written.
pub(super) fn fix(output: &mut Output, losses: &mut Losses) {
    let annotations = &mut output.annotations;
    let entities = annotations.entities.iter_mut().flatten().map(|entity| &mut entity.attributes);
    let events = annotations.events.iter_mut().flatten().map(|event| &mut event.attributes);
    for attributes in entities.chain(events) {
        if attributes.remove(ROLES).is_some() {
            losses.note("attributes", ROLES);
        }
    }
    for event in annotations.events.iter_mut().flatten() {
        let mut plain = event.arguments.clone();
        plain_roles(&mut plain);
        if plain != event.arguments {
            losses.note("names of roles (they are written differently)", &event.label);
            event.arguments = plain;
        }
    }
}

/// Removes the numbers that brat adds to repeated roles: `Theme`, `Theme2`. A number is removed
/// only if the event also has the role without it.
pub(super) fn plain_roles(arguments: &mut [Argument]) {
    let roles: BTreeSet<String> = arguments.iter().map(|argument| argument.role.clone()).collect();
    for argument in arguments {
        let bare = argument.role.trim_end_matches(|c: char| c.is_ascii_digit());
        if !bare.is_empty() && bare != argument.role && roles.contains(bare) {
            argument.role = bare.to_owned();
        }
    }
}
