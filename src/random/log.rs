//! -log of numbers in (0, 1), times 1 or 2.

use crate::simd::{F64s, Simd, Tables};

/// For v = m·2^(e+1), with m in the (i+17)th 32nd part of [0, 1): r near 1/m. The last r is 1, so that
/// results are accurate relative to log v near v = 1. f = m·r - 1 is in [-0.03125, 0.03031].
const INVERSE: [f64; 16] = [
    1.9393919434946674,
    1.8285780334182082,
    1.729719370126204,
    1.641036542875183,
    1.5609689528476831,
    1.488378548278984,
    1.422228281374531,
    1.361708381310645,
    1.3061166018273895,
    1.2548948633866899,
    1.2075451383367637,
    1.1636376979203056,
    1.122811111075118,
    1.0847485525237541,
    1.0491732564701977,
    1.0,
];
/// log r - LN2 of each r, so that e need not be corrected by 1; each r is chosen so that this is within 2^-67
/// of a double.
const LOG: [f64; 16] = [
    -0.030772687802845363,
    -0.08960854667062783,
    -0.14518799900822124,
    -0.19781910003742195,
    -0.2478404284956276,
    -0.2954598757782988,
    -0.34092232663820127,
    -0.3844071063958727,
    -0.4260888720468255,
    -0.46609538567932446,
    -0.5045576930686779,
    -0.5415961357831391,
    -0.5773117192401925,
    -0.6117989692514643,
    -0.645144701323141,
    -std::f64::consts::LN_2,
];
/// Coefficients of a polynomial p(f) near (f - log1p(f))/f² for f in the interval above: f²·p(f) - f has a
/// relative error of 2^-56.3.
const P: [f64; 8] = [
    0.49999999999999734,
    -0.3333333333332832,
    0.2500000000385296,
    -0.20000000038062038,
    0.16666651784144568,
    -0.1428562987042148,
    0.12521160413824972,
    -0.11173865027293177,
];

/// The numbers, each times `scale`.
const fn times<const N: usize>(mut x: [f64; N], scale: f64) -> [f64; N] {
    let mut i = 0;
    while i < N {
        x[i] *= scale;
        i += 1;
    }
    x
}

/// The numbers of two arrays in pairs.
const fn interleaved(x: &[f64; 16], y: &[f64; 16]) -> [[f64; 2]; 16] {
    let mut z = [[0.0; 2]; 16];
    let mut i = 0;
    while i < 16 {
        z[i] = [x[i], y[i]];
        i += 1;
    }
    z
}

/// The constants for results times SCALE, a power of 2, so that the scaling is exact.
pub struct Scaled<const SCALE: u32>;
impl<const SCALE: u32> Scaled<SCALE> {
    const INVERSES: [f64; 16] = times(INVERSE, SCALE as f64);
    const LOGS: [f64; 16] = times(LOG, SCALE as f64);
    /// The tables of 1/m and of its logarithm.
    pub const TABLES: Tables = Tables {
        planar: [Self::INVERSES, Self::LOGS],
        interleaved: interleaved(&Self::INVERSES, &Self::LOGS),
    };
    /// The coefficients of the polynomial in SCALE·f.
    pub const P: [f64; 8] = {
        let mut p = P;
        let mut i = 0;
        let mut power = SCALE as f64;
        while i < 8 {
            p[i] /= power;
            power *= SCALE as f64;
            i += 1;
        }
        p
    };
    /// -SCALE·log 2.
    pub const LN2: f64 = -std::f64::consts::LN_2 * SCALE as f64;
}

/// -SCALE·log(v) for v in (0, 1), of N times eight lanes in lockstep: the CPU's schedulers are too short to
/// overlap chains that follow one another. (Loops, not closures: the compiler need not inline closures, and
/// outside this function they lack the instruction set.)
#[inline(always)]
pub fn minus_logs<S: Simd, const SCALE: u32, const N: usize>(
    simd: S,
    v: [S::F64; N],
) -> [S::F64; N] {
    let p = &Scaled::<SCALE>::P;
    let mut f = v;
    let mut k = v;
    let mut z = v;
    for n in 0..N {
        // v = m·2^(e+1)
        let [m, e, r, t] = v[n].split(&Scaled::<SCALE>::TABLES);
        f[n] = m.mul_add(r, simd.splat(-(SCALE as f64)));
        k[n] = e.mul_add(simd.splat(Scaled::<SCALE>::LN2), t);
        z[n] = f[n].mul(f[n]);
    }
    // Even and odd coefficients are evaluated apart, which halves the latency.
    let mut even = [simd.splat(p[6]); N];
    let mut odd = [simd.splat(p[7]); N];
    for i in (0..3).rev() {
        for n in 0..N {
            even[n] = even[n].mul_add(z[n], simd.splat(p[2 * i]));
            odd[n] = odd[n].mul_add(z[n], simd.splat(p[2 * i + 1]));
        }
    }
    let mut h = v;
    for n in 0..N {
        // Near v = 1, k is 0, so that k - f is exact.
        let q = odd[n].mul_add(f[n], even[n]);
        h[n] = z[n].mul_add(q, k[n].sub(f[n]));
    }
    h
}
