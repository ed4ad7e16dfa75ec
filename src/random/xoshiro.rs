//! Eight lanes of xoshiro256++ (Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS
//! 47, 2021).

use super::lanes::LANES;
use super::philox::LaneStates;
use crate::simd::{Simd, U64s};

/// Eight generators, one in each lane.
#[derive(Clone, Copy)]
pub struct Xoshiro<S: Simd>([S::U64; 4]);

impl<S: Simd> Xoshiro<S> {
    /// Generators in these states.
    #[inline(always)]
    pub fn new(simd: S, states: &LaneStates) -> Self {
        const { assert!(S::LANES == LANES) };
        // SAFETY: each word of the states has as many lanes as a vector.
        unsafe {
            Self([
                simd.load_bits(states[0].as_ptr()),
                simd.load_bits(states[1].as_ptr()),
                simd.load_bits(states[2].as_ptr()),
                simd.load_bits(states[3].as_ptr()),
            ])
        }
    }

    /// The next 64 bits of each generator.
    #[inline(always)]
    pub fn step(&mut self) -> S::U64 {
        let [a, b, c, d] = self.0;
        let result = a.add(d).rotl::<23, 41>().add(a);
        // The published sequence of two-way xors, written out for three-way ones.
        self.0 = [
            a.xor3(b, d),
            a.xor3(b, c),
            a.xor3(c, b.shl::<17>()),
            b.xor(d).rotl::<45, 19>(),
        ];
        result
    }
}
