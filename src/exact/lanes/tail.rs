//! The values of one result after its last whole line.

use super::source::Line;
use crate::exact::Unaligned;
use crate::exact::columns::PACK;

/// The end of one result.
#[derive(Clone, Copy)]
pub struct Tail<'a> {
    /// The last eight values, if some of them are not in a whole line.
    pub last: Option<&'a Line>,
    /// All bits of those of them that are in no line.
    pub mask: &'a [u64; PACK],
}

impl<'a> Tail<'a> {
    /// The end of values of which `rest` follow the last whole line.
    pub fn new(values: &'a [Unaligned], rest: usize) -> Self {
        const ONES: u64 = u64::MAX;
        static MASKS: [u64; 2 * PACK] = [
            0, 0, 0, 0, 0, 0, 0, 0, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES,
        ];
        let last = values.last_chunk().expect("at least eight values");
        Self {
            last: (rest > 0).then_some(last),
            mask: MASKS[rest..].first_chunk().expect("rest is below eight"),
        }
    }
}
