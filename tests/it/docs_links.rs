//! Checks the links of the documents: every file and every anchor that a page names exists, and the
//! book contains every page of its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the text without blocks and inline code, in which brackets are no links.
fn without_code(text: &str) -> String {
    static INLINE: LazyLock<Regex> = LazyLock::new(|| Regex::new("`[^`]*`").unwrap());
    let mut inside = false;
    let prose: String = text
        .lines()
        .filter(|line| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            !inside && !fence
        })
        .map(|line| format!("{line}\n"))
        .collect();
    INLINE.replace_all(&prose, "code").into_owned()
}

/// Returns the targets of the links and pictures of a page.
fn links(text: &str) -> Vec<String> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\]\(\s*([^)\s]+)[^)]*\)|(?:src|href|srcset)="([^"]+)"|(?m)^\[[^\]]+\]:\s*(\S+)"#).unwrap()
    });
    let target = |found: regex::Captures<'_>| found.iter().skip(1).flatten().next().unwrap().as_str().to_owned();
    LINK.captures_iter(&without_code(text)).map(target).collect()
}

/// Returns the anchors of the headings of a page, as GitHub and mdBook form them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut inside = false;
    for line in text.lines() {
        inside ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        let Some(title) = title.strip_prefix(' ').filter(|title| !inside && title.len() + 1 < line.len()) else {
            continue;
        };
        let slug: String = title
            .trim()
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let free = (0..).map(|number| if number == 0 { slug.clone() } else { format!("{slug}-{number}") });
        let anchor = free.into_iter().find(|anchor| !found.contains(anchor)).unwrap();
        found.insert(anchor);
    }
    found
}

/// Returns a path without `.` and `..`.
fn normalised(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(parts.pop(), "{}", path.display()),
            Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}

/// Returns the errors in the links of pages, whose paths are relative to a folder.
fn errors(root: &Path, pages: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let mut errors = Vec::new();
    for (page, text) in pages {
        for link in links(text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').map_or((link.as_str(), None), |(path, at)| (path, Some(at)));
            let target = if path.is_empty() { page.clone() } else { normalised(&page.parent().unwrap().join(path)) };
            if !root.join(&target).exists() {
                errors.push(format!("{}: {link} does not exist", page.display()));
            } else if page.starts_with("docs") && !target.starts_with("docs") {
                errors.push(format!("{}: {link} is no part of the book", page.display()));
            } else if let Some(anchor) = anchor {
                let text = fs::read_to_string(root.join(&target)).unwrap_or_default();
                if !anchors(&text).contains(anchor) {
                    errors.push(format!("{}: {link} names no heading", page.display()));
                }
            }
        }
    }
    errors
}

#[test]
fn every_link_of_the_documents_has_a_target() {
    let mut pages: BTreeMap<PathBuf, String> =
        crate::docs_commands::pages().into_iter().map(|(name, text)| (name.into(), text)).collect();
    for name in [
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "golden/GUIDELINES.md",
        "examples/meta/README.md",
        "extractors/README.md",
    ] {
        pages.insert(name.into(), fs::read_to_string(root().join(name)).unwrap());
    }
    let found: usize = pages.values().map(|text| links(text).len()).sum();
    assert!(found > 150, "only {found} links were found");
    let errors = errors(&root(), &pages);
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn the_book_contains_every_page() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let listed: Vec<String> = links(&summary).into_iter().map(|link| format!("docs/{link}")).collect();
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), unique.len(), "a page stands twice in docs/SUMMARY.md");
    let pages: BTreeSet<String> = crate::docs_commands::pages()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("docs/") && name != "docs/SUMMARY.md")
        .collect();
    assert_eq!(unique, pages);
}

#[test]
fn what_is_an_error_in_a_link() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("docs")).unwrap();
    let page =
        "# A `b/1`: c\n\n## D\n\n## D\n\n```\n# no heading [x](gone)\n```\n[1](#a-b1-c) [2](b.md#d-1) `[x](gone)`\n";
    fs::write(folder.path().join("docs/a.md"), page).unwrap();
    fs::write(folder.path().join("docs/b.md"), page).unwrap();
    fs::write(folder.path().join("README.md"), "").unwrap();
    let check = |text: &str| errors(folder.path(), &BTreeMap::from([("docs/a.md".into(), text.to_owned())]));
    assert_eq!(check(page), [""; 0]);
    assert_eq!(
        check("[1](gone.md) [2](#e) [3](b.md#no-heading)\n<img src=\"x.png\"> [4](../README.md)"),
        [
            "docs/a.md: gone.md does not exist",
            "docs/a.md: #e names no heading",
            "docs/a.md: b.md#no-heading names no heading",
            "docs/a.md: x.png does not exist",
            "docs/a.md: ../README.md is no part of the book",
        ]
    );
}
