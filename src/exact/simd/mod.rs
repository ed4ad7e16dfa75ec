//! The vector type that the kernels are generic over, its instances, and the one place that chooses among them.

use std::sync::atomic::{AtomicPtr, Ordering};

use super::Unaligned;
use super::columns::ColumnKernels;
use super::extract::{Compared, Span};
use super::window::{Depth, MAX_LANES, ProductWindow, Totals, Window};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
pub mod avx512;
mod baseline;

/// No kernel's step is longer: vectors in flight, of so many lanes.
pub const MAX_STEP: usize = 4 * MAX_LANES;

/// A vector of `f64`.
///
/// # Safety
/// Every method may be called only on a CPU that has the instance's features, and must be inlined into a function that
/// enables them.
pub unsafe trait Vector: Copy {
    /// How many numbers it holds, at most [`MAX_LANES`].
    const LANES: usize;
    /// A running least nonzero magnitude.
    type Least: Copy;

    /// # Safety
    /// As the trait, and so for all that follow.
    unsafe fn splat(x: f64) -> Self;
    /// Reads LANES numbers at any alignment.
    /// # Safety
    /// They are readable.
    unsafe fn load(at: *const f64) -> Self;
    /// Writes LANES numbers at any alignment.
    /// # Safety
    /// They may be written.
    unsafe fn store(self, at: *mut f64);
    /// Asks for the cache line of any address.
    /// # Safety
    /// As the trait.
    unsafe fn prefetch(at: *const f64);
    /// The same, no closer than the second-level cache: for what comes late.
    /// # Safety
    /// As the trait.
    unsafe fn prefetch_late(at: *const f64);
    /// self + other.
    /// # Safety
    /// As the trait.
    unsafe fn add(self, other: Self) -> Self;
    /// self - other.
    /// # Safety
    /// As the trait.
    unsafe fn sub(self, other: Self) -> Self;
    /// `one · self + other`, that is self + other on the multipliers, where those fuse: CPUs with adders beside them (AMD's
    /// since Zen) do more at a time if some additions go there. `one` comes from [`hidden`], or the compiler would see through it.
    /// # Safety
    /// As the trait.
    unsafe fn add_aside(self, other: Self, one: Self) -> Self;
    /// `self - one · other`, likewise.
    /// # Safety
    /// As the trait.
    unsafe fn sub_aside(self, other: Self, one: Self) -> Self;
    /// self · other.
    /// # Safety
    /// As the trait.
    unsafe fn mul(self, other: Self) -> Self;
    /// self · other - rounded, exactly, where `rounded` is RN(self · other) and no part under- or overflows; NaN if one does
    /// overflow.
    /// # Safety
    /// As the trait.
    unsafe fn product_error(self, other: Self, rounded: Self) -> Self;
    /// Clears the signs.
    /// # Safety
    /// As the trait.
    unsafe fn abs(self) -> Self;
    /// The union of the bits.
    /// # Safety
    /// As the trait.
    unsafe fn or(self, other: Self) -> Self;
    /// The bits in common.
    /// # Safety
    /// As the trait.
    unsafe fn and(self, other: Self) -> Self;
    /// The lesser; `other` where self is NaN or the two are equal.
    /// # Safety
    /// As the trait.
    unsafe fn min(self, other: Self) -> Self;
    /// The greater; `other` where self is NaN or the two are equal.
    /// # Safety
    /// As the trait.
    unsafe fn max(self, other: Self) -> Self;
    /// The lesser magnitude; neither is NaN.
    /// # Safety
    /// As the trait.
    unsafe fn nearer(self, other: Self) -> Self;
    /// Is every lane at least the limit?
    /// # Safety
    /// As the trait.
    unsafe fn all_reach(self, limit: f64) -> bool;
    /// Is every lane below the limit? NaN is not.
    /// # Safety
    /// As the trait.
    unsafe fn all_below(self, limit: f64) -> bool;
    /// Is no lane NaN?
    /// # Safety
    /// As the trait.
    unsafe fn is_ordered(self) -> bool;
    /// Adds bits(self) - bits(start), as integers, to the first LANES totals.
    /// # Safety
    /// As the trait.
    unsafe fn add_bits_since(self, start: Self, totals: &mut [i64; MAX_LANES]);
    /// The least lane; none is NaN.
    /// # Safety
    /// As the trait.
    unsafe fn reduce_min(self) -> f64;
    /// The greatest lane; none is NaN.
    /// # Safety
    /// As the trait.
    unsafe fn reduce_max(self) -> f64;

    /// No nonzero magnitude yet.
    /// # Safety
    /// As the trait.
    unsafe fn no_least() -> Self::Least;
    /// Reads what [`Self::store_least`] wrote.
    /// # Safety
    /// LANES numbers are readable.
    unsafe fn load_least(at: *const f64) -> Self::Least;
    /// Writes each lane's least nonzero magnitude, infinite (or 0) if there is none.
    /// # Safety
    /// LANES numbers may be written.
    unsafe fn store_least(least: Self::Least, at: *mut f64);
    /// Takes magnitudes in; zeros are skipped, NaNs may be.
    /// # Safety
    /// As the trait.
    unsafe fn least(least: Self::Least, magnitude: Self) -> Self::Least;
    /// The lesser of two.
    /// # Safety
    /// As the trait.
    unsafe fn least_of(a: Self::Least, b: Self::Least) -> Self::Least;
    /// Is every lane at least the limit?
    /// # Safety
    /// As the trait.
    unsafe fn least_reaches(least: Self::Least, limit: f64) -> bool;
    /// The least nonzero magnitude of all lanes, infinite (or NaN) if there is none.
    /// # Safety
    /// As the trait.
    unsafe fn reduce_least(least: Self::Least) -> f64;
}

/// A number whose value the compiler does not know.
#[inline(always)]
pub fn hidden(x: f64) -> f64 {
    let mut bits = x.to_bits();
    // SAFETY: no instruction.
    unsafe {
        std::arch::asm!("/* {} */", inout(reg) bits, options(pure, nomem, nostack, preserves_flags))
    };
    f64::from_bits(bits)
}

/// See [`super::extract::fold`].
type Fold = unsafe fn(&[Unaligned], &Window, &mut Totals, &mut Compared) -> usize;

/// One kernel, compiled for one instruction set and one set of quantities.
#[derive(Clone, Copy)]
pub struct Kernel {
    step: usize,
    k: u32,
    /// With two folds and with three.
    fold: [Fold; 2],
    span: unsafe fn(&[Unaligned]) -> Span,
}

impl Kernel {
    /// Values come in multiples of this.
    pub fn step(&self) -> usize {
        self.step
    }

    /// log2 of the additions a lane does in a block.
    pub const fn k(&self) -> u32 {
        self.k
    }

    /// Values in a full block.
    pub fn block(&self) -> usize {
        self.step << self.k
    }

    /// See [`super::extract::fold`].
    pub fn fold(
        &self,
        depth: Depth,
        values: &[Unaligned],
        window: &Window,
        totals: &mut Totals,
        compared: &mut Compared,
    ) -> usize {
        assert!(values.len().is_multiple_of(self.step));
        // SAFETY: kernels come only from `supported`, which asked the CPU; the length was checked.
        unsafe { self.fold[depth as usize - 2](values, window, totals, compared) }
    }

    /// See [`super::extract::span`].
    pub fn span(&self, values: &[Unaligned]) -> Span {
        assert!(values.len().is_multiple_of(self.step));
        // SAFETY: as in `fold`; a step is a multiple of the lanes.
        unsafe { (self.span)(values) }
    }
}

/// See [`super::extract::fold_products`].
type FoldProducts = unsafe fn(&[Unaligned], &[Unaligned], &ProductWindow, &mut Totals) -> usize;

/// The kernel of products.
#[derive(Clone, Copy)]
pub struct ProductKernel {
    step: usize,
    k: u32,
    /// With two folds and with three.
    fold: [FoldProducts; 2],
    span: unsafe fn(&[Unaligned]) -> Span,
}

impl ProductKernel {
    /// Pairs come in multiples of this.
    pub fn step(&self) -> usize {
        self.step
    }

    /// log2 of the additions a lane does in a block.
    pub fn k(&self) -> u32 {
        self.k
    }

    /// Pairs in a full block.
    pub fn block(&self) -> usize {
        self.step << self.k
    }

    /// See [`super::extract::fold_products`].
    pub fn fold(
        &self,
        depth: Depth,
        xs: &[Unaligned],
        ys: &[Unaligned],
        window: &ProductWindow,
        totals: &mut Totals,
    ) -> usize {
        assert!(xs.len() == ys.len() && xs.len().is_multiple_of(self.step));
        // SAFETY: kernels come only from `supported`, which asked the CPU; the lengths were checked.
        unsafe { self.fold[depth as usize - 2](xs, ys, window, totals) }
    }

    /// See [`super::extract::span`].
    pub fn span(&self, values: &[Unaligned]) -> Span {
        assert!(values.len().is_multiple_of(self.step));
        // SAFETY: as in `fold`; a step is a multiple of the lanes.
        unsafe { (self.span)(values) }
    }
}

/// Rows that are transposed together: of 8-byte elements, a cache line of each column.
pub const TRANSPOSED: usize = 8;

/// A plain loop, for the compiler to vectorise.
pub trait Loop {
    /// Its body; to be marked `#[inline(always)]`, as only inlined code gets the instruction set.
    fn run(self);
}

/// The instruction sets that code is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isa {
    /// AVX-512 (F and DQ) and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// What every CPU of the architecture has.
    Baseline,
}

/// The kernels of one instruction set.
pub struct Kernels {
    isa: Isa,
    /// As in `PAREXACT_SIMD`.
    pub name: &'static str,
    /// Σx.
    pub sum: Kernel,
    /// Σx².
    pub squares: Kernel,
    /// Σx and Σx².
    pub moments: Kernel,
    /// Σx, Σx² and the extremes; step and k as `moments`.
    pub describe: Kernel,
    /// Σx² of values of at most 26 bits; and so below.
    pub narrow_squares: Kernel,
    /// Σx and Σx².
    pub narrow_moments: Kernel,
    /// Σx, Σx² and the extremes; step and k as `narrow_moments`.
    pub narrow_describe: Kernel,
    /// Σxy.
    pub products: ProductKernel,
    /// Across the columns of a matrix.
    pub columns: ColumnKernels,
}

impl Kernels {
    /// The instruction set, which the CPU has.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Is fused multiply-add an instruction, not a call?
    pub fn fuses(&self) -> bool {
        self.isa != Isa::Baseline
    }

    /// Runs a loop that was compiled for this instruction set.
    #[inline(always)]
    pub fn run(&self, body: impl Loop) {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: kernels come only from `supported`, which asked the CPU.
            Isa::Avx512 => unsafe { avx512::run(body) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Isa::Avx2 => unsafe { avx2::run(body) },
            Isa::Baseline => body.run(),
        }
    }

    /// Transposes `columns` columns, a multiple of 8, of 8-byte elements: column c of the rows goes to the 8 places from
    /// `out + c·pitch` on. Meanwhile the memory is asked for the same columns of the rows `ahead`.
    ///
    /// # Safety
    /// The rows may be read at any alignment, and the places written.
    #[inline]
    pub unsafe fn transpose(
        &self,
        rows: &[*const Unaligned; TRANSPOSED],
        ahead: &[*const Unaligned; TRANSPOSED],
        columns: usize,
        out: *mut Unaligned,
        pitch: usize,
    ) {
        debug_assert!(columns.is_multiple_of(TRANSPOSED));
        // SAFETY: kernels come only from `supported`, which asked the CPU; the rest is the caller's promise.
        unsafe {
            match self.isa {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512 => avx512::transpose(rows, ahead, columns, out, pitch),
                _ => {
                    // The hardware has to guess what comes next.
                    let _ = ahead;
                    for column in 0..columns {
                        let place = out.add(column * pitch);
                        for (i, row) in rows.iter().enumerate() {
                            place.add(i).write(row.add(column).read());
                        }
                    }
                }
            }
        }
    }
}

/// The instruction sets that this CPU has, best first.
pub fn supported() -> impl Iterator<Item = &'static Kernels> {
    #[cfg(target_arch = "x86_64")]
    let vectors = [
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq"))
            .then_some(&avx512::KERNELS),
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"))
            .then_some(&avx2::KERNELS),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let vectors: [Option<&'static Kernels>; 0] = [];
    vectors
        .into_iter()
        .flatten()
        .chain(std::iter::once(&baseline::KERNELS))
}

/// The kernels in force: the best ones, or those that `PAREXACT_SIMD` names, if the CPU has them.
pub fn kernels() -> &'static Kernels {
    static CHOSEN: AtomicPtr<Kernels> = AtomicPtr::new(std::ptr::null_mut());
    let chosen = CHOSEN.load(Ordering::Acquire);
    if !chosen.is_null() {
        // SAFETY: only references to statics are stored.
        return unsafe { &*chosen };
    }
    // Two threads may both choose; they choose the same.
    let wanted = std::env::var("PAREXACT_SIMD").unwrap_or_default();
    let best = supported()
        .find(|kernels| kernels.name == wanted)
        .or_else(|| supported().next())
        .expect("the baseline is always there");
    CHOSEN.store(std::ptr::from_ref(best).cast_mut(), Ordering::Release);
    best
}

/// Name of the instruction set in force.
pub fn path_name() -> &'static str {
    kernels().name
}
