//! Where results go.

/// The places of a call's results, one after the other, at any alignment. Each is used by one thread at a
/// time.
#[derive(Debug)]
pub struct Results<T> {
    first: *mut T,
    len: usize,
}

// SAFETY: a place is used by one thread at a time, and what is there has no ties to a thread.
unsafe impl<T: Send> Send for Results<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Results<T> {}

impl<T: Copy> Results<T> {
    /// # Safety
    /// So many may be read and written there, any bit pattern is a `T`, and they are of no concern to anybody
    /// else while this is in use.
    pub unsafe fn new(first: *mut T, len: usize) -> Self {
        Self { first, len }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The first byte.
    pub fn start(&self) -> *const u8 {
        self.first.cast()
    }

    /// How many bytes there are.
    pub fn bytes(&self) -> usize {
        self.len * size_of::<T>()
    }

    /// What is there.
    pub fn read(&self, index: usize) -> T {
        // SAFETY: one of the places, by the promise of `new`.
        unsafe { self.at(index).read_unaligned() }
    }

    /// Puts a result there.
    pub fn write(&self, index: usize, value: T) {
        // SAFETY: as above.
        unsafe { self.at(index).write_unaligned(value) };
    }

    /// Looks at what is there, in place if it is aligned.
    pub fn look<R>(&self, index: usize, look: impl FnOnce(&T) -> R) -> R {
        let at = self.at(index);
        if at.is_aligned() {
            // SAFETY: as above, and aligned; nobody writes meanwhile, by the promise of `new`.
            look(unsafe { &*at })
        } else {
            look(&self.read(index))
        }
    }

    /// Changes what is there, in place if it is aligned.
    pub fn change<R>(&self, index: usize, change: impl FnOnce(&mut T) -> R) -> R {
        let at = self.at(index);
        if at.is_aligned() {
            // SAFETY: as in `look`.
            return change(unsafe { &mut *at });
        }
        let mut value = self.read(index);
        let result = change(&mut value);
        self.write(index, value);
        result
    }

    fn at(&self, index: usize) -> *mut T {
        assert!(index < self.len);
        self.first.wrapping_add(index)
    }
}
