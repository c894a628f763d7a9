//! The threads of the drop-in modules.

use std::process;
use std::sync::{Arc, Mutex};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// The pool with the process that it belongs to: after a fork, the child has none of its threads.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// Calls `work` in the pool of this process, or on this thread if no pool can be had.
pub fn install<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    match pool() {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

fn pool() -> Option<Arc<ThreadPool>> {
    let new = || ThreadPoolBuilder::new().build().ok().map(Arc::new);
    // In a child that was forked while the lock was held, it stays held, and each call makes a pool
    // of its own.
    let Ok(mut current) = POOL.try_lock() else { return new() };
    if let Some((id, pool)) = &*current
        && *id == process::id()
    {
        return Some(Arc::clone(pool));
    }
    let pool = new()?;
    // Dropping the pool of the parent would wait for threads that do not exist here.
    std::mem::forget(current.replace((process::id(), Arc::clone(&pool))));
    Some(pool)
}
