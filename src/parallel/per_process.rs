//! A value that each process in a line of forks makes for itself, on first use.
//!
//! What a child inherits may have been changed by threads that stayed with the parent at the moment of the
//! fork: its locks may be held, and its workers do not exist. So the child leaves it alone, without freeing
//! it, and makes a value of its own. There is no lock here, which a thread might hold at a fork.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::fork;

/// The value of this process, or one that it has inherited, or none.
#[derive(Debug)]
pub struct PerProcess<T> {
    /// Null, or from a box. As long as `self` lives it is never freed: other threads may be reading it.
    entry: AtomicPtr<Entry<T>>,
    /// It owns an entry, so that it is `Send` or `Sync` only if the value is.
    owns: PhantomData<Entry<T>>,
}

#[derive(Debug)]
struct Entry<T> {
    /// The generation of the process that made the value: see [`fork`].
    generation: u64,
    value: T,
}

impl<T> PerProcess<T> {
    /// Nothing is made yet.
    pub const fn new() -> Self {
        Self {
            entry: AtomicPtr::new(std::ptr::null_mut()),
            owns: PhantomData,
        }
    }

    /// What the pointer points to, if it was made by the process of that generation.
    fn of_generation(&self, generation: u64) -> Result<&T, *mut Entry<T>> {
        let seen = self.entry.load(Ordering::Acquire);
        // SAFETY: the pointer is null, or was published by `get_or_make` and is not freed while `self` lives.
        match unsafe { seen.as_ref() } {
            Some(entry) if entry.generation == generation => Ok(&entry.value),
            _ => Err(seen),
        }
    }

    /// The value of this process, if it has made one.
    pub fn get(&self) -> Option<&T> {
        self.of_generation(fork::checked_generation()).ok()
    }

    /// The same in a nanosecond, as [`fork::generation`] is enough: if there is a value, whoever made it has
    /// registered the fork handlers.
    #[inline]
    pub fn get_quickly(&self) -> Option<&T> {
        self.of_generation(fork::generation()).ok()
    }
}

// Any thread may make the value and any other one drop it: `Send`.
impl<T: Send + Sync> PerProcess<T> {
    /// The value of this process. It comes from `make` if there is none; if another thread is faster, what
    /// `make` has answered is dropped.
    pub fn get_or_make(&self, make: impl Fn() -> T) -> &T {
        loop {
            let generation = fork::checked_generation();
            let seen = match self.of_generation(generation) {
                Ok(value) => return value,
                Err(seen) => seen,
            };
            let value = make();
            let made = Box::into_raw(Box::new(Entry { generation, value }));
            if self
                .entry
                .compare_exchange(seen, made, Ordering::AcqRel, Ordering::Acquire)
                .is_err()
            {
                // SAFETY: the pointer came from a box, and nobody else has seen it.
                drop(unsafe { Box::from_raw(made) });
            }
        }
    }
}

impl<T> Drop for PerProcess<T> {
    /// Drops the value of this process. An inherited one is not even to be dropped.
    fn drop(&mut self) {
        if self.get().is_some() {
            // SAFETY: the pointer came from a box; nobody borrows the value, as `self` is dropped.
            drop(unsafe { Box::from_raw(*self.entry.get_mut()) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn all_threads_get_one_value_and_the_others_are_dropped() {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        struct Counted(usize);
        impl Drop for Counted {
            fn drop(&mut self) {
                DROPPED.fetch_add(1, Ordering::SeqCst);
            }
        }
        let make = || Counted(MADE.fetch_add(1, Ordering::SeqCst));
        let shared = PerProcess::new();
        assert!(shared.get().is_none() && shared.get_quickly().is_none());
        let seen: Vec<usize> = std::thread::scope(|scope| {
            let threads = [(); 8].map(|()| scope.spawn(|| shared.get_or_make(make).0));
            threads
                .map(|thread| thread.join().expect("no panic"))
                .into()
        });
        assert_eq!(seen, [seen[0]; 8]);
        assert_eq!(shared.get().map(|value| value.0), Some(seen[0]));
        let left = || MADE.load(Ordering::SeqCst) - DROPPED.load(Ordering::SeqCst);
        assert_eq!(left(), 1);
        drop(shared);
        assert_eq!(left(), 0);
    }

    /// A child makes a value of its own, and drops that one alone.
    #[test]
    fn a_child_has_a_value_of_its_own() {
        let shared: PerProcess<Box<AtomicUsize>> = PerProcess::new();
        let make = || Box::new(AtomicUsize::new(0));
        shared.get_or_make(make).store(7, Ordering::SeqCst);
        // SAFETY: the child calls what is safe after a fork, and leaves by _exit.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let none = shared.get().is_none() && shared.get_quickly().is_none();
            let fresh = shared.get_or_make(make).load(Ordering::SeqCst) == 0;
            drop(shared);
            // SAFETY: it has no precondition.
            unsafe { libc::_exit(i32::from(!(none && fresh))) };
        }
        let mut status = -1;
        // SAFETY: the variable is live.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert_eq!(status, 0);
        assert_eq!(
            shared.get().map(|value| value.load(Ordering::SeqCst)),
            Some(7)
        );
    }
}
