//! Checks that two token files have the same tokens, since tags are compared token by token.

use crate::document::Tags;
use crate::error::Diagnostic;

/// Returns the differences between the tokens of golden and predicted tags, each with its location
/// in both files. Stops after 20.
pub fn differences(gold: &Tags, predicted: &Tags) -> Vec<Diagnostic> {
    if is_same(gold, predicted) {
        return Vec::new();
    }
    let mut diagnostics = Vec::new();
    let (mut golds, mut predictions) = (gold.sentences(), predicted.sentences());
    loop {
        match (golds.next(), predictions.next()) {
            (Some(ours), Some(theirs)) => diagnostics.extend(sentence(gold, predicted, ours, theirs)),
            (None, None) => break,
            (ours, theirs) => {
                diagnostics.push(count(gold, predicted, ours, theirs));
                break;
            }
        }
        // After one sentence boundary that differs, all later sentences differ, too.
        if diagnostics.len() >= 20 {
            break;
        }
    }
    diagnostics
}

type Tokens = std::ops::Range<u32>;

fn is_same(gold: &Tags, predicted: &Tags) -> bool {
    let lengths = |tags: &Tags| tags.sentences().map(|tokens| tokens.len()).collect::<Vec<_>>();
    gold.joined() == predicted.joined() && lengths(gold) == lengths(predicted)
}

fn sentence(gold: &Tags, predicted: &Tags, ours: Tokens, theirs: Tokens) -> Option<Diagnostic> {
    let (gold, predicted) = (&*gold.file, &*predicted.file);
    let lengths = (ours.len(), theirs.len());
    let (first_gold, first) = (ours.start, theirs.start);
    let differs = ours.zip(theirs).find(|(ours, theirs)| gold.token(*ours) != predicted.token(*theirs));
    let diagnostic = if let Some((ours, theirs)) = differs {
        let message = format!(
            "the token is {:?}, but in {}:{} it is {:?}",
            predicted.token(theirs),
            gold.file.display(),
            gold.line_of(ours),
            gold.token(ours)
        );
        Diagnostic::new(message).at((predicted.line_of(theirs), 1))
    } else if lengths.0 != lengths.1 {
        let message = format!(
            "the sentence has {}, but that in {}:{} has {}",
            tokens(lengths.1),
            gold.file.display(),
            gold.line_of(first_gold),
            lengths.0
        );
        Diagnostic::new(message).at((predicted.line_of(first), 1))
    } else {
        return None;
    };
    Some(
        diagnostic
            .in_file(&predicted.file)
            .help("token files are joined by their sentences: both need the same tokens"),
    )
}

fn tokens(count: usize) -> String {
    if count == 1 { "1 token".to_owned() } else { format!("{count} tokens") }
}

fn count(gold: &Tags, predicted: &Tags, ours: Option<Tokens>, theirs: Option<Tokens>) -> Diagnostic {
    let here = match predicted.sentences.len() {
        1 => "there is 1 sentence".to_owned(),
        count => format!("there are {count} sentences"),
    };
    let message = format!("{here}, but {} in {}", gold.sentences.len(), gold.file.file.display());
    let diagnostic = Diagnostic::new(message).in_file(&predicted.file.file);
    if let Some(tokens) = theirs {
        let diagnostic = diagnostic.at((predicted.file.line_of(tokens.start), 1));
        return diagnostic.help("this sentence is the first without a golden one");
    }
    let line = ours.map_or(1, |tokens| gold.file.line_of(tokens.start));
    let end = predicted.tokens().end.checked_sub(1).map_or(1, |last| predicted.file.line_of(last));
    let help = format!("the first that is missing is in {}:{line}", gold.file.file.display());
    diagnostic.at((end, 1)).help(help)
}
