//! Counts the outcome of every value of two lists of records.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::key::Key;
use super::tree::{FieldRule, TreeEntry, TreeLeaf, ValueTree, side_by_side};
use super::values;
use crate::align::{AlignedRecords, Similarity, align_records, align_sequences};
use crate::document::Value;
use crate::metric::Counts;
use crate::metric::item::{Class, Item, Side};
use crate::metric::json_value::CodePoints;
use crate::metric::options::ListOrder;

/// A record with its first span.
pub(super) struct Rooted<'a> {
    /// Its index in the document, from 0.
    pub index: Option<u32>,
    pub entries: Vec<TreeEntry<'a>>,
    pub span: Option<CodePoints>,
}

/// The outcomes of the values of one field.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FieldCounts {
    pub counts: Counts,
    /// The number of values absent on both sides.
    pub absent: u64,
    /// The weight, in thousandths.
    pub weight: u32,
}

/// The values that two annotators gave to a field. Two values are equal as categories if they score
/// as correct.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldRating {
    /// The path of the field.
    pub field: Arc<str>,
    /// [`Key::Nothing`] stands for an absent value.
    pub values: [Key; 2],
}

/// The outcomes, by path and as items.
#[derive(Default)]
pub(super) struct CountedItems {
    pub fields: BTreeMap<Arc<str>, FieldCounts>,
    pub items: Vec<Item>,
    /// What a reviewer must know about the figures.
    pub warnings: Vec<String>,
    /// If set, the values of both sides are collected as categories, and records that are not
    /// similar are paired (see [`pairs_of_rest`]).
    pub ratings: Option<Vec<FieldRating>>,
    /// The spans of the two records, used for values without a span of their own.
    spans: (Option<CodePoints>, Option<CodePoints>),
    /// The indices of the two records.
    records: [Option<u32>; 2],
}

impl CountedItems {
    /// Returns an empty result that collects ratings, too.
    pub fn with_ratings() -> Self {
        Self { ratings: Some(Vec::new()), ..Self::default() }
    }

    /// Compares all records; returns the number of gold records that are entirely correct.
    pub fn records(&mut self, gold: &[Rooted<'_>], predicted: &[Rooted<'_>], declared: &[Arc<FieldRule>]) -> u64 {
        let mut answered = vec![false; predicted.len()];
        let AlignedRecords { mut pairs, is_greedy } = pairs(gold, predicted);
        if is_greedy {
            self.warnings.push(format!("too many records are alike {GREEDY}"));
        }
        if self.ratings.is_some() {
            pairs.extend(pairs_of_rest(&pairs, gold, predicted));
            pairs.sort_unstable();
        }
        let mut pairs = pairs.into_iter().peekable();
        let mut right = 0;
        for (g, record) in gold.iter().enumerate() {
            match pairs.next_if(|pair| pair.0 == g) {
                Some((_, p)) => {
                    answered[p] = true;
                    self.begin(Some(record), Some(&predicted[p]));
                    let before = self.items.len();
                    self.objects(&record.entries, &predicted[p].entries);
                    self.declared(&record.entries, &predicted[p].entries, declared);
                    right += u64::from(self.items[before..].iter().all(|item| item.class == Class::Correct));
                }
                None => {
                    self.begin(Some(record), None);
                    record.entries.iter().for_each(|entry| self.alone(&entry.node, true));
                }
            }
        }
        for (record, _) in predicted.iter().zip(answered).filter(|(_, answered)| !answered) {
            self.begin(None, Some(record));
            record.entries.iter().for_each(|entry| self.alone(&entry.node, false));
        }
        right
    }

    /// Begins with the values of two records, or of one.
    fn begin(&mut self, gold: Option<&Rooted<'_>>, predicted: Option<&Rooted<'_>>) {
        let span = |record: Option<&Rooted<'_>>| record.and_then(|record| record.span);
        self.spans = (span(gold), span(predicted));
        self.records = [gold, predicted].map(|record| record.and_then(|record| record.index));
    }

    fn push(&mut self, item: Item) {
        self.items.push(Item { records: self.records, ..item });
    }

    /// Counts declared fields that neither record of a pair has as correctly absent.
    fn declared(&mut self, gold: &[TreeEntry<'_>], predicted: &[TreeEntry<'_>], declared: &[Arc<FieldRule>]) {
        // Entries are in the order of their names.
        let has =
            |entries: &[TreeEntry<'_>], name: &str| entries.binary_search_by(|entry| entry.name.cmp(name)).is_ok();
        for field in declared {
            if !has(gold, &field.path) && !has(predicted, &field.path) {
                self.of(field).absent += 1;
            }
        }
    }

    fn objects(&mut self, gold: &[TreeEntry<'_>], predicted: &[TreeEntry<'_>]) {
        for (g, p) in side_by_side(gold, predicted) {
            let Some(field) = g.or(p).map(|entry| &entry.field) else { continue };
            let node =
                |entry: Option<&'_ TreeEntry<'_>>| entry.is_none_or(|entry| matches!(entry.node, ValueTree::Absent));
            match (node(g), node(p)) {
                (true, true) => self.of(field).absent += 1,
                _ => self.nodes(
                    field,
                    g.map_or(&ValueTree::Absent, |e| &e.node),
                    p.map_or(&ValueTree::Absent, |e| &e.node),
                ),
            }
        }
    }

    fn nodes(&mut self, field: &Arc<FieldRule>, gold: &ValueTree<'_>, predicted: &ValueTree<'_>) {
        match (gold, predicted) {
            (ValueTree::Object(a), ValueTree::Object(b)) if !a.is_empty() || !b.is_empty() => self.objects(a, b),
            (ValueTree::Object(a), ValueTree::Absent) if !a.is_empty() => self.objects(a, &[]),
            (ValueTree::Absent, ValueTree::Object(b)) if !b.is_empty() => self.objects(&[], b),
            (ValueTree::Leaf(g), ValueTree::Leaf(p)) if is_same(g, p) => self.pair(Class::Correct, g, p),
            (ValueTree::Leaf(g), ValueTree::Leaf(p)) => self.pair(Class::WrongValue, g, p),
            (ValueTree::Leaf(g), p) if p.is_empty() && g.key.allows_nothing() => self.of(field).absent += 1,
            (g, p) if g.is_empty() && p.is_empty() => self.of(field).absent += 1,
            (ValueTree::List(g), ValueTree::List(p)) if field.options.list != ListOrder::Any => {
                self.sequences(field, g, p);
            }
            (ValueTree::List(_), _) | (_, ValueTree::List(_)) => self.lists(field, gold, predicted),
            (g, p) => {
                self.alone(g, true);
                self.alone(p, false);
            }
        }
    }

    /// Pairs the items of two lists whose order is scored.
    fn sequences(&mut self, field: &Arc<FieldRule>, gold: &[ValueTree<'_>], predicted: &[ValueTree<'_>]) {
        let aligned = match field.options.list {
            ListOrder::Exact => None,
            ListOrder::Ordered | ListOrder::Any => {
                let is_same = |g: usize, p: usize| are_equal(&gold[g], &predicted[p]);
                let aligned = align_sequences(gold.len(), predicted.len(), is_same);
                if aligned.is_none() {
                    let (path, of_gold, of_predicted) = (&field.path, gold.len(), predicted.len());
                    self.warnings.push(format!(
                        "field `{path}`: the lists of {of_gold} and {of_predicted} items are too long to be aligned, \
                         and are paired by index"
                    ));
                }
                aligned
            }
        };
        let pairs = aligned.unwrap_or_else(|| (0..gold.len().min(predicted.len())).map(|at| (at, at)).collect());
        let (mut next_gold, mut next_predicted) = (0, 0);
        for (g, p) in pairs.into_iter().chain([(gold.len(), predicted.len())]) {
            gold[next_gold..g].iter().for_each(|node| self.alone(node, true));
            predicted[next_predicted..p].iter().for_each(|node| self.alone(node, false));
            if let (Some(gold), Some(predicted)) = (gold.get(g), predicted.get(p)) {
                self.nodes(field, gold, predicted);
            }
            (next_gold, next_predicted) = (g + 1, p + 1);
        }
    }

    /// Pairs the values of two lists with each other, and the objects with each other.
    fn lists(&mut self, field: &FieldRule, gold: &ValueTree<'_>, predicted: &ValueTree<'_>) {
        let (gold, predicted) = (Items::of(gold), Items::of(predicted));
        let AlignedRecords { pairs: leaves, is_greedy: are_values_greedy } = gold.paired_leaves(&predicted);
        for &(g, p) in &leaves {
            self.pair(Class::Correct, gold.leaves[g], predicted.leaves[p]);
        }
        let AlignedRecords { pairs: objects, is_greedy: are_objects_greedy } = gold.paired_objects(&predicted);
        if are_values_greedy || are_objects_greedy {
            self.warnings.push(format!("field `{}`: too many items of a list are alike {GREEDY}", field.path));
        }
        for &(g, p) in &objects {
            self.objects(gold.objects[g], predicted.objects[p]);
        }
        let left = |count: usize, taken: Vec<usize>| {
            let mut is_left = vec![true; count];
            taken.into_iter().for_each(|at| is_left[at] = false);
            (0..count).filter(move |at| is_left[*at])
        };
        for at in left(gold.leaves.len(), leaves.iter().map(|pair| pair.0).collect()) {
            self.leaf_alone(gold.leaves[at], true);
        }
        for at in left(gold.objects.len(), objects.iter().map(|pair| pair.0).collect()) {
            gold.objects[at].iter().for_each(|entry| self.alone(&entry.node, true));
        }
        for at in left(predicted.leaves.len(), leaves.iter().map(|pair| pair.1).collect()) {
            self.leaf_alone(predicted.leaves[at], false);
        }
        for at in left(predicted.objects.len(), objects.iter().map(|pair| pair.1).collect()) {
            predicted.objects[at].iter().for_each(|entry| self.alone(&entry.node, false));
        }
    }

    /// Counts every value of a tree without a partner.
    fn alone(&mut self, node: &ValueTree<'_>, is_gold: bool) {
        match node {
            ValueTree::Absent => {}
            ValueTree::Leaf(leaf) => self.leaf_alone(leaf, is_gold),
            ValueTree::Object(entries) => entries.iter().for_each(|entry| self.alone(&entry.node, is_gold)),
            ValueTree::List(items) => items.iter().for_each(|item| self.alone(item, is_gold)),
        }
    }

    fn leaf_alone(&mut self, leaf: &TreeLeaf<'_>, is_gold: bool) {
        if let Some(ratings) = &mut self.ratings {
            let mut values = [leaf.key.clone(), Key::Nothing];
            values.rotate_right(usize::from(!is_gold));
            ratings.push(FieldRating { field: Arc::clone(&leaf.field.path), values });
        }
        let counts = &mut self.of(&leaf.field).counts;
        if is_gold {
            counts.missed += 1;
            self.push(Item::missed(side(leaf, self.spans.0)));
        } else {
            counts.spurious += 1;
            self.push(Item::spurious(Class::Spurious, side(leaf, self.spans.1)));
        }
    }

    fn pair(&mut self, class: Class, gold: &TreeLeaf<'_>, predicted: &TreeLeaf<'_>) {
        if let Some(ratings) = &mut self.ratings {
            let mut values = [gold.key.clone(), predicted.key.clone()];
            if class == Class::Correct {
                // The lower one is the same whichever annotator is the first. A value is lower than
                // alternatives that contain it.
                let least = values.iter().min().cloned().unwrap_or(Key::Nothing);
                values = [least.clone(), least];
            }
            ratings.push(FieldRating { field: Arc::clone(&gold.field.path), values });
        }
        let counts = &mut self.of(&gold.field).counts;
        *(if class == Class::Correct { &mut counts.correct } else { &mut counts.incorrect }) += 1;
        self.push(Item::pair(class, side(gold, self.spans.0), side(predicted, self.spans.1)));
    }

    fn of(&mut self, field: &FieldRule) -> &mut FieldCounts {
        if !self.fields.contains_key(&field.path) {
            let counts = FieldCounts { weight: field.options.weight, ..FieldCounts::default() };
            self.fields.insert(Arc::clone(&field.path), counts);
        }
        self.fields.get_mut(&field.path).expect("it was put there")
    }
}

/// The consequence of more alike records, or items of a list, than can be compared with each other.
const GREEDY: &str = "to find the best pairs: those with only frequent values in common are paired in order, and the \
    figures may be lower than with the best pairs";

/// Returns the best pairs of records; records without any values are paired with each other in
/// order.
fn pairs(gold: &[Rooted<'_>], predicted: &[Rooted<'_>]) -> AlignedRecords {
    fn entries<'n, 'a>(records: &'n [Rooted<'a>]) -> Vec<&'n [TreeEntry<'a>]> {
        records.iter().map(|record| &record.entries[..]).collect()
    }
    let AlignedRecords { mut pairs, is_greedy } = paired_objects(&entries(gold), &entries(predicted));
    let empty = |records: &[Rooted<'_>]| {
        let is_empty = |record: &Rooted<'_>| record.entries.iter().all(|entry| entry.node.is_empty());
        records.iter().enumerate().filter(|(_, record)| is_empty(record)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    pairs.extend(empty(gold).into_iter().zip(empty(predicted)));
    pairs.sort_unstable();
    AlignedRecords { pairs, is_greedy }
}

/// Returns pairs of the records that are in no pair yet, in canonical order, as far as both sides
/// have one. Classes of a document are such records: they have a single field, and no value in
/// common where two annotators differ. Records with several fields are only paired if each side has
/// a single record; otherwise they are different records.
fn pairs_of_rest(pairs: &[(usize, usize)], gold: &[Rooted<'_>], predicted: &[Rooted<'_>]) -> Vec<(usize, usize)> {
    let is_single = |record: &Rooted<'_>| record.entries.len() == 1;
    if (gold.len(), predicted.len()) != (1, 1) && !gold.iter().chain(predicted).all(is_single) {
        return Vec::new();
    }
    let (mut is_left, mut is_right) = (vec![true; gold.len()], vec![true; predicted.len()]);
    for &(g, p) in pairs {
        (is_left[g], is_right[p]) = (false, false);
    }
    let rest = |is_rest: Vec<bool>| (0..is_rest.len()).filter(move |at| is_rest[*at]);
    rest(is_left).zip(rest(is_right)).collect()
}

/// The values and the objects of a list, or of a single node.
#[derive(Default)]
struct Items<'n, 'a> {
    leaves: Vec<&'n TreeLeaf<'a>>,
    objects: Vec<&'n [TreeEntry<'a>]>,
}

impl<'n, 'a> Items<'n, 'a> {
    fn of(node: &'n ValueTree<'a>) -> Self {
        let mut items = Self::default();
        let mut add = |node: &'n ValueTree<'a>| match node {
            ValueTree::Leaf(leaf) => items.leaves.push(leaf),
            ValueTree::Object(entries) => items.objects.push(entries),
            ValueTree::Absent | ValueTree::List(_) => {}
        };
        match node {
            ValueTree::List(list) => list.iter().for_each(add),
            single => add(single),
        }
        items
    }

    fn paired_leaves(&self, predicted: &Self) -> AlignedRecords {
        let is_plain = |leaf: &&TreeLeaf<'_>| leaf.key.is_plain(leaf.field.options.compare);
        if self.leaves.iter().chain(&predicted.leaves).all(is_plain) {
            return AlignedRecords { pairs: equal(&self.leaves, &predicted.leaves), is_greedy: false };
        }
        // Equality under the comparator need not be transitive, so even single values are paired
        // optimally.
        let alike = |g: usize, p: usize| {
            let alike = leaves_alike(self.leaves[g], predicted.leaves[p]);
            if alike.agreeing > 0 { alike } else { Similarity::default() }
        };
        align_records(&vec![1; self.leaves.len()], &vec![1; predicted.leaves.len()], alike, || {
            values::of_leaves(&self.leaves, &predicted.leaves)
        })
    }

    fn paired_objects(&self, predicted: &Self) -> AlignedRecords {
        paired_objects(&self.objects, &predicted.objects)
    }
}

/// Returns the best pairs of two lists of objects.
fn paired_objects(gold: &[&[TreeEntry<'_>]], predicted: &[&[TreeEntry<'_>]]) -> AlignedRecords {
    // Of identical lists, each best assignment pairs each object with one that is identical.
    if gold.len() == predicted.len() && gold.iter().zip(predicted).all(|(g, p)| are_identical(g, p)) {
        return AlignedRecords { pairs: (0..gold.len()).map(|at| (at, at)).collect(), is_greedy: false };
    }
    let sizes = |objects: &[&[TreeEntry<'_>]]| objects.iter().map(|entries| 1 + compared_items(entries)).collect();
    let (of_gold, of_predicted): (Vec<u64>, Vec<u64>) = (sizes(gold), sizes(predicted));
    let alike = |g: usize, p: usize| objects_alike(gold[g], predicted[p]);
    align_records(&of_gold, &of_predicted, alike, || values::of_objects(gold, predicted))
}

/// Returns the number of items of the lists in an object, at any depth, that are compared with each
/// item of another list. Values whose equality is transitive are not: they are sorted.
fn compared_items(entries: &[TreeEntry<'_>]) -> u64 {
    fn of_node(node: &ValueTree<'_>, is_item: bool) -> u64 {
        match node {
            ValueTree::Absent => 0,
            ValueTree::Leaf(leaf) => u64::from(is_item && !leaf.key.is_plain(leaf.field.options.compare)),
            ValueTree::Object(entries) => u64::from(is_item) + compared_items(entries),
            ValueTree::List(items) => items.iter().map(|item| of_node(item, true)).sum(),
        }
    }
    entries.iter().map(|entry| of_node(&entry.node, false)).sum()
}

/// Returns whether two objects are written alike, with values whose equality is transitive on every
/// path. In two lists of such objects each best assignment pairs objects with equal values, so that
/// all of them give the same figures. Objects with absent values, or with lists whose order is
/// scored, are excluded: these affect the figures, but not the assignment.
fn are_identical(gold: &[TreeEntry<'_>], predicted: &[TreeEntry<'_>]) -> bool {
    fn of_nodes(gold: &ValueTree<'_>, predicted: &ValueTree<'_>) -> bool {
        match (gold, predicted) {
            (ValueTree::Leaf(g), ValueTree::Leaf(p)) => {
                g.value == p.value && g.key == p.key && g.key.is_plain(g.field.options.compare)
            }
            (ValueTree::Object(g), ValueTree::Object(p)) => are_identical(g, p),
            (ValueTree::List(g), ValueTree::List(p)) => {
                !g.is_empty() && g.len() == p.len() && g.iter().zip(p).all(|(g, p)| of_nodes(g, p))
            }
            _ => false,
        }
    }
    let is_same = |g: &TreeEntry<'_>, p: &TreeEntry<'_>| {
        g.name == p.name && g.field.options.list == ListOrder::Any && of_nodes(&g.node, &p.node)
    };
    !gold.is_empty() && gold.len() == predicted.len() && gold.iter().zip(predicted).all(|(g, p)| is_same(g, p))
}

/// Returns the pairs of equal keys by merging two sorted lists, in the order of the first.
fn equal(gold: &[&TreeLeaf<'_>], predicted: &[&TreeLeaf<'_>]) -> Vec<(usize, usize)> {
    let sorted = |leaves: &[&TreeLeaf<'_>]| {
        let mut order: Vec<usize> = (0..leaves.len()).collect();
        order.sort_by(|&a, &b| leaves[a].key.cmp(&leaves[b].key));
        order
    };
    let (left, right) = (sorted(gold), sorted(predicted));
    let (mut at, mut to, mut pairs) = (0, 0, Vec::new());
    while at < left.len() && to < right.len() {
        match gold[left[at]].key.cmp(&predicted[right[to]].key) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => to += 1,
            std::cmp::Ordering::Equal => {
                pairs.push((left[at], right[to]));
                (at, to) = (at + 1, to + 1);
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Returns whether two items of a list are equal in all of their values.
fn are_equal(gold: &ValueTree<'_>, predicted: &ValueTree<'_>) -> bool {
    match (gold, predicted) {
        (ValueTree::Leaf(g), ValueTree::Leaf(p)) => is_same(g, p),
        (ValueTree::Object(a), ValueTree::Object(b)) => side_by_side(a, b).into_iter().all(|(g, p)| {
            are_equal(
                g.map_or(&ValueTree::Absent, |entry| &entry.node),
                p.map_or(&ValueTree::Absent, |entry| &entry.node),
            )
        }),
        (ValueTree::List(a), ValueTree::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(g, p)| are_equal(g, p)),
        (g, p) => g.is_empty() && p.is_empty(),
    }
}

fn is_same(gold: &TreeLeaf<'_>, predicted: &TreeLeaf<'_>) -> bool {
    gold.key.is_same(&predicted.key, gold.field.options.compare)
}

fn leaves_alike(gold: &TreeLeaf<'_>, predicted: &TreeLeaf<'_>) -> Similarity {
    let agreeing = if is_same(gold, predicted) { gold.field.options.weight.into() } else { 0 };
    Similarity { agreeing, shared: gold.key.shared(&predicted.key) }
}

fn objects_alike(gold: &[TreeEntry<'_>], predicted: &[TreeEntry<'_>]) -> Similarity {
    let mut alike = Similarity::default();
    for (g, p) in side_by_side(gold, predicted) {
        if let (Some(g), Some(p)) = (g, p) {
            alike += nodes_alike(&g.node, &p.node);
        }
    }
    alike
}

fn nodes_alike(gold: &ValueTree<'_>, predicted: &ValueTree<'_>) -> Similarity {
    match (gold, predicted) {
        (ValueTree::Leaf(g), ValueTree::Leaf(p)) => leaves_alike(g, p),
        (ValueTree::Object(a), ValueTree::Object(b)) => objects_alike(a, b),
        (ValueTree::List(_), _) | (_, ValueTree::List(_)) => {
            let (gold, predicted) = (Items::of(gold), Items::of(predicted));
            let mut alike = Similarity::default();
            for (g, p) in gold.paired_leaves(&predicted).pairs {
                alike.agreeing += leaves_alike(gold.leaves[g], predicted.leaves[p]).agreeing;
            }
            for (g, p) in gold.paired_objects(&predicted).pairs {
                alike += objects_alike(gold.objects[g], predicted.objects[p]);
            }
            alike
        }
        _ => Similarity::default(),
    }
}

/// Returns one side of an item, with the span of the value or else of its record.
fn side(leaf: &TreeLeaf<'_>, of_record: Option<CodePoints>) -> Side {
    value_side(&leaf.field.path, leaf.value, of_record)
}

pub(super) fn value_side(path: &str, value: &Value, of_record: Option<CodePoints>) -> Side {
    let span = value.span().or(of_record).and_then(|(start, end)| Some((start.try_into().ok()?, end.try_into().ok()?)));
    Side { span, label: path.to_owned(), text: value.shown() }
}
