//! Eight lanes of xoshiro256++ (Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS
//! 47, 2021).

use super::lanes::Lanes;
use super::philox::LaneStates;

/// The generators.
#[derive(Clone, Copy)]
pub struct Xoshiro<L: Lanes>([L::U; 4]);

impl<L: Lanes> Xoshiro<L> {
    /// Generators in these states.
    #[inline(always)]
    pub fn new(lanes: L, states: &LaneStates) -> Self {
        Self([
            lanes.load(&states[0]),
            lanes.load(&states[1]),
            lanes.load(&states[2]),
            lanes.load(&states[3]),
        ])
    }

    /// 64 bits in each lane.
    #[inline(always)]
    pub fn step(&mut self) -> L::U {
        let [a, b, c, d] = self.0;
        let result = L::add_u(L::rotl::<23, 41>(L::add_u(a, d)), a);
        // The published sequence of two-way xors, written out for three-way ones.
        self.0 = [
            L::xor3(a, b, d),
            L::xor3(a, b, c),
            L::xor3(a, c, L::shl::<17>(b)),
            L::rotl::<45, 19>(L::xor(b, d)),
        ];
        result
    }
}
