//! The values of neighbouring results, brought together in lines: see [`crate::exact::lanes`].

use super::convert::{convert_one, convert_panel};
use super::strip::no_memory;
use crate::error::Result;
use crate::exact::columns::PACK;
use crate::exact::lanes::Line;
use crate::exact::{Element, Unaligned};
use crate::simd::{Kernel, Simd, in_force};

/// The most packs of results that are gathered together: pieces of 2 KiB of each row, along which the
/// hardware prefetches.
const PACKS_IN_PANEL: usize = 32;

/// The most lines that are gathered together: 256 KiB, which stay in the second-level cache.
const LINES_IN_PANEL: usize = 1 << 12;

/// How many packs ahead to prefetch where results follow each other.
const PACKS_AHEAD: usize = 4;

/// Where the values of neighbouring results lie.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Where the offsets of the first result's values count from.
    pub first: *const u8,
    /// From one result's value to the next one's, in bytes.
    pub stride: isize,
    /// How many results there are.
    pub results: usize,
    /// Where each of a result's values lies, in bytes.
    pub offsets: &'a [isize],
    /// Do the values of a result follow each other in memory?
    pub contiguous: bool,
}

impl Values<'_> {
    /// Do the results, at least a pack of them, lie side by side?
    pub fn are_side_by_side<T: Element>(&self) -> bool {
        self.stride == size_of::<T::Raw>() as isize && self.results >= PACK
    }

    /// Where the offsets of a result's values count from.
    pub fn result(&self, result: usize) -> *const u8 {
        self.first.wrapping_offset(result as isize * self.stride)
    }

    /// The address of a value of a result. Beyond the last result there are copies of it.
    pub fn at(&self, result: usize, value: usize) -> *const u8 {
        let result = self.result(result.min(self.results - 1));
        result.wrapping_offset(self.offsets[value])
    }
}

/// Some packs of neighbouring results.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    /// The first result of the first pack.
    first: usize,
    /// How many packs there are.
    pub packs: usize,
    /// How many results there are in all panels.
    results: usize,
}

impl Panel {
    /// The panels of so many results with `count` values each.
    pub fn of(results: usize, count: usize) -> impl Iterator<Item = Self> {
        let most = (LINES_IN_PANEL / count).clamp(1, PACKS_IN_PANEL);
        let packs = results.div_ceil(PACK);
        (0..packs).step_by(most).map(move |pack| Self {
            first: pack * PACK,
            packs: most.min(packs - pack),
            results,
        })
    }

    /// The first result of a pack. The last pack begins so that it ends with the last result.
    pub fn first_of(&self, pack: usize) -> usize {
        (self.first + pack * PACK).min(self.results.saturating_sub(PACK))
    }

    /// The lanes of a pack that have results, and not those of the pack before, as bits.
    pub fn owned(&self, pack: usize) -> u8 {
        if self.results < PACK {
            return u8::MAX >> (PACK - self.results);
        }
        u8::MAX << (self.first + pack * PACK - self.first_of(pack))
    }
}

/// Room for lines.
#[derive(Default)]
pub struct Gathered(Vec<Line>);

impl Gathered {
    /// Makes room for the lines of a panel of results with `count` values each.
    pub fn reserve(&mut self, count: usize) -> Result<()> {
        let len = (count * PACKS_IN_PANEL).min(LINES_IN_PANEL.max(count));
        if self.0.len() < len {
            self.0.clear();
            self.0.try_reserve_exact(len).map_err(no_memory)?;
            self.0.resize(len, [[0; 8]; PACK]);
        }
        Ok(())
    }

    /// The lines of a pack of the panel that was gathered last, of results with `count` values each.
    pub fn pack(&self, pack: usize, count: usize) -> &[Line] {
        &self.0[pack * count..][..count]
    }

    /// Brings the values of a panel together.
    ///
    /// # Safety
    /// The values are readable elements of the type `T`.
    pub unsafe fn gather<T: Element>(&mut self, values: Values, panel: Panel) {
        if T::IS_DOUBLE && values.contiguous {
            in_force().run(Transpose(values, panel, &mut self.0));
        } else {
            // SAFETY: the caller's promise.
            unsafe { convert_panel::<T>(values, panel, &mut self.0) };
        }
    }

    /// The values of one result.
    ///
    /// # Safety
    /// As for [`Self::gather`].
    pub unsafe fn one<'a, T: Element>(
        &'a mut self,
        values: &'a Values,
        result: usize,
    ) -> &'a [Unaligned] {
        let count = values.offsets.len();
        if T::IS_DOUBLE && values.contiguous {
            // SAFETY: the caller's promise.
            return unsafe { std::slice::from_raw_parts(values.at(result, 0).cast(), count) };
        }
        let out = &mut self.0.as_flattened_mut()[..count];
        // SAFETY: the caller's promise.
        unsafe { convert_one::<T>(values, result, out) };
        out
    }
}

/// The kernel that transposes results whose doubles follow each other.
struct Transpose<'a>(Values<'a>, Panel, &'a mut [Line]);

impl Kernel for Transpose<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(values, panel, lines) = self;
        let count = values.offsets.len();
        assert!(lines.len() >= panel.packs * count);
        for pack in 0..panel.packs {
            let first = panel.first_of(pack);
            let mut rows = [std::ptr::null::<u64>(); PACK];
            let mut ahead = rows;
            for lane in 0..PACK {
                rows[lane] = values.at(first + lane, 0).cast();
                ahead[lane] = values.at(first + lane + PACKS_AHEAD * PACK, 0).cast();
            }
            let out: *mut u64 = lines[pack * count..].as_mut_ptr().cast();
            let whole = count - count % PACK;
            // SAFETY: the caller of `gather` promises `count` doubles of each result, and there are as many
            // lines.
            unsafe {
                simd.transpose(&rows, &ahead, whole, out, PACK);
                if whole < count && count >= PACK {
                    // The last columns of all, some of them once more.
                    let first = count - PACK;
                    for row in &mut rows {
                        *row = row.add(first);
                    }
                    simd.transpose(&rows, &rows, PACK, out.add(first * PACK), PACK);
                    continue;
                }
                for i in whole..count {
                    for (lane, row) in rows.iter().enumerate() {
                        let value = row.add(i).read_unaligned();
                        out.add(i * PACK + lane).write_unaligned(value);
                    }
                }
            }
        }
    }
}
