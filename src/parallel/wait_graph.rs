//! Who waits for whom: a wait that closes a circle could never end, and answers DEADLOCK.
//!
//! Edges lead from a thread that is blocked for as long as it takes to those it waits for: the holder of a lock, the thread that
//! runs a job, the helpers of a call. An edge is there only while it is true: whoever ends the reason for it takes it away, before
//! anybody can see that the reason is gone. Waits with a timeout look for circles, too, but are no edges, since they end.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::MutexGuard;
use std::sync::atomic::{AtomicU64, Ordering};

use super::wait::Timeout;
use super::{fork, runtime};
use crate::error::{Error, PAREXACT_ERROR_DEADLOCK, Result};

/// The number of a thread, for good.
pub type ThreadNumber = u64;

/// Blocked threads, and those they wait for.
pub type Graph = BTreeMap<ThreadNumber, Vec<ThreadNumber>>;

/// The number of the present thread.
pub fn me() -> ThreadNumber {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local! {
        static NUMBER: Cell<ThreadNumber> = const { Cell::new(0) };
    }
    if NUMBER.get() == 0 {
        NUMBER.set(NEXT.fetch_add(1, Ordering::Relaxed));
    }
    NUMBER.get()
}

fn graph() -> MutexGuard<'static, Graph> {
    loop {
        let generation = fork::checked_generation();
        // A child that a signal handler forks here goes on with a graph of its own.
        if let Some(graph) = fork::lock(runtime::waits(), generation) {
            return graph;
        }
    }
}

/// Does one thread wait for another, by whatever detours, or is it the same?
fn reaches(graph: &Graph, awaited: ThreadNumber, thread: ThreadNumber) -> bool {
    let mut reached = vec![awaited];
    let mut next = 0;
    while let Some(&at) = reached.get(next) {
        if at == thread {
            return true;
        }
        for &further in graph.get(&at).into_iter().flatten() {
            if !reached.contains(&further) {
                reached.push(further);
            }
        }
        next += 1;
    }
    false
}

fn deadlock() -> Error {
    Error::new(
        PAREXACT_ERROR_DEADLOCK,
        "this could never end: what is waited for waits for this thread",
    )
}

/// The present thread is about to wait for another one; DEADLOCK if that waits for this one. An edge is noted in `waiters`, for
/// [`end`], if the wait has no timeout.
pub fn wait_for(
    awaited: ThreadNumber,
    timeout: Timeout,
    waiters: &mut Vec<ThreadNumber>,
) -> Result<()> {
    let me = me();
    let mut graph = graph();
    if reaches(&graph, awaited, me) {
        drop(graph);
        // It may have waited here before another closed the circle.
        give_up(waiters);
        return Err(deadlock());
    }
    if timeout == Timeout::Never {
        graph.insert(me, vec![awaited]);
        if !waiters.contains(&me) {
            waiters.push(me);
        }
    }
    Ok(())
}

/// The present thread waits no longer, though what it waited for has not come about.
pub fn give_up(waiters: &mut Vec<ThreadNumber>) {
    let me = me();
    if let Some(place) = waiters.iter().position(|&waiter| waiter == me) {
        waiters.swap_remove(place);
        graph().remove(&me);
    }
}

/// The present thread needs one of these, whichever; DEADLOCK if every one of them waits for it.
pub fn need_any(needed: &[ThreadNumber]) -> Result<()> {
    let (me, graph) = (me(), graph());
    if !needed.is_empty() && needed.iter().all(|&one| reaches(&graph, one, me)) {
        return Err(deadlock());
    }
    Ok(())
}

/// These waits are over.
pub fn end(waiters: &mut Vec<ThreadNumber>) {
    if !waiters.is_empty() {
        let mut graph = graph();
        for waiter in waiters.drain(..) {
            graph.remove(&waiter);
        }
    }
}

/// The present thread waits for all of these, whatever comes of it.
pub fn wait_for_all(awaited: &[ThreadNumber]) {
    graph().insert(me(), awaited.to_vec());
}

/// That thread need not wait for the present one any more.
pub fn release(waiter: ThreadNumber) {
    let me = me();
    if let Some(awaited) = graph().get_mut(&waiter) {
        awaited.retain(|&thread| thread != me);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_of_three_threads() {
        let mut waiters = Vec::new();
        let mine = me();
        let (second, third) = (mine + 1_000_000, mine + 1_000_001);
        graph().insert(second, vec![third, mine + 2_000_000]);
        graph().insert(third, vec![mine]);
        let circle = wait_for(second, Timeout::Never, &mut waiters);
        assert_eq!(
            circle.expect_err("a circle").status,
            PAREXACT_ERROR_DEADLOCK
        );
        assert!(waiters.is_empty() && !graph().contains_key(&mine));
        // The third is released: now there is none.
        graph().insert(third, Vec::new());
        wait_for(second, Timeout::Never, &mut waiters).expect("no circle");
        assert_eq!(graph()[&mine], [second]);
        end(&mut waiters);
        assert!(waiters.is_empty() && !graph().contains_key(&mine));
        wait_for(mine, Timeout::Poll, &mut waiters).expect_err("the shortest circle");
        let mut graph = graph();
        graph.remove(&second);
        graph.remove(&third);
    }
}
