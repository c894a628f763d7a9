//! The same bytes for every number of threads, every order of input, and every run.

use crate::cli::Cli;

const FILES: [&str; 4] = ["scores.csv", "documents.csv", "alignment.csv", "report.md"];

fn reports(cli: &Cli, jobs: &str, out: &str) -> Vec<String> {
    assert!(cli.karat(&["run", "-q", "--jobs", jobs, "--out", out]).status().unwrap().success());
    let predictions = cli.read(&format!("{out}/predictions/d/patterns.jsonl"));
    FILES.iter().map(|file| cli.read(&format!("{out}/d/{file}"))).chain([predictions]).collect()
}

/// A dataset of 40 documents.
fn many() -> Cli {
    let cli = Cli::with_dataset();
    for number in 0..40 {
        let text =
            format!("On {} May 2024 the company paid ${number} million, {number} percent more.", number % 28 + 1);
        cli.write(&format!("docs/n{number}.txt"), &text);
        let golden =
            format!("{{\"id\": \"n{number}\", \"entities\": [{{\"start\": 3, \"end\": 13, \"label\": \"DATE\"}}]}}");
        cli.write(&format!("golden/n{number}.json"), golden);
    }
    cli
}

#[test]
fn threads_change_nothing() {
    let cli = many();
    let one = reports(&cli, "1", "o1");
    for jobs in ["2", "3", "8"] {
        assert_eq!(reports(&cli, jobs, &format!("o{jobs}")), one, "{jobs} threads");
    }
}

#[test]
fn the_order_of_lines_and_labels_changes_nothing() {
    let cli = Cli::new();
    let entity =
        |start: u32, label: &str| format!("{{\"start\": {start}, \"end\": {}, \"label\": \"{label}\"}}", start + 9);
    let line =
        |id: &str, entities: &[String]| format!("{{\"id\": \"{id}\", \"entities\": [{}]}}\n", entities.join(", "));
    let (x, y, z) = (entity(0, "A"), entity(5, "B"), entity(12, "A"));
    let forward = [x.clone(), y.clone(), z.clone()];
    let backward = [z, y, x];
    cli.write("gold1.jsonl", line("a", &forward) + &line("b", &forward[1..]));
    cli.write("gold2.jsonl", line("b", &backward[..2]) + &line("a", &backward));
    cli.write("pred1.jsonl", line("a", &forward[..2]) + &line("b", &forward));
    cli.write("pred2.jsonl", line("b", &backward) + &line("a", &backward[1..]));
    let score = |gold: &str, pred: &str| {
        let args = ["score", "--gold", gold, "--pred", pred, "--format", "json", "--per-document"];
        String::from_utf8(cli.karat(&args).output().unwrap().stdout).unwrap()
    };
    let one = score("gold1.jsonl", "pred1.jsonl");
    assert!(one.contains("entities.strict.f1"));
    assert_eq!(one, score("gold2.jsonl", "pred2.jsonl"));
}
