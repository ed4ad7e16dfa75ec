//! The mergeable state: exact moments as 256 words that any machine can add, store and send.
//!
//! `docs/state-format.md` defines the format for other implementations.

use crate::error::{Error, PAREXACT_ERROR_BAD_STATE, PAREXACT_ERROR_SIZE_OVERFLOW, Result, Status};
use crate::exact::Moments;
use crate::exact::extremes::Extremes;
use crate::exact::moments::Counts;
use crate::exact::superaccumulator::{
    SQUARES_DIGITS, SUM_DIGITS, Squares, Sum, add_canonical, is_canonical,
};
use crate::plausibility;
use crate::unsigned::Unsigned;

/// Words of a state.
pub const PAREXACT_STATE_WORDS: usize = 256;
/// The first of the words that merge by integer addition: four counters, then the digits of both sums.
pub const PAREXACT_STATE_ADDITIVE_FIRST: usize = 1;
/// How many words merge by addition.
pub const PAREXACT_STATE_ADDITIVE_COUNT: usize = 206;
/// The first of the words that merge by the maximum: the inverted key of the minimum, the key of the maximum,
/// an error.
pub const PAREXACT_STATE_MAX_FIRST: usize = 207;
/// How many words merge by the maximum.
pub const PAREXACT_STATE_MAX_COUNT: usize = 3;

/// The version of the format, which is the first word of a state.
const VERSION: i64 = 1;

// Where the parts of a state begin.
const COUNTERS: usize = PAREXACT_STATE_ADDITIVE_FIRST;
const SUM: usize = COUNTERS + 4;
const SQUARES: usize = SUM + SUM_DIGITS;
const NOT_MIN: usize = PAREXACT_STATE_MAX_FIRST;
const MAX: usize = NOT_MIN + 1;
const ERROR: usize = MAX + 1;
const SPARE: usize = ERROR + 1;

const _: () = assert!(SQUARES + SQUARES_DIGITS == NOT_MIN);
const _: () = assert!(COUNTERS + PAREXACT_STATE_ADDITIVE_COUNT == NOT_MIN);
const _: () = assert!(NOT_MIN + PAREXACT_STATE_MAX_COUNT == SPARE);

/// Exact moments of a set of values: counts, sum, sum of squares, extremes. A state is flat,
/// without pointers, and little-endian, so that it may be copied, stored, sent and merged anywhere. Equal
/// sets have equal words, whatever the order or the splitting.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The words; docs/state-format.md describes them.
    pub words: [i64; PAREXACT_STATE_WORDS],
}

impl Default for State {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl State {
    /// The state of no values.
    const EMPTY: Self = {
        let mut words = [0; PAREXACT_STATE_WORDS];
        words[0] = VERSION;
        words[NOT_MIN] = !Extremes::EMPTY.min_key;
        words[MAX] = Extremes::EMPTY.max_key;
        Self { words }
    };

    /// The moments that the words stand for, canonical or not; an error if no set of values has them.
    pub fn moments(&self) -> Result<Moments> {
        let mut moments = Moments::default();
        self.check_into(&mut moments)?;
        Ok(moments)
    }

    /// How many values there are; the words are checked as by [`Self::moments`].
    pub fn checked_count(&self) -> Result<u64> {
        self.check_into(&mut Moments::default())?;
        Ok(self.words[COUNTERS].cast_unsigned())
    }

    /// Checks the words, and writes their moments to `moments`, which are empty.
    fn check_into(&self, moments: &mut Moments) -> Result<()> {
        if *self == Self::EMPTY {
            return Ok(());
        }
        self.read_into(moments)?;
        plausibility::check(moments, "the state").map_err(bad_state)
    }

    /// Like [`Self::check_into`], but does not check whether a set of values has the moments.
    fn read_into(&self, moments: &mut Moments) -> Result<()> {
        let words = &self.words;
        if words[0] != VERSION {
            return Err(bad_state(format!(
                "the state has version {}; this library reads version {VERSION}",
                words[0]
            )));
        }
        self.check_error()?;
        if words[SPARE..].iter().any(|&word| word != 0) {
            return Err(bad_state("a spare word of the state is not 0"));
        }
        moments.counts = self.counts()?;
        let digits = || bad_state("the digits of the state are beyond any sum of 2^63 values");
        moments.sum = Sum::from_words(&words[SUM..SQUARES]).ok_or_else(digits)?;
        moments.squares = Squares::from_words(&words[SQUARES..NOT_MIN]).ok_or_else(digits)?;
        moments.extremes = Extremes {
            min_key: !words[NOT_MIN],
            max_key: words[MAX],
        };
        Ok(())
    }

    /// Sets the state to moments, in canonical form.
    pub fn set(&mut self, moments: &mut Moments) {
        *self = Self::EMPTY;
        self.words[COUNTERS..SUM].copy_from_slice(&counters(&moments.counts));
        self.words[SUM..SQUARES].copy_from_slice(moments.sum.words());
        self.words[SQUARES..NOT_MIN].copy_from_slice(moments.squares.words());
        self.words[NOT_MIN] = !moments.extremes.min_key;
        self.words[MAX] = moments.extremes.max_key;
    }

    /// Adds moments. If that fails, the state is as before.
    pub fn add(&mut self, moments: &Moments) -> Result<()> {
        let mut total = self.moments()?;
        let added = "the number of values to add";
        check_count(total.counts.all, moments.counts.all, added)?;
        total.merge(moments);
        self.set(&mut total);
        Ok(())
    }

    /// Adds moments to a state that was checked, and whose count was found to have room.
    pub fn add_unchecked(&mut self, moments: &mut Moments) -> Result<()> {
        if *self == Self::EMPTY {
            self.set(moments);
            return Ok(());
        }
        self.normalize()?;
        add_canonical(&mut self.words[SUM..SQUARES], moments.sum.words());
        add_canonical(&mut self.words[SQUARES..NOT_MIN], moments.squares.words());
        let more = counters(&moments.counts);
        for (counter, more) in self.words[COUNTERS..SUM].iter_mut().zip(more) {
            *counter += more;
        }
        self.words[NOT_MIN] = self.words[NOT_MIN].max(!moments.extremes.min_key);
        self.words[MAX] = self.words[MAX].max(moments.extremes.max_key);
        Ok(())
    }

    /// Adds another state; both were checked, and the counts have room.
    pub fn merge_unchecked(&mut self, from: &Self) -> Result<()> {
        if !from.is_canonical() {
            let mut moments = Moments::default();
            from.read_into(&mut moments)?;
            return self.add_unchecked(&mut moments);
        }
        if *self == Self::EMPTY {
            *self = *from;
            return Ok(());
        }
        self.normalize()?;
        for digits in [SUM..SQUARES, SQUARES..NOT_MIN] {
            add_canonical(&mut self.words[digits.clone()], &from.words[digits]);
        }
        for (counter, more) in (self.words[COUNTERS..SUM].iter_mut()).zip(&from.words[COUNTERS..]) {
            *counter += more;
        }
        for i in [NOT_MIN, MAX] {
            self.words[i] = self.words[i].max(from.words[i]);
        }
        Ok(())
    }

    /// Brings the state, which was checked, into canonical form.
    fn normalize(&mut self) -> Result<()> {
        if !self.is_canonical() {
            let mut moments = Moments::default();
            self.read_into(&mut moments)?;
            self.set(&mut moments);
        }
        Ok(())
    }

    /// Are the digits of both sums in canonical form?
    fn is_canonical(&self) -> bool {
        is_canonical(&self.words[SUM..SQUARES]) && is_canonical(&self.words[SQUARES..NOT_MIN])
    }

    /// Merges another state into this one; a failure is stored in the error word, from which
    /// [`Self::moments`] reports it.
    pub fn merge_or_poison(&mut self, from: &Self) {
        if let Err(error) = from.moments().and_then(|moments| self.add(&moments)) {
            self.words[ERROR] = self.words[ERROR].max(from.words[ERROR]);
            self.poison(&error);
        }
    }

    /// Stores a failure in the error word, from which [`Self::moments`] reports it; a larger status that is
    /// there stays.
    pub fn poison(&mut self, error: &Error) {
        self.words[ERROR] = self.words[ERROR].max(error.status.into());
    }

    /// Stores in the error word that a change of the state was interrupted, which [`Self::moments`] reports.
    pub fn mark_interrupted(&mut self, status: Status) {
        self.words[ERROR] = status.into();
    }

    /// XXH3-128 with seed 0 of the canonical words as little-endian bytes: low half, high half.
    pub fn fingerprint(&self) -> Result<[u64; 2]> {
        let mut canonical = *self;
        canonical.set(&mut self.moments()?);
        let mut bytes = [0; 8 * PAREXACT_STATE_WORDS];
        for (out, word) in bytes.chunks_exact_mut(8).zip(canonical.words) {
            out.copy_from_slice(&word.to_le_bytes());
        }
        let hash = xxhash_rust::xxh3::xxh3_128(&bytes);
        Ok([hash as u64, (hash >> 64) as u64])
    }

    /// Reports the failure in the error word.
    fn check_error(&self) -> Result<()> {
        match self.words[ERROR] {
            0 => Ok(()),
            status => Err(bad_state(format!(
                "an earlier update or merge of this state failed with status {status}"
            ))),
        }
    }

    /// The counters, if they are possible.
    fn counts(&self) -> Result<Counts> {
        let mut counters = [0; 4];
        for (counter, &word) in counters.iter_mut().zip(&self.words[COUNTERS..SUM]) {
            *counter =
                u64::try_from(word).map_err(|_| bad_state("a counter of the state is negative"))?;
        }
        let [all, nan, positive_infinity, negative_infinity] = counters;
        // The sum of three numbers below 2^63 may overflow 64 bits.
        let special =
            u128::from(nan) + u128::from(positive_infinity) + u128::from(negative_infinity);
        if special > all.into() {
            return Err(bad_state(
                "the state has more NaNs and infinities than values",
            ));
        }
        Ok(Counts {
            all,
            nan,
            positive_infinity,
            negative_infinity,
        })
    }
}

/// The counters as words of a state.
fn counters(counts: &Counts) -> [i64; 4] {
    [
        counts.all,
        counts.nan,
        counts.positive_infinity,
        counts.negative_infinity,
    ]
    .map(u64::cast_signed)
}

/// Refuses to add `more` values to a state of `there` values if it cannot count them all. `name` describes
/// `more` in the message.
pub fn check_count(there: u64, more: u64, name: &str) -> Result<()> {
    let room = (i64::MAX as u64).saturating_sub(there);
    if more > room {
        let more = Unsigned(more);
        return Err(Error::new(
            PAREXACT_ERROR_SIZE_OVERFLOW,
            format!(
                "{name} is {more}; it must be at most {room}, as a state counts up to 2^63 - 1 values"
            ),
        ));
    }
    Ok(())
}

/// The error of a state that is refused.
fn bad_state(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(PAREXACT_ERROR_BAD_STATE, message)
}
