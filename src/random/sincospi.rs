//! Sine and cosine of a quarter turn.

use super::lanes::Lanes;

/// sin(π/2·√z)/√z on [0, ¼]: relative error 2^-54.4, most of it the rounding of π/2.
pub const SIN: [f64; 7] = [
    std::f64::consts::FRAC_PI_2,
    -0.645964097506228,
    0.0796926262452755,
    -0.0046817541191779685,
    0.00016044104879855322,
    -3.598279715594175e-06,
    5.585318245664982e-08,
];
/// cos(π/2·√z) there: relative error 2^-53.5.
pub const COS: [f64; 7] = [
    1.0,
    -1.2337005501361553,
    0.25366950789995935,
    -0.02086348073586751,
    0.0009192599541483076,
    -2.520014306071024e-05,
    4.655337268189858e-07,
];

/// (sin(π/2·a)·r, cos(π/2·a)·r) for |a| ≤ ½, N vectors in lockstep.
///
/// # Safety
/// As for [`Lanes`].
#[inline(always)]
pub unsafe fn sin_cos<S: Lanes, const N: usize>(a: [S::F; N], r: [S::F; N]) -> [(S::F, S::F); N] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut z = a;
        for n in 0..N {
            z[n] = S::mul(a[n], a[n]);
        }
        let mut s = [S::splat(SIN[6]); N];
        let mut c = [S::splat(COS[6]); N];
        for i in (0..6).rev() {
            for n in 0..N {
                s[n] = S::fma(s[n], z[n], S::splat(SIN[i]));
                c[n] = S::fma(c[n], z[n], S::splat(COS[i]));
            }
        }
        let mut both = [(a[0], a[0]); N];
        for n in 0..N {
            both[n] = (S::mul(r[n], S::mul(a[n], s[n])), S::mul(r[n], c[n]));
        }
        both
    }
}
