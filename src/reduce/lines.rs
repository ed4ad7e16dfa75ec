//! The values of neighbouring results, brought together in lines: see [`crate::exact::lanes`].

use super::convert::{convert_one, convert_panel};
use super::panel::{LINES_IN_PANEL, PACKS_IN_PANEL, Panel, Values};
use super::strip::no_memory;
use crate::error::Result;
use crate::exact::columns::PACK;
use crate::exact::lanes::Line;
use crate::exact::{Element, Unaligned};
use crate::simd::{Kernel, Simd, in_force};

/// How many packs ahead to prefetch where results follow each other.
const PACKS_AHEAD: usize = 4;

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
