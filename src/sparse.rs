//! A map from indices to values for when few indices have one: the values lie side by side in memory.

use std::collections::TryReserveError;

/// The entry in `places` of an index without a value.
const NONE: u32 = u32::MAX;

/// A map from the indices below a length, which [`Self::begin`] sets, to values.
#[derive(Debug)]
pub struct Sparse<T> {
    /// For each index, where its value is in `values`, or [`NONE`].
    places: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<T> Sparse<T> {
    /// Removes all values, and reserves memory for values of `len` indices; values touch it as they come.
    pub fn begin(&mut self, len: usize) -> Result<(), TryReserveError> {
        assert!(len < NONE as usize);
        self.places.clear();
        self.values.clear();
        self.places.try_reserve_exact(len)?;
        self.values.try_reserve_exact(len)?;
        self.places.resize(len, NONE);
        Ok(())
    }

    /// How many indices there are, with a value or without.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The value of an index, made by `new` if there was none.
    pub fn get_or_insert_with(&mut self, index: usize, new: impl FnOnce() -> T) -> &mut T {
        let place = &mut self.places[index];
        if *place == NONE {
            // There is at most one value for each index: so the place is below NONE, and memory is reserved.
            *place = self.values.len() as u32;
            self.values.push(new());
        }
        &mut self.values[*place as usize]
    }

    /// The value of an index, if there is one.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.values.get_mut(self.places[index] as usize)
    }
}
