//! Values of any type as doubles in lines. The loops are plain ones, which compilers vectorise where the
//! values lie together.

use std::marker::PhantomData;

use super::panel::{Panel, Values};
use crate::exact::columns::PACK;
use crate::exact::lanes::Line;
use crate::exact::{Element, Unaligned};
use crate::simd::{Kernel, Simd, in_force};

/// Brings the values of a panel together: the lines of each pack follow those of the pack before.
///
/// # Safety
/// The values are readable elements of the type `T`.
pub unsafe fn convert_panel<T: Element>(values: Values, panel: Panel, lines: &mut [Line]) {
    in_force().run(ConvertPanel::<T>(values, panel, lines, PhantomData));
}

/// Converts the values of one result.
///
/// # Safety
/// As for [`convert_panel`].
pub unsafe fn convert_one<T: Element>(values: &Values, result: usize, out: &mut [Unaligned]) {
    in_force().run(ConvertOne::<T>(values, result, out, PhantomData));
}

/// The double nearest to an element, as it lies in lines.
///
/// # Safety
/// The element is readable.
#[inline(always)]
unsafe fn converted<T: Element>(element: *const u8) -> Unaligned {
    // SAFETY: the caller's promise; raw elements have no alignment.
    let raw = unsafe { element.cast::<T::Raw>().read() };
    T::to_doubles(raw).0.to_ne_bytes()
}

/// The kernel that brings the values of a panel, readable elements of the type `T`, together as doubles.
struct ConvertPanel<'a, T>(Values<'a>, Panel, &'a mut [Line], PhantomData<T>);

impl<T: Element> Kernel for ConvertPanel<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self(values, panel, lines, _) = self;
        let count = values.offsets.len();
        for pack in 0..panel.packs {
            let first = panel.first_of(pack);
            let lines = &mut lines[pack * count..][..count];
            if values.are_side_by_side::<T>() {
                let first = values.result(first);
                for (line, &offset) in lines.iter_mut().zip(values.offsets) {
                    let row = first.wrapping_offset(offset);
                    for (lane, value) in line.iter_mut().enumerate() {
                        // SAFETY: the values of eight neighbouring results, which lie side by side.
                        *value = unsafe { converted::<T>(row.add(lane * size_of::<T::Raw>())) };
                    }
                }
                continue;
            }
            let mut results = [std::ptr::null::<u8>(); PACK];
            for (lane, result) in results.iter_mut().enumerate() {
                *result = values.result((first + lane).min(values.results - 1));
            }
            for (line, &offset) in lines.iter_mut().zip(values.offsets) {
                for (value, result) in line.iter_mut().zip(results) {
                    // SAFETY: a value of a result.
                    *value = unsafe { converted::<T>(result.wrapping_offset(offset)) };
                }
            }
        }
    }
}

/// The kernel that converts the values of a result, readable elements of the type `T`, to doubles.
struct ConvertOne<'a, T>(&'a Values<'a>, usize, &'a mut [Unaligned], PhantomData<T>);

impl<T: Element> Kernel for ConvertOne<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self(values, result, out, _) = self;
        if values.contiguous {
            let first = values.at(result, 0);
            for (i, value) in out.iter_mut().enumerate() {
                // SAFETY: the values of a result, which follow each other.
                *value = unsafe { converted::<T>(first.add(i * size_of::<T::Raw>())) };
            }
            return;
        }
        let result = values.result(result);
        for (value, &offset) in out.iter_mut().zip(values.offsets) {
            // SAFETY: a value of the result.
            *value = unsafe { converted::<T>(result.wrapping_offset(offset)) };
        }
    }
}
