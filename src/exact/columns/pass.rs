//! The kernel: a pass over some rows adds their values to the running sums of the columns.

use std::marker::PhantomData;

use super::pack::{FOLDS, PACK, Pack, PackExtremes};
use crate::exact::quantity::Quantity;
use crate::exact::sums::Sums;
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, Simd, opaque};

/// One pass: adds rows of at least [`PACK`] columns to the running sums, and prefetches the same columns of
/// the rows `ahead`. The last pack holds the last columns, some of which the pack before may hold as well.
pub struct Pass<'a, Q> {
    /// The rows to add.
    pub rows: &'a [*const f64],
    /// The rows that come next.
    pub ahead: &'a [*const f64],
    /// How many columns each row has, at least [`PACK`].
    pub columns: usize,
    /// The packs to add to.
    pub packs: &'a mut [Pack],
    /// The extremes of each pack, if extremes are gathered.
    pub extremes: &'a mut [PackExtremes],
    /// The quantities to gather.
    pub quantity: PhantomData<Q>,
}

impl<Q: Quantity> Pass<'_, Q> {
    /// Makes the pass.
    ///
    /// # Safety
    /// The rows may be read at any alignment.
    pub unsafe fn run(self, set: InstructionSet) {
        set.run(ReadablePass(self));
    }
}

/// A pass whose rows may be read, as the caller of [`Pass::run`] has promised.
struct ReadablePass<'a, Q>(Pass<'a, Q>);

impl<Q: Quantity> Kernel for ReadablePass<'_, Q> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Pass {
            rows,
            ahead,
            columns,
            packs,
            extremes,
            ..
        } = self.0;
        assert!(columns >= PACK && packs.len() == columns.div_ceil(PACK));
        assert!(!Q::EXTREMES || extremes.len() == packs.len());
        let one = opaque(1.0);
        for (p, pack) in packs.iter_mut().enumerate() {
            let first = (p * PACK).min(columns - PACK);
            for row in ahead {
                // The rows of a pass would evict the running sums from the nearest cache before they are
                // used.
                simd.prefetch_to_l2(row.wrapping_add(first));
            }
            for lane in (0..PACK).step_by(S::LANES) {
                let one = Some(simd.splat(one));
                // SAFETY: a pack has a vector's lanes from `lane` on, and the caller of `Pass::run` promises
                // the rows.
                unsafe {
                    let mut sums = Sums::<S, Q, 1, FOLDS>::from_running(pack.running(simd, lane));
                    // The greatest magnitude follows from the extremes if these are gathered.
                    let mut high = simd.load(pack.high.as_ptr().add(lane));
                    let mut pack_extremes = if Q::EXTREMES {
                        extremes[p].load(simd, lane)
                    } else {
                        [high; 4]
                    };
                    let mut least = simd.load_least(pack.least.as_ptr().add(lane));
                    for row in rows {
                        let x = simd.load(row.add(first + lane));
                        let magnitude = x.abs();
                        if Q::EXTREMES {
                            let [min, max, or, and] = &mut pack_extremes;
                            *min = x.min(*min);
                            *max = x.max(*max);
                            *or = x.or(*or);
                            *and = x.and(*and);
                        } else {
                            high = magnitude.max(high);
                        }
                        if Q::SUMS {
                            least = least.with(magnitude);
                        }
                        sums.add(0, x, one);
                    }
                    if Q::EXTREMES {
                        extremes[p].store(pack_extremes, lane);
                    } else {
                        high.store(pack.high.as_mut_ptr().add(lane));
                    }
                    least.store(pack.least.as_mut_ptr().add(lane));
                    if Q::SUM {
                        pack.store(0, &sums.running[0], lane);
                    }
                    if Q::SQUARES {
                        pack.store(1, &sums.running[1], lane);
                        pack.store(2, &sums.running[2], lane);
                    }
                    if !Q::SUMS {
                        // The witness of NaNs.
                        pack.store(1, &sums.running[1], lane);
                    }
                }
            }
        }
    }
}
