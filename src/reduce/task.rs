//! The work on one strip: by one thread, or by all of them.

use super::chunk::{VALUES_IN_CHUNK, chunk};
use super::sink::Sink;
use super::source::Source;
use super::strip::Strip;
use super::strip_moments::StripMoments;
use crate::error::{PAREXACT_ERROR_NO_MEMORY, Result};
use crate::exact::columns::BLOCK_ROWS;
use crate::exact::quantity::Quantity;
use crate::exact::{Accumulate, Element};
use crate::parallel::fold_values;
use crate::simd::in_force;

/// Where the values of all strips come from, and where their results go.
pub struct Task<'a> {
    /// The array, its mask and the reduced axes.
    pub source: Source<'a>,
    /// Where the results go.
    pub sink: &'a dyn Sink,
}

impl Task<'_> {
    /// Reduces a strip on this thread.
    pub fn alone<T: Element, Q: Quantity>(
        &self,
        strip: &Strip,
        moments: &mut StripMoments<T, Q>,
    ) -> Result<()> {
        match self.fill(strip, moments) {
            Err(error) if error.status == PAREXACT_ERROR_NO_MEMORY => {
                *moments = StripMoments::default();
                self.one_by_one::<T, Q>(strip)
            }
            Err(error) => Err(error),
            Ok(()) => self.hand_over(strip, moments),
        }
    }

    /// Adds all values of a strip.
    fn fill<T: Element, Q: Quantity>(
        &self,
        strip: &Strip,
        moments: &mut StripMoments<T, Q>,
    ) -> Result<()> {
        moments.begin(&self.source, strip)?;
        // Long parts, for the hardware's prefetching, but below a millisecond, as a part is not interrupted.
        self.source
            .in_parts(8 * VALUES_IN_CHUNK / strip.len, |range| {
                moments.add(&self.source, strip, range)
            })
    }

    /// Reduces a strip's results one after the other, which allocates nothing. Not inlined, so that no other
    /// frame has to hold the accumulator.
    #[cold]
    #[inline(never)]
    fn one_by_one<T: Element, Q: Quantity>(&self, strip: &Strip) -> Result<()> {
        for i in 0..strip.len {
            let result = strip.result_alone(i);
            let mut accumulator = T::Accumulator::<Q>::new(in_force());
            self.source.in_parts(VALUES_IN_CHUNK, |range| {
                self.source.add_one(&result, range, &mut accumulator);
                Ok(())
            })?;
            self.sink
                .moments(strip.index(i), &mut accumulator.finish())?;
        }
        Ok(())
    }

    /// Reduces a strip on all threads.
    pub fn together<T: Element, Q: Quantity>(&self, strip: &Strip) -> Result<()> {
        let moments = fold_values(
            self.source.len(),
            strip.len,
            self.part(strip),
            StripMoments::<T, Q>::default,
            |moments, range| {
                moments.begin(&self.source, strip)?;
                moments.add(&self.source, strip, range)
            },
            StripMoments::merge,
        );
        match moments {
            Err(error) if error.status == PAREXACT_ERROR_NO_MEMORY => {
                self.one_by_one::<T, Q>(strip)
            }
            Err(error) => Err(error),
            Ok(mut moments) => self.hand_over(strip, &mut moments),
        }
    }

    /// How many values of each result make a chunk together, in whole blocks of the column kernel.
    fn part(&self, strip: &Strip) -> usize {
        let values = self.source.len().saturating_mul(strip.len);
        (chunk(values) / strip.len).next_multiple_of(BLOCK_ROWS)
    }

    /// Gives the moments of a strip's results to the sink. Not inlined, so that no other frame has to hold
    /// moments.
    #[inline(never)]
    fn hand_over<T: Element, Q: Quantity>(
        &self,
        strip: &Strip,
        moments: &mut StripMoments<T, Q>,
    ) -> Result<()> {
        moments.finish(strip, self.sink)
    }
}
