//! The generators behind the samples against other people's, and every instruction set against the plain one.

use parexact::random::bulk::{BLOCK, Samples};
use parexact::random::exponential::Exponentials;
use parexact::random::lanes::Lanes;
use parexact::random::lanes::plain::Plain;
use parexact::random::normal::Normals;
use parexact::random::philox::{LaneStates, block, lane_states};
use parexact::random::uniform;
use parexact::random::xoshiro::Xoshiro;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

const LANES: usize = 8;

/// The words of a block as `[step][lane]`, by `rand_xoshiro`.
fn words(states: &LaneStates) -> Vec<[u64; LANES]> {
    let mut lanes: [Xoshiro256PlusPlus; LANES] = std::array::from_fn(|lane| {
        let mut seed = [0; 32];
        for (bytes, word) in seed.chunks_mut(8).zip(states) {
            bytes.copy_from_slice(&word[lane].to_le_bytes());
        }
        Xoshiro256PlusPlus::from_seed(seed)
    });
    (0..BLOCK / LANES)
        .map(|_| std::array::from_fn(|lane| lanes[lane].next_u64()))
        .collect()
}

/// States of several blocks: far apart, and of different keys and kinds.
fn several() -> Vec<LaneStates> {
    let mut states = vec![];
    for key in [[0, 0], [7, 9], [u64::MAX, 1 << 63]] {
        for index in [0, 1, 1 << 40, (1 << 52) - 1] {
            for kind in 0..3 {
                states.push(lane_states(key, index, kind));
            }
        }
    }
    states
}

#[test]
fn philox_has_the_known_answers() {
    // Random123 1.14, tests/kat_vectors, `philox4x64 10`.
    let answers = [
        (
            [0; 2],
            [0; 4],
            [
                0x16554d9eca36314c,
                0xdb20fe9d672d0fdc,
                0xd7e772cee186176b,
                0x7e68b68aec7ba23b,
            ],
        ),
        (
            [u64::MAX; 2],
            [u64::MAX; 4],
            [
                0x87b092c3013fe90b,
                0x438c3c67be8d0224,
                0x9cc7d7c69cd777b6,
                0xa09caebf594f0ba0,
            ],
        ),
        (
            [0x452821e638d01377, 0xbe5466cf34e90c6c],
            [
                0x243f6a8885a308d3,
                0x13198a2e03707344,
                0xa4093822299f31d0,
                0x082efa98ec4e6c89,
            ],
            [
                0xa528f45403e61d95,
                0x38c72dbd566e9788,
                0xa5a1610e72fd18b5,
                0x57bd43b5e52b7fe6,
            ],
        ),
    ];
    for (key, counter, answer) in answers {
        assert_eq!(block(key, counter), answer);
    }
}

#[test]
fn lanes_are_seeded_by_their_counters() {
    let states = lane_states([3, 5], 11, 2);
    for lane in 0..LANES {
        let state = states.map(|word| word[lane]);
        assert_eq!(state, block([3, 5], [11, lane as u64, 2, 0]));
    }
}

#[test]
fn each_lane_is_xoshiro256plusplus() {
    for states in several() {
        // SAFETY: plain code runs anywhere.
        let mut ours = unsafe { Xoshiro::<Plain>::new(&states) };
        for (step, theirs) in words(&states).iter().enumerate() {
            // SAFETY: as above.
            assert_eq!(unsafe { ours.step() }, *theirs, "step {step}");
        }
    }
}

#[test]
fn uniforms_are_the_words_of_the_lanes_in_turn() {
    for states in several() {
        let samples = draw(Standard::Uniform, &states, Standard::plain);
        let words = words(&states);
        for (j, sample) in samples.iter().enumerate() {
            let expected = (words[j / LANES][j % LANES] >> 11) as f64 / (1u64 << 53) as f64;
            assert_eq!(*sample, expected.to_bits(), "sample {j}");
        }
    }
}

/// The transforms as the library runs them, and with other degrees of interleaving.
#[derive(Debug, Clone, Copy)]
enum Standard {
    Uniform,
    Uniform2,
    Normal,
    Exponential,
    Exponential2,
}

impl Standard {
    const ALL: [Self; 5] = [
        Self::Uniform,
        Self::Uniform2,
        Self::Normal,
        Self::Exponential,
        Self::Exponential2,
    ];

    /// # Safety
    /// As for `Lanes`; room for two blocks.
    #[inline(always)]
    unsafe fn run<S: Lanes>(self, states: &LaneStates, out: *mut f64) {
        // SAFETY: the caller's promises.
        unsafe {
            match self {
                Self::Uniform => uniform::blocks::<S, 1>(&[*states], out),
                Self::Uniform2 => uniform::blocks::<S, 2>(&[*states, *states], out),
                Self::Normal => fill::<S, Normals<S>, 2>(states, out),
                Self::Exponential => fill::<S, Exponentials<S>, 1>(states, out),
                Self::Exponential2 => fill::<S, Exponentials<S>, 2>(states, out),
            }
        }
    }

    unsafe fn plain(self, states: &LaneStates, out: *mut f64) {
        // SAFETY: the caller's promises.
        unsafe { self.run::<Plain>(states, out) }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn avx2(self, states: &LaneStates, out: *mut f64) {
        // SAFETY: the features are enabled here; the rest is the caller's promise.
        unsafe { self.run::<parexact::random::lanes::avx2::Avx2>(states, out) }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512dq,fma")]
    unsafe fn avx512(self, states: &LaneStates, out: *mut f64) {
        // SAFETY: as above.
        unsafe { self.run::<parexact::random::lanes::avx512::Avx512>(states, out) }
    }
}

/// # Safety
/// As for `Lanes`; room for a block.
#[inline(always)]
unsafe fn fill<S: Lanes, G: Samples<S, N>, const N: usize>(states: &LaneStates, out: *mut f64) {
    // SAFETY: the caller's promises.
    unsafe { G::new(states).fill(out, BLOCK) }
}

type Instance = unsafe fn(Standard, &LaneStates, *mut f64);

/// The bits of a block, at an odd address.
fn draw(standard: Standard, states: &LaneStates, instance: Instance) -> Vec<u64> {
    let mut bytes = vec![0u8; 16 * BLOCK + 1];
    // SAFETY: room for two blocks; callers name instances that the CPU has.
    unsafe { instance(standard, states, bytes.as_mut_ptr().add(1).cast()) };
    bytes[1..=8 * BLOCK]
        .chunks(8)
        .map(|sample| u64::from_ne_bytes(sample.try_into().unwrap()))
        .collect()
}

#[cfg(target_arch = "x86_64")]
#[test]
fn all_instruction_sets_draw_the_same_bits() {
    let mut instances: Vec<(&str, Instance)> = vec![];
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        instances.push(("avx2", Standard::avx2));
    }
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
        instances.push(("avx512", Standard::avx512));
    }
    for states in several() {
        for standard in Standard::ALL {
            let expected = draw(standard, &states, Standard::plain);
            for &(name, instance) in &instances {
                assert!(
                    draw(standard, &states, instance) == expected,
                    "{name} {standard:?}"
                );
            }
        }
    }
}

#[test]
fn interleaving_changes_nothing() {
    use Standard::*;
    for states in several() {
        for (one, two) in [(Uniform, Uniform2), (Exponential, Exponential2)] {
            let expected = draw(one, &states, Standard::plain);
            assert!(draw(two, &states, Standard::plain) == expected, "{one:?}");
        }
    }
}
