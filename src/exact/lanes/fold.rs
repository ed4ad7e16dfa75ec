//! Both passes over lines.

use std::marker::PhantomData;

use super::care::Care;
use super::range::Range;
use super::source::Lines;
use super::start::Start;
use super::sums::LaneSums;
use super::tail::Tail;
use crate::exact::columns::{FOLDS, PACK};
use crate::exact::quantity::Quantity;
use crate::exact::sums::Sums;
use crate::simd::{F64s, Kernel, Simd, opaque};

/// The kernel that sums up lines.
///
/// The constants are the fields of [`Care`]: whatever need not be found out costs no operation.
pub struct FoldLines<'a, Q, L, const COMPLETE: bool, const NANS: bool> {
    /// The lines.
    pub lines: L,
    /// From each line to one that will be needed soon, in bytes.
    pub ahead: isize,
    /// The last line, if all lines belong to one result: its lanes then have one window.
    pub tail: Option<Tail<'a>>,
    /// log2 of the additions that a lane does, rounded up.
    pub log2_adds: u32,
    /// Where the sums go; the count of values is set.
    pub sums: &'a mut LaneSums,
    /// The quantities to gather.
    pub quantity: PhantomData<Q>,
}

impl<Q, L, const COMPLETE: bool, const NANS: bool> Kernel for FoldLines<'_, Q, L, COMPLETE, NANS>
where
    Q: Quantity,
    L: Lines,
{
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        self.find_ranges(simd.eight());
        if Q::SUM && !Q::SQUARES {
            self.fold(simd.eight());
        } else if Q::SUMS {
            // 16 registers hold the folds of one vector.
            self.fold(simd);
        }
    }
}

impl<Q: Quantity, L: Lines, const COMPLETE: bool, const NANS: bool>
    FoldLines<'_, Q, L, COMPLETE, NANS>
{
    const CARE: Care = Care::new(COMPLETE, NANS);

    #[inline(always)]
    fn find_ranges<S: Simd>(&mut self, simd: S) {
        let mut range = Range::new(simd, 0);
        for i in 0..self.lines.len() {
            let line = self.lines.at(i);
            simd.prefetch(line.wrapping_byte_offset(self.ahead));
            // SAFETY: a line has eight values.
            let x = unsafe { simd.load(line) };
            range.add::<Q>(x, Self::CARE);
            if NANS {
                range.count_nans(x);
            }
        }
        if let Some(Tail {
            last: Some(line),
            mask,
        }) = self.tail
        {
            // Values that are taken in twice change no range, but they would be counted twice.
            // SAFETY: as above.
            let x = unsafe { simd.load(line.as_ptr().cast()) };
            range.add::<Q>(x, Self::CARE);
            if NANS {
                // SAFETY: as above.
                range.count_nans(x.and(unsafe { simd.load(mask.as_ptr().cast()) }));
            }
        }
        range.store::<Q>(self.sums, 0, self.tail.is_some(), Self::CARE);
    }

    #[inline(always)]
    fn fold<S: Simd>(self, simd: S) {
        let sums = self.sums;
        let one = Some(simd.splat(opaque(1.0)));
        for lane in (0..PACK).step_by(S::LANES) {
            // SAFETY: there are a vector's lanes from `lane` on.
            let high = unsafe { simd.load(sums.high.as_ptr().add(lane)) };
            let start = Start::<S>::new::<Q>(simd, high, self.log2_adds, COMPLETE);
            let mut running = start.running::<Q>();
            for i in 0..self.lines.len() {
                // SAFETY: a line has a vector's values from `lane` on.
                let x = unsafe { simd.load(self.lines.at(i).add(lane)) };
                add::<S, Q, COMPLETE, NANS>(&mut running, x, one);
            }
            if let Some(Tail {
                last: Some(line),
                mask,
            }) = self.tail
            {
                // Zeros change no sum.
                // SAFETY: as above.
                let x = unsafe {
                    let mask = simd.load(mask.as_ptr().add(lane).cast());
                    simd.load(line.as_ptr().add(lane).cast()).and(mask)
                };
                add::<S, Q, COMPLETE, NANS>(&mut running, x, one);
            }
            start.store_moved::<Q>(&running, sums, lane);
            let least = if COMPLETE {
                // SAFETY: there are a vector's lanes from `lane` on.
                unsafe { simd.load(sums.least.as_ptr().add(lane)) }
            } else {
                simd.splat(0.0)
            };
            start.store_lost::<Q>(simd, least, sums.count as f64, sums, lane);
        }
    }
}

#[inline(always)]
fn add<S: Simd, Q: Quantity, const COMPLETE: bool, const NANS: bool>(
    running: &mut Sums<S, Q, 1, FOLDS>,
    x: S::F64,
    one: Option<S::F64>,
) {
    // Zeros change no sum.
    let x = if NANS { x.and_not(x.nans()) } else { x };
    if COMPLETE {
        running.add(0, x, one);
    } else {
        running.add_quickly(0, x, one);
    }
}
