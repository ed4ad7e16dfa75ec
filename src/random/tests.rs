//! The generators against the implementation of `rand_xoshiro`, and every instruction set against the
//! portable one.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::bulk::{self, Blocks, SAMPLES_IN_PIECE};
use super::exponential::Exponentials;
use super::lanes::{LANES, OnLanes};
use super::normal::Normals;
use super::philox::{LaneStates, block, lane_states};
use super::samples::{SAMPLES_IN_BLOCK, Samples};
use super::uniform;
use super::xoshiro::Xoshiro;
use crate::exact::Unaligned;
use crate::simd::portable::Portable;
use crate::simd::{InstructionSet, Kernel, Simd, U64s};

/// The words of a block as `[step][lane]`, by `rand_xoshiro`.
fn words(states: &LaneStates) -> Vec<[u64; LANES]> {
    let mut lanes: [Xoshiro256PlusPlus; LANES] = std::array::from_fn(|lane| {
        let mut seed = [0; 32];
        for (bytes, word) in seed.chunks_mut(8).zip(states) {
            bytes.copy_from_slice(&word[lane].to_le_bytes());
        }
        Xoshiro256PlusPlus::from_seed(seed)
    });
    (0..SAMPLES_IN_BLOCK / LANES)
        .map(|_| std::array::from_fn(|lane| lanes[lane].next_u64()))
        .collect()
}

/// The states of blocks that are far apart, and of different keys and kinds.
fn several_states() -> Vec<LaneStates> {
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
fn lanes_are_seeded_by_their_counters() {
    let states = lane_states([3, 5], 11, 2);
    for lane in 0..LANES {
        let state = states.map(|word| word[lane]);
        assert_eq!(state, block([3, 5], [11, lane as u64, 2, 0]));
    }
}

#[test]
fn each_lane_is_xoshiro256plusplus() {
    /// Compares each step with the words of the other implementation.
    struct Compare<'a>(&'a LaneStates, &'a [[u64; LANES]]);

    impl Kernel for Compare<'_> {
        type Output = ();

        fn run<S: Simd>(self, simd: S) {
            let mut generators = Xoshiro::new(simd, self.0);
            for (step, theirs) in self.1.iter().enumerate() {
                let mut ours = [0; LANES];
                // SAFETY: there is room for eight lanes.
                unsafe { generators.step().store(ours.as_mut_ptr()) };
                assert_eq!(ours, *theirs, "step {step}");
            }
        }
    }

    for set in InstructionSet::supported() {
        for states in several_states() {
            set.run(OnLanes(Compare(&states, &words(&states))));
        }
    }
}

#[test]
fn uniforms_are_the_words_of_the_lanes_in_turn() {
    for states in several_states() {
        let samples = draw(Standard::Uniform, &states, PORTABLE);
        let words = words(&states);
        for (j, sample) in samples.iter().enumerate() {
            let expected = (words[j / LANES][j % LANES] >> 11) as f64 / (1u64 << 53) as f64;
            assert_eq!(*sample, expected.to_bits(), "sample {j}");
        }
    }
}

/// The standard distributions, by kernels that interleave one or two vectors or blocks.
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
}

/// Draws a block, or twice the same one, to memory that has room for two.
struct Draw<'a>(Standard, &'a LaneStates, *mut f64);

impl Kernel for Draw<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(standard, states, out) = self;
        // SAFETY: there is room for two blocks.
        unsafe {
            match standard {
                Standard::Uniform => uniform::blocks(simd, &[*states], out),
                Standard::Uniform2 => uniform::blocks(simd, &[*states, *states], out),
                Standard::Normal => Normals::new(simd, states).fill(simd, out, SAMPLES_IN_BLOCK),
                Standard::Exponential => fill::<S, Exponentials<S>, 1>(simd, states, out),
                Standard::Exponential2 => fill::<S, Exponentials<S>, 2>(simd, states, out),
            }
        }
    }
}

/// Draws a block.
///
/// # Safety
/// `out` has room for a block.
#[inline(always)]
unsafe fn fill<S: Simd, G: Samples<S, N>, const N: usize>(
    simd: S,
    states: &LaneStates,
    out: *mut f64,
) {
    // SAFETY: the caller's promise.
    unsafe { G::new(simd, states).fill(simd, out, SAMPLES_IN_BLOCK) }
}

/// The instruction set that every CPU has.
const PORTABLE: InstructionSet = InstructionSet::Portable(Portable);

/// The bits of a block, at an odd address.
fn draw(standard: Standard, states: &LaneStates, set: InstructionSet) -> Vec<u64> {
    let mut bytes = vec![0u8; 16 * SAMPLES_IN_BLOCK + 1];
    let out = bytes[1..].as_mut_ptr().cast();
    set.run(OnLanes(Draw(standard, states, out)));
    bytes[1..=8 * SAMPLES_IN_BLOCK]
        .chunks(8)
        .map(|sample| u64::from_ne_bytes(sample.try_into().unwrap()))
        .collect()
}

#[test]
fn all_instruction_sets_draw_the_same_bits() {
    for states in several_states() {
        for standard in Standard::ALL {
            let expected = draw(standard, &states, PORTABLE);
            for set in InstructionSet::supported() {
                let drawn = draw(standard, &states, set);
                let differs = (0..SAMPLES_IN_BLOCK).find(|&j| drawn[j] != expected[j]);
                assert_eq!(differs, None, "sample on {} of {standard:?}", set.name());
            }
        }
    }
}

#[test]
fn interleaving_changes_nothing() {
    use Standard::*;
    for states in several_states() {
        for (one, two) in [(Uniform, Uniform2), (Exponential, Exponential2)] {
            let expected = draw(one, &states, PORTABLE);
            assert!(draw(two, &states, PORTABLE) == expected, "{one:?}");
        }
    }
}

/// Compares whole blocks, however many at a time, and the pieces of a block.
#[test]
fn blocks_are_the_same_on_every_instruction_set() {
    use bulk::Standard::*;
    for standard in [Uniform, Normal, Exponential] {
        let blocks = |set, first| Blocks {
            set,
            standard,
            kind: 1,
            key: [5, 8],
            first,
        };
        let filled = |set, first, count: usize| {
            let mut out = vec![[0; 8]; count * SAMPLES_IN_BLOCK];
            // SAFETY: `out` has room for `count` blocks.
            unsafe { blocks(set, first).fill(out.as_mut_ptr().cast(), count) };
            out
        };
        let expected: Vec<_> = (3..8).flat_map(|i| filled(PORTABLE, i, 1)).collect();
        for set in InstructionSet::supported() {
            let name = set.name();
            for count in 1..=5 {
                let out = filled(set, 3, count);
                let differs = (0..out.len()).find(|&j| out[j] != expected[j]);
                assert_eq!(
                    differs, None,
                    "sample of {count} blocks, {standard:?}, {name}"
                );
            }
            let mut pieces = expected.chunks(SAMPLES_IN_PIECE);
            blocks(set, 3).visit(&mut |piece: &mut [Unaligned; SAMPLES_IN_PIECE]| {
                assert!(pieces.next() == Some(&piece[..]), "{standard:?}, {name}");
            });
            assert_eq!(
                pieces.len(),
                expected.len() / SAMPLES_IN_PIECE - SAMPLES_IN_BLOCK / SAMPLES_IN_PIECE
            );
        }
    }
}
