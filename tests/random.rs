//! The generators behind the samples against other people's, and every instruction set against the plain one.

use parexact::random::bulk::{BLOCK, Samples};
use parexact::random::exponential::Exponentials;
use parexact::random::lanes::{LaneKernel, Lanes, OnLanes};
use parexact::random::normal::Normals;
use parexact::random::philox::{LaneStates, block, lane_states};
use parexact::random::uniform;
use parexact::random::xoshiro::Xoshiro;
use parexact::simd::InstructionSet;
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
    /// Compares one step after the other with the words of another implementation.
    struct Compare<'a>(&'a LaneStates, &'a [[u64; LANES]]);

    impl LaneKernel for Compare<'_> {
        fn run<L: Lanes>(self, lanes: L) {
            let mut ours = Xoshiro::new(lanes, self.0);
            for (step, theirs) in self.1.iter().enumerate() {
                let word = ours.step();
                // All 64 bits, as two exact numbers.
                let (high, low) = (L::top53(word), L::top53(L::shl::<53>(word)));
                let mut parts = [[0.0; LANES]; 2];
                // SAFETY: room for eight lanes each.
                unsafe {
                    L::store(high, parts[0].as_mut_ptr());
                    L::store(low, parts[1].as_mut_ptr());
                }
                let [high, low] = parts.map(|part| part.map(|x| x as u64));
                let ours: [u64; LANES] = std::array::from_fn(|lane| high[lane] | low[lane] >> 53);
                assert_eq!(ours, *theirs, "step {step}");
            }
        }
    }

    for set in InstructionSet::supported() {
        for states in several() {
            set.run(OnLanes(Compare(&states, &words(&states))));
        }
    }
}

#[test]
fn uniforms_are_the_words_of_the_lanes_in_turn() {
    for states in several() {
        let samples = draw(Standard::Uniform, &states, portable());
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
}

/// Draws a block, or two that are the same, to a place with room for two.
struct Draw<'a>(Standard, &'a LaneStates, *mut f64);

impl LaneKernel for Draw<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self(standard, states, out) = self;
        // SAFETY: there is room for two blocks.
        unsafe {
            match standard {
                Standard::Uniform => uniform::blocks(lanes, &[*states], out),
                Standard::Uniform2 => uniform::blocks(lanes, &[*states, *states], out),
                Standard::Normal => Normals::new(lanes, states).fill(lanes, out, BLOCK),
                Standard::Exponential => fill::<L, Exponentials<L>, 1>(lanes, states, out),
                Standard::Exponential2 => fill::<L, Exponentials<L>, 2>(lanes, states, out),
            }
        }
    }
}

/// # Safety
/// Room for a block.
#[inline(always)]
unsafe fn fill<L: Lanes, G: Samples<L, N>, const N: usize>(
    lanes: L,
    states: &LaneStates,
    out: *mut f64,
) {
    // SAFETY: the caller's promise.
    unsafe { G::new(lanes, states).fill(lanes, out, BLOCK) }
}

/// The instruction set that every CPU has.
fn portable() -> InstructionSet {
    InstructionSet::supported()
        .last()
        .expect("the last one needs nothing")
}

/// The bits of a block, at an odd address.
fn draw(standard: Standard, states: &LaneStates, set: InstructionSet) -> Vec<u64> {
    let mut bytes = vec![0u8; 16 * BLOCK + 1];
    let out = bytes[1..].as_mut_ptr().cast();
    set.run(OnLanes(Draw(standard, states, out)));
    bytes[1..=8 * BLOCK]
        .chunks(8)
        .map(|sample| u64::from_ne_bytes(sample.try_into().unwrap()))
        .collect()
}

#[test]
fn all_instruction_sets_draw_the_same_bits() {
    for states in several() {
        for standard in Standard::ALL {
            let expected = draw(standard, &states, portable());
            for set in InstructionSet::supported() {
                let drawn = draw(standard, &states, set);
                let differs = (0..BLOCK).find(|&j| drawn[j] != expected[j]);
                assert_eq!(differs, None, "sample on {} of {standard:?}", set.name());
            }
        }
    }
}

#[test]
fn interleaving_changes_nothing() {
    use Standard::*;
    for states in several() {
        for (one, two) in [(Uniform, Uniform2), (Exponential, Exponential2)] {
            let expected = draw(one, &states, portable());
            assert!(draw(two, &states, portable()) == expected, "{one:?}");
        }
    }
}
