//! Many states at once: checked first, changed afterwards.
//!
//! A call that refuses a state leaves all of them as they were. One that is stopped midway, when some have been changed,
//! notes that in each of them.

use crate::error::{
    PAREXACT_ERROR_CANCELLED, PAREXACT_ERROR_FORKED, PAREXACT_ERROR_INTERNAL, Result, Status,
};
use crate::exact::Moments;
use crate::parallel::fold_chunks;
use crate::reduce::plan::{Plan, Sink};
use crate::reduce::results::Results;
use crate::state::{State, check_count};
use crate::stats::{NanPolicy, Stats};

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
        for_each(into.len(), |i| {
            let there = checked(into, i, "into")?;
            let more = checked(from, i, "from")?.counts.all;
            check_count(there.counts.all, more, "the count of the other state")
                .map_err(|error| error.at("into", i))
        })?;
        for_each(into.len(), |i| add(into, i, &from.read(i).moments()?))
    })
}

/// Adds the values of each result of a plan to its state.
pub fn update(states: &States, plan: &Plan) -> Result<()> {
    or_note(states, || {
        let values = plan.values() as u64;
        for_each(states.len(), |i| {
            let there = checked(states, i, "states")?;
            check_count(there.counts.all, values, "the number of values to add")
                .map_err(|error| error.at("states", i))
        })?;
        plan.run::<true, true, true>(&Adding(states))
    })
}

/// The statistics of each state.
pub fn results(states: &States, ddof: u64, policy: NanPolicy, out: &Results<Stats>) -> Result<()> {
    for_each(states.len(), |i| {
        let moments = states.read(i).moments();
        let stats = moments.and_then(|moments| Stats::new(&moments, ddof, policy));
        out.write(i, stats.map_err(|error| error.at("states", i))?);
        Ok(())
    })
}

/// Adds moments to the state of each result.
struct Adding<'a>(&'a States);

impl Sink for Adding<'_> {
    fn moments(&self, index: usize, moments: &Moments) -> Result<()> {
        add(self.0, index, moments)
    }
}

fn add(states: &States, index: usize, moments: &Moments) -> Result<()> {
    let mut state = states.read(index);
    state.add(moments)?;
    states.write(index, state);
    Ok(())
}

/// The moments of a state that was checked.
fn checked(states: &States, index: usize, name: &str) -> Result<Moments> {
    let moments = states.read(index).moments();
    moments.map_err(|error| error.at(name, index))
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
        let mut state = states.read(i);
        state.note(status);
        states.write(i, state);
    }
}
