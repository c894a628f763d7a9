//! Reads XML as a tree of elements with their byte ranges, and escapes text for writing.
//!
//! The parser is quick-xml; this module resolves namespaces, character references and the five
//! predefined entities. Entities that a DTD declares are refused, so that no file can expand beyond
//! its size.

use std::ops::Range;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::losses::Losses;
use super::output::Output;
use crate::document::Document;
use crate::error::Diagnostic;

/// The depth at which elements are refused. The formats nest less than ten.
const DEPTH: usize = 64;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// The local name.
    pub name: String,
    /// The URI of the namespace; empty if there is none.
    pub namespace: String,
    /// The attributes by qualified name, in order.
    pub attributes: Vec<(String, String)>,
    /// The elements inside.
    pub children: Vec<Self>,
    /// The text that is directly inside.
    pub text: String,
    /// The byte range of the element's start tag in the file.
    pub bytes: Range<usize>,
}

impl Element {
    /// Returns the value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns the first element inside with a name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Returns the elements inside with a name.
    pub fn children_named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Parses an XML file into its root element.
///
/// # Errors
/// Fails at the first error in the markup, with its line and column.
pub(super) fn parse(file: &Path, text: &str) -> Result<Element, Diagnostic> {
    let diagnostic = |at: usize, message: String| {
        let at = text.floor_char_boundary(at.min(text.len()));
        Diagnostic::new(message).in_file(file).at_bytes(text, at..at)
    };
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut version = XmlVersion::Implicit1_0;
    let mut open: Vec<Element> = vec![Element::default()];
    // The declared namespaces: depth of the element, prefix, URI.
    let mut namespaces: Vec<(usize, String, String)> = Vec::new();
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event();
        let event = event.map_err(|error| diagnostic(reader.error_position() as usize, broken(&error.to_string())))?;
        let bytes = start..reader.buffer_position() as usize;
        let inside = open.len() > 1;
        match event {
            Event::Eof => break,
            Event::Decl(decl) => version = decl.xml_version().unwrap_or(version),
            Event::Start(tag) | Event::Empty(tag) if open.len() > DEPTH => {
                let message = format!("`<{}>` is nested {DEPTH} elements deep", tag.name().as_ref());
                return Err(diagnostic(start, message).help("the format does not nest so deeply"));
            }
            Event::Start(tag) => {
                let element = element(&tag, version, open.len(), &mut namespaces, bytes)
                    .map_err(|message| diagnostic(start, message))?;
                open.push(element);
            }
            Event::Empty(tag) => {
                let element = element(&tag, version, open.len(), &mut namespaces, bytes)
                    .map_err(|message| diagnostic(start, message))?;
                namespaces.retain(|(depth, ..)| *depth < open.len());
                close(&mut open, element);
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    namespaces.retain(|(depth, ..)| *depth < open.len());
                    close(&mut open, element);
                }
            }
            Event::Text(part) if inside => add(&mut open, &part.xml_content(version)),
            Event::CData(part) if inside => add(&mut open, &part.xml_content(version)),
            Event::Text(part) if !part.trim().is_empty() => {
                return Err(diagnostic(start, broken("there is text outside of the root element")));
            }
            Event::GeneralRef(reference) => match resolve(&reference) {
                Some(c) => add(&mut open, c.encode_utf8(&mut [0; 4])),
                None => {
                    let diagnostic = diagnostic(start, format!("the entity `&{};` is unknown", &*reference));
                    return Err(diagnostic.help("karat resolves &lt; &gt; &amp; &quot; &apos; and &#...; only"));
                }
            },
            _ => {}
        }
    }
    if open.len() > 1 {
        let element = &open[open.len() - 1];
        return Err(diagnostic(element.bytes.start, broken(&format!("`<{}>` is not closed", element.name))));
    }
    let mut roots = open.pop().map(|outside| outside.children).unwrap_or_default();
    match roots.len() {
        0 => Err(diagnostic(0, broken("there is no element"))),
        1 => Ok(roots.remove(0)),
        _ => Err(diagnostic(roots[1].bytes.start, broken("there is a second root element"))),
    }
}

fn broken(message: &str) -> String {
    format!("broken XML: {message}")
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

/// Converts a start tag, and records the namespaces that it declares.
fn element(
    tag: &BytesStart<'_>,
    version: XmlVersion,
    depth: usize,
    namespaces: &mut Vec<(usize, String, String)>,
    bytes: Range<usize>,
) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| broken(&error.to_string()))?;
        let value = attribute.normalized_value(version).map_err(|error| broken(&error.to_string()))?.into_owned();
        let key = attribute.key.as_ref();
        if let Some(prefix) = key.strip_prefix("xmlns").filter(|rest| rest.is_empty() || rest.starts_with(':')) {
            namespaces.push((depth, prefix.trim_start_matches(':').to_owned(), value));
        } else {
            attributes.push((key.to_owned(), value));
        }
    }
    let name = tag.name();
    let (prefix, name) = name.as_ref().split_once(':').unwrap_or(("", name.as_ref()));
    let declared = namespaces.iter().rev().find(|(_, known, _)| known == prefix);
    let namespace = declared.map(|(_, _, uri)| uri.clone()).unwrap_or_default();
    Ok(Element { name: name.to_owned(), namespace, attributes, bytes, ..Element::default() })
}

/// Whether XML 1.0 can represent a character.
fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Returns a text in which each character that XML cannot represent is a space, so that offsets
/// stay.
pub(super) fn without_controls(text: &str) -> String {
    text.chars().map(|c| if is_allowed(c) { c } else { ' ' }).collect()
}

/// Replaces the characters of a document and of its entities that XML cannot represent, and notes
/// the loss.
pub(super) fn fix_controls(output: &mut Output, losses: &mut Losses) {
    let document = &output.document;
    if !document.text().chars().all(is_allowed) {
        losses.note("control characters in texts (they become spaces)", document.id());
        let text = without_controls(document.text());
        output.document = Document::with_meta(document.id(), text, document.meta().clone());
    }
    let annotations = &mut output.annotations;
    let entities = annotations.entities.iter_mut().flatten().map(|entity| &mut entity.text);
    let triggers = annotations.events.iter_mut().flatten().map(|event| &mut event.trigger.text);
    let mentions = annotations.coreference.iter_mut().flatten().flat_map(|cluster| &mut cluster.mentions);
    for text in entities.chain(triggers).chain(mentions.map(|mention| &mut mention.text)).flatten() {
        *text = without_controls(text);
    }
}

/// Returns a text as the content of an element or attribute. Line breaks and tabs become character
/// references, since parsers normalise them.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' => escaped.push_str("&#9;"),
            _ if !is_allowed(c) => escaped.push(' '),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{escape, parse};

    fn error(text: &str) -> String {
        parse(Path::new("f.xml"), text).unwrap_err().to_string()
    }

    #[test]
    fn text_references_namespaces_and_positions() {
        let file = "<?xml version=\"1.0\"?>\n<a xmlns:p=\"urn:p\"><!-- c --><p:b x=\"1&#10;&lt;\n2\"/>t&amp;<![CDATA[<]]>\r\n</a>\n";
        let root = parse(Path::new("f"), file).unwrap();
        assert_eq!((root.name.as_str(), root.namespace.as_str(), root.text.as_str()), ("a", "", "t&<\n"));
        let child = root.child("b").unwrap();
        assert_eq!((child.namespace.as_str(), child.attribute("x")), ("urn:p", Some("1\n< 2")));
        assert!(file[child.bytes.clone()].starts_with("<p:b"));
    }

    #[test]
    fn errors_have_a_position() {
        assert!(error("<a>\n<b></a>").contains("f.xml:2"), "{}", error("<a>\n<b></a>"));
        for broken in ["", "text", "<a>", "<a/><b/>", "<a>&x;</a>", "<a b=\"&x;\"/>", "<a b=1/>", "<a>&#0;</a>"] {
            assert!(error(broken).starts_with("f.xml:1:"), "{broken}: {}", error(broken));
        }
        assert!(error(&"<a>".repeat(100)).contains("nested"));
    }

    #[test]
    fn what_is_escaped_is_read_again() {
        let text = "\t<&>\"'\r\n é𝄞 ]]> \r";
        let file = format!("<a b=\"{0}\">{0}</a>", escape(text));
        let root = parse(Path::new("f"), &file).unwrap();
        assert_eq!((root.text.as_str(), root.attribute("b")), (text, Some(text)));
    }
}
