//! Many states at once: all are checked before any is changed.
//!
//! A call that refuses a state leaves all states as they were. A call that is interrupted, when some states
//! may have been changed, marks all of them as interrupted.

use crate::error::{
    PAREXACT_ERROR_CANCELLED, PAREXACT_ERROR_FORKED, PAREXACT_ERROR_INTERNAL, Result, Status,
};
use crate::exact::Moments;
use crate::exact::quantity;
use crate::parallel::{fold_values, governance};
use crate::reduce::plan::Plan;
use crate::reduce::results::Results;
use crate::reduce::sink::Sink;
use crate::round::special::NanPolicy;
use crate::state::{PAREXACT_STATE_WORDS, State, check_count};
use crate::stats::Stats;

/// The states of one call.
pub type States = Results<State>;

/// How many states a thread takes at a time, which is work for some microseconds at least.
const CHUNK_STATES: usize = 32;

/// Makes states of no values.
pub fn init(states: &States) -> Result<()> {
    marking_interruption(states, || {
        for_each(states.len(), |i| {
            states.write(i, State::default());
            Ok(())
        })
    })
}

/// Adds each state of `from` to the one of `into` at the same place.
pub fn merge(into: &States, from: &States) -> Result<()> {
    marking_interruption(into, || {
        check_each(into.len(), |i| {
            let (there, more) = (count(into, i, "into")?, count(from, i, "from")?);
            check_count(there, more, "its count").map_err(|error| error.at("from", i))
        })?;
        for_each(into.len(), |i| {
            if into.start() == from.start() {
                let from = from.read(i);
                return into.change(i, |state| state.merge_unchecked(&from));
            }
            from.look(i, |from| {
                into.change(i, |state| state.merge_unchecked(from))
            })
        })
    })
}

/// Adds the values of each result of a plan to its state.
pub fn update(states: &States, plan: &Plan) -> Result<()> {
    marking_interruption(states, || {
        check_each(states.len(), |i| {
            let there = count(states, i, "states")?;
            let check = |more| {
                let checked = check_count(there, more, "the number of values to add");
                checked.map_err(|error| error.at("states", i))
            };
            // A mask may select fewer values, but to count those takes a pass over it.
            check(plan.values()).or_else(|_| check(plan.selected_values(i)?))
        })?;
        plan.run::<quantity::Describe>(&Adding(states))
    })
}

/// The statistics of each state.
pub fn results(states: &States, ddof: u64, policy: NanPolicy, out: &Results<Stats>) -> Result<()> {
    for_each(states.len(), |i| {
        let moments = states.look(i, State::moments);
        let stats = moments.and_then(|moments| Stats::new(&moments, ddof, policy));
        out.write(i, stats.map_err(|error| error.at("states", i))?);
        Ok(())
    })
}

/// The sink that adds the moments of each result to its state.
struct Adding<'a>(&'a States);

impl Sink for Adding<'_> {
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()> {
        self.0.change(index, |state| state.add_unchecked(moments))
    }
}

/// How many values the state at `index` has; the state is checked.
fn count(states: &States, index: usize, name: &str) -> Result<u64> {
    let count = states.look(index, State::checked_count);
    count.map_err(|error| error.at(name, index))
}

/// Calls `check` for each of `count` states, without progress.
fn check_each(count: usize, check: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    governance::without_progress(|| for_each(count, check))
}

/// Calls `work` for each of `count` states, on all threads; the error is that of the first state that fails.
fn for_each(count: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    fold_values(
        count,
        PAREXACT_STATE_WORDS,
        CHUNK_STATES,
        || (),
        |(), range| range.into_iter().try_for_each(&work),
        |(), ()| (),
    )
}

/// Does work that changes states; if it is interrupted, the states are marked so, with the reason's status.
fn marking_interruption(states: &States, work: impl FnOnce() -> Result<()>) -> Result<()> {
    struct OnPanic<'a>(&'a States);
    impl Drop for OnPanic<'_> {
        fn drop(&mut self) {
            mark_interrupted(self.0, PAREXACT_ERROR_INTERNAL);
        }
    }
    let on_panic = OnPanic(states);
    let outcome = work();
    std::mem::forget(on_panic);
    if let Err(error) = &outcome
        && [PAREXACT_ERROR_CANCELLED, PAREXACT_ERROR_FORKED].contains(&error.status)
    {
        mark_interrupted(states, error.status);
    }
    outcome
}

/// Marks all states as interrupted.
fn mark_interrupted(states: &States, status: Status) {
    for i in 0..states.len() {
        states.change(i, |state| state.mark_interrupted(status));
    }
}
