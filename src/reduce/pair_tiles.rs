//! Pairs brought together from runs of any length and type, in tiles that are worth a call of the kernels.

use super::source::Mark;
use super::tile::{Elements, PAIRS_IN_TILE, Reader, Tile};
use crate::exact::Unaligned;
use crate::exact::collect::Collect;
use crate::exact::supply::CACHE_LINE;
use crate::simd::{Kernel, Simd, in_force};

/// How many pairs are searched for NaNs and then added: both vectors stay in the nearest cache meanwhile.
const PAIRS_AT_A_TIME: usize = 1 << 10;

/// Pairs that are about to be added.
pub struct PairTiles {
    readers: [Reader; 2],
    tiles: [Tile; 2],
    /// Is there one variable only? Then the second tile is not used.
    single: bool,
    /// How many pairs the tiles hold.
    pairs: usize,
}

impl PairTiles {
    /// No pairs. The readers are those of both arrays, which are the same if there is a `single` one.
    #[inline(always)]
    pub fn new(readers: [Reader; 2], single: bool) -> Self {
        Self {
            readers,
            tiles: [Tile::new(), Tile::new()],
            single,
            pairs: 0,
        }
    }

    /// Adds pairs of doubles that lie one after the other.
    pub fn add_doubles<C: Collect>(
        &mut self,
        mut x: &[Unaligned],
        mut y: &[Unaligned],
        collected: &mut C,
    ) {
        while !x.is_empty() {
            let count = x.len().min(PAIRS_AT_A_TIME);
            let ([first_x, rest_x], [first_y, rest_y]) =
                (<[_; 2]>::from(x.split_at(count)), y.split_at(count).into());
            (x, y) = (rest_x, rest_y);
            let search = AnyNan {
                pairs: [first_x, first_y],
                rest: rest_x.len(),
            };
            if in_force().run(search) {
                let first = [first_x, first_y].map(|values| values.as_ptr().cast());
                // SAFETY: the slices have as many doubles, and the readers are those of doubles.
                unsafe { self.add(first, None, count, [8, 8, 0], collected) };
            } else {
                collected.add(first_x, first_y);
            }
        }
    }

    /// Takes `run` pairs of elements, which begin at the addresses `first` and have the distances `strides`
    /// in bytes; with `marks`, only those that these select. Adds the pairs of tiles that become full.
    ///
    /// # Safety
    /// These elements and marks may be read, and are of the types that the readers were chosen for.
    pub unsafe fn add<C: Collect>(
        &mut self,
        first: [*const u8; 2],
        marks: Option<Mark>,
        run: usize,
        strides: [isize; 3],
        collected: &mut C,
    ) {
        let arrays = if self.single { 1 } else { 2 };
        let mut done = 0;
        while done < run {
            let count = (run - done).min(PAIRS_IN_TILE - self.pairs);
            let places = self.pairs..self.pairs + count;
            for i in 0..arrays {
                let tile = &mut self.tiles[i];
                let elements = Elements {
                    first: first[i].wrapping_offset(done as isize * strides[i]),
                    stride: strides[i],
                };
                let (values, rests) = (&mut tile.values, &mut tile.rests);
                // SAFETY: the reader reads as many elements as it gets places, `count`, and the caller
                // promises these.
                tile.has_rests |= unsafe {
                    (self.readers[i])(
                        elements,
                        &mut values[places.clone()],
                        &mut rests[places.clone()],
                    )
                };
            }
            match marks {
                None => self.pairs += count,
                Some(marks) => {
                    for i in 0..count {
                        let mark = marks.offset((done + i) as isize * strides[2]);
                        // SAFETY: the caller promises the marks.
                        if unsafe { mark.is_set() } {
                            self.move_pair(places.start + i, self.pairs);
                            self.pairs += 1;
                        }
                    }
                }
            }
            done += count;
            // A mask that selects little would fill the last places one by one.
            let enough = if marks.is_some() {
                PAIRS_IN_TILE / 2
            } else {
                PAIRS_IN_TILE
            };
            if self.pairs >= enough {
                self.flush(collected);
            }
        }
    }

    /// Adds the pairs in the tiles, which are empty afterwards.
    pub fn flush<C: Collect>(&mut self, collected: &mut C) {
        let pairs = std::mem::take(&mut self.pairs);
        if pairs == 0 {
            return;
        }
        // SAFETY: `add` wrote the values of each pair.
        let pairs = unsafe { self.without_nans(pairs, collected) };
        let [x, y] = &mut self.tiles;
        let has_rests = x.has_rests || y.has_rests;
        if has_rests {
            for tile in [&mut *x, &mut *y] {
                if !tile.has_rests {
                    // Types without rests leave theirs unwritten.
                    tile.rests[..pairs].fill(std::mem::MaybeUninit::new([0; 8]));
                }
                tile.has_rests = false;
            }
        }
        // SAFETY: `add` wrote the values of each pair; and the rests, where there are some, unless they were
        // filled just now.
        unsafe {
            let x_values = x.values(pairs);
            let y_values = if self.single {
                x_values
            } else {
                y.values(pairs)
            };
            if !has_rests {
                return collected.add(x_values, y_values);
            }
            let x_rests = x.rests(pairs);
            let y_rests = if self.single { x_rests } else { y.rests(pairs) };
            collected.add_numbers([x_values, x_rests], [y_values, y_rests]);
        }
    }

    /// Counts the pairs that have a NaN, and moves the others together. Returns how many there are.
    ///
    /// # Safety
    /// The values of `pairs` pairs were written.
    unsafe fn without_nans<C: Collect>(&mut self, pairs: usize, collected: &mut C) -> usize {
        let arrays = if self.single { 1 } else { 2 };
        // SAFETY: the caller's promise.
        let values = [0, arrays - 1].map(|i| unsafe { self.tiles[i].values(pairs) });
        let search = AnyNan {
            pairs: values,
            rest: 0,
        };
        let has_nan = in_force().run(search);
        if !has_nan {
            return pairs;
        }
        let mut numbers = 0;
        for i in 0..pairs {
            let is_nan = self.tiles[..arrays].iter().any(|tile| {
                // SAFETY: the caller's promise.
                f64::from_ne_bytes(unsafe { tile.values[i].assume_init() }).is_nan()
            });
            if !is_nan {
                self.move_pair(i, numbers);
                numbers += 1;
            }
        }
        collected.add_nans((pairs - numbers) as u64);
        numbers
    }

    /// Copies a pair from one place to another.
    #[inline(always)]
    fn move_pair(&mut self, from: usize, to: usize) {
        for tile in &mut self.tiles {
            tile.values[to] = tile.values[from];
            tile.rests[to] = tile.rests[from];
        }
    }
}

/// The kernel that tells whether a value of some pairs is NaN. It prefetches the pairs that come next, which
/// the kernels for these pairs cannot know of.
struct AnyNan<'a> {
    pairs: [&'a [Unaligned]; 2],
    /// How many pairs follow these in memory.
    rest: usize,
}

impl Kernel for AnyNan<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        let [x, y] = self.pairs;
        let whole = x.len() - x.len() % CACHE_LINE;
        let mut found = any_nan(&x[whole..], &y[whole..]);
        let lines = x.chunks_exact(CACHE_LINE).zip(y.chunks_exact(CACHE_LINE));
        // An address behind the values might not be mapped, which takes a CPU long to find out.
        let ahead = x.len().min(self.rest);
        for (x, y) in lines {
            for values in [x, y] {
                simd.prefetch(values.as_ptr().wrapping_add(ahead).cast());
            }
            found |= any_nan(x, y);
        }
        found
    }
}

/// Is one of the values NaN?
#[inline(always)]
fn any_nan(x: &[Unaligned], y: &[Unaligned]) -> bool {
    let mut found = false;
    for (&x, &y) in x.iter().zip(y) {
        found |= f64::from_ne_bytes(x).is_nan() | f64::from_ne_bytes(y).is_nan();
    }
    found
}
