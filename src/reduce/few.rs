//! Strips of results that have few values each: eight results at a time are summed up while their values lie
//! in the nearest cache, and rounded together. Results in doubt, which are few, get moments of their own.

use super::lines::Gathered;
use super::panel::{Panel, Values};
use super::sink::{Places, Sink};
use super::source::Source;
use super::strip::{RESULTS_IN_STRIP, Strip};
use crate::array::space::Space;
use crate::error::Result;
use crate::exact::columns::PACK;
use crate::exact::lanes::{self, Care, LaneSums, Line, Rows};
use crate::exact::quantity::Quantity;
use crate::exact::{Accumulate, Element};
use crate::simd::in_force;

/// The most values of results that lie side by side: with more of them the column kernel takes less time.
const MAX_ACROSS: usize = 1024;

/// The most values of results that are transposed; with more of them results are summed up one by one.
const MAX_TRANSPOSED: usize = 64;

/// Sums of fewer values than this are often ties, which only complete sums decide. Others are summed up
/// quickly at first.
const MANY: usize = 16;

/// How many values a strip has at most, if it has more than one pack of results.
const VALUES_IN_STRIP: usize = 1 << 16;

/// How many packs ahead to prefetch.
const PACKS_AHEAD: usize = 8;

/// How many bytes ahead to prefetch, at least, where results follow each other.
const BYTES_AHEAD: usize = 1 << 12;

/// How the values of eight results come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The results lie side by side as doubles.
    Rows,
    /// Their values are brought together in lines.
    Gathered,
    /// Each result is summed up by itself.
    Along,
}

/// A reduction to results of few values.
pub struct Few<'a> {
    source: &'a Source<'a>,
    sink: &'a dyn Sink,
    /// Where each of a result's values lies, in bytes.
    offsets: Vec<isize>,
    /// Do the values of a result follow each other in memory?
    contiguous: bool,
    /// Do neighbouring results lie closer together than the values of one?
    across: bool,
}

/// What a thread needs for its strips.
#[derive(Default)]
pub struct Scratch {
    lines: Gathered,
    /// Did the results that were summed up last have NaNs? Then the next ones are expected to have some.
    nans: bool,
}

impl<'a> Few<'a> {
    /// The reduction; `None` if this is not the way for it, or if there is no memory. `across` tells whether
    /// neighbouring results lie closer together than the values of one.
    pub fn new<T: Element>(
        source: &'a Source<'a>,
        reduced: &Space<2>,
        sink: &'a dyn Sink,
        across: bool,
    ) -> Option<Self> {
        let count = source.len();
        let most = if across {
            MAX_ACROSS
        } else {
            lanes::MAX_VALUES
        };
        let few = (1..=most).contains(&count);
        if !few || source.is_masked() || T::EXCEEDS_F64 || !sink.takes_lanes() {
            return None;
        }
        let mut offsets = Vec::new();
        offsets.try_reserve_exact(count).ok()?;
        source.runs(0..count, |offset, run, stride| {
            offsets.extend((0..run as isize).map(|i| offset + i * stride));
        });
        let contiguous = match reduced.dims() {
            [] => true,
            [dim] => dim.strides[0] == size_of::<T::Raw>() as isize,
            _ => false,
        };
        Some(Self {
            source,
            sink,
            offsets,
            contiguous,
            across,
        })
    }

    /// How many results a strip should have.
    pub fn width(&self) -> usize {
        let width = (VALUES_IN_STRIP / self.offsets.len()).clamp(PACK, RESULTS_IN_STRIP);
        width - width % PACK
    }

    /// Reduces a strip.
    ///
    /// Not inlined, so that no other frame has to hold the sums.
    #[inline(never)]
    pub fn reduce<T: Element, Q: Quantity>(
        &self,
        strip: &Strip,
        scratch: &mut Scratch,
    ) -> Result<()> {
        let count = self.offsets.len();
        let values = Values {
            first: self.source.first(strip),
            stride: strip.stride,
            results: strip.len,
            offsets: &self.offsets,
            contiguous: self.contiguous,
        };
        let way = self.way::<T>(&values);
        if way != Way::Rows && scratch.lines.reserve(count).is_err() {
            return (0..strip.len).try_for_each(|i| self.one::<T, Q>(&strip.result_alone(i)));
        }
        let mut sums = LaneSums::new();
        for panel in Panel::of(strip.len, count) {
            if way == Way::Gathered {
                // SAFETY: these are elements of the array.
                unsafe { scratch.lines.gather::<T>(values, panel) };
            }
            for pack in 0..panel.packs {
                let first = panel.first_of(pack);
                let places = Places {
                    first: strip.index(first),
                    step: strip.index_step,
                    owned: panel.owned(pack),
                };
                let mut doubtful = places.owned;
                let mut care = Care::new(count < MANY && !Q::SQUARES, scratch.nans);
                loop {
                    let owned = doubtful;
                    let places = Places { owned, ..places };
                    match way {
                        Way::Rows => sum_rows::<Q>(&values, first, care, &mut sums),
                        Way::Gathered => {
                            let lines = scratch.lines.pack(pack, count);
                            sums.across::<Q>(in_force(), lines, 0, care);
                        }
                        Way::Along => {
                            let lines = &mut scratch.lines;
                            sum_along::<T, Q>(&values, first, &places, care, lines, &mut sums);
                        }
                    }
                    doubtful = self.sink.lanes(&places, &sums);
                    if doubtful == 0 {
                        break;
                    }
                    // More care decides about sums with NaNs, or with losses, but not with infinities.
                    if !care.nans && lanes_of(doubtful).any(|lane| sums.may_have_nans(lane)) {
                        care.nans = true;
                    } else if !care.complete && lanes_of(doubtful).any(|lane| !sums.is_nan(lane)) {
                        care.complete = true;
                    } else {
                        break;
                    }
                }
                scratch.nans = care.nans && sums.has_nans;
                for lane in lanes_of(doubtful) {
                    self.one::<T, Q>(&strip.result_alone(first + lane))?;
                }
            }
        }
        Ok(())
    }

    /// The best way for a strip.
    fn way<T: Element>(&self, values: &Values) -> Way {
        if T::IS_DOUBLE && values.are_side_by_side::<T>() {
            Way::Rows
        } else if self.across || self.offsets.len() <= MAX_TRANSPOSED {
            Way::Gathered
        } else {
            Way::Along
        }
    }

    /// Reduces one result by an accumulator. Not inlined, so that no other frame has to hold it.
    #[cold]
    #[inline(never)]
    fn one<T: Element, Q: Quantity>(&self, result: &Strip) -> Result<()> {
        let mut accumulator = T::Accumulator::<Q>::new(in_force());
        self.source
            .add_one(result, 0..self.offsets.len(), &mut accumulator);
        match accumulator.short() {
            Some(short) => self.sink.short(result.index(0), &short),
            None => self
                .sink
                .moments(result.index(0), &mut accumulator.finish()),
        }
    }
}

/// The lanes whose bits are set.
fn lanes_of(bits: u8) -> impl Iterator<Item = usize> {
    (0..PACK).filter(move |lane| bits >> lane & 1 != 0)
}

/// Sums up a pack of doubles that lie side by side.
fn sum_rows<Q: Quantity>(values: &Values, first: usize, care: Care, sums: &mut LaneSums) {
    let ahead = if first + (PACKS_AHEAD + 1) * PACK <= values.results {
        (PACKS_AHEAD * size_of::<Line>()) as isize
    } else {
        0
    };
    // SAFETY: the results from `first` on have values side by side.
    let rows = unsafe { Rows::new(values.result(first), values.offsets) };
    sums.across::<Q>(in_force(), rows, ahead, care);
}

/// Sums up the results of a pack one by one. Not inlined, so that no other frame has to hold the sums of
/// each.
#[inline(never)]
fn sum_along<T: Element, Q: Quantity>(
    values: &Values,
    first: usize,
    places: &Places,
    care: Care,
    lines: &mut Gathered,
    sums: &mut LaneSums,
) {
    let mut each = LaneSums::new();
    let bytes = values.offsets.len() * size_of::<T::Raw>();
    let results_ahead = BYTES_AHEAD.div_ceil(bytes);
    for lane in lanes_of(places.owned) {
        // Converted values lie elsewhere.
        let in_place = T::IS_DOUBLE && values.contiguous;
        let ahead = if in_place && first + lane + results_ahead < values.results {
            results_ahead as isize * values.stride
        } else {
            0
        };
        // SAFETY: these are elements of the array.
        let one = unsafe { lines.one::<T>(values, first + lane) };
        sums.along::<Q>(in_force(), one, lane, ahead, care, &mut each);
    }
}
