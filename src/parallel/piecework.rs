//! Chunks of items that their threads work off piece by piece, so that threads without work can take some of
//! the pieces.
//!
//! A claim changes memory that all threads share, so threads claim large chunks, in increasing order. A
//! thread takes the pieces of its chunk from a cache line of its own, which costs little. When all chunks are
//! claimed, threads that have finished theirs take pieces of the others' chunks: so slow items that lie
//! together in one chunk are shared as well.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::error::Result;

/// Bits that hold the number of pieces that are left of a chunk.
const LEFT_BITS: u32 = 5;

/// Pieces of a chunk at most.
const MAX_PIECES: usize = (1 << LEFT_BITS) - 1;

/// Pieces of a chunk at least, if it has so many items.
const PIECES: usize = 16;

/// How the items of one call are distributed.
pub struct Piecework {
    count: usize,
    chunk: usize,
    piece: usize,
    hands: Box<[ChunkInHand]>,
    joined: AtomicUsize,
}

impl Piecework {
    /// `count` items in chunks of `chunk`, for `threads` threads. Each chunk stays with one thread unless
    /// `shared` is set.
    pub fn new(count: usize, chunk: usize, threads: usize, shared: bool) -> Self {
        let shared = shared && threads > 1 && chunk > 1;
        let piece = if shared {
            (chunk / PIECES).max(1)
        } else {
            chunk
        };
        Self {
            count,
            chunk,
            piece,
            hands: (0..if shared { threads } else { 0 })
                .map(|_| ChunkInHand::default())
                .collect(),
            joined: AtomicUsize::new(0),
        }
    }

    /// How many turns there are, to be begun in increasing order: one for each chunk, then one for each
    /// thread, to help the others.
    pub fn turns(&self) -> usize {
        self.chunks() + self.helpers()
    }

    /// How many threads may help each other: all of them, or none.
    pub fn helpers(&self) -> usize {
        self.hands.len()
    }

    /// The number of a thread that takes part from now on; the first one is 0.
    pub fn join(&self) -> usize {
        self.joined.fetch_add(1, Ordering::Relaxed)
    }

    /// Does the work of a turn on the thread of number `me`: `work` gets ranges of items. If it fails, the
    /// turn ends, and what is left of the chunk can be taken by helpers only.
    pub fn turn(
        &self,
        me: usize,
        turn: usize,
        mut work: impl FnMut(Range<usize>) -> Result<()>,
    ) -> Result<()> {
        if self.hands.is_empty() {
            return work(self.range(turn, 0));
        }
        let pieces = self.chunk.div_ceil(self.piece);
        if turn < self.chunks() {
            self.hands[me].begin(turn, pieces);
            return self.empty(&self.hands[me], pieces, &mut work).map(drop);
        }
        // The rounds end when one has found nothing. A chunk may have been claimed but not begun when its
        // owner was looked at, so that one round is not enough.
        loop {
            let mut found = false;
            for other in 1..self.hands.len() {
                let hand = &self.hands[(me + other) % self.hands.len()];
                found |= self.empty(hand, pieces, &mut work)?;
            }
            if !found {
                return Ok(());
            }
        }
    }

    /// Does the pieces that are left of the chunk in a thread's hand; answers whether there were any.
    #[inline]
    fn empty(
        &self,
        hand: &ChunkInHand,
        pieces: usize,
        work: &mut impl FnMut(Range<usize>) -> Result<()>,
    ) -> Result<bool> {
        let mut found = false;
        while let Some((chunk, left)) = hand.take() {
            found = true;
            work(self.range(chunk, pieces - left))?;
        }
        Ok(found)
    }

    fn chunks(&self) -> usize {
        self.count.div_ceil(self.chunk)
    }

    /// The items of a piece; the last chunk may lack some.
    fn range(&self, chunk: usize, piece: usize) -> Range<usize> {
        let first = chunk * self.chunk;
        let end = first + self.chunk.min(self.count - first);
        let start = (first + piece * self.piece).min(end);
        start..start + self.piece.min(end - start)
    }
}

/// The chunk that one thread has in hand: its number, and how many of its pieces nobody has taken yet. On
/// cache lines of its own, since its thread changes it all the time.
///
/// The numbers of a hand's chunks grow and the pieces of a chunk become fewer: no value ever returns, so that
/// a compare-exchange cannot mistake one chunk for another. A hand distributes indices and publishes no data,
/// so relaxed operations will do.
#[repr(align(128))]
#[derive(Debug, Default)]
struct ChunkInHand(AtomicU64);

impl ChunkInHand {
    /// Begins a chunk. For the thread alone whose hand this is, once no piece of its chunk before is left.
    fn begin(&self, chunk: usize, pieces: usize) {
        debug_assert!(pieces <= MAX_PIECES && (chunk as u64) < 1 << (u64::BITS - LEFT_BITS));
        let begun = (chunk as u64) << LEFT_BITS | pieces as u64;
        self.0.store(begun, Ordering::Relaxed);
    }

    /// Takes a piece: the number of its chunk, and how many were left. For any thread.
    #[inline]
    fn take(&self) -> Option<(usize, usize)> {
        let mut seen = self.0.load(Ordering::Relaxed);
        loop {
            let left = seen as usize & MAX_PIECES;
            if left == 0 {
                return None;
            }
            let relaxed = Ordering::Relaxed;
            match self
                .0
                .compare_exchange_weak(seen, seen - 1, relaxed, relaxed)
            {
                Ok(_) => return Some(((seen >> LEFT_BITS) as usize, left)),
                Err(changed) => seen = changed,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ranges that the turns of one thread get, one after the other.
    fn ranges(work: &Piecework) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        let me = work.join();
        for turn in 0..work.turns() {
            work.turn(me, turn, |range| {
                all.push(range);
                Ok(())
            })
            .expect("nothing fails");
        }
        all
    }

    #[test]
    fn pieces_cover_all_items_in_order() {
        for count in [1, 2, 15, 16, 255, 256, 257, 1000, 20011] {
            for chunk in [1, 2, 15, 16, 17, 31, 32, 33, 47, 255, 256] {
                for (threads, shared) in [(1, true), (2, true), (64, true), (3, false)] {
                    let work = Piecework::new(count, chunk, threads, shared);
                    let ranges = ranges(&work);
                    assert!(ranges.iter().all(|range| range.len() <= work.piece));
                    let items: Vec<usize> = ranges.into_iter().flatten().collect();
                    assert!(items.into_iter().eq(0..count), "{count} by {chunk}");
                }
            }
        }
    }

    /// A chunk of any size stays whole if it is not to be shared.
    #[test]
    fn chunks_that_are_not_shared_are_whole() {
        let work = Piecework::new(1000, usize::MAX, 8, false);
        assert_eq!((work.turns(), work.range(0, 0)), (1, 0..1000));
        let work = Piecework::new(usize::MAX, 1 << 62, 8, false);
        assert_eq!(work.range(3, 0), 3 << 62..usize::MAX);
    }

    /// While a thread is busy with the first piece of its chunk, a helper does all the others.
    #[test]
    fn a_helper_takes_what_the_owner_has_not_begun() {
        let work = Piecework::new(1024, 256, 2, true);
        let (owner, helper) = (work.join(), work.join());
        let mut helped = Vec::new();
        let mut own = Vec::new();
        work.turn(owner, 3, |range| {
            own.push(range);
            work.turn(helper, 4, |range| {
                helped.push(range);
                Ok(())
            })
        })
        .expect("nothing fails");
        assert_eq!((own.len(), own[0].start, own[0].end), (1, 768, 784));
        assert_eq!(helped.len(), 15);
        assert_eq!((helped[0].start, helped[14].end), (784, 1024));
    }
}
