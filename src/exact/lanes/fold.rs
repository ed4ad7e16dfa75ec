//! Both passes over lines.

use std::marker::PhantomData;

use super::range::Range;
use super::source::{Line, Lines};
use super::start::Start;
use super::{LaneSums, Tail};
use crate::exact::columns::{FOLDS, PACK};
use crate::exact::quantity::Quantity;
use crate::exact::sums::Sums;
use crate::simd::{Kernel, Simd, opaque};

/// The kernel that sums up lines.
pub struct FoldLines<'a, Q, L> {
    /// The lines.
    pub lines: L,
    /// From each line to one that will be needed soon, in bytes.
    pub ahead: isize,
    /// Do all lanes belong to one result, and so have one window?
    pub one_result: bool,
    /// The last line of one result.
    pub tail: Option<&'a Tail>,
    /// log2 of the additions that a lane does, rounded up.
    pub log2_adds: u32,
    /// Where the sums go.
    pub sums: &'a mut LaneSums,
    /// The quantities to gather.
    pub quantity: PhantomData<Q>,
}

impl<Q: Quantity, L: Lines> Kernel for FoldLines<'_, Q, L> {
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

impl<Q: Quantity, L: Lines> FoldLines<'_, Q, L> {
    #[inline(always)]
    fn find_ranges<S: Simd>(&mut self, simd: S) {
        for lane in (0..PACK).step_by(S::LANES) {
            let mut range = Range::new(simd, lane);
            for i in 0..self.lines.len() {
                let line = self.lines.at(i);
                simd.prefetch(line.wrapping_byte_offset(self.ahead));
                // SAFETY: a line has a vector's values from `lane` on.
                range.add::<Q>(unsafe { simd.load(line.add(lane)) });
            }
            if let Some(tail) = self.tail {
                // SAFETY: as above.
                range.add::<Q>(unsafe { load(simd, &tail.repeated, lane) });
            }
            range.store::<Q>(simd, self.sums, lane);
        }
        if self.one_result && Q::SUMS {
            let sums = &mut *self.sums;
            let (mut high, mut least) = (0.0, f64::INFINITY);
            for lane in 0..PACK {
                high = f64::max(high, sums.high[lane]);
                if sums.least[lane] != 0.0 {
                    least = f64::min(least, sums.least[lane]);
                }
            }
            sums.high = [high; PACK];
            sums.least = [least; PACK];
        }
    }

    #[inline(always)]
    fn fold<S: Simd>(self, simd: S) {
        let sums = self.sums;
        let one = Some(simd.splat(opaque(1.0)));
        for lane in (0..PACK).step_by(S::LANES) {
            // SAFETY: there are a vector's lanes from `lane` on.
            let (high, least) = unsafe {
                (
                    simd.load(sums.high.as_ptr().add(lane)),
                    simd.load(sums.least.as_ptr().add(lane)),
                )
            };
            let start = Start::<S>::new::<Q>(simd, high, self.log2_adds);
            let mut running = Sums::<S, Q, 1, FOLDS>::from_running(start.running());
            for i in 0..self.lines.len() {
                // SAFETY: a line has a vector's values from `lane` on.
                running.add(0, unsafe { simd.load(self.lines.at(i).add(lane)) }, one);
            }
            if let Some(tail) = self.tail {
                // SAFETY: as above.
                running.add(0, unsafe { load(simd, &tail.padded, lane) }, one);
            }
            start.store_moved::<Q>(&running, sums, lane);
            start.store_losses::<Q>(simd, least, sums, lane);
        }
    }
}

/// The values of a line from `lane` on.
///
/// # Safety
/// These are as many as a vector has lanes.
#[inline(always)]
unsafe fn load<S: Simd>(simd: S, line: &Line, lane: usize) -> S::F64 {
    // SAFETY: the caller's promise.
    unsafe { simd.load(line.as_ptr().add(lane).cast()) }
}
