//! Strips of results that have few values each: eight results at a time are summed up while their values lie
//! in the nearest cache, and rounded together. Results in doubt, which are few, get moments of their own.

use super::lines::{Lines, Panel, Values};
use super::sink::{Places, Sink};
use super::source::Source;
use super::strip::{Strip, no_memory};
use crate::array::space::Space;
use crate::error::Result;
use crate::exact::columns::PACK;
use crate::exact::lanes::{self, LaneSums};
use crate::exact::quantity::Quantity;
use crate::exact::{Accumulate, Element};
use crate::simd::in_force;

/// Results of more values are not transposed, but summed up one by one.
const MAX_TRANSPOSED: usize = 64;

/// The most values of results that lie side by side: with more of them the column kernel takes less time.
const MAX_ACROSS: usize = 1024;

/// How many values a strip has at most, if it has more than one pack of results.
const VALUES_IN_STRIP: usize = 1 << 16;

/// A reduction to results of few values.
pub struct Few<'a> {
    source: &'a Source<'a>,
    sink: &'a dyn Sink,
    /// From a result's first value to each of its values, in bytes.
    offsets: Vec<isize>,
    /// Do the values of a result follow each other in memory?
    contiguous: bool,
    /// Is each result summed up by itself?
    along: bool,
}

/// What a thread needs for its strips.
pub struct Scratch {
    lines: Lines,
    sums: LaneSums,
    places: LaneSums,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            lines: Lines::default(),
            sums: LaneSums::new(),
            places: LaneSums::new(),
        }
    }
}

impl<'a> Few<'a> {
    /// The reduction, if this way is the best one for it. `across` tells whether neighbouring results lie
    /// closer together than the values of one.
    pub fn new<T: Element>(
        source: &'a Source<'a>,
        reduced: &Space<2>,
        sink: &'a dyn Sink,
        across: bool,
    ) -> Result<Option<Self>> {
        let count = source.len();
        let most = if across { MAX_ACROSS } else { lanes::MAX_VALUES };
        if source.is_masked() || T::EXCEEDS_F64 || !(1..=most).contains(&count) || !sink.takes_lanes() {
            return Ok(None);
        }
        let mut offsets = Vec::new();
        offsets.try_reserve_exact(count).map_err(no_memory)?;
        source.runs(0..count, |offset, run, stride| {
            offsets.extend((0..run as isize).map(|i| offset + i * stride));
        });
        let contiguous = match reduced.dims() {
            [] => true,
            [dim] => dim.strides[0] == size_of::<T::Raw>() as isize,
            _ => false,
        };
        Ok(Some(Self {
            source,
            sink,
            offsets,
            contiguous,
            along: !across && count > MAX_TRANSPOSED,
        }))
    }

    /// How many results a strip should have.
    pub fn width(&self) -> usize {
        (VALUES_IN_STRIP / self.offsets.len()).clamp(PACK, super::strip::RESULTS_IN_STRIP) / PACK * PACK
    }

    /// Reduces a strip.
    pub fn reduce<T: Element, Q: Quantity>(&self, strip: &Strip, scratch: &mut Scratch) -> Result<()> {
        let count = self.offsets.len();
        let values = Values {
            first: self.source.first(strip),
            stride: strip.stride,
            results: strip.len,
            offsets: &self.offsets,
            contiguous: self.contiguous,
        };
        scratch.lines.reserve(count)?;
        for panel in Panel::of(strip.len, count) {
            if !self.along {
                // SAFETY: these are elements of the array.
                unsafe { scratch.lines.gather::<T>(values, panel) };
            }
            for pack in 0..panel.packs {
                let first = panel.first_of(pack);
                let owned = u8::MAX << panel.shared(pack);
                let last = strip.len - 1;
                let places = Places {
                    indices: std::array::from_fn(|lane| strip.index((first + lane).min(last))),
                    owned: if strip.len < PACK { u8::MAX >> (PACK - strip.len) } else { owned },
                };
                let doubtful = if self.along {
                    self.pack_along::<T, Q>(&values, first, &places, scratch)
                } else {
                    self.pack_across::<Q>(pack, &places, scratch)
                };
                for lane in (0..PACK).filter(|lane| doubtful >> lane & 1 != 0) {
                    self.one::<T, Q>(&strip.result_alone(first + lane))?;
                }
            }
        }
        Ok(())
    }

    /// Reduces a pack whose lines were gathered, and returns the lanes that are in doubt.
    fn pack_across<Q: Quantity>(
        &self,
        pack: usize,
        places: &Places,
        scratch: &mut Scratch,
    ) -> u8 {
        let lines = scratch.lines.pack(pack, self.offsets.len());
        scratch.sums.across::<Q>(in_force(), lines);
        self.sink.lanes(places, &scratch.sums)
    }

    /// Reduces a pack result by result, and returns the lanes that are in doubt.
    fn pack_along<T: Element, Q: Quantity>(
        &self,
        values: &Values,
        first: usize,
        places: &Places,
        scratch: &mut Scratch,
    ) -> u8 {
        for lane in (0..PACK).filter(|lane| places.owned >> lane & 1 != 0) {
            // SAFETY: these are elements of the array.
            let one = unsafe { scratch.lines.one::<T>(values, first + lane) };
            scratch.sums.along::<Q>(in_force(), one, lane, &mut scratch.places);
        }
        self.sink.lanes(places, &scratch.sums)
    }

    /// Reduces one result by an accumulator. Not inlined, so that no other frame has to hold it.
    #[cold]
    #[inline(never)]
    fn one<T: Element, Q: Quantity>(&self, result: &Strip) -> Result<()> {
        let mut accumulator = T::Accumulator::<Q>::new(in_force());
        self.source.add_one(result, 0..self.offsets.len(), &mut accumulator);
        self.sink.moments(result.index(0), &mut accumulator.finish())
    }
}
