//! Vectors of twice as many lanes, as pairs, for algorithms that are defined for more lanes than a register
//! has.
//!
//! Each operation is written out for the lower half and then the upper one. A closure for both need not be
//! inlined, and outside the kernel it would lack the instructions.

use super::{F32s, F64s, Kernel, LeastNonzero, Simd, Tables, U64s};

/// An instruction set whose vectors are two of `S`.
#[derive(Debug, Clone, Copy)]
pub struct Wide<S>(pub S);

/// Two vectors: the lower lanes, and the upper lanes.
#[derive(Clone, Copy)]
pub struct Pair<V>(V, V);

/// How many lanes a vector has: it consists of lanes of 64 bits alone.
const fn lanes<V>() -> usize {
    size_of::<V>() / size_of::<u64>()
}

/// A kernel that runs another kernel with twice as many lanes.
struct OnPairs<K>(K);

impl<K: Kernel> Kernel for OnPairs<K> {
    type Output = K::Output;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> K::Output {
        self.0.run(Wide(simd))
    }
}

impl<S: Simd> Simd for Wide<S> {
    type F64 = Pair<S::F64>;
    type U64 = Pair<S::U64>;
    type F32 = Pair<S::F32>;
    type Least = Pair<S::Least>;
    type Eight = S::Eight;

    const LANES: usize = 2 * S::LANES;
    const REGISTERS: usize = S::REGISTERS / 2;
    const FUSES: bool = S::FUSES;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> K::Output {
        self.0.run(OnPairs(kernel))
    }

    #[inline(always)]
    fn eight(self) -> S::Eight {
        self.0.eight()
    }

    #[inline(always)]
    fn splat(self, x: f64) -> Self::F64 {
        Pair(self.0.splat(x), self.0.splat(x))
    }

    #[inline(always)]
    unsafe fn load(self, at: *const f64) -> Self::F64 {
        // SAFETY: the caller's promise; the upper half follows the lower one.
        unsafe { Pair(self.0.load(at), self.0.load(at.add(S::LANES))) }
    }

    #[inline(always)]
    unsafe fn load_bits(self, at: *const u64) -> Self::U64 {
        // SAFETY: as in `load`.
        unsafe { Pair(self.0.load_bits(at), self.0.load_bits(at.add(S::LANES))) }
    }

    #[inline(always)]
    fn splat_floats(self, x: f32) -> Self::F32 {
        Pair(self.0.splat_floats(x), self.0.splat_floats(x))
    }

    #[inline(always)]
    unsafe fn load_floats(self, at: *const f32) -> Self::F32 {
        // SAFETY: as in `load`.
        unsafe {
            Pair(
                self.0.load_floats(at),
                self.0.load_floats(at.add(2 * S::LANES)),
            )
        }
    }

    #[inline(always)]
    unsafe fn load_halves(self, at: *const u16) -> Self::F32 {
        // SAFETY: as in `load`.
        unsafe {
            Pair(
                self.0.load_halves(at),
                self.0.load_halves(at.add(2 * S::LANES)),
            )
        }
    }

    #[inline(always)]
    fn no_least(self) -> Self::Least {
        Pair(self.0.no_least(), self.0.no_least())
    }

    #[inline(always)]
    unsafe fn load_least(self, at: *const f64) -> Self::Least {
        // SAFETY: as in `load`.
        unsafe { Pair(self.0.load_least(at), self.0.load_least(at.add(S::LANES))) }
    }

    #[inline(always)]
    fn prefetch(self, at: *const f64) {
        self.0.prefetch(at);
    }

    #[inline(always)]
    fn prefetch_to_l2(self, at: *const f64) {
        self.0.prefetch_to_l2(at);
    }
}

impl<V: F64s> F64s for Pair<V> {
    type U64 = Pair<V::U64>;

    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: the caller's promise; the upper half follows the lower one.
        unsafe {
            self.0.store(at);
            self.1.store(at.add(lanes::<V>()));
        }
    }

    #[inline(always)]
    fn to_bits(self) -> Self::U64 {
        Pair(self.0.to_bits(), self.1.to_bits())
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0), self.1.add(other.1))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0.sub(other.0), self.1.sub(other.1))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(self.0.mul(other.0), self.1.mul(other.1))
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(self.0.div(other.0), self.1.div(other.1))
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(self.0.sqrt(), self.1.sqrt())
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(
            self.0.mul_add(factor.0, term.0),
            self.1.mul_add(factor.1, term.1),
        )
    }

    #[inline(always)]
    fn product_error(self, other: Self, rounded: Self) -> Self {
        Self(
            self.0.product_error(other.0, rounded.0),
            self.1.product_error(other.1, rounded.1),
        )
    }

    #[inline(always)]
    fn add_by_fma(self, other: Self, one: Self) -> Self {
        Self(
            self.0.add_by_fma(other.0, one.0),
            self.1.add_by_fma(other.1, one.1),
        )
    }

    #[inline(always)]
    fn sub_by_fma(self, other: Self, one: Self) -> Self {
        Self(
            self.0.sub_by_fma(other.0, one.0),
            self.1.sub_by_fma(other.1, one.1),
        )
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.abs(), self.1.abs())
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0), self.1.or(other.1))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(self.0.and(other.0), self.1.and(other.1))
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        Self(self.0.and_not(other.0), self.1.and_not(other.1))
    }

    #[inline(always)]
    fn nans(self) -> Self {
        Self(self.0.nans(), self.1.nans())
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.min(other.1))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0), self.1.max(other.1))
    }

    #[inline(always)]
    fn min_magnitude(self, other: Self) -> Self {
        Self(self.0.min_magnitude(other.0), self.1.min_magnitude(other.1))
    }

    #[inline(always)]
    fn replace_below(self, limit: Self, other: Self) -> Self {
        Self(
            self.0.replace_below(limit.0, other.0),
            self.1.replace_below(limit.1, other.1),
        )
    }

    #[inline(always)]
    fn keep_within(self, least: Self, above: Self) -> Self {
        Self(
            self.0.keep_within(least.0, above.0),
            self.1.keep_within(least.1, above.1),
        )
    }

    #[inline(always)]
    fn differs(self, other: Self) -> u32 {
        self.0.differs(other.0) | self.1.differs(other.1) << lanes::<V>()
    }

    #[inline(always)]
    fn all_at_least(self, limit: f64) -> bool {
        self.0.all_at_least(limit) && self.1.all_at_least(limit)
    }

    #[inline(always)]
    fn all_below(self, limit: f64) -> bool {
        self.0.all_below(limit) && self.1.all_below(limit)
    }

    #[inline(always)]
    fn none_is_nan(self) -> bool {
        self.0.none_is_nan() && self.1.none_is_nan()
    }

    #[inline(always)]
    fn reduce_min(self) -> f64 {
        self.0.reduce_min().min(self.1.reduce_min())
    }

    #[inline(always)]
    fn reduce_max(self) -> f64 {
        self.0.reduce_max().max(self.1.reduce_max())
    }

    #[inline(always)]
    fn flip_sign(self, bits: Self::U64) -> Self {
        Self(self.0.flip_sign(bits.0), self.1.flip_sign(bits.1))
    }

    #[inline(always)]
    fn swap(self, other: Self, bits: Self::U64) -> (Self, Self) {
        let lower = self.0.swap(other.0, bits.0);
        let upper = self.1.swap(other.1, bits.1);
        (Self(lower.0, upper.0), Self(lower.1, upper.1))
    }

    #[inline(always)]
    fn split(self, tables: &Tables) -> [Self; 4] {
        let lower = self.0.split(tables);
        let upper = self.1.split(tables);
        [
            Self(lower[0], upper[0]),
            Self(lower[1], upper[1]),
            Self(lower[2], upper[2]),
            Self(lower[3], upper[3]),
        ]
    }
}

impl<V: U64s> U64s for Pair<V> {
    type F64 = Pair<V::F64>;

    #[inline(always)]
    unsafe fn store(self, at: *mut u64) {
        // SAFETY: the caller's promise; the upper half follows the lower one.
        unsafe {
            self.0.store(at);
            self.1.store(at.add(lanes::<V>()));
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0), self.1.add(other.1))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0.sub(other.0), self.1.sub(other.1))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(self.0.xor(other.0), self.1.xor(other.1))
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        Self(self.0.xor3(b.0, c.0), self.1.xor3(b.1, c.1))
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self) -> Self {
        Self(self.0.shl::<BITS>(), self.1.shl::<BITS>())
    }

    #[inline(always)]
    fn rotl<const LEFT: u32, const RIGHT: u32>(self) -> Self {
        Self(self.0.rotl::<LEFT, RIGHT>(), self.1.rotl::<LEFT, RIGHT>())
    }

    #[inline(always)]
    fn top53(self) -> Self::F64 {
        Pair(self.0.top53(), self.1.top53())
    }

    #[inline(always)]
    fn one_to_two(self) -> Self::F64 {
        Pair(self.0.one_to_two(), self.1.one_to_two())
    }

    #[inline(always)]
    fn odd_one_to_two(self) -> Self::F64 {
        Pair(self.0.odd_one_to_two(), self.1.odd_one_to_two())
    }
}

impl<F, V: LeastNonzero<F>> LeastNonzero<Pair<F>> for Pair<V> {
    #[inline(always)]
    fn with(self, magnitudes: Pair<F>) -> Self {
        Self(self.0.with(magnitudes.0), self.1.with(magnitudes.1))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.min(other.1))
    }

    #[inline(always)]
    fn all_at_least(self, limit: f64) -> bool {
        self.0.all_at_least(limit) && self.1.all_at_least(limit)
    }

    #[inline(always)]
    fn reduce(self) -> f64 {
        self.0.reduce().min(self.1.reduce())
    }

    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: the caller's promise; the upper half follows the lower one.
        unsafe {
            self.0.store(at);
            self.1.store(at.add(lanes::<V>()));
        }
    }
}

impl<V: F32s> F32s for Pair<V> {
    type F64 = Pair<V::F64>;

    #[inline(always)]
    unsafe fn store(self, at: *mut f32) {
        // SAFETY: the caller's promise; the upper half follows the lower one.
        unsafe {
            self.0.store(at);
            self.1.store(at.add(size_of::<V>() / size_of::<f32>()));
        }
    }

    #[inline(always)]
    fn widen(self) -> [Self::F64; 2] {
        let [first, second] = self.0.widen();
        let [third, fourth] = self.1.widen();
        [Pair(first, second), Pair(third, fourth)]
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.min(other.1))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0), self.1.max(other.1))
    }

    #[inline(always)]
    fn max_magnitude_bits(self, other: Self) -> Self {
        Self(
            self.0.max_magnitude_bits(other.0),
            self.1.max_magnitude_bits(other.1),
        )
    }

    #[inline(always)]
    fn min_magnitude_bits_less_one(self, other: Self) -> Self {
        Self(
            self.0.min_magnitude_bits_less_one(other.0),
            self.1.min_magnitude_bits_less_one(other.1),
        )
    }
}
