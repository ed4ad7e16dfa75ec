//! Memory for when the system has none.
//!
//! Rust ends the process when a small allocation is refused, be it for a message, for a job that is given to
//! another thread, or inside the standard library. The caller of a C library must be told instead. So this
//! allocator asks the system and, when that refuses, takes from a reserve, as C++ libraries have one for
//! exceptions (libsupc++'s emergency pool). The reserve is enough for calls to come to their end, with or
//! without success. What a caller could pile up, handles above all, is refused by [`check_system`] before it
//! could use up the reserve.
//!
//! A Rust program that links this crate gets the allocator, too.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, PAREXACT_ERROR_NO_MEMORY, Result};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// NO_MEMORY if the system has not so many bytes at the moment. They are given back at once.
pub fn check_system(bytes: usize) -> Result<()> {
    let layout = Layout::array::<u8>(bytes.max(1)).map_err(|_| no_memory())?;
    // SAFETY: the layout is not empty; what is allocated is freed under the same layout.
    unsafe {
        // The compiler may leave out an allocation that nobody looks at, as if it had succeeded.
        let memory = black_box(System.alloc(layout));
        if memory.is_null() {
            return Err(no_memory());
        }
        System.dealloc(memory, layout);
    }
    Ok(())
}

/// A value behind an `Arc`; NO_MEMORY if the system has no memory for it.
pub fn try_arc<T>(value: T) -> Result<Arc<T>> {
    // An `Arc` keeps two counts beside the value.
    check_system(size_of::<T>() + align_of::<T>().max(2 * size_of::<usize>()))?;
    Ok(Arc::new(value))
}

#[cold]
fn no_memory() -> Error {
    Error::new(PAREXACT_ERROR_NO_MEMORY, "the system has no memory left")
}

/// The system's allocator, and the reserve.
struct Allocator;

// SAFETY: memory comes from the system or from the reserve, each of which keeps the contract, and goes back
// to where its address shows that it came from. Nothing here unwinds.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `GlobalAlloc`, which is the system's, too.
        let memory = unsafe { System.alloc(layout) };
        if memory.is_null() {
            return RESERVE.take(layout);
        }
        memory
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `GlobalAlloc`, which is the system's, too.
        let memory = unsafe { System.alloc_zeroed(layout) };
        if memory.is_null() {
            return RESERVE.take_zeroed(layout);
        }
        memory
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if RESERVE.contains(memory) {
            RESERVE.give_back(memory, layout);
        } else {
            // SAFETY: the memory is not from the reserve, hence from the system, under the layout that the
            // caller vouches for.
            unsafe { System.dealloc(memory, layout) };
        }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !RESERVE.contains(memory) {
            // SAFETY: the memory is not from the reserve, hence from the system, under the layout that the
            // caller vouches for; so for the new size.
            let moved = unsafe { System.realloc(memory, layout, size) };
            if !moved.is_null() {
                return moved;
            }
        }
        // SAFETY: the caller keeps the contract of `GlobalAlloc::realloc`.
        unsafe { self.move_to_reserve(memory, layout, size) }
    }
}

impl Allocator {
    /// # Safety
    /// As for `GlobalAlloc::realloc`.
    #[cold]
    unsafe fn move_to_reserve(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller vouches for the size. The new memory is distinct from the old, which is live and
        // allocated by this allocator under this layout.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(memory, layout.size().min(size));
                self.dealloc(memory, layout);
            }
            moved
        }
    }
}

/// Bytes of a slot, and its alignment.
const SLOT: usize = 1 << 10;

/// Slots whose use is noted in one word.
const SLOTS: usize = u64::BITS as usize;

/// How many such words there are, each for 64 KiB of memory. Memory that was never used is address space
/// alone.
const WORDS: usize = 4;

/// Slots of the largest allocation that the reserve grants. Before the library allocates more than that, it
/// asks the system, and answers NO_MEMORY or does without.
const MAX_SLOTS: usize = SLOTS / 4;

static RESERVE: Reserve = Reserve {
    memory: Memory(UnsafeCell::new([0; WORDS * SLOTS * SLOT])),
    used: [const { AtomicU64::new(0) }; WORDS],
};

/// Memory, and which of it is in use. There is no lock: a thread might hold it while another one forks.
struct Reserve {
    memory: Memory,
    /// A bit for each slot that is in use. An allocation is a run of slots within a word.
    used: [AtomicU64; WORDS],
}

#[repr(align(4096))]
struct Memory(UnsafeCell<[u8; WORDS * SLOTS * SLOT]>);

// SAFETY: each part of the memory is used, through pointers, by those alone who have taken it from the
// reserve.
unsafe impl Sync for Memory {}

impl Reserve {
    #[inline]
    fn contains(&self, memory: *const u8) -> bool {
        let offset = memory.addr().wrapping_sub(self.memory.0.get().addr());
        offset < WORDS * SLOTS * SLOT
    }

    /// Memory for the layout; null if there is not enough.
    #[cold]
    fn take(&self, layout: Layout) -> *mut u8 {
        let count = layout.size().div_ceil(SLOT);
        if count > MAX_SLOTS || layout.align() > SLOT {
            return std::ptr::null_mut();
        }
        for (word, used) in self.used.iter().enumerate() {
            let mut seen = used.load(Ordering::Relaxed);
            while let Some(run) = free_run(seen, count) {
                let taken = seen | run;
                // Acquire: whoever used the slots before has finished with them.
                match used.compare_exchange(seen, taken, Ordering::Acquire, Ordering::Relaxed) {
                    Ok(_) => {
                        let slot = word * SLOTS + run.trailing_zeros() as usize;
                        return self.memory.0.get().cast::<u8>().wrapping_add(slot * SLOT);
                    }
                    Err(other) => seen = other,
                }
            }
        }
        std::ptr::null_mut()
    }

    #[cold]
    fn take_zeroed(&self, layout: Layout) -> *mut u8 {
        let memory = self.take(layout);
        if !memory.is_null() {
            // SAFETY: the memory has just been taken, and has that size.
            unsafe { memory.write_bytes(0, layout.size()) };
        }
        memory
    }

    /// Takes memory back that [`Self::take`] has answered for this layout.
    #[cold]
    fn give_back(&self, memory: *mut u8, layout: Layout) {
        let slot = (memory.addr() - self.memory.0.get().addr()) / SLOT;
        let run = mask(layout.size().div_ceil(SLOT)) << (slot % SLOTS);
        self.used[slot / SLOTS].fetch_and(!run, Ordering::Release);
    }
}

/// As many ones as slots are counted, from 1 to 64, in the lowest bits.
fn mask(count: usize) -> u64 {
    u64::MAX >> (SLOTS - count.max(1))
}

/// The first `count` slots in a row that are not in use.
fn free_run(used: u64, count: usize) -> Option<u64> {
    let places = 0..=SLOTS - count.max(1);
    places
        .map(|place| mask(count) << place)
        .find(|run| used & run == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).expect("a valid layout")
    }

    #[test]
    fn runs_are_disjoint_and_come_back() {
        let reserve = Box::leak(Box::new(Reserve {
            memory: Memory(UnsafeCell::new([0; WORDS * SLOTS * SLOT])),
            used: [const { AtomicU64::new(0) }; WORDS],
        }));
        for size in [1, 8, SLOT, SLOT + 1, 5 * SLOT, MAX_SLOTS * SLOT] {
            let layout = layout(size, 16);
            let mut taken = Vec::new();
            loop {
                let memory = reserve.take(layout);
                if memory.is_null() {
                    break;
                }
                assert!(reserve.contains(memory) && memory.addr() % SLOT == 0);
                // SAFETY: taken, and so long.
                unsafe { memory.write_bytes(taken.len() as u8, size) };
                taken.push(memory);
            }
            assert_eq!(taken.len(), SLOTS / size.div_ceil(SLOT) * WORDS, "{size}");
            for (number, &memory) in taken.iter().enumerate() {
                // SAFETY: taken, written above, and so long.
                let bytes = unsafe { std::slice::from_raw_parts(memory, size) };
                assert!(bytes.iter().all(|&byte| byte == number as u8));
            }
            for memory in taken {
                reserve.give_back(memory, layout);
            }
            assert!(
                reserve
                    .used
                    .iter()
                    .all(|used| used.load(Ordering::Relaxed) == 0)
            );
        }
        assert!(reserve.take(layout(MAX_SLOTS * SLOT + 1, 1)).is_null());
        assert!(reserve.take(layout(1, 2 * SLOT)).is_null());
        assert!(!reserve.contains((&raw const *reserve).cast::<u8>().wrapping_sub(1)));
    }

    #[test]
    fn moving_keeps_the_bytes() {
        let old = layout(1000, 8);
        // SAFETY: allocated, written, moved and freed under the layouts that say so.
        unsafe {
            let memory = RESERVE.take(old);
            memory.write_bytes(7, 1000);
            let moved = ALLOCATOR.realloc(memory, old, 3000);
            assert!((0..1000).all(|i| moved.add(i).read() == 7));
            assert!(!RESERVE.contains(moved), "the system has memory");
            ALLOCATOR.dealloc(moved, layout(3000, 8));
            let zeroed = RESERVE.take_zeroed(old);
            assert!((0..1000).all(|i| zeroed.add(i).read() == 0));
            ALLOCATOR.dealloc(zeroed, old);
        }
    }

    #[test]
    fn what_the_system_cannot_have() {
        assert!(check_system(0).is_ok() && check_system(1 << 16).is_ok());
        for bytes in [isize::MAX as usize, usize::MAX] {
            let refused = check_system(bytes).expect_err("no machine has so much");
            assert_eq!(refused.status, PAREXACT_ERROR_NO_MEMORY);
        }
    }
}
