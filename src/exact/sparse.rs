//! Values for few of many indices, close together in memory.

use std::collections::TryReserveError;

/// The place of no value.
const NONE: u32 = u32::MAX;

/// Values for some of the indices below a number that is set once and for all of them.
#[derive(Debug)]
pub struct Sparse<T> {
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
    /// Forgets all values, and makes room for those of `len` indices; their memory is touched as they come.
    pub fn begin(&mut self, len: usize) -> Result<(), TryReserveError> {
        assert!(len < NONE as usize);
        self.places.clear();
        self.values.clear();
        self.places.try_reserve_exact(len)?;
        self.values.try_reserve_exact(len)?;
        self.places.resize(len, NONE);
        Ok(())
    }

    /// How many indices there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The value of an index, made if there was none.
    pub fn get_or_insert_with(&mut self, index: usize, new: impl FnOnce() -> T) -> &mut T {
        let place = &mut self.places[index];
        if *place == NONE {
            // One value an index: below NONE, and within the memory reserved.
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
