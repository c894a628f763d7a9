//! The fingerprint of a program: a hash of everything that its output depends on.

use std::env;
use std::path::Path;

use super::protocol::Handshake;
use super::settings::ProcessSettings;
use crate::format::{OffsetUnit, sha256};
use crate::process::{SourceQuery, Sources, hash, matching_files, shown};

/// The name of the part that the handshake determines.
pub(super) const HANDSHAKE: &str = "introduction";

/// Returns the unit of offsets in replies that do not state it: that of the settings, else that of
/// the handshake.
pub(super) fn offset_unit(settings: &ProcessSettings, known: Option<&Handshake>) -> Option<OffsetUnit> {
    settings.offset_unit.or_else(|| known?.offset_unit)
}

/// What is known about the output of a program.
pub(super) struct Fingerprint {
    /// What the output depends on, by name, with the current values or their hashes.
    pub parts: Vec<(String, String)>,
    /// Why the parts do not suffice to reuse answers; `None` if they do.
    pub obstacle: Option<String>,
}

impl Fingerprint {
    /// Collects the parts of a fingerprint with their current values: the command, the program and
    /// its interpreter, the script and the files beside it, the declared files, the environment
    /// variables and the handshake.
    ///
    /// With declared files, only the code beside the script is added to them, so that a program may
    /// write logs beside itself.
    pub fn new(settings: &ProcessSettings, known: Option<&Handshake>) -> Self {
        // Paths below the home folder are made relative, so that another checkout has the same
        // fingerprint.
        let home = settings.home.display().to_string();
        let command: Vec<String> = settings.command.iter().map(|argument| argument.replace(&home, ".")).collect();
        let mut parts = vec![("command".to_owned(), command.join("\0"))];
        let mode = format!("{:?} {:?}", settings.mode, settings.layers);
        parts.push(("mode".to_owned(), mode));
        let folder = settings.folder.strip_prefix(&settings.home).unwrap_or(&settings.folder);
        parts.push(("folder".to_owned(), folder.display().to_string()));
        if let Some(known) = known {
            let Handshake { name, version, layers, fingerprint, .. } = known;
            let introduction = format!(
                "Handshake {{ name: {name:?}, version: {version:?}, layers: {layers:?}, fingerprint: {fingerprint:?} }}"
            );
            parts.push((HANDSHAKE.to_owned(), introduction));
        }
        if let Some(unit) = offset_unit(settings, known) {
            parts.push(("offset unit".to_owned(), unit.as_str().to_owned()));
        }
        let query = SourceQuery {
            command: &settings.command,
            folder: &settings.folder,
            home: &settings.home,
            ignored: &settings.ignored,
            is_code_only: !settings.files.is_empty(),
        };
        let Sources { parts: sources, too_large } = query.sources();
        parts.extend(sources);
        let obstacle =
            too_large.filter(|_| settings.files.is_empty()).map(|folder| too_large_to_hash(&folder, settings));
        for file in settings.files.iter().chain(&settings.lock).flat_map(|file| matching_files(file)) {
            let name = format!("file {}", shown(&file, &settings.home));
            if !parts.iter().any(|(other, _)| *other == name) {
                parts.push((name, hash(&file)));
            }
        }
        // Values may be secrets, and the parts are written to the cache.
        for (name, value) in &settings.env {
            parts.push((format!("variable {name}"), sha256(value)));
        }
        for name in &settings.env_names {
            let value = env::var_os(name).map_or("unset".to_owned(), |value| sha256(value.as_encoded_bytes()));
            parts.push((format!("variable {name}"), value));
        }
        Self { parts, obstacle }
    }

    /// A hash over all parts.
    pub fn hash(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(|(what, hash)| format!("{what}\0{hash}\0")).collect();
        format!("process:{}", sha256(parts.concat()))
    }
}

fn too_large_to_hash(folder: &Path, settings: &ProcessSettings) -> String {
    let shown = match shown(folder, &settings.home) {
        name if name.is_empty() => ".".to_owned(),
        name => name,
    };
    format!(
        "the folder {shown:?} of its script has more than 5,000 files or 64 MB, so that changes to it cannot be \
         noticed; name the files that its output depends on in `files`"
    )
}
