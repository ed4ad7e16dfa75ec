//! Results some of which are refused, such as those of values with a NaN under a policy that forbids them.
//!
//! The failure of the call is that of the first result that is refused, whichever thread finds one earlier.

use std::sync::{Mutex, PoisonError};

use super::results::Results;
use crate::error::{Error, Result};

/// The places of results, and the first refusal of one.
#[derive(Debug)]
pub struct Outcomes<T> {
    places: Results<T>,
    first: Mutex<Option<(usize, Error)>>,
}

impl<T: Copy> Outcomes<T> {
    /// Nothing is written or refused yet.
    pub fn new(places: Results<T>) -> Self {
        Self {
            places,
            first: Mutex::new(None),
        }
    }

    /// The places, for results that are certain.
    pub fn places(&self) -> &Results<T> {
        &self.places
    }

    /// Writes a result to its place, or notes that it is refused.
    pub fn write(&self, index: usize, outcome: Result<T>) {
        match outcome {
            Ok(value) => self.places.write(index, value),
            Err(error) => self.refuse(index, error),
        }
    }

    #[cold]
    fn refuse(&self, index: usize, error: Error) {
        // The pair is whole at any time, so that a panic elsewhere leaves nothing half-done.
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|&(before, _)| index < before) {
            *first = Some((index, error));
        }
    }

    /// The failure of the first result that was refused; `name` is that of the argument for the results. Its
    /// index is left out if there is one result only.
    pub fn finish(self, name: &str) -> Result<()> {
        let first = self.first.into_inner();
        match first.unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some((_, error)) if self.places.len() == 1 => Err(error),
            Some((index, error)) => Err(error.at(name, index)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(values: &mut [f64]) -> Outcomes<f64> {
        // SAFETY: nobody else uses the values meanwhile.
        Outcomes::new(unsafe { Results::new(values.as_mut_ptr(), values.len()) })
    }

    #[test]
    fn the_first_refusal_counts_and_the_other_results_are_written() {
        let mut values = [0.0; 4];
        let outcomes = outcomes(&mut values);
        outcomes.write(3, Err(Error::invalid("last")));
        outcomes.write(0, Ok(1.5));
        outcomes.write(1, Err(Error::invalid("first")));
        outcomes.write(2, Err(Error::invalid("between")));
        assert_eq!(outcomes.finish("out"), Err(Error::invalid("out[1]: first")));
        assert_eq!(values, [1.5, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_single_result_has_no_index() {
        let mut values = [0.0];
        let outcomes = outcomes(&mut values);
        outcomes.write(0, Err(Error::invalid("why")));
        assert_eq!(outcomes.finish("out"), Err(Error::invalid("why")));
    }

    #[test]
    fn nothing_refused_is_a_success() {
        let mut values = [0.0];
        let outcomes = outcomes(&mut values);
        outcomes.write(0, Ok(2.0));
        assert_eq!(outcomes.finish("out"), Ok(()));
        assert_eq!(values, [2.0]);
    }
}
