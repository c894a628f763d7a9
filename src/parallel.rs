//! The parallel operations of the crate: on rayon's current thread pool with the feature
//! `parallel`, and one item after another on the calling thread without it.
//!
//! This is the only module that the feature changes. Every operation returns its results in the
//! order of the items, so that figures do not depend on the feature or on the number of threads.

#[cfg(feature = "parallel")]
mod pool {
    use rayon::prelude::*;

    /// Applies a function to all items, and returns the results in the order of the items.
    pub(crate) fn map<I, T, R>(items: I, function: impl Fn(T) -> R + Sync + Send) -> Vec<R>
    where
        I: IntoParallelIterator<Item = T>,
        R: Send,
    {
        items.into_par_iter().map(function).collect()
    }

    /// Applies a function to consecutive chunks of at most `size` items, and returns the results in
    /// the order of the chunks. `size` must not be 0.
    pub(crate) fn map_chunks<T: Sync, R: Send>(
        items: &[T],
        size: usize,
        function: impl Fn(&[T]) -> R + Sync + Send,
    ) -> Vec<R> {
        items.par_chunks(size).map(function).collect()
    }

    /// Applies a function to all items and merges the results. `merge` must be associative, and
    /// `empty` must return its neutral element.
    pub(crate) fn map_reduce<I, T, R>(
        items: I,
        function: impl Fn(T) -> R + Sync + Send,
        empty: impl Fn() -> R + Sync + Send,
        merge: impl Fn(R, R) -> R + Sync + Send,
    ) -> R
    where
        I: IntoParallelIterator<Item = T>,
        R: Send,
    {
        items.into_par_iter().map(function).reduce(empty, merge)
    }

    /// Whether a predicate holds for all items. Stops soon after the first item that violates it.
    pub(crate) fn all<I, T>(items: I, predicate: impl Fn(T) -> bool + Sync + Send) -> bool
    where
        I: IntoParallelIterator<Item = T>,
    {
        items.into_par_iter().all(predicate)
    }

    /// Calls two functions and returns both results.
    pub(crate) fn join<A: Send, B: Send>(
        first: impl FnOnce() -> A + Send,
        second: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        rayon::join(first, second)
    }

    /// Calls a function once for each thread of the pool, on those threads.
    pub(crate) fn on_each_thread(function: impl Fn() + Sync + Send) {
        rayon::scope(|scope| {
            for _ in 0..rayon::current_num_threads() {
                scope.spawn(|_| function());
            }
        });
    }
}

#[cfg(not(feature = "parallel"))]
mod sequence {
    /// Applies a function to all items, and returns the results in the order of the items.
    pub(crate) fn map<I, T, R>(items: I, function: impl Fn(T) -> R + Sync + Send) -> Vec<R>
    where
        I: IntoIterator<Item = T>,
        R: Send,
    {
        items.into_iter().map(function).collect()
    }

    /// Applies a function to consecutive chunks of at most `size` items, and returns the results in
    /// the order of the chunks. `size` must not be 0.
    pub(crate) fn map_chunks<T: Sync, R: Send>(
        items: &[T],
        size: usize,
        function: impl Fn(&[T]) -> R + Sync + Send,
    ) -> Vec<R> {
        items.chunks(size).map(function).collect()
    }

    /// Applies a function to all items and merges the results. `merge` must be associative, and
    /// `empty` must return its neutral element.
    pub(crate) fn map_reduce<I, T, R>(
        items: I,
        function: impl Fn(T) -> R + Sync + Send,
        empty: impl Fn() -> R + Sync + Send,
        merge: impl Fn(R, R) -> R + Sync + Send,
    ) -> R
    where
        I: IntoIterator<Item = T>,
        R: Send,
    {
        items.into_iter().map(function).fold(empty(), merge)
    }

    /// Whether a predicate holds for all items. Stops after the first item that violates it.
    pub(crate) fn all<I, T>(items: I, predicate: impl Fn(T) -> bool + Sync + Send) -> bool
    where
        I: IntoIterator<Item = T>,
    {
        items.into_iter().all(predicate)
    }

    /// Calls two functions and returns both results.
    pub(crate) fn join<A: Send, B: Send>(
        first: impl FnOnce() -> A + Send,
        second: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        (first(), second())
    }

    /// Calls a function once, on the calling thread.
    pub(crate) fn on_each_thread(function: impl Fn() + Sync + Send) {
        function();
    }
}

#[cfg(feature = "parallel")]
pub(crate) use pool::{all, join, map, map_chunks, map_reduce, on_each_thread};
#[cfg(not(feature = "parallel"))]
pub(crate) use sequence::{all, join, map, map_chunks, map_reduce, on_each_thread};

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{all, join, map, map_chunks, map_reduce, on_each_thread};

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let numbers: Vec<u64> = (0..10_000).collect();
        assert_eq!(
            map(0..10_000_u64, |number| number * 2),
            numbers.iter().map(|number| number * 2).collect::<Vec<_>>()
        );
        let merge = |mut one: Vec<u64>, other: Vec<u64>| {
            one.extend(other);
            one
        };
        assert_eq!(map_reduce(&numbers, |number| vec![*number], Vec::new, merge), numbers);
        assert_eq!(map_chunks(&numbers, 3_000, <[u64]>::len), [3_000, 3_000, 3_000, 1_000]);
        assert!(all(&numbers, |number| *number < 10_000) && !all(&numbers, |number| *number != 7));
        assert_eq!(join(|| 1, || "two"), (1, "two"));
    }

    #[test]
    fn a_function_is_called_on_every_thread() {
        let calls = AtomicUsize::new(0);
        on_each_thread(|| {
            calls.fetch_add(1, Ordering::Relaxed);
        });
        assert!(calls.into_inner() >= 1);
    }
}
