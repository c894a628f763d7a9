//! The layout of scores and ratings by system and document.

/// A systems × documents matrix that records which summaries were scored and rated. Values of a
/// grid are stored as one list, system by system; entries without a summary are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The number of systems.
    pub systems: usize,
    /// The number of documents.
    pub documents: usize,
    present: Vec<bool>,
}

impl Grid {
    /// Creates a grid from `systems * documents` flags, system by system.
    ///
    /// # Panics
    /// Panics if the number of flags differs.
    pub fn new(systems: usize, documents: usize, present: Vec<bool>) -> Self {
        assert_eq!(present.len(), systems * documents, "a flag for each system and document");
        Self { systems, documents, present }
    }

    /// Index of a summary in a list of values; `None` if there is no such summary.
    pub fn index(&self, system: usize, document: usize) -> Option<usize> {
        let index = system * self.documents + document;
        self.present[index].then_some(index)
    }

    /// Indices of all summaries, in ascending order.
    pub fn indices(&self) -> impl Iterator<Item = usize> {
        self.present.iter().enumerate().filter(|(_, present)| **present).map(|(index, _)| index)
    }

    /// The number of summaries.
    pub fn summaries(&self) -> usize {
        self.indices().count()
    }

    /// The largest number of systems that summarised the same document.
    pub fn most_systems(&self) -> usize {
        let of = |document| (0..self.systems).filter(|system| self.index(*system, document).is_some()).count();
        (0..self.documents).map(of).max().unwrap_or(0)
    }
}
