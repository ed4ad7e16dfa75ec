//! Dot products of arrays.
//!
//! The kernel reads contiguous doubles where they lie. Elements of other types and layouts are converted
//! exactly before: 64-bit integers to unevaluated sums of two doubles, all others to doubles.

use std::ops::Range;
use std::slice::from_raw_parts;

use super::chunk::chunk;
use super::tile::{Elements, PAIRS_IN_TILE, Reader, Tile, reader};
use crate::array::space::Space;
use crate::array::{Dtype, View};
use crate::error::{Error, Result};
use crate::exact::Unaligned;
use crate::exact::moments::Counts;
use crate::exact::products::{Dot, Products};
use crate::exact::small;
use crate::parallel::{fold_values, single_chunk};
use crate::round::statistics;
use crate::simd::in_force;

/// Runs of contiguous doubles from this length on are read where they lie; shorter ones are gathered.
const MIN_RUN_IN_PLACE: usize = 128;

/// Σxy of two vectors of equal length.
pub fn vectors(x: &[Unaligned], y: &[Unaligned]) -> Result<f64> {
    if x.len() <= small::MAX_VALUES
        && let Some(sum) = small::dot(in_force(), x, y)
    {
        // All factors are finite.
        let counts = Counts::default();
        return single_chunk(x.len(), || Ok(statistics::dot(&Dot { counts, sum })));
    }
    sum(x.len(), |products, range| {
        products.add(&x[range.clone()], &y[range]);
    })
}

/// Σxy of two arrays, which must have the same shape.
pub fn arrays(x: &View, y: &View) -> Result<f64> {
    let shapes_differ = || Error::invalid("x and y must have the same shape");
    let space = x.space().with(y.space()).ok_or_else(shapes_differ)?;
    let space = space.by_memory();
    let readers = [reader(x), reader(y)];
    sum(space.len(), |products, range| {
        add(x, y, &space, range, readers, products);
    })
}

/// Lets `add` add the products of `len` pairs, on all threads if there are enough, and rounds their sum. If
/// there is one thread, its accumulator stays where it is: to move it would take longer than a small call
/// does.
fn sum(len: usize, add: impl Fn(&mut Products, Range<usize>) + Sync) -> Result<f64> {
    let chunk = chunk(len);
    if len <= chunk {
        return single_chunk(len, || {
            let mut products = Products::new(in_force());
            add(&mut products, 0..len);
            Ok(round(&mut products))
        });
    }
    let add = |products: &mut Products, range: Range<usize>| {
        add(products, range);
        Ok(())
    };
    let new = || Products::new(in_force());
    let mut products = fold_values(len, 1, chunk, new, add, Products::merge)?;
    Ok(round(&mut products))
}

/// Rounds the sum of the products, which are not to be used afterwards.
fn round(products: &mut Products) -> f64 {
    match products.short() {
        Some(dot) => statistics::dot(&dot),
        None => statistics::dot(&products.finish()),
    }
}

/// Adds the products of the pairs `range`. Not inlined, so that no other frame has to hold the tiles.
#[inline(never)]
fn add(
    x: &View,
    y: &View,
    space: &Space<2>,
    range: Range<usize>,
    readers: [Reader; 2],
    products: &mut Products,
) {
    let doubles = x.dtype() == Dtype::F64 && y.dtype() == Dtype::F64;
    let mut gathered = Gathered::new(readers);
    space.runs(range, |offsets, run, strides| {
        let first = [0, 1].map(|i| [x, y][i].data().wrapping_offset(offsets[i]));
        if doubles && strides == [8; 2] && run >= MIN_RUN_IN_PLACE {
            // SAFETY: each pointer leads to `run` elements of its array that lie one after the other, and
            // `Unaligned` needs no alignment.
            let [x, y] = first.map(|first| unsafe { from_raw_parts(first.cast(), run) });
            products.add(x, y);
        } else {
            // SAFETY: `runs` visits elements of the arrays, whose types the readers were chosen for.
            unsafe { gathered.add(first, run, strides, products) };
        }
    });
    gathered.finish(products);
}

/// Gathers converted pairs from runs of any length into tiles, which are worth a call of the kernel.
struct Gathered {
    readers: [Reader; 2],
    tiles: [Tile; 2],
    /// How many pairs the tiles hold.
    pairs: usize,
    /// The products with one rest and those with two. They are kept apart from the products of values, as
    /// their magnitudes differ so much that a common window would move to and fro.
    with_rests: Option<[Products; 2]>,
}

impl Gathered {
    #[inline(always)]
    fn new(readers: [Reader; 2]) -> Self {
        Self {
            readers,
            tiles: [Tile::new(), Tile::new()],
            pairs: 0,
            with_rests: None,
        }
    }

    /// Takes `run` pairs of elements, which begin at the addresses `first` and have the distances `strides`
    /// in bytes; adds the products of tiles that become full.
    ///
    /// # Safety
    /// These elements may be read, and are of the types that the readers were chosen for.
    unsafe fn add(
        &mut self,
        first: [*const u8; 2],
        run: usize,
        strides: [isize; 2],
        products: &mut Products,
    ) {
        let mut done = 0;
        while done < run {
            let count = (run - done).min(PAIRS_IN_TILE - self.pairs);
            let places = self.pairs..self.pairs + count;
            for (i, tile) in self.tiles.iter_mut().enumerate() {
                let elements = Elements {
                    first: first[i].wrapping_offset(done as isize * strides[i]),
                    stride: strides[i],
                };
                let (values, rests) = (&mut tile.values, &mut tile.rests);
                // SAFETY: the reader reads as many elements as it gets places, `count`, and the caller
                // promises these.
                let any_rest = unsafe {
                    (self.readers[i])(
                        elements,
                        &mut values[places.clone()],
                        &mut rests[places.clone()],
                    )
                };
                tile.has_rests |= any_rest;
            }
            self.pairs += count;
            done += count;
            if self.pairs == PAIRS_IN_TILE {
                self.flush(products);
            }
        }
    }

    /// Adds the products of the pairs that are left, and those with rests.
    fn finish(&mut self, products: &mut Products) {
        self.flush(products);
        for with_rests in self.with_rests.iter_mut().flatten() {
            products.merge_from(with_rests);
        }
    }

    /// Adds the products of the pairs in the tiles, which are empty afterwards.
    fn flush(&mut self, products: &mut Products) {
        let pairs = std::mem::take(&mut self.pairs);
        let [x, y] = &mut self.tiles;
        // SAFETY: `add` wrote both values of each pair, and their rests where a tile has rests.
        unsafe {
            products.add(x.values(pairs), y.values(pairs));
            if !x.has_rests && !y.has_rests {
                return;
            }
            // Rests belong to integers, which are finite: the product of the values above has already told
            // what becomes of an infinity or NaN, so the products with rests take 0 instead.
            x.drop_specials(pairs);
            y.drop_specials(pairs);
            let new = || [(); 2].map(|()| Products::new(in_force()));
            let [with_one, with_two] = self.with_rests.get_or_insert_with(new);
            if x.has_rests {
                with_one.add(x.rests(pairs), y.values(pairs));
            }
            if y.has_rests {
                with_one.add(x.values(pairs), y.rests(pairs));
            }
            if x.has_rests && y.has_rests {
                with_two.add(x.rests(pairs), y.rests(pairs));
            }
        }
        x.has_rests = false;
        y.has_rests = false;
    }
}
