//! The instruction sets: what each needs, which ones this CPU has, and which one is in force.

use std::sync::atomic::{AtomicU8, Ordering};

use super::portable::Portable;
#[cfg(test)]
use super::wide::Wide;
#[cfg(target_arch = "x86_64")]
use super::x86_64::{Avx2, Avx512};
use super::{Kernel, Simd};

/// An instruction set that this CPU has.
#[derive(Debug, Clone, Copy)]
pub enum InstructionSet {
    /// AVX-512.
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    /// AVX2 and fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// The instructions that every CPU of the architecture has.
    Portable(Portable),
    /// An emulation, for tests on any CPU, with as many lanes and registers as AVX-512 has.
    #[cfg(test)]
    Emulated(Emulated),
}

/// Eight lanes and 32 registers, in plain Rust.
#[cfg(test)]
pub type Emulated = Wide<Wide<Portable<128>>>;

#[cfg(test)]
const EMULATED: Emulated = Wide(Wide(Portable));

/// An instruction set, whether this CPU has it or not.
struct Entry {
    /// The name that `PAREXACT_SIMD` takes.
    name: &'static str,
    /// The CPU features that it needs.
    features: &'static [&'static str],
    /// Returns the instruction set if this CPU has it.
    detect: fn() -> Option<InstructionSet>,
}

/// All instruction sets, the best first. Those after the portable one, which every CPU has, are never chosen
/// unless `PAREXACT_SIMD` names them.
const ALL: &[Entry] = &[
    #[cfg(target_arch = "x86_64")]
    Entry {
        name: "avx512",
        features: Avx512::FEATURES,
        detect: || Avx512::detect().map(InstructionSet::Avx512),
    },
    #[cfg(target_arch = "x86_64")]
    Entry {
        name: "avx2",
        features: Avx2::FEATURES,
        detect: || Avx2::detect().map(InstructionSet::Avx2),
    },
    Entry {
        name: "baseline",
        features: &[],
        detect: || Some(InstructionSet::Portable(Portable)),
    },
    #[cfg(test)]
    Entry {
        name: "emulated",
        features: &[],
        detect: || Some(InstructionSet::Emulated(EMULATED)),
    },
];

/// The index of the portable instruction set in the list.
const PORTABLE: usize = if cfg!(target_arch = "x86_64") { 2 } else { 0 };

impl InstructionSet {
    /// The instruction sets that this CPU has, the best first; in tests the emulated one follows.
    pub fn supported() -> impl Iterator<Item = Self> {
        ALL.iter().filter_map(|entry| (entry.detect)())
    }

    /// The name that `PAREXACT_SIMD` takes.
    pub fn name(self) -> &'static str {
        ALL[self.index()].name
    }

    /// Runs a kernel that is compiled for this instruction set.
    #[inline(always)]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => simd.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => simd.run(kernel),
            Self::Portable(simd) => simd.run(kernel),
            #[cfg(test)]
            Self::Emulated(simd) => simd.run(kernel),
        }
    }

    /// The index of the instruction set in the list of all.
    fn index(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => 0,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => 1,
            Self::Portable(_) => PORTABLE,
            #[cfg(test)]
            Self::Emulated(_) => PORTABLE + 1,
        }
    }
}

/// The instruction set in force: the best one, or the one that `PAREXACT_SIMD` names, if the CPU has it.
#[inline]
pub fn in_force() -> InstructionSet {
    /// One more than the index in the list; 0 before the first call.
    static CHOSEN: AtomicU8 = AtomicU8::new(0);
    #[cold]
    fn choose() -> InstructionSet {
        let wanted = std::env::var("PAREXACT_SIMD").unwrap_or_default();
        let named = InstructionSet::supported().find(|set| set.name() == wanted);
        let best = named.or_else(|| InstructionSet::supported().next());
        let best = best.unwrap_or(InstructionSet::Portable(Portable));
        // If two threads choose at the same time, they choose the same.
        CHOSEN.store(best.index() as u8 + 1, Ordering::Relaxed);
        best
    }
    match usize::from(CHOSEN.load(Ordering::Relaxed)) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `choose` stored it after detection.
        1 => InstructionSet::Avx512(unsafe { Avx512::assume() }),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `choose` stored it after detection.
        2 => InstructionSet::Avx2(unsafe { Avx2::assume() }),
        0 => choose(),
        #[cfg(test)]
        chosen if chosen == PORTABLE + 2 => InstructionSet::Emulated(EMULATED),
        _ => InstructionSet::Portable(Portable),
    }
}

/// The features that the instruction sets need and this CPU has.
pub fn cpu_features() -> Vec<&'static str> {
    let mut present = Vec::new();
    for entry in ALL.iter().rev().filter(|entry| (entry.detect)().is_some()) {
        for &feature in entry.features {
            if !present.contains(&feature) {
                present.push(feature);
            }
        }
    }
    present
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_finds_itself_in_the_list() {
        for (entry, set) in ALL.iter().filter_map(|e| Some((e, (e.detect)()?))) {
            assert_eq!(set.name(), entry.name);
        }
        assert_eq!(ALL[PORTABLE].name, "baseline");
    }

    #[test]
    fn features_are_those_of_supported_sets_once_each() {
        let features = cpu_features();
        for (i, feature) in features.iter().enumerate() {
            assert!(!features[..i].contains(feature), "{feature}");
            assert!(
                ALL.iter().any(|entry| entry.features.contains(feature)),
                "{feature}"
            );
        }
    }
}
