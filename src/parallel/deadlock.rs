//! Which blocked threads can never go on: deadlock in the AND-OR model of waits.
//!
//! A blocked thread waits for all of some threads (the holder of a lock, the one that runs a job, the helpers
//! of a call) or for any one of them (the workers that may begin a job). A thread is live if it is not
//! blocked, or if all, or any, of those it waits for are live. The live threads are the least set that
//! satisfies this; the others are deadlocked. With AND-waits alone that is a cycle, with OR-waits alone a
//! knot; see E. Knapp, "Deadlock detection in distributed databases", ACM Computing Surveys 19(4), 1987,
//! pages 303 to 328, for the models.
//!
//! A deadlocked thread need not be told so: it may merely queue behind a cycle that somebody else breaks. A
//! thread is told if it waits for a deadlocked thread that waits for it in turn, directly or through others,
//! or that has ended; of an OR-wait this must be true of every thread that is waited for. There is always
//! somebody to tell: take the graph of the deadlocked threads without the ended ones, and in it a strongly
//! connected component that no edge leaves. The deadlocked threads that one of its threads waits for are in
//! the component, so that they wait for that thread, or have ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::thread_number::ThreadNumber;

/// Blocked threads, and what they wait for.
pub type Graph = BTreeMap<ThreadNumber, Wait>;

/// What a blocked thread waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// Every one of these.
    All(Vec<ThreadNumber>),
    /// One of these, whichever.
    Any(Arc<[ThreadNumber]>),
}

impl Wait {
    /// A wait for a single thread.
    pub fn one(awaited: ThreadNumber) -> Self {
        Self::All(vec![awaited])
    }

    /// The wait that stands for a thread that has ended: nothing will make it go on.
    pub fn without_end() -> Self {
        Self::Any(Arc::new([]))
    }

    fn awaited(&self) -> &[ThreadNumber] {
        match self {
            Self::All(awaited) => awaited,
            Self::Any(awaited) => awaited,
        }
    }

    fn can_end(&self, is_live: impl Fn(&ThreadNumber) -> bool) -> bool {
        match self {
            Self::All(awaited) => awaited.iter().all(is_live),
            Self::Any(awaited) => awaited.iter().any(is_live),
        }
    }
}

/// Why a wait can never end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// What is waited for waits for the thread itself.
    Circle,
    /// What is waited for has ended.
    Ended,
}

/// Whether this thread must be told that its wait can never end, and why.
pub fn verdict(graph: &Graph, thread: ThreadNumber) -> Option<Cause> {
    let wait = graph.get(&thread)?;
    if wait.can_end(|awaited| !graph.contains_key(awaited)) {
        // Nearly always the answer is found here.
        return None;
    }
    let deadlocked = deadlocked(graph, thread);
    if !deadlocked.contains(&thread) {
        return None;
    }
    let waiting = waiting_for(graph, &deadlocked, thread);
    let ended = |awaited| graph.get(awaited) == Some(&Wait::without_end());
    let to_no_end = |awaited| waiting.contains(awaited) || ended(awaited);
    let told = match wait {
        Wait::All(awaited) => awaited.iter().any(to_no_end),
        Wait::Any(awaited) => awaited.iter().all(to_no_end),
    };
    told.then(|| match wait.awaited().iter().any(ended) {
        true => Cause::Ended,
        false => Cause::Circle,
    })
}

/// The deadlocked threads among this one and those that it waits for, directly or through others.
fn deadlocked(graph: &Graph, thread: ThreadNumber) -> BTreeSet<ThreadNumber> {
    let mut order = vec![thread];
    let mut blocked = BTreeSet::from([thread]);
    let mut next = 0;
    while let Some(at) = order.get(next) {
        for &awaited in graph.get(at).map_or(&[][..], Wait::awaited) {
            if graph.contains_key(&awaited) && blocked.insert(awaited) {
                order.push(awaited);
            }
        }
        next += 1;
    }
    // Live threads are taken out until no more are found. Beginning at the far end, a chain needs one round.
    loop {
        let before = blocked.len();
        for thread in order.iter().rev() {
            let is_live = |awaited: &ThreadNumber| !blocked.contains(awaited);
            if graph.get(thread).is_none_or(|wait| wait.can_end(is_live)) {
                blocked.remove(thread);
            }
        }
        if blocked.len() == before {
            return blocked;
        }
    }
}

/// This thread, and the deadlocked threads that wait for it, directly or through others.
fn waiting_for(
    graph: &Graph,
    deadlocked: &BTreeSet<ThreadNumber>,
    thread: ThreadNumber,
) -> BTreeSet<ThreadNumber> {
    let mut waiting = BTreeSet::from([thread]);
    loop {
        let before = waiting.len();
        for at in deadlocked.iter().rev() {
            let awaited = graph.get(at).map_or(&[][..], Wait::awaited);
            if awaited.iter().any(|awaited| waiting.contains(awaited)) {
                waiting.insert(*at);
            }
        }
        if waiting.len() == before {
            return waiting;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(awaited: &[ThreadNumber]) -> Wait {
        Wait::Any(awaited.into())
    }

    fn all(awaited: &[ThreadNumber]) -> Wait {
        Wait::All(awaited.to_vec())
    }

    fn verdicts(graph: &Graph) -> Vec<Option<Cause>> {
        graph.keys().map(|&thread| verdict(graph, thread)).collect()
    }

    #[test]
    fn a_knot_of_two_holders_and_two_workers() {
        // Threads 1 and 2 wait for a job that worker 3 or 4 could begin; these wait for locks of 1 and 2.
        let mut graph = Graph::from([(1, any(&[3, 4])), (2, any(&[3, 4])), (3, all(&[1]))]);
        assert_eq!(verdicts(&graph), [None; 3]); // worker 4 is free
        graph.insert(4, all(&[2]));
        assert_eq!(verdicts(&graph), [Some(Cause::Circle); 4]);
        graph.remove(&1);
        assert_eq!(verdicts(&graph), [None; 3]); // worker 3 will get its lock
    }

    #[test]
    fn who_waits_behind_a_deadlock_is_not_told() {
        let graph = Graph::from([(1, all(&[2])), (2, all(&[1])), (3, all(&[1]))]);
        assert_eq!(verdict(&graph, 1), Some(Cause::Circle));
        assert_eq!(verdict(&graph, 3), None);
        // Thread 7 has ended. Thread 6 holds nothing but waits behind 5.
        let graph = Graph::from([(5, all(&[7])), (6, all(&[5])), (7, Wait::without_end())]);
        assert_eq!(verdict(&graph, 5), Some(Cause::Ended));
        assert_eq!(verdict(&graph, 6), None);
    }

    #[test]
    fn a_chain_of_any_length_is_live() {
        let graph: Graph = (1..2000)
            .map(|thread| (thread, all(&[thread + 1])))
            .collect();
        assert_eq!(verdict(&graph, 1), None);
        let circle: Graph = (0..500)
            .map(|thread| (thread, all(&[(thread + 1) % 500])))
            .collect();
        assert_eq!(verdict(&circle, 77), Some(Cause::Circle));
    }

    /// Threads 0 to 6, with waits drawn at random; some are not blocked, some have ended.
    fn random_graph(mut draw: impl FnMut(u64) -> u64) -> Graph {
        let mut graph = Graph::new();
        for thread in 0..THREADS {
            let awaited: Vec<_> = (0..draw(4)).map(|_| draw(THREADS)).collect();
            match draw(8) {
                0..2 => continue,
                2..5 => graph.insert(thread, Wait::All(awaited)),
                5..7 if !awaited.is_empty() => graph.insert(thread, any(&awaited)),
                _ if draw(3) == 0 => graph.insert(thread, Wait::without_end()),
                _ => graph.insert(thread, all(&[draw(THREADS)])),
            };
        }
        graph
    }

    const THREADS: u64 = 7;

    /// By Knaster and Tarski's theorem: the least fixed point is what all closed sets have in common. All of
    /// them are tried.
    fn live_by_brute_force(graph: &Graph) -> u64 {
        let goes_on = |thread: u64, live: u64| {
            let lives = |&awaited: &ThreadNumber| live >> awaited & 1 == 1;
            match graph.get(&thread) {
                None => true,
                Some(Wait::All(awaited)) => awaited.iter().all(lives),
                Some(Wait::Any(awaited)) => awaited.iter().any(lives),
            }
        };
        let is_closed = |live: u64| {
            (0..THREADS).all(|thread| !goes_on(thread, live) || live >> thread & 1 == 1)
        };
        (0..1 << THREADS)
            .filter(|&live| is_closed(live))
            .fold(u64::MAX, |common, live| common & live)
    }

    /// Those outside the least fixed point that have not ended.
    fn stuck(graph: &Graph) -> Vec<ThreadNumber> {
        let live = live_by_brute_force(graph);
        let ended = |thread: &u64| graph.get(thread) == Some(&Wait::without_end());
        (0..THREADS)
            .filter(|thread| live >> thread & 1 == 0 && !ended(thread))
            .collect()
    }

    #[test]
    fn the_deadlocked_are_those_outside_the_least_fixed_point() {
        let mut state = 1_u64;
        let mut deadlocks = 0;
        for _ in 0..20_000 {
            let mut graph = random_graph(|below| {
                // Knuth's MMIX generator; its upper bits are good.
                state = state.wrapping_mul(6_364_136_223_846_793_005);
                state = state.wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            });
            let live = live_by_brute_force(&graph);
            for thread in 0..THREADS {
                let dead = deadlocked(&graph, thread).contains(&thread);
                assert_eq!(dead, live >> thread & 1 == 0, "{thread} of {graph:?}");
                assert!(dead || verdict(&graph, thread).is_none(), "{graph:?}");
            }
            // Telling one thread after the other lets everybody go on who has not ended.
            deadlocks += u32::from(!stuck(&graph).is_empty());
            while let stuck = stuck(&graph)
                && !stuck.is_empty()
            {
                let told = stuck
                    .iter()
                    .find(|&&thread| verdict(&graph, thread).is_some());
                let told = told.unwrap_or_else(|| panic!("nobody is told: {graph:?}"));
                graph.remove(told);
            }
        }
        assert!(
            deadlocks > 1000,
            "{deadlocks} of the graphs have a deadlock"
        );
    }
}
