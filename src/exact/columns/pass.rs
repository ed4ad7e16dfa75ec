//! The kernel: a pass over some rows, whose values are added to the running sums of their columns.

use std::marker::PhantomData;

use super::pack::{PACK, Pack, Spread};
use crate::exact::quantity::Quantity;
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, Simd, opaque};

/// One pass: adds rows of values to the running sums, at least [`PACK`] columns of them. The last pack holds
/// the last columns, some of which the one before may hold as well. Meanwhile the memory is asked for the
/// same columns of the rows `ahead`.
pub struct Pass<'a, Q> {
    /// The rows.
    pub rows: &'a [*const f64],
    /// The rows that come next.
    pub ahead: &'a [*const f64],
    /// How many columns.
    pub columns: usize,
    /// What is added to.
    pub packs: &'a mut [Pack],
    /// As many as packs, if extremes are asked for.
    pub spreads: &'a mut [Spread],
    /// What is gathered.
    pub quantity: PhantomData<Q>,
}

impl<Q: Quantity> Pass<'_, Q> {
    /// Makes the pass.
    ///
    /// # Safety
    /// The rows may be read at any alignment.
    pub unsafe fn run(self, set: InstructionSet) {
        set.run(self);
    }
}

impl<Q: Quantity> Kernel for Pass<'_, Q> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            rows,
            ahead,
            columns,
            packs,
            spreads,
            ..
        } = self;
        assert!(columns >= PACK && packs.len() == columns.div_ceil(PACK));
        assert!(!Q::EXTREMES || spreads.len() == packs.len());
        let one = opaque(1.0);
        for (p, pack) in packs.iter_mut().enumerate() {
            let first = (p * PACK).min(columns - PACK);
            for row in ahead {
                // The nearest cache is full of running sums: a pass of rows would push them out before it is
                // wanted.
                simd.prefetch_to_l2(row.wrapping_add(first));
            }
            for lane in (0..PACK).step_by(S::LANES) {
                let one = Some(simd.splat(one));
                // SAFETY: a pack has as many lanes as `lane` runs over, and `Pass::run`'s caller promises the
                // rows.
                unsafe {
                    let [mut sum, mut square, mut error] = pack.running(simd, lane);
                    // With extremes the greatest magnitude follows from them.
                    let mut high = simd.load(pack.high.as_ptr().add(lane));
                    let mut spread = if Q::EXTREMES {
                        spreads[p].load(simd, lane)
                    } else {
                        [high; 4]
                    };
                    let mut least = simd.load_least(pack.least.as_ptr().add(lane));
                    for row in rows {
                        let x = simd.load(row.add(first + lane));
                        let magnitude = x.abs();
                        if Q::EXTREMES {
                            let [min, max, some, all] = &mut spread;
                            *min = x.min(*min);
                            *max = x.max(*max);
                            *some = x.or(*some);
                            *all = x.and(*all);
                        } else {
                            high = magnitude.max(high);
                        }
                        least = least.with(magnitude);
                        if Q::SUM {
                            sum.add(0, x, one);
                        }
                        if Q::SQUARES {
                            let product = x.mul(x);
                            square.add(0, product, one);
                            error.add(0, x.product_error(x, product), one);
                        }
                    }
                    if Q::EXTREMES {
                        spreads[p].store(spread, lane);
                    } else {
                        high.store(pack.high.as_mut_ptr().add(lane));
                    }
                    least.store(pack.least.as_mut_ptr().add(lane));
                    if Q::SUM {
                        pack.store(0, &sum, lane);
                    }
                    if Q::SQUARES {
                        pack.store(1, &square, lane);
                        pack.store(2, &error, lane);
                    }
                }
            }
        }
    }
}
