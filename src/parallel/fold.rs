//! Folding a range of items in parallel, chunk by chunk.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::crew::Crew;
use super::governance::Watch;
use super::{mutex, team};
use crate::error::{Error, Result};

/// Folds the items `0..total` in chunks of `chunk` items, the last one perhaps shorter.
///
/// The calling thread and up to as many workers as make the threads of a call, [`Crew::for_call`], claim
/// chunks in increasing order; each folds those it gets into an accumulator of its own from `new`, and
/// `merge` brings the accumulators together. Which chunks meet in which accumulator, and the order of
/// merging, vary from run to run: with exact accumulators that cannot be seen.
///
/// Before each chunk the attached control is asked, and after it the progress is reported. So a chunk should
/// take well below 50 ms, and at least some 10 µs to be worth the claim. The first failing chunk decides the
/// error, on any number of threads: all chunks before it were claimed before it, and what is claimed is
/// completed. A panic of any of the functions, on any thread, unwinds from here.
///
/// FORKED answers a child that was forked inside the call, by `work` or by a signal handler, while
/// workers were helping: their part of the work stayed with the parent.
///
/// If one thread is in force, if there is a single chunk, or if the caller is a worker of the library,
/// everything runs on the calling thread and nothing is allocated here.
pub fn fold_chunks<A: Send>(
    total: usize,
    chunk: usize,
    new: impl Fn() -> A + Sync,
    work: impl Fn(&mut A, Range<usize>) -> Result<()> + Sync,
    merge: impl Fn(&mut A, A) + Sync,
) -> Result<A> {
    fold_chunks_by(&Crew::for_call(), total, chunk, new, work, merge)
}

/// Does the work of a call of `total` items that make one chunk, as [`fold_chunks`] would do it, and nothing
/// else: small calls come here.
#[inline]
pub fn single_chunk<R>(total: usize, work: impl FnOnce() -> Result<R>) -> Result<R> {
    let watch = Watch::begin(total as u64);
    watch.check()?;
    let result = work()?;
    watch.advance(total as u64);
    Ok(result)
}

/// Folds as [`fold_chunks`] does, on the threads of `crew`.
pub fn fold_chunks_by<A: Send>(
    crew: &Crew,
    total: usize,
    chunk: usize,
    new: impl Fn() -> A + Sync,
    work: impl Fn(&mut A, Range<usize>) -> Result<()> + Sync,
    merge: impl Fn(&mut A, A) + Sync,
) -> Result<A> {
    let chunk = chunk.max(1);
    let chunks = total.div_ceil(chunk);
    let range = |index: usize| {
        let start = index * chunk;
        start..start + chunk.min(total - start)
    };
    let watch = Watch::begin(total as u64);
    watch.check()?;
    let threads = if chunks > 1 { crew.threads() } else { 1 };
    if threads == 1 {
        let mut accumulator = new();
        for index in 0..chunks {
            watch.check()?;
            let range = range(index);
            let items = range.len();
            work(&mut accumulator, range)?;
            watch.advance(items as u64);
        }
        return Ok(accumulator);
    }

    let claims = Claims::new(chunks);
    let merged = Mutex::new(None);
    let helpers = threads.min(chunks) - 1;
    // The pool grows in doubling steps up to the thread count: no more workers than calls have had use for.
    let workers = helpers.next_power_of_two().min(threads - 1);
    let forked = team::run(crew, workers, helpers, &|generation| {
        watch.govern(|| {
            let _stop = claims.stop_if_panicking();
            let mut own = None;
            while let Some(index) = claims.next(&watch, generation) {
                let range = range(index);
                let items = range.len();
                match work(own.get_or_insert_with(&new), range) {
                    Ok(()) => watch.advance(items as u64),
                    Err(error) => claims.fail(index, error, generation),
                }
            }
            // There is no lock in a child if a thread of the parent holds it: that helper is inside the team,
            // which answers FORKED.
            if let Some(own) = own
                && let Some(mut merged) = mutex::lock(&merged, generation)
            {
                match merged.as_mut() {
                    Some(all) => merge(all, own),
                    None => *merged = Some(own),
                }
            }
        });
    });
    if let Err(forked) = forked {
        // A helper that stayed with the parent may have been changing these, so they are not even dropped.
        std::mem::forget((claims, merged));
        return Err(forked);
    }
    claims.outcome()?;
    let merged = merged.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(merged.unwrap_or_else(new))
}

/// The chunks not yet claimed, and the failure that ended the claiming.
struct Claims {
    chunks: usize,
    next: AtomicUsize,
    stopped: AtomicBool,
    failure: Mutex<Option<(usize, Error)>>,
}

impl Claims {
    fn new(chunks: usize) -> Self {
        Self {
            chunks,
            next: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            failure: Mutex::new(None),
        }
    }

    /// Claims the next chunk; none if all are claimed or the work is to stop. A thread that claims a chunk
    /// must complete it.
    fn next(&self, watch: &Watch, generation: u64) -> Option<usize> {
        if self.stopped.load(Ordering::Relaxed) {
            return None;
        }
        if let Err(cancelled) = watch.check() {
            // If a chunk has failed, its error is the better answer.
            self.fail(usize::MAX, cancelled, generation);
            return None;
        }
        // Each thread counts past the end once, so that the number does not wrap around.
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        (index < self.chunks).then_some(index)
    }

    fn fail(&self, index: usize, error: Error, generation: u64) {
        self.stopped.store(true, Ordering::Relaxed);
        let Some(mut failure) = mutex::lock(&self.failure, generation) else {
            // This is a child, and a thread of the parent holds the lock: that helper is inside the team,
            // which answers FORKED.
            return;
        };
        if failure.as_ref().is_none_or(|(first, _)| index < *first) {
            *failure = Some((index, error));
        }
    }

    /// While the answer lives, a panic on this thread makes all threads stop claiming.
    fn stop_if_panicking(&self) -> impl Drop + '_ {
        struct Stop<'a>(&'a AtomicBool);
        impl Drop for Stop<'_> {
            fn drop(&mut self) {
                if std::thread::panicking() {
                    self.0.store(true, Ordering::Relaxed);
                }
            }
        }
        Stop(&self.stopped)
    }

    fn outcome(self) -> Result<()> {
        let failure = self.failure.into_inner();
        match failure.unwrap_or_else(PoisonError::into_inner) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }
}
