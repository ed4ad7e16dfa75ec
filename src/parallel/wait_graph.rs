//! Which thread of this process waits for which: a wait that could never end answers DEADLOCK.
//!
//! A thread that waits without a timeout is noted with what it waits for; [`deadlock`](super::deadlock) says
//! whether that can come about. A note is there only while it is true: the thread that ends the reason for it
//! takes it away, before any other can see that the reason is gone. Waits with a timeout end by themselves:
//! they look for deadlocks, too, but are not noted.
//!
//! No order of events hides a deadlock. A thread that notes a wait looks at the graph in the same critical
//! section, and every waiting thread does so again in each slice of its wait. So a deadlock is found, too,
//! that was closed by a thread to which nothing can be answered (a caller that waits for its helpers, one
//! that has ended) or by a change of what is waited for (a job that has begun).

use std::sync::{Mutex, MutexGuard};

use super::deadlock::{self, Cause, Graph, Wait};
use super::per_process::PerProcess;
use super::thread_number::{ThreadNumber, me};
use super::wait::Timeout;
use super::{fork, mutex};
use crate::error::{Error, PAREXACT_ERROR_DEADLOCK, Result};

/// The waits of this process's threads.
static GRAPH: PerProcess<Mutex<Graph>> = PerProcess::new();

/// The graph, locked.
fn graph() -> MutexGuard<'static, Graph> {
    loop {
        let generation = fork::checked_generation();
        // A child that a signal handler forks here goes on with a graph of its own.
        if let Some(graph) = mutex::lock(GRAPH.get_or_make(Mutex::default), generation) {
            return graph;
        }
    }
}

/// The failure of a wait that could never end.
fn deadlock(cause: Cause) -> Error {
    let message = match cause {
        Cause::Circle => "this could never end: what is waited for waits for this thread",
        Cause::Ended => {
            "this could never end: the thread that would have to release what is waited for has ended"
        }
    };
    Error::new(PAREXACT_ERROR_DEADLOCK, message)
}

/// To be called when the present thread is about to wait, and after each slice of its wait; DEADLOCK if that
/// could never end. Without a timeout the wait is noted, and the thread is put into `waiters`, for [`end`].
pub fn wait_for(wait: Wait, timeout: Timeout, waiters: &mut Vec<ThreadNumber>) -> Result<()> {
    let lasts = timeout == Timeout::Never;
    let outcome = consider(wait, lasts);
    let me = me();
    // The thread may be in `waiters` from an earlier slice.
    waiters.retain(|&waiter| waiter != me);
    if lasts && outcome.is_ok() {
        waiters.push(me);
    }
    outcome
}

/// DEADLOCK if a wait of the present thread could never end. The wait is not noted.
pub fn look(wait: Wait) -> Result<()> {
    consider(wait, false)
}

/// DEADLOCK if the wait could never end. Otherwise it is noted if it lasts as long as it takes.
fn consider(wait: Wait, lasts: bool) -> Result<()> {
    let (me, mut graph) = (me(), graph());
    graph.insert(me, wait);
    let verdict = deadlock::verdict(&graph, me);
    if !lasts || verdict.is_some() {
        graph.remove(&me);
    }
    verdict.map_or(Ok(()), |cause| Err(deadlock(cause)))
}

/// Takes the note of the present thread away, which gives up waiting.
pub fn give_up(waiters: &mut Vec<ThreadNumber>) {
    let me = me();
    if let Some(place) = waiters.iter().position(|&waiter| waiter == me) {
        waiters.swap_remove(place);
        graph().remove(&me);
    }
}

/// Takes the notes of these threads away: their waits are over, or are for something else from now on, which
/// the threads will note themselves.
pub fn end(waiters: &mut Vec<ThreadNumber>) {
    if !waiters.is_empty() {
        let mut graph = graph();
        for waiter in waiters.drain(..) {
            graph.remove(&waiter);
        }
    }
}

/// Notes that the present thread waits for all of these, even if that could never end.
pub fn wait_for_all(awaited: &[ThreadNumber]) {
    graph().insert(me(), Wait::All(awaited.to_vec()));
}

/// Notes that `waiter` need not wait for the present thread any more.
pub fn release(waiter: ThreadNumber) {
    let me = me();
    if let Some(Wait::All(awaited)) = graph().get_mut(&waiter) {
        awaited.retain(|&thread| thread != me);
    }
}

/// Notes that the present thread ends, for which another one might wait.
pub fn thread_ends() {
    graph().insert(me(), Wait::without_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_of_three_threads() {
        let mut waiters = Vec::new();
        let mine = me();
        let (second, third) = (mine + 1_000_000, mine + 1_000_001);
        graph().insert(second, Wait::All(vec![third, mine + 2_000_000]));
        graph().insert(third, Wait::one(mine));
        let circle = wait_for(Wait::one(second), Timeout::Never, &mut waiters);
        assert_eq!(
            circle.expect_err("a circle").status,
            PAREXACT_ERROR_DEADLOCK
        );
        assert!(waiters.is_empty() && !graph().contains_key(&mine));
        // The third is released: now there is none.
        graph().insert(third, Wait::All(Vec::new()));
        wait_for(Wait::one(second), Timeout::Never, &mut waiters).expect("no circle");
        assert_eq!(graph()[&mine], Wait::one(second));
        // The third closes the circle without looking at the graph: it is found in the next slice of the
        // wait.
        graph().insert(third, Wait::one(mine));
        wait_for(Wait::one(second), Timeout::Never, &mut waiters).expect_err("a circle");
        assert!(waiters.is_empty() && !graph().contains_key(&mine));
        wait_for(Wait::one(mine), Timeout::Poll, &mut waiters).expect_err("the shortest circle");
        let mut graph = graph();
        graph.remove(&second);
        graph.remove(&third);
    }
}
