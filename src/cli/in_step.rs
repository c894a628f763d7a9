//! `karat score` on two files of lines, without loading them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use karat::error::Error;
use karat::report::ExtractorReport;
use karat::score::Settings;
use karat::stream::{score_files, score_token_files};

use super::args::{Missing, ScoreArgs};
use super::score::{declared, nothing, select, stem};

/// The scores; `None` where the files must be loaded.
pub(super) fn score(args: &ScoreArgs, settings: &Settings) -> Result<Option<ExtractorReport>, Error> {
    let is_told = args.from.is_some() || args.gold_from.is_some() || args.pred_from.is_some();
    if settings.documents
        || args.bootstrap.is_some()
        || args.documents.is_some()
        || is_told
        || args.offset_unit.is_some()
    {
        return Ok(None);
    }
    let by_tags = score_token_files(&args.gold, &args.pred, settings);
    let scorer = match by_tags.map_or_else(|| score_files(&args.gold, &args.pred, settings), |scorer| Ok(Some(scorer)))
    {
        Ok(Some(scorer)) => scorer,
        // Files that fit into memory are loaded, which finds all their faults and joins what has no partner.
        Err(faults) if args.missing == Missing::Error && (is_large(&args.gold) || is_large(&args.pred)) => {
            return Err(Error::Input(faults));
        }
        Ok(None) | Err(_) => return Ok(None),
    };
    let (golden, found) = scorer.layers();
    if golden.is_empty() {
        return Ok(None);
    }
    let (golden, declared) = (golden.clone(), declared(args, golden, found)?);
    let (ends, empty_summaries) = (scorer.ends().clone(), scorer.empty_summaries().clone());
    let mut scores = scorer.finish(&declared);
    if scores.layers.is_empty() {
        return Err(nothing(&golden, &declared));
    }
    select(&mut scores, &args.metrics)?;
    Ok(Some(ExtractorReport {
        name: stem(&args.pred),
        ends,
        empty_summaries,
        scores,
        agreement: None,
        verdict: None,
        repeats: 1,
        within: BTreeMap::new(),
        timings: None,
        unlisted: BTreeMap::new(),
    }))
}

fn is_large(path: &Path) -> bool {
    const LARGE: u64 = 1 << 28;
    fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGE)
}
