//! Threads that take requests from a queue.

use std::thread;

/// Calls a function on `count` threads. If fewer can be started, the work is left to those; if none
/// can, the calling thread does it.
pub(super) fn on_threads(count: usize, work: impl Fn() + Sync) {
    on_threads_by(count, work, &|_| thread::Builder::new());
}

/// Like [`on_threads`], with a builder for each thread by its number.
fn on_threads_by(count: usize, work: impl Fn() + Sync, builder: &dyn Fn(usize) -> thread::Builder) {
    thread::scope(|scope| {
        let started = (0..count).take_while(|number| builder(*number).spawn_scoped(scope, &work).is_ok()).count();
        if started == 0 {
            work();
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::on_threads_by;

    /// A stack of 2^62 bytes is more than any system has, so that its thread cannot be started.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn threads_that_cannot_be_started_are_done_without() {
        for (allowed, calls) in [(0, 1), (1, 1), (2, 2), (3, 3)] {
            let called = AtomicUsize::new(0);
            let work = || {
                called.fetch_add(1, Ordering::Relaxed);
            };
            on_threads_by(3, work, &|number| {
                let builder = thread::Builder::new();
                if number < allowed { builder } else { builder.stack_size(1 << 62) }
            });
            assert_eq!(called.into_inner(), calls, "{allowed}");
        }
    }
}
