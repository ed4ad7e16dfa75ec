//! Many states at once: checked first, changed afterwards.
//!
//! A call that refuses a state leaves all of them as they were. One that is stopped midway, when some have
//! been changed, notes that in each of them.

use crate::error::{
    PAREXACT_ERROR_CANCELLED, PAREXACT_ERROR_FORKED, PAREXACT_ERROR_INTERNAL, Result, Status,
};
use crate::exact::Moments;
use crate::exact::quantity;
use crate::parallel::{fold_chunks, governance};
use crate::reduce::plan::Plan;
use crate::reduce::results::Results;
use crate::reduce::sink::Sink;
use crate::round::special::NanPolicy;
use crate::state::{State, check_count};
use crate::stats::Stats;

/// The states of one call.
pub type States = Results<State>;

/// States that a thread takes at a time: some hundred microseconds.
const CHUNK: usize = 128;

/// Makes states of no values.
pub fn init(states: &States) -> Result<()> {
    or_note(states, || {
        for_each(states.len(), |i| {
            states.write(i, State::default());
            Ok(())
        })
    })
}

/// Adds each state of `from` to the one of `into` at the same place.
pub fn merge(into: &States, from: &States) -> Result<()> {
    or_note(into, || {
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
    or_note(states, || {
        check_each(states.len(), |i| {
            let there = count(states, i, "states")?;
            let check = |more| {
                let checked = check_count(there, more, "the number of values to add");
                checked.map_err(|error| error.at("states", i))
            };
            // With a mask they may be fewer; to count them takes a look at all of it.
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

/// Adds moments to the state of each result.
struct Adding<'a>(&'a States);

impl Sink for Adding<'_> {
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()> {
        self.0.change(index, |state| state.add_unchecked(moments))
    }
}

/// How many values a state has, which is checked.
fn count(states: &States, index: usize, name: &str) -> Result<u64> {
    let count = states.look(index, State::checked_count);
    count.map_err(|error| error.at(name, index))
}

/// Checks each of so many states, before any is changed.
fn check_each(count: usize, check: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    governance::without_progress(|| for_each(count, check))
}

/// Does something for each of so many states, on all threads; the error is that of the first one that fails.
fn for_each(count: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    fold_chunks(
        count,
        CHUNK,
        || (),
        |(), range| range.into_iter().try_for_each(&work),
        |(), ()| (),
    )
}

/// Does something with states; if that is stopped midway, the error word of each state holds the status.
fn or_note(states: &States, work: impl FnOnce() -> Result<()>) -> Result<()> {
    struct OnPanic<'a>(&'a States);
    impl Drop for OnPanic<'_> {
        fn drop(&mut self) {
            note(self.0, PAREXACT_ERROR_INTERNAL);
        }
    }
    let on_panic = OnPanic(states);
    let outcome = work();
    std::mem::forget(on_panic);
    if let Err(error) = &outcome
        && [PAREXACT_ERROR_CANCELLED, PAREXACT_ERROR_FORKED].contains(&error.status)
    {
        note(states, error.status);
    }
    outcome
}

fn note(states: &States, status: Status) {
    for i in 0..states.len() {
        states.change(i, |state| state.note(status));
    }
}
