//! The caller's memory that results go to.

/// The places of a call's results, one after the other, at any alignment. Each is used by one thread at a
/// time.
#[derive(Debug)]
pub struct Results<T> {
    first: *mut T,
    len: usize,
}

// SAFETY: a place is used by one thread at a time, and its value may be used on any thread.
unsafe impl<T: Send> Send for Results<T> {}
// SAFETY: as for `Send`.
unsafe impl<T: Send> Sync for Results<T> {}

impl<T: Copy> Results<T> {
    /// # Safety
    /// `len` values from `first` on may be read and written, any bit pattern is a `T`, and nobody else reads
    /// or writes them while this is in use.
    pub unsafe fn new(first: *mut T, len: usize) -> Self {
        Self { first, len }
    }

    /// The number of places.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The address of the first byte.
    pub fn start(&self) -> *const u8 {
        self.first.cast()
    }

    /// The number of bytes of all places.
    pub fn bytes(&self) -> usize {
        self.len * size_of::<T>()
    }

    /// The value at a place.
    pub fn read(&self, index: usize) -> T {
        // SAFETY: `at` answers one of the places, which may be read by the promise of `new`.
        unsafe { self.at(index).read_unaligned() }
    }

    /// Writes a result to its place.
    pub fn write(&self, index: usize, value: T) {
        // SAFETY: `at` answers one of the places, which may be written by the promise of `new`.
        unsafe { self.at(index).write_unaligned(value) };
    }

    /// Writes results to neighbouring places.
    pub fn write_run(&self, first: usize, values: &[T]) {
        assert!(first <= self.len && values.len() <= self.len - first);
        let to = self.first.wrapping_add(first).cast::<u8>();
        // SAFETY: these are places, which may be written by the promise of `new`, and nobody else reads or
        // writes them.
        unsafe { to.copy_from_nonoverlapping(values.as_ptr().cast(), size_of_val(values)) };
    }

    /// Calls `look` with the value at a place: with a copy only if it is not aligned.
    pub fn look<R>(&self, index: usize, look: impl FnOnce(&T) -> R) -> R {
        let at = self.at(index);
        if at.is_aligned() {
            // SAFETY: `at` answers one of the places, and it is aligned; nobody writes meanwhile, by the
            // promise of `new`.
            look(unsafe { &*at })
        } else {
            look(&self.read(index))
        }
    }

    /// Calls `change` with the value at a place: with a copy, which is then written back, only if it is not
    /// aligned.
    pub fn change<R>(&self, index: usize, change: impl FnOnce(&mut T) -> R) -> R {
        let at = self.at(index);
        if at.is_aligned() {
            // SAFETY: as in `look`; this thread alone uses the place.
            return change(unsafe { &mut *at });
        }
        let mut value = self.read(index);
        let result = change(&mut value);
        self.write(index, value);
        result
    }

    /// The address of a place.
    fn at(&self, index: usize) -> *mut T {
        assert!(index < self.len);
        self.first.wrapping_add(index)
    }
}
