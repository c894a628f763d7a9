//! Protects CSV against spreadsheets, which compute cells that look like formulas: the advice of
//! OWASP on CSV injection (CWE-1236) is an apostrophe before such a cell.
//!
//! The protection is a filter on CSV that was already rendered, so that the rows of a report that
//! were rendered while documents were counted are protected like all others. Without it, CSV has
//! every text as it is, for programs.

use std::io::{self, Write};

/// Returns CSV in which no cell is a formula.
pub fn without_formulas(csv: &str) -> String {
    let mut safe = Vec::with_capacity(csv.len());
    let mut filter = FormulaFilter::new(&mut safe);
    filter.write_all(csv.as_bytes()).and_then(|()| filter.finish()).expect("writing to memory");
    String::from_utf8(safe).expect("an apostrophe is ASCII")
}

/// A writer of CSV with an apostrophe before each cell that begins like a formula and is not a
/// number. It keeps one cell in memory.
pub struct FormulaFilter<W: Write> {
    out: W,
    cell: Vec<u8>,
    is_quoted: bool,
}

impl<W: Write> FormulaFilter<W> {
    /// Creates a filter before a writer.
    pub fn new(out: W) -> Self {
        Self { out, cell: Vec::new(), is_quoted: false }
    }

    /// Writes the last cell.
    ///
    /// # Errors
    /// Fails if the writer does.
    pub fn finish(mut self) -> io::Result<()> {
        self.end_cell()?;
        self.out.flush()
    }

    fn end_cell(&mut self) -> io::Result<()> {
        let (quote, content) = match self.cell.strip_prefix(b"\"") {
            Some(content) => (true, content),
            None => (false, self.cell.as_slice()),
        };
        if is_formula(content) {
            self.out.write_all(if quote { b"\"'" } else { b"'" })?;
            self.out.write_all(content)?;
        } else {
            self.out.write_all(&self.cell)?;
        }
        self.cell.clear();
        Ok(())
    }
}

impl<W: Write> Write for FormulaFilter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for &byte in bytes {
            match byte {
                b',' | b'\n' if !self.is_quoted => {
                    self.end_cell()?;
                    self.out.write_all(&[byte])?;
                }
                _ => {
                    // A doubled quote within a cell leaves it and enters it again.
                    self.is_quoted ^= byte == b'"';
                    self.cell.push(byte);
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Returns whether a spreadsheet may compute a cell: it begins with `=`, `+`, `-` or `@`, also in
/// their full-width forms, or with a tab or line break, which spreadsheets skip. Numbers stay
/// numbers.
fn is_formula(cell: &[u8]) -> bool {
    match cell.first() {
        Some(b'=' | b'@' | b'\t' | b'\r' | b'\n') => true,
        Some(b'+' | b'-') => !is_number(cell.strip_suffix(b"\"").unwrap_or(cell)),
        _ => ["＝", "＋", "－", "＠"].iter().any(|sign| cell.starts_with(sign.as_bytes())),
    }
}

fn is_number(cell: &[u8]) -> bool {
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    cell.iter().all(is_of_number) && std::str::from_utf8(cell).is_ok_and(|text| text.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::without_formulas;

    #[test]
    fn formulas_get_an_apostrophe_and_numbers_stay() {
        assert_eq!(
            without_formulas(
                "a,=1+1,\"=SUM(A1,B1)\",-0.5,+1e3,-x,@a\n\"-1\",\"\t\"\"=x\",\"\r\",x=1,\n-,+,\"a\n=b\",＝1"
            ),
            "a,'=1+1,\"'=SUM(A1,B1)\",-0.5,+1e3,'-x,'@a\n\"-1\",\"'\t\"\"=x\",\"'\r\",x=1,\n'-,'+,\"a\n=b\",'＝1"
        );
    }

    #[test]
    fn signs_of_numbers_that_no_spreadsheet_reads_are_protected() {
        assert_eq!(without_formulas("-inf,-nan,+-1,-1.5\n"), "'-inf,'-nan,'+-1,-1.5\n");
    }
}
