//! Both passes over lines.

use std::marker::PhantomData;

use super::range::Range;
use super::start::Start;
use super::{LaneSums, Line, Tail};
use crate::exact::columns::{FOLDS, PACK};
use crate::exact::quantity::Quantity;
use crate::exact::sums::Sums;
use crate::simd::{Kernel, Simd, opaque};

/// The kernel that sums up lines.
pub struct FoldLines<'a, Q> {
    /// The lines.
    pub lines: &'a [Line],
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

impl<Q: Quantity> Kernel for FoldLines<'_, Q> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (repeated, padded): (&[Line], &[Line]) = match self.tail {
            Some(tail) => (&[tail.repeated], &[tail.padded]),
            None => (&[], &[]),
        };
        let sums = self.sums;
        for lane in (0..PACK).step_by(S::LANES) {
            let mut range = Range::new(simd, lane);
            range.add::<Q>(simd, self.lines, lane);
            range.add::<Q>(simd, repeated, lane);
            range.store::<Q>(simd, sums, lane);
        }
        if !Q::SUMS {
            return;
        }
        if self.one_result {
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
            for lines in [self.lines, padded] {
                for line in lines {
                    // SAFETY: a line has a vector's values from `lane` on.
                    let x = unsafe { simd.load(line.as_ptr().add(lane).cast()) };
                    running.add(0, x, one);
                }
            }
            start.store_moved::<Q>(&running, sums, lane);
            start.store_losses::<Q>(simd, least, sums, lane);
        }
    }
}
