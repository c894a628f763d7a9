//! Patterns of files: `*` and `?` match within a name, `**` matches any number of folders, and
//! `[...]` matches one of several characters.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Returns the files and folders that a path or a pattern stands for, in order. A path that exists
/// stands for itself, whatever characters it has.
pub(crate) fn matching_files(pattern: &Path) -> Vec<PathBuf> {
    if pattern.exists() {
        return vec![pattern.to_owned()];
    }
    let is_special = |part: &Path| part.to_string_lossy().contains(['*', '?', '[']);
    let ancestors: Vec<&Path> = pattern.ancestors().collect();
    // The folder above the first part with a special character.
    let special = ancestors.iter().rev().find(|part| is_special(part));
    let Some(root) = special.and_then(|part| part.parent()) else { return Vec::new() };
    let Some(regex) = pattern.strip_prefix(root).ok().and_then(|rest| as_regex(&rest.to_string_lossy())) else {
        return Vec::new();
    };
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if regex.is_match(&below) {
                found.push(path);
            } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}

fn as_regex(pattern: &str) -> Option<Regex> {
    let (mut regex, mut rest) = ("^".to_owned(), pattern);
    while let Some(first) = rest.chars().next() {
        let (translated, length) = if rest.starts_with("**/") {
            ("(?:.*/)?".to_owned(), 3)
        } else if rest.starts_with("**") {
            (".*".to_owned(), 2)
        } else {
            match first {
                '*' => ("[^/]*".to_owned(), 1),
                '?' => ("[^/]".to_owned(), 1),
                '[' => match rest[1..].find(']') {
                    Some(end) => {
                        let set = rest[1..=end].replace('\\', "\\\\").replace('[', "\\[");
                        let set = set.strip_prefix('!').map_or_else(|| set.clone(), |set| format!("^{set}"));
                        (format!("[{set}]"), end + 2)
                    }
                    None => ("\\[".to_owned(), 1),
                },
                '\\' if cfg!(windows) => ("/".to_owned(), 1),
                _ => (regex::escape(&first.to_string()), first.len_utf8()),
            }
        };
        regex.push_str(&translated);
        rest = &rest[length..];
    }
    regex.push('$');
    Regex::new(&regex).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::matching_files;

    #[test]
    fn patterns_match_like_those_of_a_shell() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["a.bin", "b.bin", "c.txt", "m/a.bin", "m/n/b.bin", "x[1].bin"] {
            fs::create_dir_all(folder.path().join(file).parent().unwrap()).unwrap();
            fs::write(folder.path().join(file), "").unwrap();
        }
        let found = |pattern: &str| -> Vec<String> {
            let files = matching_files(&folder.path().join(pattern));
            let names = files.iter().map(|file| file.strip_prefix(folder.path()).unwrap().display().to_string());
            names.map(|name| name.replace('\\', "/")).collect()
        };
        assert_eq!(found("*.bin"), ["a.bin", "b.bin", "x[1].bin"]);
        assert_eq!(found("[ab].bin"), ["a.bin", "b.bin"]);
        assert_eq!(found("[!a].bin"), ["b.bin"]);
        assert_eq!(found("?.*"), ["a.bin", "b.bin", "c.txt"]);
        assert_eq!(found("**/*.bin"), ["a.bin", "b.bin", "m/a.bin", "m/n/b.bin", "x[1].bin"]);
        assert_eq!(found("m/**"), ["m/a.bin", "m/n"]);
        assert_eq!(found("*/a.bin"), ["m/a.bin"]);
        assert_eq!(found("x[1].bin"), ["x[1].bin"]);
        assert_eq!(found("m"), ["m"]);
        assert!(found("none.bin").is_empty() && found("*.none").is_empty() && found("none/*.bin").is_empty());
    }
}
