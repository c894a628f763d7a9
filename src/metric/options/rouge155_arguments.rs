//! Parses the command-line arguments of ROUGE-1.5.5.

use std::str::FromStr;

use super::{Counting, LengthLimit, ReferenceFormula, Rouge155Options, SkipBigrams};

/// An invalid argument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseArgumentsError {
    /// What is wrong, and what to do.
    pub message: String,
}

/// Options that are followed by a value.
const WITH_VALUE: &str = "bceflnprtwz23";

/// Parses a command line for ROUGE-1.5.5 without its files: `-n 2 -m -l 100 -f B`. Other options
/// have the program's defaults: only ROUGE-L, no stemming, `-c 95 -r 1000 -f A -p 0.5 -t 0`.
/// Options without a value may be combined, and values may directly follow their option, as in
/// `-mn4`; the last of repeated options applies.
impl FromStr for Rouge155Options {
    type Err = ParseArgumentsError;

    fn from_str(arguments: &str) -> Result<Self, Self::Err> {
        let mut options = Self::unasked();
        let mut given = Given::default();
        let mut words = arguments.split_whitespace();
        while let Some(word) = words.next() {
            let Some(mut letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                return Err(diagnostic(format!("`{word}` is not an option: the files are those of --gold and --pred")));
            };
            while let Some(letter) = letters.chars().next() {
                let rest = &letters[letter.len_utf8()..];
                if WITH_VALUE.contains(letter) {
                    let value = if rest.is_empty() { words.next() } else { Some(rest) };
                    let value = value.ok_or_else(|| diagnostic(format!("-{letter} needs a value")))?;
                    options.set(letter, value, &mut given)?;
                    break;
                }
                options.switch(letter, &mut given)?;
                letters = rest;
            }
        }
        given.finish(&mut options)?;
        Ok(options)
    }
}

/// Options that have a meaning only together with others.
#[derive(Default)]
struct Given {
    words: Option<u32>,
    bytes: Option<u32>,
    has_gap: bool,
    unigrams: bool,
    both: bool,
}

impl Given {
    fn finish(self, options: &mut Rouge155Options) -> Result<(), ParseArgumentsError> {
        options.length = match (self.words, self.bytes) {
            (Some(_), Some(_)) => return Err(diagnostic("-l and -b exclude each other".to_owned())),
            (Some(most @ 1..), None) => LengthLimit::Words(most),
            (None, Some(most @ 1..)) => LengthLimit::Bytes(most),
            // The program treats 0 as no limit.
            _ => LengthLimit::All,
        };
        options.skip_bigrams = match (self.has_gap, self.unigrams, self.both) {
            (false, ..) => SkipBigrams::None,
            (true, true, _) => SkipBigrams::Su,
            (true, false, true) => SkipBigrams::Both,
            (true, false, false) => SkipBigrams::S,
        };
        Ok(())
    }
}

impl Rouge155Options {
    fn switch(&mut self, letter: char, given: &mut Given) -> Result<(), ParseArgumentsError> {
        match letter {
            'm' => self.stem = true,
            's' => self.needs_stop_words = true,
            'x' => self.lcs = false,
            'u' => given.unigrams = true,
            'U' => given.both = true,
            // These only affect what is printed.
            'a' | 'd' | 'v' => {}
            'h' | 'H' => {
                return Err(diagnostic(format!("-{letter} asks ROUGE-1.5.5 for help; see docs/METHODOLOGY.md")));
            }
            'M' => {
                return Err(diagnostic(
                    "-M, which stems references alone and is not documented, is not supported".into(),
                ));
            }
            _ => {
                let known = "-a -b -c -d -f -l -m -n -p -r -s -t -u -U -v -w -x -z -2";
                return Err(diagnostic(format!("ROUGE-1.5.5 has no option -{letter} (supported are {known})")));
            }
        }
        Ok(())
    }

    fn set(&mut self, letter: char, value: &str, given: &mut Given) -> Result<(), ParseArgumentsError> {
        let between = |what: &str| diagnostic(format!("-{letter} must be {what}, and is {value:?}"));
        let share = |most: f64, what: &str| {
            value.parse().ok().filter(|value| (0.0..=most).contains(value)).ok_or_else(|| between(what))
        };
        let whole = || value.parse::<u32>().map_err(|_| between("a whole number"));
        match letter {
            'n' => self.longest_ngram = value.parse().ok().filter(|n| *n <= 9).ok_or_else(|| between("0 to 9"))?,
            'w' => {
                let weight = value.parse().ok().filter(|weight| *weight > 0.0 && *weight <= 100.0);
                self.weight = weight.ok_or_else(|| between("above 0 and at most 100"))?;
            }
            '2' => {
                self.gap = value.parse().map_err(|_| between("a whole number, negative for no limit"))?;
                given.has_gap = true;
            }
            'l' => given.words = Some(whole()?),
            'b' => given.bytes = Some(whole()?),
            'c' => self.confidence = share(100.0, "0 to 100")?,
            'p' => self.alpha = share(1.0, "0 to 1")?,
            'r' => self.resamples = whole().ok().filter(|r| *r > 0).ok_or_else(|| between("a number from 1 up"))?,
            'f' => {
                self.formula = match value {
                    "A" => ReferenceFormula::A,
                    "B" => ReferenceFormula::B,
                    _ => return Err(between("A or B")),
                }
            }
            't' => {
                self.counting = match value {
                    "0" => Counting::Documents,
                    "1" => Counting::Tokens,
                    "2" => Counting::Counts,
                    _ => return Err(between("0, 1 or 2")),
                }
            }
            'z' if value.eq_ignore_ascii_case("SPL") => {}
            'z' => return Err(diagnostic("of -z only SPL is supported: one sentence a line".to_owned())),
            'e' => {
                let message = "-e is not supported: name the folder of WordNet's exceptions by --wordnet-exceptions, \
                               and the stop words by --stop-words";
                return Err(diagnostic(message.to_owned()));
            }
            _ => return Err(diagnostic(format!("-{letter} (basic elements) is not supported"))),
        }
        Ok(())
    }
}

fn diagnostic(message: String) -> ParseArgumentsError {
    ParseArgumentsError { message }
}

#[cfg(test)]
mod tests {
    use super::{Counting, LengthLimit, ReferenceFormula, Rouge155Options};

    fn names(arguments: &str) -> String {
        let kinds = arguments.parse::<Rouge155Options>().unwrap().kinds();
        kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_arguments_of_the_conferences_are_the_default() {
        let arguments = "-n 4 -w 1.2 -m -2 4 -u -c 95 -r 1000 -f A -p 0.5 -t 0 -a -d";
        assert_eq!(arguments.parse(), Ok(Rouge155Options::default()));
    }

    #[test]
    fn what_is_computed_follows_the_program() {
        assert_eq!(names(""), "rougeL");
        assert_eq!(names("-x -n2"), "rouge1 rouge2");
        assert_eq!(names("-2 -1 -U -n 1 -w1.2"), "rouge1 rougeL rougeW rougeS* rougeSU*");
        assert_eq!(names("-xu -24"), "rougeSU4");
        assert_eq!(names("-u -U"), "rougeL");
        assert_eq!(names("-x -2 0 -u -U"), "rougeSU0");
        assert_eq!(names("-x -2 4"), "rougeS4");
        assert_eq!(names("-n 4 -n 1"), "rouge1 rougeL");
    }

    #[test]
    fn values_are_read() {
        let options: Rouge155Options = "-msl100 -f B -p.25 -t1 -c 90 -r 50 -z spl".parse().unwrap();
        assert!(options.stem && options.needs_stop_words);
        assert_eq!((options.length, options.formula), (LengthLimit::Words(100), ReferenceFormula::B));
        assert_eq!((options.alpha, options.counting), (0.25, Counting::Tokens));
        assert_eq!((options.confidence, options.resamples), (90.0, 50));
        assert_eq!("-b 0".parse::<Rouge155Options>().unwrap().length, LengthLimit::All);
    }

    #[test]
    fn wrong_arguments_are_reported() {
        for (arguments, message) in [
            ("-l 5 -b 5", "-l and -b exclude each other"),
            ("-n", "-n needs a value"),
            ("-n 10", "-n must be 0 to 9, and is \"10\""),
            ("-f C", "-f must be A or B, and is \"C\""),
            ("-t 3", "-t must be 0, 1 or 2, and is \"3\""),
            ("-p nan", "-p must be 0 to 1, and is \"nan\""),
            ("-w 0", "-w must be above 0 and at most 100, and is \"0\""),
            ("-r 0", "-r must be a number from 1 up, and is \"0\""),
            ("-3 HM", "-3 (basic elements) is not supported"),
            ("-z SEE", "of -z only SPL is supported: one sentence a line"),
            ("settings.xml", "`settings.xml` is not an option: the files are those of --gold and --pred"),
        ] {
            assert_eq!(arguments.parse::<Rouge155Options>().unwrap_err().message, message);
        }
        for arguments in ["-q", "-mé", "-M", "-h", "-e data", "-"] {
            assert!(arguments.parse::<Rouge155Options>().is_err(), "{arguments}");
        }
    }
}
