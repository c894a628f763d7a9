//! Connected components of the overlap graph, found without listing its edges.
//!
//! n spans that all overlap have n² pairs, so pairs are counted before they are listed. Components
//! and the number of their pairs come from one sweep over the sorted parts of the spans and from
//! binary searches, in the time of a sort. The edges of a component are listed only if there are
//! few enough of them for an exact solution ([`super::solver`]).

use super::LabelledSpan;
use super::objective::{Edge, Gain};

/// The items of both sides, each sorted.
pub(super) struct Sides<'a> {
    /// The number of gold items.
    pub golds: usize,
    /// Every form of every gold item with the index of the item, sorted.
    pub forms: Vec<(&'a LabelledSpan, usize)>,
    /// The predictions.
    pub predicted: Vec<&'a LabelledSpan>,
    /// Items of equal spans, where pairs outside the group are excluded for the smaller side.
    pub groups: Vec<SameSpan>,
}

/// The items that have one span, as indices in order. The sides differ in size, and the smaller one
/// is paired within the group.
#[derive(Debug, Clone, Default)]
pub(super) struct SameSpan {
    pub gold: Vec<usize>,
    pub predicted: Vec<usize>,
}

/// A contiguous part of a form or of a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    start: u32,
    end: u32,
    /// Index into the forms, or that of a prediction plus the number of forms.
    item: usize,
}

/// A connected component of the overlap graph.
#[derive(Debug, Default)]
pub(super) struct Component {
    /// The gold items, in order.
    pub gold: Vec<usize>,
    /// The predictions, in order.
    pub predicted: Vec<usize>,
    /// The forms of the gold items, in order.
    pub forms: Vec<usize>,
    /// The groups of equal spans.
    pub groups: Vec<usize>,
    /// The number of overlapping pairs of parts, which is at least that of edges.
    pub pairs: usize,
    /// The parts of the items that may be paired outside of a group, by start.
    parts: Vec<Part>,
}

impl<'a> Sides<'a> {
    /// Returns the sides of gold items with one form each.
    pub fn of(gold: &'a [LabelledSpan], predicted: &'a [LabelledSpan]) -> Self {
        let forms = gold.iter().enumerate().map(|(g, form)| (form, g)).collect();
        Self { golds: gold.len(), forms, predicted: predicted.iter().collect(), groups: Vec::new() }
    }

    fn is_form(&self, item: usize) -> bool {
        item < self.forms.len()
    }

    fn span(&self, item: usize) -> &'a LabelledSpan {
        if self.is_form(item) { self.forms[item].0 } else { self.predicted[item - self.forms.len()] }
    }

    /// Returns the vertex of an item: a gold item, or the number of gold items plus the index of a
    /// prediction.
    fn vertex(&self, item: usize) -> usize {
        if self.is_form(item) { self.forms[item].1 } else { self.golds + item - self.forms.len() }
    }

    /// Returns the parts of all items that may be paired outside of a group, by start.
    fn parts(&self) -> Vec<Part> {
        let mut is_confined = vec![false; self.golds + self.predicted.len()];
        for group in &self.groups {
            if group.gold.len() < group.predicted.len() {
                group.gold.iter().for_each(|&g| is_confined[g] = true);
            } else {
                group.predicted.iter().for_each(|&p| is_confined[self.golds + p] = true);
            }
        }
        let items = (0..self.forms.len() + self.predicted.len()).filter(|&item| !is_confined[self.vertex(item)]);
        let part = |item: usize| self.span(item).parts().map(move |(start, end)| Part { start, end, item });
        let mut parts: Vec<Part> = items.flat_map(part).filter(|part| part.start < part.end).collect();
        parts.sort_unstable();
        parts
    }

    /// Returns the components with at least one pair, in the order of their first gold items.
    pub fn components(&self) -> Vec<Component> {
        let parts = self.parts();
        let mut sets = self.connected(&parts);
        let mut component_of_root = vec![usize::MAX; self.golds + self.predicted.len()];
        let mut is_paired = vec![false; self.golds + self.predicted.len()];
        for p in 0..self.predicted.len() {
            is_paired[sets.root(self.golds + p)] = true;
        }
        let mut components: Vec<Component> = Vec::new();
        for g in 0..self.golds {
            let root = sets.root(g);
            if !is_paired[root] {
                continue;
            }
            if component_of_root[root] == usize::MAX {
                component_of_root[root] = components.len();
                components.push(Component::default());
            }
            components[component_of_root[root]].gold.push(g);
        }
        for p in 0..self.predicted.len() {
            if let Some(of) = components.get_mut(component_of_root[sets.root(self.golds + p)]) {
                of.predicted.push(p);
            }
        }
        for (form, (_, g)) in self.forms.iter().enumerate() {
            if let Some(of) = components.get_mut(component_of_root[sets.root(*g)]) {
                of.forms.push(form);
            }
        }
        for (at, group) in self.groups.iter().enumerate() {
            components[component_of_root[sets.root(group.gold[0])]].groups.push(at);
        }
        for part in parts {
            if let Some(of) = components.get_mut(component_of_root[sets.root(self.vertex(part.item))]) {
                of.parts.push(part);
            }
        }
        components.iter_mut().for_each(|component| component.pairs = self.count_pairs(component));
        components
    }

    /// Joins the items that overlap. Once an item has been joined with all open ones of the other
    /// side, these are in one set, and what overlaps any of them later overlaps the one that ends
    /// last. The others are dropped, so that each part is looked at a constant number of times on
    /// average.
    fn connected(&self, parts: &[Part]) -> DisjointSets {
        let mut sets = DisjointSets::new(self.golds + self.predicted.len());
        let mut open: [Vec<Part>; 2] = [Vec::new(), Vec::new()];
        for part in parts {
            let side = usize::from(self.is_form(part.item));
            let others = &mut open[1 - side];
            others.retain(|other| other.end > part.start);
            for other in others.iter() {
                sets.join(self.vertex(part.item), self.vertex(other.item));
            }
            if let Some(last) = others.iter().copied().max_by_key(|other| (other.end, other.item)) {
                others.clear();
                others.push(last);
            }
            open[side].push(*part);
        }
        for group in &self.groups {
            for &g in &group.gold {
                sets.join(g, self.golds + group.predicted[0]);
            }
            for &p in &group.predicted {
                sets.join(group.gold[0], self.golds + p);
            }
        }
        sets
    }

    /// Counts the overlapping pairs of parts: of the predictions' parts that start before the end
    /// of a form's part, those are not counted that end by its start.
    fn count_pairs(&self, component: &Component) -> usize {
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for part in component.parts.iter().filter(|part| !self.is_form(part.item)) {
            starts.push(part.start);
            ends.push(part.end);
        }
        ends.sort_unstable();
        let of_part = |part: &Part| {
            let before = starts.partition_point(|&start| start < part.end);
            before - ends.partition_point(|&end| end <= part.start)
        };
        let free: usize = component.parts.iter().filter(|part| self.is_form(part.item)).map(of_part).sum();
        let of_group = |&at: &usize| self.groups[at].gold.len() * self.groups[at].predicted.len();
        free + component.groups.iter().map(of_group).sum::<usize>()
    }

    /// Returns the edges of a component for each of its gold items, by local index, in order. The
    /// time and the memory are linear in the number of pairs.
    pub fn edges(&self, component: &Component) -> Vec<Vec<Edge>> {
        let local_gold = |g: usize| component.gold.binary_search(&g).expect("a gold item of the component");
        let local = |p: usize| component.predicted.binary_search(&p).expect("a prediction of the component");
        let mut edges: Vec<Vec<Edge>> = vec![Vec::new(); component.gold.len()];
        let mut add = |form: usize, p: usize, p_local: usize| {
            let (form, g) = self.forms[form];
            if let Some(gain) = Gain::of(form, self.predicted[p]) {
                edges[local_gold(g)].push(Edge::new(p_local, gain));
            }
        };
        let mut open: [Vec<Part>; 2] = [Vec::new(), Vec::new()];
        for part in &component.parts {
            let is_form = self.is_form(part.item);
            let others = &mut open[usize::from(!is_form)];
            others.retain(|other| other.end > part.start);
            for other in others.iter() {
                let (form, p) = if is_form { (part.item, other.item) } else { (other.item, part.item) };
                let p = p - self.forms.len();
                add(form, p, local(p));
            }
            open[usize::from(is_form)].push(*part);
        }
        for group in component.groups.iter().map(|&at| &self.groups[at]) {
            for &p in &group.predicted {
                let p_local = local(p);
                group.gold.iter().for_each(|&g| add(g, p, p_local));
            }
        }
        // Of several edges between two items, the best is kept: spans may overlap in several parts,
        // and gold items in several forms.
        for edges in &mut edges {
            edges.sort_unstable_by(|a, b| a.predicted.cmp(&b.predicted).then_with(|| b.gain().cmp(&a.gain())));
            edges.dedup_by_key(|edge| edge.predicted);
        }
        edges
    }
}

/// All overlapping pairs of two lists that are sorted by start, ordered by gold item and then
/// prediction.
pub(super) fn overlaps(gold: &[LabelledSpan], predicted: &[LabelledSpan]) -> Vec<(usize, usize, Gain)> {
    let mut edges = Vec::new();
    let (mut open_gold, mut open_predicted): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let (mut g, mut p) = (0, 0);
    while g < gold.len() || p < predicted.len() {
        let gold_is_next = p == predicted.len() || (g < gold.len() && gold[g].start <= predicted[p].start);
        if gold_is_next {
            let start = gold[g].start;
            open_predicted.retain(|&other| predicted[other].end > start);
            edges.extend(open_predicted.iter().filter_map(|&other| edge(gold, predicted, g, other)));
            open_gold.push(g);
            g += 1;
        } else {
            let start = predicted[p].start;
            open_gold.retain(|&other| gold[other].end > start);
            edges.extend(open_gold.iter().filter_map(|&other| edge(gold, predicted, other, p)));
            open_predicted.push(p);
            p += 1;
        }
    }
    edges.sort_unstable_by_key(|&(g, p, _)| (g, p));
    edges
}

fn edge(gold: &[LabelledSpan], predicted: &[LabelledSpan], g: usize, p: usize) -> Option<(usize, usize, Gain)> {
    Some((g, p, Gain::of(&gold[g], &predicted[p])?))
}

/// Disjoint sets (union-find) with path halving and union by size.
pub(super) struct DisjointSets {
    parent: Vec<usize>,
    size: Vec<usize>,
}

impl DisjointSets {
    pub fn new(size: usize) -> Self {
        Self { parent: (0..size).collect(), size: vec![1; size] }
    }

    pub fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            let (large, small) = if self.size[a] >= self.size[b] { (a, b) } else { (b, a) };
            self.parent[small] = large;
            self.size[large] += self.size[small];
        }
    }
}
