//! Parses files of `karat.document/1` with entities into typed values, on one thread, and does
//! nothing with them: what benches/cost/run holds the cost of every command against.
//!
//! `cargo run --release --example parse -- gold.jsonl pred.jsonl`

use std::borrow::Cow;
use std::env;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Write};

use serde::Deserialize;

#[derive(Deserialize)]
#[expect(dead_code, reason = "values are parsed and not used")]
struct Document<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    entities: Vec<Entity<'a>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "values are parsed and not used")]
struct Entity<'a> {
    start: u32,
    end: u32,
    #[serde(borrow)]
    label: Cow<'a, str>,
}

fn main() -> io::Result<()> {
    let (mut documents, mut entities) = (0, 0);
    for file in env::args().skip(1) {
        let mut reader = BufReader::with_capacity(1 << 20, File::open(file)?);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 {
            let document: Document<'_> = serde_json::from_str(&line)?;
            documents += 1;
            entities += black_box(&document).entities.len();
            line.clear();
        }
    }
    writeln!(io::stdout(), "{documents} documents, {entities} entities")
}
