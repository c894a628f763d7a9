//! Colours of verdicts. A colour never stands alone: the word that it colours says the same.

use clap::builder::styling::{AnsiColor, Color, Effects, Style};
use karat::compare::ChangeVerdict;
use karat::gate::GateVerdict;

/// What a word or a figure means to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A pass or a gain: green.
    Good,
    /// A failure or a loss: red.
    Bad,
    /// An undecided verdict: yellow.
    Unsure,
    /// Nothing changed: dim.
    Faint,
}

impl Tone {
    pub const ALL: [Self; 4] = [Self::Good, Self::Bad, Self::Unsure, Self::Faint];

    fn style(self) -> Style {
        let coloured = |color: AnsiColor| Style::new().fg_color(Some(Color::Ansi(color)));
        match self {
            Self::Good => coloured(AnsiColor::Green),
            Self::Bad => coloured(AnsiColor::Red),
            Self::Unsure => coloured(AnsiColor::Yellow),
            Self::Faint => Style::new().effects(Effects::DIMMED),
        }
    }

    /// Returns the escape sequences before and after a text of this tone.
    pub fn escapes(self) -> [String; 2] {
        let style = self.style();
        [style.render().to_string(), style.render_reset().to_string()]
    }

    /// Returns the tone of a verdict of a gate.
    pub fn of_gate(verdict: GateVerdict) -> Self {
        match verdict {
            GateVerdict::Pass => Self::Good,
            GateVerdict::Fail => Self::Bad,
            GateVerdict::Inconclusive => Self::Unsure,
            GateVerdict::Identical => Self::Faint,
        }
    }

    /// Returns the tone of a change. The verdict decides, not the sign: of error rates, a lower one
    /// is better.
    pub fn of_change(verdict: ChangeVerdict) -> Option<Self> {
        match verdict {
            ChangeVerdict::Better => Some(Self::Good),
            ChangeVerdict::Worse => Some(Self::Bad),
            ChangeVerdict::Inconclusive => Some(Self::Unsure),
            ChangeVerdict::Identical | ChangeVerdict::Unchanged => Some(Self::Faint),
            ChangeVerdict::Descriptive => None,
        }
    }

    /// Returns the tone of a verdict of karat's own as a table or a report names it.
    pub fn of_word(verdict: &str) -> Option<Self> {
        match verdict {
            "pass" | "better" | "yes" | "holds" => Some(Self::Good),
            "fail" | "worse" | "FAILS" => Some(Self::Bad),
            "inconclusive" => Some(Self::Unsure),
            "identical" | "unchanged" => Some(Self::Faint),
            _ => None,
        }
    }
}
