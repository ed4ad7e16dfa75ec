//! Elements converted to unevaluated sums of two doubles, some at a time.

use std::mem::MaybeUninit;
use std::slice::from_raw_parts;

use crate::array::View;
use crate::array::dtype::Visitor;
use crate::array::view::written;
use crate::exact::{Element, Unaligned};
use crate::simd::{Kernel, Simd, in_force};

/// Pairs that are converted at a time: they stay in the nearest cache, and take 8 KiB of the stack.
pub const PAIRS_IN_TILE: usize = 256;

/// Elements as unevaluated sums of two doubles: the value, which is the nearest double, and the rest, which
/// is 0 except for 64-bit integers.
pub struct Tile {
    /// The nearest doubles.
    pub values: [MaybeUninit<Unaligned>; PAIRS_IN_TILE],
    /// What is beyond them.
    pub rests: [MaybeUninit<Unaligned>; PAIRS_IN_TILE],
    /// Is any of the rests not 0?
    pub has_rests: bool,
}

impl Tile {
    #[inline(always)]
    pub fn new() -> Self {
        Self {
            values: [MaybeUninit::uninit(); PAIRS_IN_TILE],
            rests: [MaybeUninit::uninit(); PAIRS_IN_TILE],
            has_rests: false,
        }
    }

    /// # Safety
    /// The first `count` values were written.
    pub unsafe fn values(&self, count: usize) -> &[Unaligned] {
        // SAFETY: the caller's promise.
        unsafe { written(&self.values[..count]) }
    }

    /// # Safety
    /// The first `count` rests were written.
    pub unsafe fn rests(&self, count: usize) -> &[Unaligned] {
        // SAFETY: the caller's promise.
        unsafe { written(&self.rests[..count]) }
    }
}

/// Elements of an array: the address of the first one, and the distance in bytes from each to the next.
#[derive(Clone, Copy)]
pub struct Elements {
    /// The first one.
    pub first: *const u8,
    /// The distance.
    pub stride: isize,
}

/// Converts as many elements as there are places: writes their values and, for types that have any, their
/// rests. Returns whether a rest is not 0.
pub type Reader =
    unsafe fn(Elements, &mut [MaybeUninit<Unaligned>], &mut [MaybeUninit<Unaligned>]) -> bool;

/// The reader for an array's element type.
pub fn reader(view: &View) -> Reader {
    struct Choose;
    impl Visitor for Choose {
        type Output = Reader;
        fn visit<T: Element>(self) -> Reader {
            read::<T>
        }
    }
    view.dtype().visit(Choose)
}

/// The [`Reader`] for elements of type `T`.
///
/// # Safety
/// As many elements of this type may be read as there are places.
unsafe fn read<T: Element>(
    elements: Elements,
    values: &mut [MaybeUninit<Unaligned>],
    rests: &mut [MaybeUninit<Unaligned>],
) -> bool {
    struct Convert<'a, I> {
        elements: I,
        values: &'a mut [MaybeUninit<Unaligned>],
        rests: &'a mut [MaybeUninit<Unaligned>],
        /// The bits that are set in any of the rests.
        bits: &'a mut u64,
        has_rests: bool,
    }
    impl<I: Iterator<Item = (f64, f64)>> Kernel for Convert<'_, I> {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            // A variable of its own, as the compiler cannot know that `self.bits` is none of the places.
            let mut bits = 0;
            let places = self.values.iter_mut().zip(self.rests);
            for ((value_out, rest_out), (value, rest)) in places.zip(self.elements) {
                value_out.write(value.to_ne_bytes());
                if self.has_rests {
                    rest_out.write(rest.to_ne_bytes());
                    bits |= rest.to_bits();
                }
            }
            *self.bits = bits;
        }
    }

    let mut bits = 0;
    let Elements { first, stride } = elements;
    if stride == size_of::<T::Raw>() as isize {
        // SAFETY: the caller's promise; raw elements have no alignment.
        let raw: &[T::Raw] = unsafe { from_raw_parts(first.cast(), values.len()) };
        in_force().run(Convert {
            elements: raw.iter().map(|&raw| T::to_doubles(raw)),
            values,
            rests,
            bits: &mut bits,
            has_rests: T::EXCEEDS_F64,
        });
    } else {
        let element = |i: usize| {
            let element = first.wrapping_offset(i as isize * stride).cast::<T::Raw>();
            // SAFETY: the caller's promise; raw elements have no alignment.
            T::to_doubles(unsafe { element.read() })
        };
        in_force().run(Convert {
            elements: (0..values.len()).map(element),
            values,
            rests,
            bits: &mut bits,
            has_rests: T::EXCEEDS_F64,
        });
    }
    bits != 0
}
