//! A queue of fixed-size items between any number of producers and consumers.
//!
//! On the standard library's lock and condition variables rather than on a crate's channel: an item that memory is refused for is
//! refused with a status, and after closing it is certain that what was put is got.

use std::collections::VecDeque;

use super::control;
use super::wait::{Monitor, Timeout};
use crate::error::{
    Error, PAREXACT_ERROR_CLOSED, PAREXACT_ERROR_NO_MEMORY, PAREXACT_ERROR_SIZE_OVERFLOW, Result,
};
use crate::unsigned::Unsigned;

/// Where those wait who want to get.
const NOT_EMPTY: usize = 0;
/// Where those wait who want to put.
const NOT_FULL: usize = 1;

/// First in, first out.
#[derive(Debug)]
pub struct Queue {
    /// Items it holds at most.
    capacity: usize,
    /// Bytes of an item.
    item_size: usize,
    monitor: Monitor<Items>,
}

#[derive(Debug, Default)]
struct Items {
    bytes: VecDeque<u8>,
    count: usize,
    closed: bool,
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
        self.monitor.wait(NOT_FULL, timeout, late, |items| {
            if let Err(cancelled) = control::check_attached() {
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
        self.monitor.notify_one(NOT_EMPTY);
        Ok(())
    }

    /// Takes the first item out and hands it to `take`, in two parts; waits while the queue is empty.
    pub fn get(&self, timeout: Timeout, take: impl FnOnce(&[u8], &[u8])) -> Result<()> {
        let late = "the queue stayed empty";
        let mut take = Some(take);
        self.monitor.wait(NOT_EMPTY, timeout, late, |items| {
            if let Err(cancelled) = control::check_attached() {
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
            Some(Ok(()))
        })??;
        self.monitor.notify_one(NOT_FULL);
        Ok(())
    }

    /// Was it made by the parent of this process?
    pub fn is_inherited(&self) -> bool {
        self.monitor.is_inherited()
    }

    /// How many items are inside; 0 in a forked child.
    pub fn len(&self) -> usize {
        self.monitor.lock().map_or(0, |items| items.count)
    }

    /// Is nothing inside?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lets nothing more in, and wakes everybody.
    pub fn close(&self) -> Result<()> {
        self.monitor.lock()?.closed = true;
        self.monitor.notify_all();
        Ok(())
    }
}

fn closed() -> Error {
    Error::new(PAREXACT_ERROR_CLOSED, "the queue is closed")
}
