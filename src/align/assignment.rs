//! Optimal assignment in a sparse graph by shortest augmenting paths.
//!
//! It is the Hungarian method on a sparse graph (Jonker and Volgenant 1987, without their
//! initialisation). Gold items enter one by one, each along the cheapest alternating path to a free
//! prediction or to a gold item that is better left out. The dual prices then show which other
//! assignments are equally good, and [`Matching::refine`] finds the lexicographically smallest of
//! them.
//!
//! Both take at most as many steps as there are gold items times edges, so that callers bound the
//! size of a component ([`super::solver`], [`super::sparse`]).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A sparse bipartite graph with positive weights.
pub(super) struct Graph {
    /// The number of predictions.
    pub predicted: usize,
    /// For each gold item, its predictions in order, with the weight of the pair.
    pub edges: Vec<Vec<(u32, i128)>>,
}

/// Returns the pairs with the largest sum of weights, in gold order. Of equally good lists it is
/// the lexicographically smallest.
pub(super) fn solve(graph: &Graph) -> Vec<(usize, usize)> {
    let mut matching = Matching::new(graph);
    let mut search = Search::new(graph);
    for root in 0..graph.edges.len() {
        matching.insert(root, &mut search);
    }
    matching.refine();
    matching.predicted_of.iter().enumerate().filter_map(|(g, p)| Some((g, (*p)?))).collect()
}

/// A matching, and dual prices under which it is optimal: `gold_price + predicted_price >= weight`
/// on every edge, with equality on matched edges, and price 0 for every unmatched vertex.
struct Matching<'a> {
    edges: &'a [Vec<(u32, i128)>],
    gold_price: Vec<i128>,
    predicted_price: Vec<i128>,
    predicted_of: Vec<Option<usize>>,
    gold_of: Vec<Option<usize>>,
}

/// Buffers of [`Matching::insert`], which most often needs few of their entries.
struct Search {
    /// The distance of each prediction, valid if `seen` has the number of the search.
    distance: Vec<i128>,
    through: Vec<usize>,
    seen: Vec<usize>,
    settled: Vec<usize>,
    heap: BinaryHeap<Reverse<(i128, usize)>>,
}

impl Search {
    fn new(graph: &Graph) -> Self {
        Self {
            distance: vec![0; graph.predicted],
            through: vec![0; graph.predicted],
            seen: vec![0; graph.predicted],
            settled: Vec::new(),
            heap: BinaryHeap::new(),
        }
    }
}

impl<'a> Matching<'a> {
    fn new(graph: &'a Graph) -> Self {
        let best = |edges: &Vec<(u32, i128)>| edges.iter().map(|&(_, weight)| weight).max().unwrap_or_default();
        Self {
            edges: &graph.edges,
            gold_price: graph.edges.iter().map(best).collect(),
            predicted_price: vec![0; graph.predicted],
            predicted_of: vec![None; graph.edges.len()],
            gold_of: vec![None; graph.predicted],
        }
    }

    fn slack(&self, g: usize, p: usize, weight: i128) -> i128 {
        self.gold_price[g] + self.predicted_price[p] - weight
    }

    fn pair(&mut self, g: usize, p: usize) {
        self.predicted_of[g] = Some(p);
        self.gold_of[p] = Some(g);
    }

    /// Adds a gold item: Dijkstra over reduced costs, then an update of the prices of all vertices
    /// nearer than the end of the path.
    fn insert(&mut self, root: usize, search: &mut Search) {
        let number = root + 1;
        search.heap.clear();
        search.settled.clear();
        let mut golds = vec![(root, 0)];
        // The nearest end found so far: a gold item to leave out, or a free prediction.
        let mut give_up = (self.gold_price[root], root);
        let mut free: Option<(i128, usize)> = None;
        let mut current = (root, 0);
        loop {
            let (g, so_far) = current;
            for &(p, weight) in &self.edges[g] {
                let p = p as usize;
                let reach = so_far + self.slack(g, p, weight);
                // A path that is no shorter than one to an end is never taken.
                let is_near = reach < give_up.0 && free.is_none_or(|(nearest, _)| reach < nearest);
                if !is_near || (search.seen[p] == number && search.distance[p] <= reach) {
                    continue;
                }
                search.seen[p] = number;
                search.distance[p] = reach;
                search.through[p] = g;
                match self.gold_of[p] {
                    None => free = Some((reach, p)),
                    Some(_) => search.heap.push(Reverse((reach, p))),
                }
            }
            let nearest = loop {
                match search.heap.pop() {
                    Some(Reverse((reach, p))) if search.distance[p] != reach => {}
                    other => break other,
                }
            };
            let Some(Reverse((reach, p))) = nearest else { break };
            if reach >= give_up.0 || free.is_some_and(|(nearest, _)| nearest <= reach) {
                break;
            }
            search.settled.push(p);
            let next = self.gold_of[p].expect("free predictions are not in the heap");
            golds.push((next, reach));
            if reach + self.gold_price[next] < give_up.0 {
                give_up = (reach + self.gold_price[next], next);
            }
            current = (next, reach);
        }
        // Of the two, the one found later is nearer, or the other is no longer in the way.
        let free = free.filter(|(reach, _)| *reach < give_up.0);
        let end = free.map_or(give_up.0, |(reach, _)| reach);
        for (g, reach) in golds {
            self.gold_price[g] -= end - reach;
        }
        for &p in &search.settled {
            self.predicted_price[p] += end - search.distance[p];
        }
        match free {
            Some((_, p)) => self.augment(p, &search.through, root),
            None if give_up.1 == root => {}
            None => {
                let freed = self.predicted_of[give_up.1].take().expect("a gold item on a path has an answer");
                self.gold_of[freed] = None;
                self.augment(freed, &search.through, root);
            }
        }
    }

    fn augment(&mut self, mut p: usize, through: &[usize], root: usize) {
        loop {
            let g = through[p];
            let previous = self.predicted_of[g];
            self.pair(g, p);
            match previous {
                Some(before) if g != root => p = before,
                _ => return,
            }
        }
    }

    /// Moves to the lexicographically smallest list of pairs among the equally good assignments,
    /// which use tight edges only and leave out no vertex with a positive price. Gold items in
    /// order take the smallest prediction that leaves the rest repairable.
    fn refine(&mut self) {
        let golds_of = self.tight_golds();
        let mut is_fixed = vec![false; self.edges.len()];
        let mut is_fixed_predicted = vec![false; self.gold_of.len()];
        let mut exchange = Exchange::new(self.edges.len());
        for g in 0..self.edges.len() {
            is_fixed[g] = true;
            let own = self.predicted_of[g];
            let is_smaller = |&(p, weight): &(u32, i128)| {
                let p = p as usize;
                own.is_none_or(|own| p < own) && !is_fixed_predicted[p] && self.slack(g, p, weight) == 0
            };
            let smaller: Vec<usize> =
                self.edges[g].iter().filter(|edge| is_smaller(edge)).map(|edge| edge.0 as usize).collect();
            if !smaller.is_empty() {
                exchange.search(self, &golds_of, &is_fixed, g, smaller[0]);
                if let Some(&p) = smaller.iter().find(|&&p| exchange.reaches(self.gold_of[p])) {
                    exchange.apply(self, g, p);
                }
            }
            if let Some(p) = self.predicted_of[g] {
                is_fixed_predicted[p] = true;
            }
        }
    }

    /// Returns the gold items with a tight edge to each prediction.
    fn tight_golds(&self) -> Vec<Vec<u32>> {
        let mut golds = vec![Vec::new(); self.gold_of.len()];
        for (g, edges) in self.edges.iter().enumerate() {
            for &(p, weight) in edges {
                if self.slack(g, p as usize, weight) == 0 {
                    golds[p as usize].push(g as u32);
                }
            }
        }
        golds
    }
}

/// What a gold item moves to in an exchange.
#[derive(Debug, Clone, Copy)]
enum Move {
    /// It is paired with this prediction.
    Take(usize),
    /// It becomes unmatched.
    Leave,
}

/// The reservoir of unmatched items moves, too, in an exchange: an item leaves it for one that
/// enters it.
#[derive(Debug, Clone, Copy)]
enum Refill {
    /// This prediction becomes unmatched.
    Prediction(usize),
    /// This gold item, which was unmatched, becomes matched.
    Gold(usize),
    /// The exchange began here.
    Start,
}

/// The search for alternating paths over tight edges, backwards from what a gold item gives up: it
/// finds every gold item that could be repaired if its own prediction were taken away.
struct Exchange {
    moves: Vec<Option<Move>>,
    refill: Option<Refill>,
    visited: Vec<usize>,
}

impl Exchange {
    fn new(golds: usize) -> Self {
        Self { moves: vec![None; golds], refill: None, visited: Vec::new() }
    }

    /// Returns whether the owner of a prediction can be repaired; `None` owns the unmatched ones.
    fn reaches(&self, owner: Option<usize>) -> bool {
        owner.map_or(self.refill.is_some(), |g| self.moves[g].is_some())
    }

    /// Finds every gold item that can be repaired once `g` gives up its place; stops early if
    /// `wanted` can be taken.
    fn search(&mut self, matching: &Matching<'_>, golds_of: &[Vec<u32>], is_fixed: &[bool], g: usize, wanted: usize) {
        self.visited.drain(..).for_each(|g| self.moves[g] = None);
        self.refill = None;
        let owner = matching.gold_of[wanted];
        // `None` stands for the reservoir.
        let mut queue: VecDeque<Option<usize>> = VecDeque::from([matching.predicted_of[g]]);
        if matching.predicted_of[g].is_none() {
            self.refill = Some(Refill::Start);
        }
        while let Some(place) = queue.pop_front() {
            if self.reaches(owner) {
                return;
            }
            match place {
                Some(p) => {
                    self.visit(matching, golds_of, is_fixed, p, &mut queue);
                    if matching.predicted_price[p] == 0 && self.refill.is_none() {
                        self.refill = Some(Refill::Prediction(p));
                        queue.push_back(None);
                    }
                }
                None => {
                    for other in (0..matching.edges.len()).filter(|&other| !is_fixed[other]) {
                        if let (0, Some(own), None) =
                            (matching.gold_price[other], matching.predicted_of[other], self.moves[other])
                        {
                            self.moves[other] = Some(Move::Leave);
                            self.visited.push(other);
                            queue.push_back(Some(own));
                        }
                    }
                    for p in (0..matching.gold_of.len()).filter(|&p| matching.gold_of[p].is_none()) {
                        self.visit(matching, golds_of, is_fixed, p, &mut queue);
                    }
                }
            }
        }
    }

    /// Visits the gold items that could take a prediction.
    fn visit(
        &mut self,
        matching: &Matching<'_>,
        golds_of: &[Vec<u32>],
        is_fixed: &[bool],
        p: usize,
        queue: &mut VecDeque<Option<usize>>,
    ) {
        for &other in &golds_of[p] {
            let other = other as usize;
            if is_fixed[other] || self.moves[other].is_some() || matching.predicted_of[other] == Some(p) {
                continue;
            }
            self.moves[other] = Some(Move::Take(p));
            self.visited.push(other);
            match matching.predicted_of[other] {
                Some(own) => queue.push_back(Some(own)),
                None if self.refill.is_none() => {
                    self.refill = Some(Refill::Gold(other));
                    queue.push_back(None);
                }
                None => {}
            }
        }
    }

    /// Gives `p` to `g` and repairs the gold items that lose their prediction, one after the other.
    fn apply(&self, matching: &mut Matching<'_>, g: usize, p: usize) {
        let given_up = matching.predicted_of[g];
        if let Some(given_up) = given_up {
            matching.gold_of[given_up] = None;
        }
        let mut displaced = matching.gold_of[p];
        matching.pair(g, p);
        loop {
            // The next to move: a gold item without its prediction, or the reservoir.
            let from_reservoir = match displaced {
                Some(other) => match self.moves[other].expect("the search found a way") {
                    Move::Take(next) => {
                        let owner = matching.gold_of[next];
                        matching.pair(other, next);
                        if given_up == Some(next) {
                            return;
                        }
                        displaced = owner;
                        owner.is_none()
                    }
                    Move::Leave => {
                        matching.predicted_of[other] = None;
                        true
                    }
                },
                None => true,
            };
            if !from_reservoir {
                continue;
            }
            match self.refill.expect("the search reached the reservoir") {
                Refill::Start => return,
                Refill::Prediction(freed) => {
                    if given_up == Some(freed) {
                        return;
                    }
                    displaced = matching.gold_of[freed].take();
                }
                Refill::Gold(other) => displaced = Some(other),
            }
        }
    }
}
