//! Eight lanes of 64 bits, which the generators are defined by, as so many vectors as an instruction set
//! needs for them.

use crate::simd::{F64s, Kernel, Simd, Tables, U64s};

/// How many lanes.
pub const LANES: usize = 8;

/// Eight lanes on some instruction set.
pub trait Lanes: Copy {
    /// Integers.
    type U: Copy;
    /// Numbers.
    type F: Copy;
    /// How many vectors hold them.
    const VECTORS: usize;

    /// Integers from memory.
    fn load(self, x: &[u64; LANES]) -> Self::U;
    /// The same number in all lanes.
    fn splat(self, x: f64) -> Self::F;
    /// Writes the lanes at any alignment.
    ///
    /// # Safety
    /// There is room for them.
    unsafe fn store(x: Self::F, to: *mut f64);

    /// Sums modulo 2^64.
    fn add_u(x: Self::U, y: Self::U) -> Self::U;
    /// x ^ y.
    fn xor(x: Self::U, y: Self::U) -> Self::U;
    /// x ^ y ^ z.
    fn xor3(x: Self::U, y: Self::U, z: Self::U) -> Self::U;
    /// Shifts to the left by N.
    fn shl<const N: u32>(x: Self::U) -> Self::U;
    /// Rotates to the left by N; M is 64 - N.
    fn rotl<const N: u32, const M: u32>(x: Self::U) -> Self::U;

    /// x + y.
    fn add(x: Self::F, y: Self::F) -> Self::F;
    /// x - y.
    fn sub(x: Self::F, y: Self::F) -> Self::F;
    /// x · y.
    fn mul(x: Self::F, y: Self::F) -> Self::F;
    /// x / y.
    fn div(x: Self::F, y: Self::F) -> Self::F;
    /// The lesser; y where they are equal.
    fn min(x: Self::F, y: Self::F) -> Self::F;
    /// x·y + z, rounded once.
    fn fma(x: Self::F, y: Self::F, z: Self::F) -> Self::F;
    /// √x.
    fn sqrt(x: Self::F) -> Self::F;

    /// The integer whose low 11 bits are cleared, exactly.
    fn top53(x: Self::U) -> Self::F;
    /// 1 + (low 52 bits)·2^-52.
    fn one_to_two(x: Self::U) -> Self::F;
    /// The same with the lowest bit set.
    fn odd_one_to_two(x: Self::U) -> Self::F;
    /// For positive normal numbers m·2^(e+1) with m in [½, 1): m, e, and the entries of both tables at the
    /// top four bits of m's fraction.
    fn split(x: Self::F, tables: &Tables) -> [Self::F; 4];
    /// x with its sign flipped where the top bit of s is set.
    fn flip(x: Self::F, s: Self::U) -> Self::F;
    /// (x, y), swapped where the lowest bit of s is set.
    fn swap(x: Self::F, y: Self::F, s: Self::U) -> (Self::F, Self::F);
}

/// Eight lanes in `VECTORS` vectors.
#[derive(Clone, Copy)]
pub struct Eight<S, const VECTORS: usize>(pub S);

/// The same for each vector. Loops, not closures: the compiler need not inline those.
macro_rules! each {
    ($from:expr, |$i:ident, $out:ident| $value:expr) => {{
        let mut all = $from;
        for ($i, $out) in all.iter_mut().enumerate() {
            *$out = $value;
        }
        all
    }};
}

impl<S: Simd, const VECTORS: usize> Lanes for Eight<S, VECTORS> {
    type U = [S::U64; VECTORS];
    type F = [S::F64; VECTORS];
    const VECTORS: usize = VECTORS;

    #[inline(always)]
    fn load(self, x: &[u64; LANES]) -> Self::U {
        assert!(VECTORS * S::LANES == LANES);
        // SAFETY: the vectors have as many lanes as there are words.
        let load = |i: usize| unsafe { self.0.load_bits(x.as_ptr().add(i * S::LANES)) };
        each!([load(0); VECTORS], |i, out| load(i))
    }

    #[inline(always)]
    fn splat(self, x: f64) -> Self::F {
        [self.0.splat(x); VECTORS]
    }

    #[inline(always)]
    unsafe fn store(x: Self::F, to: *mut f64) {
        for (i, x) in x.into_iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { x.store(to.add(i * S::LANES)) };
        }
    }

    #[inline(always)]
    fn add_u(x: Self::U, y: Self::U) -> Self::U {
        each!(x, |i, out| out.add(y[i]))
    }

    #[inline(always)]
    fn xor(x: Self::U, y: Self::U) -> Self::U {
        each!(x, |i, out| out.xor(y[i]))
    }

    #[inline(always)]
    fn xor3(x: Self::U, y: Self::U, z: Self::U) -> Self::U {
        each!(x, |i, out| out.xor3(y[i], z[i]))
    }

    #[inline(always)]
    fn shl<const N: u32>(x: Self::U) -> Self::U {
        each!(x, |_i, out| out.shl::<N>())
    }

    #[inline(always)]
    fn rotl<const N: u32, const M: u32>(x: Self::U) -> Self::U {
        each!(x, |_i, out| out.rotl::<N, M>())
    }

    #[inline(always)]
    fn add(x: Self::F, y: Self::F) -> Self::F {
        each!(x, |i, out| out.add(y[i]))
    }

    #[inline(always)]
    fn sub(x: Self::F, y: Self::F) -> Self::F {
        each!(x, |i, out| out.sub(y[i]))
    }

    #[inline(always)]
    fn mul(x: Self::F, y: Self::F) -> Self::F {
        each!(x, |i, out| out.mul(y[i]))
    }

    #[inline(always)]
    fn div(x: Self::F, y: Self::F) -> Self::F {
        each!(x, |i, out| out.div(y[i]))
    }

    #[inline(always)]
    fn min(x: Self::F, y: Self::F) -> Self::F {
        each!(x, |i, out| out.min(y[i]))
    }

    #[inline(always)]
    fn fma(x: Self::F, y: Self::F, z: Self::F) -> Self::F {
        each!(x, |i, out| out.mul_add(y[i], z[i]))
    }

    #[inline(always)]
    fn sqrt(x: Self::F) -> Self::F {
        each!(x, |_i, out| out.sqrt())
    }

    #[inline(always)]
    fn top53(x: Self::U) -> Self::F {
        each!([x[0].top53(); VECTORS], |i, out| x[i].top53())
    }

    #[inline(always)]
    fn one_to_two(x: Self::U) -> Self::F {
        each!([x[0].one_to_two(); VECTORS], |i, out| x[i].one_to_two())
    }

    #[inline(always)]
    fn odd_one_to_two(x: Self::U) -> Self::F {
        each!([x[0].odd_one_to_two(); VECTORS], |i, out| x[i]
            .odd_one_to_two())
    }

    #[inline(always)]
    fn split(x: Self::F, tables: &Tables) -> [Self::F; 4] {
        let mut parts = [x; 4];
        for (i, x) in x.into_iter().enumerate() {
            for (part, of_vector) in parts.iter_mut().zip(x.split(tables)) {
                part[i] = of_vector;
            }
        }
        parts
    }

    #[inline(always)]
    fn flip(x: Self::F, s: Self::U) -> Self::F {
        each!(x, |i, out| out.flip_sign(s[i]))
    }

    #[inline(always)]
    fn swap(x: Self::F, y: Self::F, s: Self::U) -> (Self::F, Self::F) {
        let (mut first, mut second) = (x, y);
        for i in 0..VECTORS {
            (first[i], second[i]) = x[i].swap(y[i], s[i]);
        }
        (first, second)
    }
}

/// Code that is compiled for eight lanes of every instruction set: a [`Kernel`] as [`OnLanes`].
pub trait LaneKernel {
    /// Runs it; to be marked `#[inline(always)]`.
    fn run<L: Lanes>(self, lanes: L);
}

/// A kernel on eight lanes.
pub struct OnLanes<K>(pub K);

impl<K: LaneKernel> Kernel for OnLanes<K> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        match S::LANES {
            2 => self.0.run(Eight::<S, 4>(simd)),
            4 => self.0.run(Eight::<S, 2>(simd)),
            _ => self.0.run(Eight::<S, 1>(simd)),
        }
    }
}
