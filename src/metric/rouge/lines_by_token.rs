//! An index from tokens to the lines of a text that contain them.
//!
//! The union of longest common subsequences compares every line of one text with every line of
//! another. Two lines without a common token have no common subsequence, so only the others need be
//! compared: for texts of many different lines, a few of each line instead of all.

/// Up to this number of lines, all are visited: the index would cost more than it saves.
const FEW: usize = 16;

/// The lines of a text, to visit those that share a token with another line.
pub(in crate::metric) struct LinesByToken<'t> {
    lines: Vec<&'t [u32]>,
    /// `None` for a text of few lines.
    index: Option<LineIndex>,
}

struct LineIndex {
    /// For each token, where its lines begin in `postings`; they end where those of the next token
    /// begin.
    starts: Vec<usize>,
    /// The indexes of lines, by token.
    postings: Vec<usize>,
    /// For each token and for each line, the number of the last query that met it.
    met_tokens: Vec<usize>,
    met_lines: Vec<usize>,
    queries: usize,
}

impl<'t> LinesByToken<'t> {
    /// Indexes lines whose tokens are numbered below `vocabulary`.
    pub(in crate::metric) fn new(vocabulary: usize, lines: impl Iterator<Item = &'t [u32]>) -> Self {
        let lines: Vec<&[u32]> = lines.collect();
        let index = (lines.len() > FEW).then(|| LineIndex::new(vocabulary, &lines));
        Self { lines, index }
    }

    /// Visits each line that shares a token with `line` once, in any order. Of a text of few lines,
    /// it also visits the others.
    pub(in crate::metric) fn visit_sharing(&mut self, line: &[u32], mut visit: impl FnMut(&[u32])) {
        match &mut self.index {
            None => self.lines.iter().for_each(|line| visit(line)),
            Some(index) => index.visit_sharing(line, |at| visit(self.lines[at])),
        }
    }
}

impl LineIndex {
    fn new(vocabulary: usize, lines: &[&[u32]]) -> Self {
        let mut starts = vec![0; vocabulary + 1];
        // A token that occurs several times in a line has it once.
        let mut last_line = vec![usize::MAX; vocabulary];
        let mut each_token_of_lines = |visit: &mut dyn FnMut(usize, usize)| {
            last_line.fill(usize::MAX);
            for (at, line) in lines.iter().enumerate() {
                for &token in *line {
                    let token = token as usize;
                    if std::mem::replace(&mut last_line[token], at) != at {
                        visit(token, at);
                    }
                }
            }
        };
        each_token_of_lines(&mut |token, _| starts[token + 1] += 1);
        for token in 0..vocabulary {
            starts[token + 1] += starts[token];
        }
        let mut next = starts.clone();
        let mut postings = vec![0; starts[vocabulary]];
        each_token_of_lines(&mut |token, at| {
            postings[next[token]] = at;
            next[token] += 1;
        });
        Self { starts, postings, met_tokens: vec![0; vocabulary], met_lines: vec![0; lines.len()], queries: 0 }
    }

    fn visit_sharing(&mut self, line: &[u32], mut visit: impl FnMut(usize)) {
        self.queries += 1;
        for &token in line {
            let token = token as usize;
            if std::mem::replace(&mut self.met_tokens[token], self.queries) == self.queries {
                continue;
            }
            for &at in &self.postings[self.starts[token]..self.starts[token + 1]] {
                if std::mem::replace(&mut self.met_lines[at], self.queries) != self.queries {
                    visit(at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FEW, LinesByToken};

    fn lines(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<u32>>> {
        prop::collection::vec(prop::collection::vec(0..60_u32, 1..6), count)
    }

    proptest! {
        #[test]
        fn visits_exactly_the_lines_that_share_a_token(text in lines(FEW + 1..60), queries in lines(1..20)) {
            let mut index = LinesByToken::new(60, text.iter().map(Vec::as_slice));
            for query in &queries {
                let mut expected: Vec<&[u32]> = text.iter().map(Vec::as_slice).collect();
                expected.retain(|line| line.iter().any(|token| query.contains(token)));
                let mut visited = Vec::new();
                index.visit_sharing(query, |line| visited.push(line.to_vec()));
                expected.sort_unstable();
                visited.sort_unstable();
                prop_assert_eq!(visited, expected);
            }
        }
    }

    #[test]
    fn lines_of_other_tokens_are_not_visited() {
        let text: Vec<[u32; 2]> = (0..1_000).map(|at| [2 * at, 2 * at + 1]).collect();
        let mut index = LinesByToken::new(2_000, text.iter().map(|line| &line[..]));
        let mut visits = 0;
        text.iter().for_each(|line| index.visit_sharing(line, |_| visits += 1));
        assert_eq!(visits, 1_000);
    }
}
