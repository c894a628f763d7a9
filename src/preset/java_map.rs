//! The order in which a `java.util.HashMap` with text keys gives its entries: what a Java tool that walks one finds first.

/// The places of the keys, which are distinct and were put in the order given, in the order of iteration.
///
/// By bucket (the hash code spread over the table's size, which doubles beyond three quarters), and within a bucket by
/// insertion. Buckets of eight and more keys, which the JDK turns into trees, are not modelled.
pub(super) fn order(keys: &[String]) -> Vec<usize> {
    let mut size = 16_usize;
    while keys.len() * 4 > size * 3 {
        size *= 2;
    }
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&at| spread(&keys[at]) as usize & (size - 1));
    order
}

/// `String.hashCode`, with its upper half folded into the lower.
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

    /// What OpenJDK 17 prints for a HashMap that T1, T2, ... were put into.
    #[test]
    fn the_order_is_that_of_the_jdk() {
        assert_eq!(walk(12).join(" "), "T4 T5 T6 T10 T7 T8 T12 T9 T11 T1 T2 T3");
        assert_eq!(
            walk(26).join(" "),
            "T21 T20 T23 T22 T25 T24 T26 T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T12 T11 T14 T13 T16 T15 T18 T17 T19"
        );
    }
}
