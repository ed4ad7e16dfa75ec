//! The words of a summary.

use super::check::Plausible;
use super::kind::Kind;
use super::layout::{COUNTERS, Counters, Layout, Visitor};
use crate::error::{
    Error, PAREXACT_ERROR_BAD_STATE, PAREXACT_ERROR_INVALID_ARGUMENT, Result, Status,
};
use crate::exact::extremes::Extremes;
use crate::exact::superaccumulator::Superaccumulator;
use crate::state::check_count;

/// Words of a summary, of whatever kind.
pub const PAREXACT_SUMMARY_WORDS: usize = 768;
/// The first of the words that merge by integer addition: nine counters, then the digits of the sums.
pub const PAREXACT_SUMMARY_ADDITIVE_FIRST: usize = 1;
/// How many words merge by addition.
pub const PAREXACT_SUMMARY_ADDITIVE_COUNT: usize = 760;
/// The first of the words that merge by the maximum: for x and then for y the inverted key of the minimum and
/// the key of the maximum, an error, and two spare words.
pub const PAREXACT_SUMMARY_MAX_FIRST: usize = 761;
/// How many words merge by the maximum.
pub const PAREXACT_SUMMARY_MAX_COUNT: usize = 7;

/// The version of the format, in the low half of the first word; the kind is in the high half.
const VERSION: i64 = 1;

// Where the parts of a summary begin.
const FIRST_COUNTER: usize = PAREXACT_SUMMARY_ADDITIVE_FIRST;
const DIGITS: usize = FIRST_COUNTER + COUNTERS;
const EXTREMES: usize = PAREXACT_SUMMARY_MAX_FIRST;
const ERROR: usize = EXTREMES + 4;

const _: () = assert!(FIRST_COUNTER + PAREXACT_SUMMARY_ADDITIVE_COUNT == EXTREMES);
const _: () = assert!(EXTREMES + PAREXACT_SUMMARY_MAX_COUNT == PAREXACT_SUMMARY_WORDS);

/// Exact sums of one of the kinds PAREXACT_SUMMARY_*: flat, without pointers, and little-endian, so that a
/// summary may be copied, stored, sent and merged anywhere. Equal sets have equal words, whatever the order
/// or the splitting.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// The words; docs/state-format.md describes them.
    pub words: [i64; PAREXACT_SUMMARY_WORDS],
}

/// Evaluates an expression in which `$sums` is the type of the sums of a kind.
macro_rules! by_kind {
    ($kind:expr, $sums:ident => $body:expr) => {
        match $kind {
            Kind::Shape => {
                type $sums = $crate::exact::shape::ShapeSums;
                $body
            }
            Kind::Pair => {
                type $sums = $crate::exact::pair::PairSums;
                $body
            }
            Kind::Weighted => {
                type $sums = $crate::exact::weighted::WeightedSums;
                $body
            }
        }
    };
}
pub(super) use by_kind;

impl Summary {
    /// The summary of no values.
    pub fn empty(kind: Kind) -> Self {
        let mut summary = Self {
            words: [0; PAREXACT_SUMMARY_WORDS],
        };
        summary.clear(kind);
        summary
    }

    /// Makes this the summary of no values.
    fn clear(&mut self, kind: Kind) {
        self.words.fill(0);
        self.words[0] = (kind as i64) << 32 | VERSION;
        for keys in self.words[EXTREMES..ERROR].chunks_exact_mut(2) {
            (keys[0], keys[1]) = (!Extremes::EMPTY.min_key, Extremes::EMPTY.max_key);
        }
    }

    /// The kind, as the first word tells it.
    pub fn kind(&self) -> Result<Kind> {
        let (kind, version) = (self.words[0] >> 32, self.words[0] & 0xffff_ffff);
        match Kind::with_code(kind) {
            Some(kind) if version == VERSION => Ok(kind),
            _ => Err(bad_summary(format!(
                "the first word of the summary says kind {kind}, version {version}; this library reads \
                 kinds 1 to 3 of version {VERSION}"
            ))),
        }
    }

    /// The sums that the words stand for, canonical or not; an error if no set of values has them, or if they
    /// are of another kind.
    pub fn sums<S: Plausible>(&self) -> Result<Box<S>> {
        if self.kind()? != S::KIND {
            return Err(bad_summary("the summary is of another kind"));
        }
        match self.words[ERROR] {
            0 => {}
            status => {
                return Err(bad_summary(format!(
                    "an earlier update or merge of this summary failed with status {status}"
                )));
            }
        }
        let mut sums: Box<S> = Box::default();
        sums.set_counters(&self.counters(S::KIND)?);
        let mut reader = Reader {
            words: &self.words,
            digits: DIGITS,
            extremes: EXTREMES,
        };
        sums.visit(&mut reader)?;
        let (digits, extremes) = (reader.digits, reader.extremes);
        let is_zero = |words: &[i64]| words.iter().all(|&word| word == 0);
        // The keys of the extremes of no values are the least words.
        let is_empty = |words: &[i64]| words.iter().all(|&word| word == i64::MIN);
        if !is_zero(&self.words[digits..EXTREMES])
            || !is_empty(&self.words[extremes..ERROR])
            || !is_zero(&self.words[ERROR + 1..])
        {
            return Err(bad_summary(
                "a word that this kind of summary does not use is not that of an empty summary",
            ));
        }
        sums.check().map_err(bad_summary)?;
        Ok(sums)
    }

    /// Sets the summary to sums, in canonical form.
    pub fn set<S: Layout>(&mut self, sums: &mut S) {
        self.clear(S::KIND);
        let counters = sums.counters().map(u64::cast_signed);
        self.words[FIRST_COUNTER..DIGITS].copy_from_slice(&counters);
        let mut writer = Writer {
            words: &mut self.words,
            digits: DIGITS,
            extremes: EXTREMES,
        };
        sums.visit(&mut writer).expect("writing does not fail");
    }

    /// Checks the words.
    pub fn check(&self) -> Result<()> {
        by_kind!(self.kind()?, S => self.sums::<S>().map(|_| ()))
    }

    /// Adds sums of the summary's kind. If that fails, the summary is as before.
    pub fn add<S: Plausible>(&mut self, sums: &S) -> Result<()> {
        let mut total = self.sums::<S>()?;
        let added = "the number of values to add";
        check_count(total.counters()[0], sums.counters()[0], added)?;
        total.merge(sums);
        self.set(&mut *total);
        Ok(())
    }

    /// Adds another summary of the same kind. If that fails, the summary is as before.
    pub fn merge(&mut self, from: &Self) -> Result<()> {
        let (mine, theirs) = (self.kind()?, from.kind()?);
        if mine != theirs {
            return Err(Error::new(
                PAREXACT_ERROR_INVALID_ARGUMENT,
                format!(
                    "into is a summary of kind {}, and from one of kind {}; they must be of the same kind",
                    mine.name(),
                    theirs.name()
                ),
            ));
        }
        by_kind!(mine, S => self.add(&*from.sums::<S>()?))
    }

    /// Merges another summary into this one; a failure is stored in the error word, from which
    /// [`Self::sums`] reports it.
    pub fn merge_or_poison(&mut self, from: &Self) {
        if let Err(error) = self.merge(from) {
            self.words[ERROR] = self.words[ERROR].max(from.words[ERROR]);
            self.poison(error.status);
        }
    }

    /// Stores a failure in the error word, from which [`Self::sums`] reports it; a larger status that is
    /// there stays.
    pub fn poison(&mut self, status: Status) {
        self.words[ERROR] = self.words[ERROR].max(status.into());
    }

    /// XXH3-128 with seed 0 of the canonical words as little-endian bytes: low half, high half.
    pub fn fingerprint(&self) -> Result<[u64; 2]> {
        let mut canonical = Box::new(*self);
        by_kind!(self.kind()?, S => canonical.set(&mut *self.sums::<S>()?));
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        for word in canonical.words {
            hasher.update(&word.to_le_bytes());
        }
        let hash = hasher.digest128();
        Ok([hash as u64, (hash >> 64) as u64])
    }

    /// The counters, if they are possible.
    fn counters(&self, kind: Kind) -> Result<Counters> {
        let mut counters = [0; COUNTERS];
        for (counter, &word) in counters.iter_mut().zip(&self.words[FIRST_COUNTER..DIGITS]) {
            *counter = u64::try_from(word)
                .map_err(|_| bad_summary("a counter of the summary is negative"))?;
        }
        let [
            all,
            nans,
            x_plus,
            x_minus,
            y_plus,
            y_minus,
            plus,
            minus,
            invalid,
        ] = counters.map(u128::from);
        let (x, y, products) = (x_plus + x_minus, y_plus + y_minus, plus + minus + invalid);
        let others_fit = if kind.has_two_variables() {
            // A product is special if one of its factors is infinite, or both are.
            (x.max(y)..=x + y).contains(&products)
        } else {
            y == 0 && products == 0
        };
        if x.max(y).max(products) + nans > all || !others_fit {
            return Err(bad_summary(
                "the counters of the summary contradict each other",
            ));
        }
        Ok(counters)
    }
}

/// The error of a summary that is refused.
fn bad_summary(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(PAREXACT_ERROR_BAD_STATE, message)
}

/// Reads sums from words.
struct Reader<'a> {
    words: &'a [i64; PAREXACT_SUMMARY_WORDS],
    digits: usize,
    extremes: usize,
}

impl Visitor for Reader<'_> {
    fn digits<const DIGITS: usize, const LSB: i32>(
        &mut self,
        sum: &mut Superaccumulator<DIGITS, LSB>,
    ) -> Result<()> {
        let words = &self.words[self.digits..self.digits + DIGITS];
        *sum = Superaccumulator::from_words(words).ok_or_else(|| {
            bad_summary("the digits of the summary are beyond any sum of 2^63 values")
        })?;
        self.digits += DIGITS;
        Ok(())
    }

    fn extremes(&mut self, extremes: &mut Extremes) -> Result<()> {
        *extremes = Extremes {
            min_key: !self.words[self.extremes],
            max_key: self.words[self.extremes + 1],
        };
        self.extremes += 2;
        Ok(())
    }
}

/// Writes sums to words.
struct Writer<'a> {
    words: &'a mut [i64; PAREXACT_SUMMARY_WORDS],
    digits: usize,
    extremes: usize,
}

impl Visitor for Writer<'_> {
    fn digits<const DIGITS: usize, const LSB: i32>(
        &mut self,
        sum: &mut Superaccumulator<DIGITS, LSB>,
    ) -> Result<()> {
        self.words[self.digits..self.digits + DIGITS].copy_from_slice(sum.words());
        self.digits += DIGITS;
        Ok(())
    }

    fn extremes(&mut self, extremes: &mut Extremes) -> Result<()> {
        self.words[self.extremes] = !extremes.min_key;
        self.words[self.extremes + 1] = extremes.max_key;
        self.extremes += 2;
        Ok(())
    }
}
