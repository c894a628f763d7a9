//! The iteration order of a `java.util.HashMap` with text keys, which determines the first match in
//! Java tools that iterate over one.

/// Returns the indices of the keys, which are distinct and were inserted in the given order, in
/// iteration order.
///
/// The order is by bucket (the hash code spread over the table size, which doubles at a load factor
/// of three quarters) and within a bucket by insertion. Buckets of eight and more keys, which the
/// JDK turns into trees, are not modelled.
pub(super) fn order(keys: &[String]) -> Vec<usize> {
    let mut size = 16_usize;
    while keys.len() * 4 > size * 3 {
        size *= 2;
    }
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&at| spread(&keys[at]) as usize & (size - 1));
    order
}

/// Returns `String.hashCode` with its upper half folded into the lower.
fn spread(key: &str) -> u32 {
    let hash = key.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::order;

    fn walk(count: usize) -> Vec<String> {
        let keys: Vec<String> = (1..=count).map(|n| format!("T{n}")).collect();
        order(&keys).into_iter().map(|at| keys[at].clone()).collect()
    }

    /// The order that OpenJDK 17 prints for a HashMap into which T1, T2, ... were inserted.
    #[test]
    fn the_order_is_that_of_the_jdk() {
        assert_eq!(walk(12).join(" "), "T4 T5 T6 T10 T7 T8 T12 T9 T11 T1 T2 T3");
        assert_eq!(
            walk(26).join(" "),
            "T21 T20 T23 T22 T25 T24 T26 T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T12 T11 T14 T13 T16 T15 T18 T17 T19"
        );
    }
}
