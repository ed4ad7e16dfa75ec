//! Folding a range of items in parallel, chunk by chunk.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::crew::Crew;
use super::governance::Watch;
use super::mutex;
use super::outlook::Outlook;
use super::team::{self, Helped};
use super::wakeup::Wakeup;
use crate::error::{Error, Result};

/// Folds the items `0..total` in chunks of `chunk` items, the last one perhaps shorter.
///
/// The calling thread and up to as many workers as make the threads of a call, [`Crew::for_call`], claim
/// chunks in increasing order; each folds those it gets into an accumulator of its own from `new`, and
/// `merge` brings the accumulators together. Which chunks meet in which accumulator, and the order of
/// merging, vary from run to run: with exact accumulators that cannot be seen.
///
/// Before each chunk the attached control is asked, and after it the progress is reported. So a chunk should
/// take well below 50 ms, and at least some microseconds to be worth the claim. The first failing chunk
/// decides the error, on any number of threads: all chunks before it were claimed before it, and what is
/// claimed is completed. A panic of any of the functions, on any thread, unwinds from here.
///
/// FORKED answers a child that was forked inside the call, by `work` or by a signal handler, while
/// workers were helping: their part of the work stayed with the parent.
///
/// If one thread is in force, if there is a single chunk, or if the caller is a worker of the library,
/// everything runs on the calling thread and nothing is allocated here. Else workers are asked for help
/// before the first chunk.
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
    let fold = Fold::new(crew, total, chunk, new, work, merge);
    fold.run(None)
}

/// Folds as [`fold_chunks`] does, where each item stands for `values` values and all of them take about the
/// same time. The calling thread begins alone. It asks for help as soon as what is left, at the pace so far,
/// is worth the time in which workers wake up: see [`super::wakeup`].
pub fn fold_values<A: Send>(
    total: usize,
    values: usize,
    chunk: usize,
    new: impl Fn() -> A + Sync,
    work: impl Fn(&mut A, Range<usize>) -> Result<()> + Sync,
    merge: impl Fn(&mut A, A) + Sync,
) -> Result<A> {
    let crew = Crew::for_call();
    let fold = Fold::new(&crew, total, chunk, new, work, merge);
    if fold.helpers == 0 {
        return fold.run(None);
    }
    let values = total.saturating_mul(values);
    let outlook = Outlook::new(Wakeup::here(), fold.chunks, values);
    fold.run(Some(&outlook))
}

/// A fold on the threads of a crew.
struct Fold<'a, New, Work, Merge> {
    crew: &'a Crew,
    total: usize,
    chunk: usize,
    chunks: usize,
    /// The most helpers that there is work for.
    helpers: usize,
    new: New,
    work: Work,
    merge: Merge,
}

impl<'a, A, New, Work, Merge> Fold<'a, New, Work, Merge>
where
    A: Send,
    New: Fn() -> A + Sync,
    Work: Fn(&mut A, Range<usize>) -> Result<()> + Sync,
    Merge: Fn(&mut A, A) + Sync,
{
    fn new(crew: &'a Crew, total: usize, chunk: usize, new: New, work: Work, merge: Merge) -> Self {
        let chunk = chunk.max(1);
        let chunks = total.div_ceil(chunk);
        Self {
            crew,
            total,
            chunk,
            chunks,
            helpers: crew.threads().min(chunks.max(1)) - 1,
            new,
            work,
            merge,
        }
    }

    /// Folds. Helpers are asked for at once if there is no outlook.
    fn run(&self, outlook: Option<&Outlook>) -> Result<A> {
        let watch = Watch::begin(self.total as u64);
        watch.check()?;
        let mut accumulator = Some((self.new)());
        for index in 0..self.chunks {
            if self.helpers > 0 {
                let helpers =
                    outlook.map_or(self.helpers, |outlook| outlook.helpers(self.helpers, index));
                if helpers > 0 {
                    let helped = self.run_with(helpers, &watch, index, &mut accumulator)?;
                    if let Some(outlook) = outlook {
                        outlook.was_helped(helpers, &helped);
                    }
                    return Ok(accumulator.unwrap_or_else(&self.new));
                }
            }
            watch.check()?;
            self.fold_chunk(&watch, index, accumulator.get_or_insert_with(&self.new))?;
        }
        if let Some(outlook) = outlook {
            outlook.was_alone();
        }
        Ok(accumulator.unwrap_or_else(&self.new))
    }

    /// Folds a chunk, and reports that.
    #[inline]
    fn fold_chunk(&self, watch: &Watch, index: usize, accumulator: &mut A) -> Result<()> {
        let start = index * self.chunk;
        let items = self.chunk.min(self.total - start);
        (self.work)(accumulator, start..start + items)?;
        watch.advance(items as u64);
        Ok(())
    }

    /// Goes on with up to `helpers` workers, as `done` chunks are in the accumulator `shared`, where all are
    /// in the end.
    #[inline(never)]
    fn run_with(
        &self,
        helpers: usize,
        watch: &Watch,
        done: usize,
        shared: &mut Option<A>,
    ) -> Result<Helped> {
        let claims = Claims::new(self.chunks, done);
        let shared = Mutex::new(shared);
        // The pool grows in doubling steps up to the thread count: no more workers than calls have had use
        // for.
        let workers = helpers.next_power_of_two().min(self.crew.threads() - 1);
        let helped = team::run(self.crew, workers, helpers, &|generation| {
            watch.govern(|| {
                let _stop = claims.stop_if_panicking();
                let mut own = None;
                while let Some(index) = claims.next(watch, generation) {
                    if own.is_none() {
                        self.begin(&mut own, &shared, generation);
                    }
                    if let Some(own) = &mut own
                        && let Err(error) = self.fold_chunk(watch, index, own)
                    {
                        claims.fail(index, error, generation);
                    }
                }
                self.share(&mut own, &shared, generation);
            });
        });
        if helped.is_err() {
            // A helper that stayed with the parent may have been changing these, so they are not even
            // dropped.
            let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
            std::mem::forget((claims, shared.take()));
            return helped;
        }
        claims.outcome()?;
        helped
    }

    /// Makes a thread's accumulator: it goes on with what is shared, if anything is, or begins anew. This and
    /// the next function are not inlined, so that threads at work need no room to move accumulators.
    #[inline(never)]
    fn begin(&self, own: &mut Option<A>, shared: &Mutex<&mut Option<A>>, generation: u64) {
        let begun = mutex::lock(shared, generation).and_then(|mut shared| shared.take());
        *own = Some(begun.unwrap_or_else(&self.new));
    }

    /// Adds a thread's accumulator to what is shared.
    #[inline(never)]
    fn share(&self, own: &mut Option<A>, shared: &Mutex<&mut Option<A>>, generation: u64) {
        // There is no lock in a child if a thread of the parent holds it: that helper is inside the team,
        // which answers FORKED.
        if let Some(own) = own.take()
            && let Some(mut shared) = mutex::lock(shared, generation)
        {
            match shared.as_mut() {
                Some(all) => (self.merge)(all, own),
                None => **shared = Some(own),
            }
        }
    }
}

/// The chunks not yet claimed, and the failure that ended the claiming.
struct Claims {
    chunks: usize,
    next: AtomicUsize,
    stopped: AtomicBool,
    failure: Mutex<Option<(usize, Error)>>,
}

impl Claims {
    /// The first `done` of `chunks` chunks have been completed.
    fn new(chunks: usize, done: usize) -> Self {
        Self {
            chunks,
            next: AtomicUsize::new(done),
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
