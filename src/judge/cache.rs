//! A cache of a judge's verdicts: one append-only file of JSON lines per judge.
//!
//! A crash loses at most the line being written. The file name is a hash of the protocol, the
//! command, its script with the code beside it, and the judge's name and version, so that a changed
//! judge does not reuse old verdicts. The interpreter is not part of it, so that a folder of
//! verdicts can be used on several machines.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::protocol::{JudgeIdentity, JudgeVerdict, PROTOCOL, Question};
use crate::document::Support;
use crate::error::Diagnostic;
use crate::format::sha256;
use crate::json_lines::{JsonLines, parse_lines};
use crate::process::SourceQuery;

/// The verdicts of one judge, by the hash of the question.
pub(super) struct VerdictCache {
    path: PathBuf,
    /// Opened when the first verdict is stored.
    file: Option<JsonLines>,
    known: BTreeMap<String, JudgeVerdict>,
    /// Hash of the protocol, the command, its code, and the judge's name and version.
    judge: String,
}

/// A line of the cache file.
#[derive(Serialize, Deserialize)]
struct CachedVerdict {
    key: String,
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sentence: Option<usize>,
    /// The id and the key point are not read back; they make the file readable.
    id: String,
    key_point: String,
}

impl VerdictCache {
    /// Opens the cache of a judge, which is identified by its command, name and version. Invalid
    /// lines are ignored, so their questions are asked again.
    pub fn open(folder: &Path, command: &[String], name: &JudgeIdentity) -> Result<Self, Diagnostic> {
        let here = Path::new(".");
        let query = SourceQuery { command, folder: here, home: here, ignored: &[], is_code_only: true };
        let code = query.of_script().parts;
        let judge = sha256(as_json(&(PROTOCOL, command, code, &name.name, &name.version)));
        let path = folder.join(format!("{}.jsonl", &judge[..16]));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Diagnostic::io("read the judge's verdicts", &path, &error)),
        };
        let known = parse_lines(&bytes).filter_map(|line: CachedVerdict| {
            let support: Support = line.verdict.parse().ok()?;
            Some((line.key, JudgeVerdict { support, sentence: line.sentence }))
        });
        Ok(Self { known: known.collect(), path, file: None, judge })
    }

    /// The hash of a question: the judge, the key point, the summary and its sentences.
    pub fn key(&self, question: &Question, summary: &str, sentences: &[String]) -> String {
        sha256(as_json(&(&self.judge, question, summary, sentences)))
    }

    /// Returns the cached verdict.
    pub fn get(&self, key: &str) -> Option<JudgeVerdict> {
        self.known.get(key).copied()
    }

    /// Stores a verdict.
    pub fn add(&mut self, key: String, judged: JudgeVerdict, id: &str, question: &Question) -> Result<(), Diagnostic> {
        let JudgeVerdict { support, sentence } = judged;
        let key_point = question.id.clone();
        let line =
            CachedVerdict { key: key.clone(), verdict: support.to_string(), sentence, id: id.to_owned(), key_point };
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(JsonLines::open(&self.path, "keep the judge's verdicts")?),
        };
        file.add(&line);
        self.known.insert(key, judged);
        file.diagnostic().map_or(Ok(()), Err)
    }
}

fn as_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::VerdictCache;
    use crate::document::{KeyPoint, Support};
    use crate::judge::protocol::{JudgeIdentity, JudgeVerdict, Question};

    #[test]
    fn a_cut_line_costs_one_verdict() {
        let folder = tempfile::tempdir().unwrap();
        let name = JudgeIdentity { name: "n".to_owned(), version: "1".to_owned() };
        let command = ["judge".to_owned()];
        let question = Question::new(0, &KeyPoint { text: "It is so.".to_owned(), ..KeyPoint::default() }, None);
        let judged = |support| JudgeVerdict { support, sentence: Some(0) };
        let mut cache = VerdictCache::open(folder.path(), &command, &name).unwrap();
        let keys: Vec<String> = ["a", "b", "c"].map(|text| cache.key(&question, text, &[])).into();
        cache.add(keys[0].clone(), judged(Support::Full), "d", &question).unwrap();
        cache.add(keys[1].clone(), judged(Support::Partial), "d", &question).unwrap();
        let file = cache.path.clone();
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, &text[..text.len() - 9]).unwrap();

        let mut cache = VerdictCache::open(folder.path(), &command, &name).unwrap();
        assert_eq!((cache.get(&keys[0]), cache.get(&keys[1])), (Some(judged(Support::Full)), None));
        cache.add(keys[2].clone(), judged(Support::Not), "d", &question).unwrap();
        let cache = VerdictCache::open(folder.path(), &command, &name).unwrap();
        assert_eq!(cache.get(&keys[2]), Some(judged(Support::Not)));

        // Another version is another judge.
        let newer = JudgeIdentity { version: "2".to_owned(), ..name };
        assert_eq!(VerdictCache::open(folder.path(), &command, &newer).unwrap().known.len(), 0);
    }
}
