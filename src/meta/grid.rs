//! Which summaries there are.

/// Systems by documents: which systems' summaries of which documents were scored and rated. Values of a grid come as one list,
/// system by system, with anything where there is no summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The number of systems.
    pub systems: usize,
    /// The number of documents.
    pub documents: usize,
    present: Vec<bool>,
}

impl Grid {
    /// The grid of a list of `systems * documents` flags, system by system.
    pub fn new(systems: usize, documents: usize, present: Vec<bool>) -> Self {
        assert_eq!(present.len(), systems * documents, "a flag for each system and document");
        Self { systems, documents, present }
    }

    /// The place of a summary in a list of values, where there is one.
    pub fn place(&self, system: usize, document: usize) -> Option<usize> {
        let place = system * self.documents + document;
        self.present[place].then_some(place)
    }

    /// The places of all summaries, in order.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.present.iter().enumerate().filter(|(_, present)| **present).map(|(place, _)| place)
    }

    /// The number of summaries.
    pub fn summaries(&self) -> usize {
        self.places().count()
    }

    /// The largest number of systems that summarized the same document.
    pub fn most_systems(&self) -> usize {
        let of = |document| (0..self.systems).filter(|system| self.place(*system, document).is_some()).count();
        (0..self.documents).map(of).max().unwrap_or(0)
    }
}
