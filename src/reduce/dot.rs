//! Dot products of arrays.

use super::chunk;
use crate::array::dtype::Visitor;
use crate::array::{Dtype, View};
use crate::error::{Error, Result};
use crate::exact::products::Products;
use crate::exact::simd::kernels;
use crate::exact::{Element, Unaligned};
use crate::parallel::fold_chunks;

/// Pairs converted at a time: all parts stay in the nearest cache.
const TILE: usize = 512;

/// Σxy of two vectors of one length.
pub fn vectors(x: &[Unaligned], y: &[Unaligned]) -> Result<f64> {
    let products = fold_chunks(
        x.len(),
        chunk(x.len()),
        || Products::new(kernels()),
        |products, range| {
            products.add(&x[range.clone()], &y[range]);
            Ok(())
        },
        Products::merge,
    )?;
    Ok(products.finish())
}

/// Σxy of two arrays of one shape.
pub fn arrays(x: &View, y: &View) -> Result<f64> {
    let shapes_differ = || Error::invalid("x and y must have the same shape");
    let space = x.space().with(y.space()).ok_or_else(shapes_differ)?;
    let space = space.by_memory();
    let doubles = x.dtype() == Dtype::F64 && y.dtype() == Dtype::F64;
    let readers = [reader(x), reader(y)];
    let products = fold_chunks(
        space.len(),
        chunk(space.len()),
        || Products::new(kernels()),
        |products, range| {
            space.runs(range, |first, run, strides| {
                if doubles && strides == [8; 2] {
                    let at = |i: usize| [x, y][i].data().wrapping_offset(first[i]).cast();
                    // SAFETY: elements of the arrays, one after the other, without alignment.
                    let [x, y] = [0, 1].map(|i| unsafe { std::slice::from_raw_parts(at(i), run) });
                    products.add(x, y);
                    return;
                }
                let mut done = 0;
                while done < run {
                    let count = (run - done).min(TILE);
                    let tile: [Tile; 2] = std::array::from_fn(|i| {
                        let offset = first[i] + done as isize * strides[i];
                        let data = [x, y][i].data().wrapping_offset(offset);
                        // SAFETY: these are elements of the array, of the reader's type.
                        unsafe { readers[i](data, count, strides[i]) }
                    });
                    tile[0].add_products(&tile[1], count, products);
                    done += count;
                }
            });
            Ok(())
        },
        Products::merge,
    )?;
    Ok(products.finish())
}

/// Values as unevaluated sums of two doubles: the nearest one, and what 64-bit integers have beyond it.
struct Tile {
    values: [Unaligned; TILE],
    rests: Option<[Unaligned; TILE]>,
}

impl Tile {
    fn add_products(&self, other: &Self, count: usize, products: &mut Products) {
        products.add(&self.values[..count], &other.values[..count]);
        // The values tell alone what a product with an infinity or NaN is; rests belong to integers, which are finite.
        if let Some(rests) = &self.rests {
            products.add(&rests[..count], &other.finite()[..count]);
        }
        if let Some(rests) = &other.rests {
            products.add(&self.finite()[..count], &rests[..count]);
        }
        if let (Some(rests), Some(others)) = (&self.rests, &other.rests) {
            products.add(&rests[..count], &others[..count]);
        }
    }

    /// The values, 0 for those that are not finite.
    fn finite(&self) -> [Unaligned; TILE] {
        self.values.map(|value| {
            let is_finite = f64::from_ne_bytes(value).is_finite();
            if is_finite { value } else { [0; 8] }
        })
    }
}

/// Reads at most [`TILE`] elements, from an address on, at a stride in bytes.
type Reader = unsafe fn(*const u8, usize, isize) -> Tile;

fn reader(view: &View) -> Reader {
    struct Choose;
    impl Visitor for Choose {
        type Output = Reader;
        fn visit<T: Element>(self) -> Reader {
            read::<T>
        }
    }
    view.dtype().visit(Choose)
}

/// # Safety
/// The elements may be read.
unsafe fn read<T: Element>(data: *const u8, count: usize, stride: isize) -> Tile {
    let mut values = [[0; 8]; TILE];
    let mut rests = T::HAS_RESTS.then_some([[0; 8]; TILE]);
    for i in 0..count {
        // SAFETY: the caller's promise; raw elements have no alignment.
        let raw: T::Raw = unsafe {
            data.wrapping_offset(i as isize * stride)
                .cast::<T::Raw>()
                .read()
        };
        let (value, rest) = T::to_doubles(raw);
        values[i] = value.to_ne_bytes();
        if let Some(rests) = &mut rests {
            rests[i] = rest.to_ne_bytes();
        }
    }
    Tile { values, rests }
}
