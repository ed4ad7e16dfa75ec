//! Index spaces: the shape of one or several arrays, and how each moves through memory along it.
//!
//! Sums do not depend on the order of the values. So the library walks an array in the order of its memory,
//! whatever the order of its dimensions: see [`Space::by_memory`].

use std::ops::Range;

/// The most dimensions of an array.
pub const MAX_NDIM: usize = 64;

/// One dimension of `N` arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dim<const N: usize> {
    /// The number of indices.
    pub len: usize,
    /// Distance in bytes from one index to the next in each array.
    pub strides: [isize; N],
}

impl<const N: usize> Dim<N> {
    const ONE: Self = Self {
        len: 1,
        strides: [0; N],
    };

    /// The distance in bytes from the first index to the last one.
    fn extent(&self, array: usize) -> Option<isize> {
        let steps = isize::try_from(self.len.max(1) - 1).ok()?;
        if steps == 0 {
            Some(0)
        } else {
            self.strides[array].checked_mul(steps)
        }
    }
}

/// The dimensions of `N` arrays of one shape, the outermost first.
#[derive(Debug, Clone, Copy)]
pub struct Space<const N: usize> {
    dims: [Dim<N>; MAX_NDIM],
    rank: usize,
    /// The offset in bytes of the element with all indices 0, in each array.
    origin: [isize; N],
}

impl<const N: usize> Space<N> {
    /// The space without dimensions, which has one element.
    pub fn scalar() -> Self {
        Self {
            dims: [Dim::ONE; MAX_NDIM],
            rank: 0,
            origin: [0; N],
        }
    }

    /// The dimensions, the outermost first.
    pub fn dims(&self) -> &[Dim<N>] {
        &self.dims[..self.rank]
    }

    /// Adds a dimension outside all others. At most [`MAX_NDIM`] fit.
    pub fn push_outer(&mut self, dim: Dim<N>) {
        self.dims.copy_within(0..self.rank, 1);
        self.dims[0] = dim;
        self.rank += 1;
    }

    /// Adds a dimension inside all others. At most [`MAX_NDIM`] fit.
    pub fn push_inner(&mut self, dim: Dim<N>) {
        self.dims[self.rank] = dim;
        self.rank += 1;
    }

    /// The number of elements, for spaces that are addressable.
    pub fn len(&self) -> usize {
        self.dims().iter().map(|dim| dim.len).product()
    }

    /// Is there no element?
    pub fn is_empty(&self) -> bool {
        self.dims().iter().any(|dim| dim.len == 0)
    }

    /// Do offsets of all elements, of `size` bytes, and their number fit an isize? They do if there are no
    /// elements.
    pub fn is_addressable(&self, size: usize) -> bool {
        if self.is_empty() {
            return true;
        }
        let count = self.dims().iter().try_fold(1isize, |count, dim| {
            count.checked_mul(isize::try_from(dim.len).ok()?)
        });
        let extents = (0..N).all(|array| {
            let total = self.dims().iter().try_fold(size as isize, |total, dim| {
                total.checked_add(dim.extent(array)?.checked_abs()?)
            });
            total.is_some()
        });
        count.is_some() && extents
    }

    /// The offsets from the first to the last byte of array number `array`, whose elements have `size` bytes;
    /// an empty range if there are no elements. The space must be addressable.
    pub fn byte_range(&self, array: usize, size: usize) -> Range<isize> {
        if self.is_empty() {
            return 0..0;
        }
        let mut range = self.origin[array]..self.origin[array] + size as isize;
        for dim in self.dims() {
            let extent = dim.extent(array).expect("addressable");
            range.start += extent.min(0);
            range.end += extent.max(0);
        }
        range
    }

    /// The space of one of the arrays.
    pub fn array(&self, array: usize) -> Space<1> {
        let mut space = Space::scalar();
        space.origin = [self.origin[array]];
        for dim in self.dims() {
            space.push_inner(Dim {
                len: dim.len,
                strides: [dim.strides[array]],
            });
        }
        space
    }

    /// The same elements in an order that suits the memory: strides decrease towards the inside, and what is
    /// contiguous is one dimension. Repetitions (stride 0) go outside. Where several arrays disagree, the
    /// first one decides.
    #[must_use]
    pub fn by_memory(&self) -> Self {
        let mut sorted = Self {
            origin: self.origin,
            ..Self::scalar()
        };
        for dim in self.dims().iter().filter(|dim| dim.len != 1) {
            let mut dim = *dim;
            let backwards = dim.strides.iter().find(|&&stride| stride != 0);
            if backwards.is_some_and(|&stride| stride < 0) && dim.len > 0 {
                for (array, stride) in dim.strides.iter_mut().enumerate() {
                    sorted.origin[array] += *stride * (dim.len as isize - 1);
                    *stride = -*stride;
                }
            }
            sorted.push_inner(dim);
        }
        let rank = sorted.rank;
        // Stride 0 wraps to the largest key, so that repetitions come first.
        sorted.dims[..rank].sort_by_key(|dim| {
            std::cmp::Reverse(
                dim.strides
                    .map(|stride| stride.unsigned_abs().wrapping_sub(1)),
            )
        });
        let mut merged = Self {
            origin: sorted.origin,
            ..Self::scalar()
        };
        for dim in sorted.dims().iter().rev() {
            let continues = |inner: &Dim<N>| {
                let end = |stride: isize| stride.checked_mul(inner.len as isize);
                (0..N).all(|i| end(inner.strides[i]) == Some(dim.strides[i]))
            };
            match merged.dims[..merged.rank].first_mut() {
                Some(inner) if continues(inner) => inner.len *= dim.len,
                _ => merged.push_outer(*dim),
            }
        }
        merged
    }

    /// Walks the elements `range`, counted in the order of the dimensions, by runs along the innermost one:
    /// calls `visit` with the offsets of each run's first element, its length, and its strides.
    pub fn runs(&self, range: Range<usize>, mut visit: impl FnMut([isize; N], usize, [isize; N])) {
        let (inner, outer) = match self.dims() {
            [] => (Dim::ONE, &[][..]),
            [outer @ .., inner] => (*inner, outer),
        };
        let mut left = range.len();
        if left == 0 {
            return;
        }
        let mut at = range.start % inner.len;
        let mut index = [0usize; MAX_NDIM];
        let mut offsets = self.origin;
        let mut rest = range.start / inner.len;
        for (axis, dim) in outer.iter().enumerate().rev() {
            index[axis] = rest % dim.len;
            rest /= dim.len;
            for (offset, stride) in offsets.iter_mut().zip(dim.strides) {
                *offset += index[axis] as isize * stride;
            }
        }
        loop {
            let run = left.min(inner.len - at);
            let mut first = offsets;
            for (offset, stride) in first.iter_mut().zip(inner.strides) {
                *offset += at as isize * stride;
            }
            visit(first, run, inner.strides);
            left -= run;
            if left == 0 {
                return;
            }
            at = 0;
            for (axis, dim) in outer.iter().enumerate().rev() {
                index[axis] += 1;
                let wraps = index[axis] == dim.len;
                let steps = if wraps { 1 - dim.len as isize } else { 1 };
                for (offset, stride) in offsets.iter_mut().zip(dim.strides) {
                    *offset += steps * stride;
                }
                if !wraps {
                    break;
                }
                index[axis] = 0;
            }
        }
    }
}

impl Space<1> {
    /// The space of this array and another one of the same shape; `None` if the shapes differ.
    pub fn with(&self, other: &Self) -> Option<Space<2>> {
        let mut both = Space::scalar();
        both.origin = [self.origin[0], other.origin[0]];
        for (x, y) in self.dims().iter().zip(other.dims()) {
            if x.len != y.len {
                return None;
            }
            both.push_inner(Dim {
                len: x.len,
                strides: [x.strides[0], y.strides[0]],
            });
        }
        (self.rank == other.rank).then_some(both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(dims: &[(usize, isize)]) -> Space<1> {
        let mut space = Space::scalar();
        for &(len, stride) in dims {
            space.push_inner(Dim {
                len,
                strides: [stride],
            });
        }
        space
    }

    fn offsets(space: &Space<1>, range: Range<usize>) -> Vec<isize> {
        let mut all = Vec::new();
        space.runs(range, |[first], run, [stride]| {
            all.extend((0..run as isize).map(|i| first + i * stride));
        });
        all
    }

    #[test]
    fn contiguous_memory_is_one_dimension_in_whatever_order() {
        for dims in [
            &[(3, 40), (5, 8)][..],
            &[(5, 8), (3, 40)],
            &[(5, -8), (1, 7), (3, 40)],
            &[(3, -40), (5, -8)],
        ] {
            let walked = space(dims).by_memory();
            assert_eq!(
                walked.dims(),
                [Dim {
                    len: 15,
                    strides: [8]
                }]
            );
        }
    }

    #[test]
    fn every_part_of_a_walk_meets_its_elements() {
        for dims in [
            &[(3, 100), (4, -8), (2, 1000)][..],
            &[(2, 0), (3, 24), (3, 8)],
            &[(4, 0)],
            &[],
            &[(1, 5), (7, 3)],
        ] {
            let space = space(dims);
            let all = offsets(&space, 0..space.len());
            for start in 0..=all.len() {
                for end in start..=all.len() {
                    assert_eq!(offsets(&space, start..end), all[start..end]);
                }
            }
            let mut sorted = all.clone();
            let mut walked = offsets(&space.by_memory(), 0..all.len());
            sorted.sort_unstable();
            walked.sort_unstable();
            assert_eq!(walked, sorted);
            let range = space.byte_range(0, 8);
            assert_eq!(range, sorted[0]..sorted[sorted.len() - 1] + 8);
        }
    }

    #[test]
    fn extents_that_overflow_are_found() {
        assert!(!space(&[(usize::MAX, 0)]).is_addressable(8));
        assert!(!space(&[(1 << 32, 0), (1 << 31, 0)]).is_addressable(1));
        assert!(!space(&[(3, isize::MAX / 2)]).is_addressable(8));
        assert!(!space(&[(2, isize::MIN)]).is_addressable(8));
        assert!(space(&[(1, isize::MIN), (2, isize::MAX - 100)]).is_addressable(8));
        assert!(space(&[(0, 8), (usize::MAX, isize::MAX)]).is_addressable(8));
    }
}
