//! `karat rank`: systems by preferences between their answers.

use crate::cli::{Cli, assert_cmd};

/// Three systems on six documents, each pair in both orders. `c` is the best; one preference in
/// four does not survive the exchange.
fn preferences() -> String {
    let mut text = "id,first,second,verdict,judge\n".to_owned();
    for document in 0..6_usize {
        for (at, [worse, better]) in [["a", "b"], ["b", "c"], ["a", "c"]].into_iter().enumerate() {
            let number = 3 * document + at;
            let winner = if number % 5 == 4 { worse } else { better };
            text += &format!("{document},{worse},{better},{winner},j\n");
            let exchanged = if number % 4 == 3 { if winner == worse { better } else { worse } } else { winner };
            text += &format!("{document},{better},{worse},{exchanged},j\n");
        }
    }
    text
}

#[test]
fn systems_are_ranked_by_strength() {
    let cli = Cli::new();
    cli.write("p.csv", preferences());
    assert_cmd!("rank_table", cli.karat(&["rank", "p.csv"]));
    assert_cmd!("rank_markdown", cli.karat(&["rank", "p.csv", "--format", "md"]));
    assert_cmd!("rank_csv", cli.karat(&["rank", "p.csv", "--format", "csv"]));
}

#[test]
fn what_cannot_be_ranked_says_why() {
    let cli = Cli::new();
    cli.write("first.csv", "id,first,second,verdict\n1,a,b,first\n1,b,a,first\n2,a,b,first\n2,b,a,first\n");
    assert_cmd!("rank_always_first", cli.karat(&["rank", "first.csv"]));
    cli.write("wins.csv", "id,first,second,verdict\n1,a,b,first\n2,a,b,first\n");
    assert_cmd!("rank_only_wins", cli.karat(&["rank", "wins.csv"]));
    cli.write("bad.jsonl", "{\"id\": 1, \"first\": \"a\", \"second\": \"a\", \"verdict\": \"tie\"}\n{\"id\": 1}\n{\"id\": 2, \"first\": \"a\", \"second\": \"b\", \"verdict\": 3}\n");
    assert_cmd!("rank_bad_lines", cli.karat(&["rank", "bad.jsonl"]));
    assert_cmd!("rank_no_such_judge", cli.karat(&["rank", "wins.csv", "--by", "x"]));
}

/// The order of the lines says nothing.
#[test]
fn lines_may_come_in_any_order() {
    let cli = Cli::new();
    let text = preferences();
    let (head, rows) = text.split_once('\n').unwrap();
    let mut turned: Vec<&str> = rows.lines().collect();
    turned.reverse();
    cli.write("p.csv", &text);
    cli.write("turned.csv", format!("{head}\n{}\n", turned.join("\n")));
    let csv = |file: &str| cli.karat(&["rank", file, "--format", "csv"]).output().unwrap().stdout;
    assert_eq!(csv("p.csv"), csv("turned.csv"));
    assert_eq!(csv("p.csv"), cli.karat(&["rank", "p.csv", "--by", "j", "--format", "csv"]).output().unwrap().stdout);
}
