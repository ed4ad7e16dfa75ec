//! One loop against stored samples, on every instruction set that it is for.

use super::*;
use crate::exact::{Accumulate, Moments, naive};
use crate::random::bulk::SAMPLES_IN_PIECE;
use crate::simd::InstructionSet;
use crate::state::State;

const NORMAL: Transform = Transform::Normal { mean: 3.0, sd: 2.0 };
const UNIFORM: Transform = Transform::Uniform {
    range: 3.0,
    low: -1.0,
    below: 2.0f64.next_down(),
};

fn scaled(sd: f64) -> Transform {
    Transform::Normal { mean: 0.0, sd }
}

/// The states of some blocks, one transform each: made in one loop, and of stored samples one by one.
fn both_ways(set: InstructionSet, standard: Standard, transforms: &[Transform]) -> [State; 2] {
    let mut fused = Accumulator::<Describe>::new(set);
    let mut stored = Moments::default();
    for (first, &transform) in (1 << 20..).zip(transforms) {
        let blocks = Blocks {
            set,
            standard,
            kind: 1,
            key: [5, 8],
            first,
        };
        assert!(describe(&blocks, transform, &mut fused));
        blocks.visit(&mut |piece: &mut [Unaligned; SAMPLES_IN_PIECE]| {
            transform.in_place(set, piece);
            stored.merge(&naive::moments(piece));
        });
    }
    [fused.finish(), stored].map(|mut moments| {
        let mut state = State::default();
        state.set(&mut moments);
        state
    })
}

#[test]
fn one_loop_and_stored_samples_agree() {
    let tiny = f64::MIN_POSITIVE;
    let all = [
        // More blocks than totals have room for, and some with samples that no two folds hold.
        vec![Transform::None; 200],
        vec![NORMAL; 3],
        vec![UNIFORM; 3],
        vec![Transform::Exponential { rate: 7.0 }; 3],
        // No window holds these samples.
        vec![scaled(0.0); 2],
        vec![scaled(1e-160); 2],
        vec![scaled(1e300); 2],
        vec![Transform::Exponential { rate: tiny }; 2],
        // About half of the normals are infinite.
        vec![
            Transform::Normal {
                mean: f64::MAX,
                sd: f64::MAX
            };
            2
        ],
        // Some samples would be subnormal, and are 0.
        vec![
            Transform::Uniform {
                range: 16.0 * tiny,
                low: -8.0 * tiny,
                below: (8.0 * tiny).next_down(),
            };
            2
        ],
        // Such samples again; of uniforms all other samples are negative.
        vec![
            Transform::Uniform {
                range: 2.5 * tiny,
                low: -2.0 * tiny,
                below: 0.5 * tiny,
            };
            4
        ],
        // Samples leave the window and come back to it.
        [1.0, 1e-9, 1.0, 1e9, 0.0, 1.0, 1e-160, 1.0, 1e300, 1.0]
            .map(scaled)
            .to_vec(),
    ];
    // The emulated set runs on every CPU.
    let sets: Vec<_> = InstructionSet::supported()
        .filter(|set| ["avx512", "emulated"].contains(&set.name()))
        .collect();
    assert!(!sets.is_empty());
    for set in sets {
        for standard in [Standard::Uniform, Standard::Normal, Standard::Exponential] {
            for transforms in &all {
                let [fused, stored] = both_ways(set, standard, transforms);
                let (name, first) = (set.name(), transforms[0]);
                assert_eq!(fused, stored, "{standard:?} {first:?} on {name}");
            }
        }
    }
}
