//! Where lines lie.

use crate::exact::Unaligned;
use crate::exact::columns::PACK;

/// Eight values that lie together.
pub type Line = [Unaligned; PACK];

/// A sequence of lines.
///
/// # Safety
/// Each of [`Self::len`] lines may be read.
pub unsafe trait Lines: Copy {
    /// How many lines there are.
    fn len(&self) -> usize;
    /// The address of a line, below [`Self::len`].
    fn at(&self, line: usize) -> *const f64;
}

// SAFETY: the lines are those of a slice.
unsafe impl Lines for &[Line] {
    #[inline(always)]
    fn len(&self) -> usize {
        (**self).len()
    }

    #[inline(always)]
    fn at(&self, line: usize) -> *const f64 {
        self.as_ptr().wrapping_add(line).cast()
    }
}

/// Lines that are parts of rows.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    first: *const u8,
    offsets: &'a [isize],
}

impl<'a> Rows<'a> {
    /// A line at each of the offsets in bytes from `first` on.
    ///
    /// # Safety
    /// These lines may be read as long as this is in use.
    pub unsafe fn new(first: *const u8, offsets: &'a [isize]) -> Self {
        Self { first, offsets }
    }
}

// SAFETY: whoever made it has promised that.
unsafe impl Lines for Rows<'_> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.offsets.len()
    }

    #[inline(always)]
    fn at(&self, line: usize) -> *const f64 {
        self.first.wrapping_offset(self.offsets[line]).cast()
    }
}
