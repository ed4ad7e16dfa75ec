//! Eight lanes of xoshiro256++ (Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021).

use super::lanes::Lanes;
use super::philox::LaneStates;

/// The generators.
#[derive(Clone, Copy)]
pub struct Xoshiro<S: Lanes>([S::U; 4]);

impl<S: Lanes> Xoshiro<S> {
    /// # Safety
    /// As for [`Lanes`].
    #[inline(always)]
    pub unsafe fn new(states: &LaneStates) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Self([
                S::load(&states[0]),
                S::load(&states[1]),
                S::load(&states[2]),
                S::load(&states[3]),
            ])
        }
    }

    /// 64 bits in each lane.
    ///
    /// # Safety
    /// As for [`Lanes`].
    #[inline(always)]
    pub unsafe fn step(&mut self) -> S::U {
        // SAFETY: the caller's promise.
        unsafe {
            let [a, b, c, d] = self.0;
            let result = S::add_u(S::rotl::<23, 41>(S::add_u(a, d)), a);
            // The published sequence of two-way xors, written out for three-way ones.
            self.0 = [
                S::xor3(a, b, d),
                S::xor3(a, b, c),
                S::xor3(a, c, S::shl::<17>(b)),
                S::rotl::<45, 19>(S::xor(b, d)),
            ];
            result
        }
    }
}
