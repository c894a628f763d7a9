//! Stems words as ROUGE-1.5.5 does: one a line on stdin, one stem a line on stdout.
//!
//! `printf 'flies\nrunning\n' | cargo run --example porter_perl`

use std::io::{self, BufRead, BufWriter, Write};

use karat::text::porter_perl;

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for word in io::stdin().lock().split(b'\n') {
        out.write_all(&porter_perl::stem(&word?))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
