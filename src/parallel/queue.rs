//! Queues of fixed-size items between any number of producers and consumers.
//!
//! A queue is made of a lock and condition variables, where the channel of a crate would not do: an item for
//! which there is no memory must be refused with a status, and what was put before the queue was closed must
//! still be got.

use std::collections::VecDeque;

use super::governance;
use super::wait::{Condition, Monitor, Timeout};
use crate::error::{
    Error, PAREXACT_ERROR_CLOSED, PAREXACT_ERROR_NO_MEMORY, PAREXACT_ERROR_SIZE_OVERFLOW, Result,
};
use crate::unsigned::Unsigned;

/// A queue: first in, first out.
#[derive(Debug)]
pub struct Queue {
    /// How many items it holds at most.
    capacity: usize,
    /// Bytes of an item.
    item_size: usize,
    monitor: Monitor<Items>,
}

/// Bytes of memory that a queue keeps when it is empty.
const KEPT_BYTES: usize = 64 << 10;

#[derive(Debug, Default)]
struct Items {
    bytes: VecDeque<u8>,
    count: usize,
    closed: bool,
}

impl Items {
    /// Gives memory back if three quarters of it are unused: then twice as much as is used is kept. The bytes
    /// that are copied here are no more than were taken out since the memory last changed its size. So an
    /// item costs constant time on average, however the number of items goes up and down.
    fn shrink(&mut self) {
        let capacity = self.bytes.capacity();
        if capacity <= KEPT_BYTES || self.bytes.len() > capacity / 4 {
            return;
        }
        let mut smaller = VecDeque::new();
        let enough = (2 * self.bytes.len()).max(KEPT_BYTES);
        // If the system refuses it, the queue keeps the memory that it has.
        if smaller.try_reserve_exact(enough).is_ok() {
            smaller.extend(&self.bytes);
            self.bytes = smaller;
        }
    }
}

impl Queue {
    /// An empty queue of at most `capacity` items, or of any number if that is 0.
    pub fn new(capacity: usize, item_size: usize) -> Result<Self> {
        let bytes = capacity.max(1).checked_mul(item_size);
        if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
            let [capacity, item_size] = [capacity, item_size].map(Unsigned::from);
            return Err(Error::new(
                PAREXACT_ERROR_SIZE_OVERFLOW,
                format!(
                    "capacity is {capacity} and item_size is {item_size}; \
                     their product exceeds the address space"
                ),
            ));
        }
        Ok(Self {
            capacity: if capacity == 0 { usize::MAX } else { capacity },
            item_size,
            monitor: Monitor::new(Items::default()),
        })
    }

    /// Bytes of an item.
    pub fn item_size(&self) -> usize {
        self.item_size
    }

    /// Puts an item at the end; waits while the queue is full.
    pub fn put(&self, item: &[u8], timeout: Timeout) -> Result<()> {
        assert_eq!(item.len(), self.item_size);
        let late = "the queue stayed full";
        self.monitor
            .wait(Condition::Room, timeout, late, |items| {
                if let Err(cancelled) = governance::check_attached() {
                    return Some(Err(cancelled));
                }
                if items.closed {
                    return Some(Err(closed()));
                }
                if items.count >= self.capacity {
                    return None;
                }
                Some(match items.bytes.try_reserve(item.len()) {
                    Ok(()) => {
                        items.bytes.extend(item);
                        items.count += 1;
                        Ok(())
                    }
                    Err(_) => Err(Error::new(
                        PAREXACT_ERROR_NO_MEMORY,
                        "no memory for another item of the queue",
                    )),
                })
            })??;
        self.monitor.notify_one(Condition::Ready);
        Ok(())
    }

    /// Takes the first item out and hands it to `take`, in two parts; waits while the queue is empty.
    pub fn get(&self, timeout: Timeout, take: impl FnOnce(&[u8], &[u8])) -> Result<()> {
        let late = "the queue stayed empty";
        let mut take = Some(take);
        self.monitor
            .wait(Condition::Ready, timeout, late, |items| {
                if let Err(cancelled) = governance::check_attached() {
                    return Some(Err(cancelled));
                }
                if items.count == 0 {
                    return items.closed.then(|| Err(closed()));
                }
                let (front, back) = items.bytes.as_slices();
                let first = front.len().min(self.item_size);
                if let Some(take) = take.take() {
                    take(&front[..first], &back[..self.item_size - first]);
                }
                items.bytes.drain(..self.item_size);
                items.count -= 1;
                items.shrink();
                Some(Ok(()))
            })??;
        self.monitor.notify_one(Condition::Room);
        Ok(())
    }

    /// Whether it was made by the parent of this process.
    pub fn is_inherited(&self) -> bool {
        self.monitor.is_inherited()
    }

    /// How many items are inside; 0 in a forked child.
    pub fn len(&self) -> usize {
        self.monitor.lock().map_or(0, |items| items.count)
    }

    /// Lets nothing more in, and wakes all threads that wait at the queue.
    pub fn close(&self) -> Result<()> {
        self.monitor.lock()?.closed = true;
        self.monitor.notify_all();
        Ok(())
    }
}

fn closed() -> Error {
    Error::new(PAREXACT_ERROR_CLOSED, "the queue is closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: usize = 24;

    fn put(queue: &Queue, number: u64) {
        let mut item = [0; ITEM];
        item[8..16].copy_from_slice(&number.to_le_bytes());
        queue.put(&item, Timeout::Poll).expect("there is room");
    }

    fn get(queue: &Queue) -> u64 {
        let mut number = [0; 8];
        let take = |front: &[u8], back: &[u8]| {
            let item = [front, back].concat();
            number.copy_from_slice(&item[8..16]);
        };
        queue.get(Timeout::Poll, take).expect("there is an item");
        u64::from_le_bytes(number)
    }

    fn capacity(queue: &Queue) -> usize {
        queue.monitor.lock().expect("ours").bytes.capacity()
    }

    #[test]
    fn an_emptied_queue_gives_its_memory_back() {
        let queue = Queue::new(0, ITEM).expect("small");
        let items = 200_000;
        for round in 0..3 {
            for number in 0..items {
                put(&queue, number);
            }
            assert!(capacity(&queue) >= ITEM * items as usize);
            for number in 0..items {
                assert_eq!(get(&queue), number, "round {round}");
                let inside = ITEM * (items - number - 1) as usize;
                assert!(capacity(&queue) <= (4 * inside).max(KEPT_BYTES));
            }
            assert!(queue.len() == 0 && capacity(&queue) <= KEPT_BYTES);
        }
    }

    /// Wherever the number of items goes up and down, memory is not given and taken all the time.
    #[test]
    fn an_oscillating_queue_keeps_its_memory() {
        let queue = Queue::new(0, ITEM).expect("small");
        let (mut changes, mut moves, mut last) = (0, 0, 0);
        let mut note = |queue: &Queue| {
            moves += 1;
            let now = capacity(queue);
            // Whatever fits in what is kept costs nothing.
            changes += usize::from(now != last && now.max(last) > KEPT_BYTES);
            last = now;
        };
        for inside in (0..60_000)
            .step_by(3000)
            .chain((0..60_000).rev().step_by(2500))
        {
            while queue.len() < inside {
                put(&queue, 0);
                note(&queue);
            }
            while queue.len() > inside {
                get(&queue);
                note(&queue);
            }
            for _ in 0..200 {
                for _ in 0..20 {
                    put(&queue, 0);
                    note(&queue);
                }
                for _ in 0..20 {
                    get(&queue);
                    note(&queue);
                }
            }
        }
        assert!(moves > 300_000);
        assert!(changes < 40, "{changes} changes in {moves} moves");
    }

    /// A queue that goes from one large item to none and back.
    #[test]
    fn items_larger_than_what_is_kept() {
        let queue = Queue::new(2, 4 * KEPT_BYTES).expect("small");
        for byte in 0..5 {
            let item = vec![byte; 4 * KEPT_BYTES];
            queue.put(&item, Timeout::Poll).expect("there is room");
            let take = |front: &[u8], back: &[u8]| assert_eq!([front, back].concat(), item);
            queue.get(Timeout::Poll, take).expect("there is an item");
            assert!(capacity(&queue) <= KEPT_BYTES);
        }
    }
}
