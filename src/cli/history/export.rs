//! `karat history export`.

use karat::error::Error;
use karat::report::history::{are, counted, history_to_csv, history_to_json};
use karat::report::without_formulas;
use karat::store::Staging;
use karat::store::history::RunFilter;

use super::super::args::history::{ExportArgs, ExportFormat};
use super::super::printing::is_csv_safe;
use super::super::{exit, output};

pub(super) fn execute(args: &ExportArgs) -> Result<u8, Error> {
    let mut runs = args.of.open()?.runs(&RunFilter::default())?;
    // The oldest run comes first, so that a later export begins like an earlier one.
    runs.reverse();
    let text = match args.format {
        ExportFormat::Json => history_to_json(&runs),
        ExportFormat::Csv if is_csv_safe() => without_formulas(&history_to_csv(&runs)),
        ExportFormat::Csv => history_to_csv(&runs),
    };
    match (&args.out, args.format) {
        (Some(file), _) => {
            let count = counted(runs.len(), "run");
            let mut staging = Staging::default();
            staging.add(file, text.as_bytes())?;
            staging.commit()?;
            output::note(&format!("note: {count} {} in {}\n", are(runs.len()), file.display()));
        }
        (None, ExportFormat::Json) => output::print_json(&text)?,
        (None, ExportFormat::Csv) => output::print_csv(&text)?,
    }
    Ok(exit::PASS)
}
