//! Stems words: one a line on stdin, one stem a line on stdout.
//!
//! `printf 'flies\nrunning\n' | cargo run --example porter`

use std::io::{self, BufRead, BufWriter, Write};

use karat::text::porter;

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for word in io::stdin().lock().lines() {
        writeln!(out, "{}", porter::stem(&word?))?;
    }
    out.flush()
}
