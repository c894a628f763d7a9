//! Interleaves lists, so that a truncated list contains items of every group.

/// Returns the first item of every queue, then the second of every queue, and so on.
pub(super) fn alternating<T>(queues: impl IntoIterator<Item = impl IntoIterator<Item = T>>) -> Vec<T> {
    let mut queues: Vec<_> = queues.into_iter().map(IntoIterator::into_iter).collect();
    let mut taken = Vec::new();
    loop {
        let before = taken.len();
        taken.extend(queues.iter_mut().filter_map(Iterator::next));
        if taken.len() == before {
            return taken;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::alternating;

    #[test]
    fn everyone_has_a_turn_before_anyone_has_two() {
        assert_eq!(alternating([vec![1, 2, 3], vec![], vec![4], vec![5, 6]]), [1, 4, 5, 2, 6, 3]);
        assert!(alternating([[0; 0]; 2]).is_empty());
    }
}
