//! `keep_failed`: the whole last reply of a failed document is in a folder that git ignores.

use serde_json::json;

use crate::http_server::{Act, Server};
use crate::process::{project, project_with, run, run_where, statuses};

#[test]
fn failed_replies_are_kept_whole() {
    let server = Server::start(|seen| match seen.text() {
        "bad" => Act::json(400, &json!({"detail": "y".repeat(5000), "key": seen.headers["x-key"]})),
        // Cut off, with an escape that JSON does not need.
        "cut" => Act::of(400, &[], format!("{{\"detail\": \"{}", seen.headers["x-key"].replace('-', "\\u002D"))),
        "shape" => Act::json(200, &json!({"ents": ["z".repeat(5000)]})),
        "page" => Act::of(502, &[("Content-Type", "text/html")], format!("<html>{}</html>", "w".repeat(5000))),
        _ => Act::json(200, &json!({"entities": []})),
    });
    let table = format!(
        "kind = \"http\"\nurl = \"{}\"\nlayers = [\"entities\"]\nretries = 0\nkeep_failed = \"failed\"\n\
         headers = {{X-Key = \"{{env:TEST_KEY}}\"}}",
        server.url("/")
    );
    let cli = project_with(&["bad", "shape", "page", "fine", "cut"], &table);
    let variables = [("TEST_KEY", "a-\"secret\"-0123456789")];
    let ended = run_where(&cli, &[], &variables);
    assert_eq!(statuses(&ended), ["failed", "failed", "failed", "ok", "failed"], "{:?}", ended.ends);
    assert_eq!(cli.read("failed/d/d04.txt"), "{\"detail\": \"[secret TEST_KEY]");
    let bad = cli.read("failed/d/d00.txt");
    assert!(bad.contains(&"y".repeat(5000)) && bad.contains("[secret TEST_KEY]") && !bad.contains("0123456789"));
    assert!(cli.read("failed/d/d01.txt").contains(&"z".repeat(5000)));
    assert!(cli.read("failed/d/d02.txt").contains(&"w".repeat(5000)));
    assert_eq!(cli.read("failed/d/.gitignore"), "*\n");
    assert!(!cli.exists("failed/d/d03.txt"));

    // It is no part of the fingerprint, and a document that is answered leaves nothing.
    let changed = cli.read("karat.toml").replace("\"failed\"", "\"other\"");
    let before = ended.manifest["extractors"]["mine"]["fingerprints"]["d"].clone();
    cli.write("karat.toml", changed.replace("\"other\"", "\"failed\""));
    cli.write("docs/d01.txt", "fine");
    let ended = run_where(&cli, &[], &variables);
    assert_eq!(statuses(&ended), ["failed", "ok", "failed", "ok", "failed"], "{:?}", ended.ends);
    assert!(!cli.exists("failed/d/d01.txt") && cli.exists("failed/d/d00.txt"));
    cli.write("karat.toml", changed);
    let ended = run_where(&cli, &[], &variables);
    assert_eq!(ended.manifest["extractors"]["mine"]["fingerprints"]["d"], before);
}

/// The folder may contain other files, which git still sees.
#[test]
fn only_replies_are_ignored_by_git() {
    let server = Server::start(|_| Act::json(400, &json!({"detail": "no"})));
    let table = format!("kind = \"http\"\nurl = \"{}\"\nlayers = [\"entities\"]\nkeep_failed = \".\"", server.url("/"));
    let cli = project_with(&["bad"], &table);
    cli.write(".gitignore", "/r\n");
    run(&cli, &[]);
    assert_eq!((cli.read(".gitignore"), cli.read("d/.gitignore")), ("/r\n".to_owned(), "*\n".to_owned()));
    assert!(cli.exists("d/d00.txt"));
}

#[test]
fn replies_of_programs_are_kept() {
    let long = "y".repeat(5000);
    let (merged, line) = (format!("merge {}", json!({"entities": long})), format!("line {}", json!([long])));
    let cli = project(&[&merged, "garbage", "Ada", &line], &[], "keep_failed = \"failed\"");
    let ended = run(&cli, &[]);
    assert_eq!(statuses(&ended), ["failed", "failed", "ok", "failed"], "{:?}", ended.ends);
    assert!(cli.read("failed/d/d00.txt").contains(&long) && cli.read("failed/d/d03.txt").contains(&long));
    assert_eq!(cli.read("failed/d/d01.txt"), "Traceback (most recent call last):");
}

#[cfg(unix)]
#[test]
fn replies_of_scripts_are_kept() {
    let reply = json!({"entities": "y".repeat(5000)}).to_string();
    let table =
        "kind = \"process\"\ncommand = [\"cat\"]\nmode = \"once\"\nlayers = [\"entities\"]\nkeep_failed = \"failed\"";
    let cli = project_with(&[&reply, "{}"], table);
    let ended = run(&cli, &[]);
    assert_eq!(statuses(&ended), ["failed", "ok"], "{:?}", ended.ends);
    assert_eq!(cli.read("failed/d/d00.txt").trim_end(), reply);
}

/// Replies may quote their documents, so that those of confidential ones are not written.
#[test]
fn replies_to_confidential_documents_are_not_kept() {
    let server = Server::start(|seen| Act::json(200, &json!({"ents": [seen.text()]})));
    let table = format!(
        "kind = \"http\"\nurl = \"{}\"\nlayers = [\"entities\"]\nretries = 0\nkeep_failed = \"failed\"",
        server.url("/")
    );
    let cli = project_with(&["Ada Byron"], &table);
    cli.write("karat.toml", cli.read("karat.toml").replace("golden = \"golden\"", "golden = \"golden\"\ntext = false"));
    let output = cli.karat(&["run", "--quiet", "--out", "r"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!cli.exists("failed"));
}

/// A streamed run keeps them, too; an id that is no name of a file gets a hash.
#[test]
fn streamed_replies_are_kept() {
    let server = Server::start(|_| Act::json(200, &json!({"ents": []})));
    let table = format!(
        "kind = \"http\"\nurl = \"{}\"\nlayers = [\"entities\"]\nretries = 0\nkeep_failed = \"failed\"",
        server.url("/")
    );
    let cli = project_with(&[], &table);
    cli.write("docs.jsonl", "{\"id\": \"../A\", \"text\": \"Ada\"}\n");
    cli.write("gold.jsonl", "{\"id\": \"../A\", \"entities\": []}\n");
    let config = cli.read("karat.toml").replace("\"docs\"", "\"docs.jsonl\"").replace("\"golden\"", "\"gold.jsonl\"");
    cli.write("karat.toml", config);
    for more in [&[][..], &["--stream"]] {
        let output = cli.karat(&[&["run", "--quiet", "--out", "r"], more].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
        let name = format!("failed/d/___A-{}.txt", &karat::format::sha256("../A")[..10]);
        assert_eq!(cli.read(&name), "{\"ents\":[]}");
        std::fs::remove_dir_all(cli.path().join("failed")).unwrap();
        std::fs::remove_dir_all(cli.path().join("r")).unwrap();
    }
}

/// The key is one of those kinds that receive replies.
#[test]
fn builtin_extractors_keep_no_replies() {
    let cli = project_with(&["Ada"], "kind = \"builtin\"\nbuiltin = \"gazetteer\"\nkeep_failed = \"failed\"");
    let output = cli.karat(&["run"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown key `keep_failed`"));
}
