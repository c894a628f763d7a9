//! The page around the data: its head, its policy, and the viewer.

use std::io::{self, Write};

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::block;

/// The viewer, built from `viewer/`.
const SCRIPT: &str = include_str!("viewer.js");
const STYLE: &str = include_str!("viewer.css");

/// What a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Report,
    Comparison,
}

/// A page that is being written.
pub(super) struct Page<'w> {
    out: &'w mut dyn Write,
}

impl<'w> Page<'w> {
    /// Writes what comes before the data.
    ///
    /// The policy allows this script and this style, named by their hashes, and nothing else: no
    /// other script, no request, no form. A text that were taken for markup would still do nothing.
    pub fn begin(dataset: &str, kind: Kind, is_live: bool, out: &'w mut dyn Write) -> io::Result<Self> {
        let title = match kind {
            Kind::Report => format!("{dataset} · karat"),
            Kind::Comparison => format!("{dataset}: comparison · karat"),
        };
        let policy = format!(
            "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'{}",
            policy_hash(SCRIPT),
            policy_hash(STYLE),
            if is_live { "; connect-src 'self'" } else { "" }
        );
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <div id=\"viewer\">This report needs JavaScript. The same figures are in scores.csv and report.md.</div>\n",
            escaped(&title)
        )?;
        Ok(Self { out })
    }

    /// Writes data that are there before anything is decoded.
    pub fn plain(&mut self, name: &str, value: &impl Serialize) -> io::Result<()> {
        writeln!(self.out, "<script type=\"application/json\" id=\"{name}\">{}</script>", block::plain(value)?)
    }

    /// Writes a block of compressed data.
    pub fn block(&mut self, name: &str, value: &impl Serialize) -> io::Result<()> {
        let encoded = block::encode(value)?;
        writeln!(self.out, "<script type=\"application/gzip\" id=\"b-{name}\">{encoded}</script>")
    }

    /// Writes the viewer. It comes last, so that all data are there when it starts.
    pub fn end(self) -> io::Result<()> {
        writeln!(self.out, "<script>{SCRIPT}</script>\n</body>\n</html>")
    }
}

/// Returns the hash by which a Content-Security-Policy names a script or a style.
pub fn policy_hash(content: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(content)))
}

/// Escapes a text that stands between tags.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
