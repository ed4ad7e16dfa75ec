//! Transforms in place against one sample at a time, on every instruction set; samples of extreme parameters.

use super::{Sampler, Transform};
use crate::c_enum::CEnum;
use crate::random::family::SampleRng;
use crate::random::subnormals;
use crate::random::{Distribution, Kind};
use crate::simd::InstructionSet;

const TINY: f64 = f64::MIN_POSITIVE;

/// A sample, transformed as docs/random.md says.
fn transformed(transform: Transform, x: f64) -> f64 {
    let at_most = |x: f64, below: f64| if x < below { x } else { below };
    match transform {
        Transform::None => x,
        Transform::Uniform { range, low, below } => {
            let stand_in = subnormals::stand_in(low, below).expect("a normal number or 0");
            subnormals::replaced(at_most(x.mul_add(range, low), below), stand_in)
        }
        Transform::WideUniform { range, low, below } => {
            subnormals::replaced(2.0 * at_most(x.mul_add(range, low), below), 0.0)
        }
        Transform::Normal { mean, sd } => subnormals::replaced(x.mul_add(sd, mean), 0.0),
        Transform::Exponential { rate } => subnormals::replaced(x / rate, 0.0),
    }
}

#[test]
fn transforms_in_place_are_those_of_each_sample() {
    let of_normals = |mean, sd| Transform::Normal { mean, sd };
    let of_uniforms = |low, high| Transform::uniform([low, high, 0.0]);
    let all = [
        Transform::None,
        of_uniforms(-1.0, 2.0),
        of_uniforms(-f64::MAX, f64::MAX),
        of_uniforms(0.5 * TINY, 3.0 * TINY),
        of_uniforms(-3.0 * TINY, -0.5 * TINY),
        of_uniforms(-TINY, TINY),
        of_uniforms(5.0, 5.0),
        of_normals(3.0, 2.0),
        of_normals(-0.0, 0.0),
        of_normals(0.0, TINY),
        of_normals(f64::MAX, f64::MAX),
        Transform::Exponential { rate: 7.0 },
        Transform::Exponential { rate: f64::MAX },
    ];
    // In [0, 1), as all transforms take them, and with the ends of that.
    let sample = |i: usize| match i % 7 {
        0 => 0.0,
        1 => 1.0f64.next_down(),
        _ => (i as f64 * 0.618_033_988_749_894_8).fract(),
    };
    for set in InstructionSet::supported() {
        for transform in all {
            for len in 0..40 {
                let samples: Vec<f64> = (0..len).map(sample).collect();
                let mut bytes: Vec<_> = samples.iter().map(|x| x.to_ne_bytes()).collect();
                transform.in_place(set, &mut bytes);
                for (i, (x, bytes)) in samples.iter().zip(bytes).enumerate() {
                    let (expected, found) = (transformed(transform, *x), f64::from_ne_bytes(bytes));
                    assert!(
                        found.to_bits() == expected.to_bits(),
                        "{transform:?} of {x:?}, number {i} of {len}, on {}: {found:?}, not {expected:?}",
                        set.name()
                    );
                }
            }
        }
    }
}

/// The corners of what is valid: the smallest, the largest, and where the samplers change their method.
const CORNERS: [f64; 17] = [
    f64::MIN_POSITIVE,
    1e-300,
    1e-160,
    1e-20,
    1e-9,
    0.01,
    0.0624,
    0.0625,
    0.5,
    1.0,
    2.0,
    12.0,
    1e10,
    9007199254740992.0,
    1e155,
    1e300,
    f64::MAX,
];

#[test]
fn no_corner_gives_nan_subnormals_or_negative_zero() {
    let signed = CORNERS.iter().flat_map(|&x| [x, -x]).chain([0.0, -0.0]);
    let signed: Vec<f64> = signed.collect();
    let mut valid = 0;
    for kind in 0..Kind::ALL.len() as i32 {
        for (&first, &second) in signed
            .iter()
            .flat_map(|x| signed.iter().map(move |y| (x, y)))
        {
            let distribution = Distribution {
                kind,
                reserved: 0,
                parameter: [first, second, first],
            };
            let Ok(Sampler::Each { family, .. }) = Sampler::new(&distribution) else {
                continue;
            };
            valid += 1;
            for index in 0..200 {
                let x = family.sample(&mut SampleRng::new([1, 2], kind, index));
                let good = if x == 0.0 {
                    x.is_sign_positive()
                } else {
                    x.is_normal() || x.is_infinite()
                };
                assert!(good, "{kind} {first:?} {second:?} {index}: {x:?}");
            }
        }
    }
    assert!(valid > 2000, "{valid}");
}
