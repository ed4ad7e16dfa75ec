//! How much care the passes take.

/// What the passes find out; each takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Care {
    /// Is it found out where the folds have lost nothing? If not, losses are bounded, but never known to be
    /// nothing.
    pub complete: bool,
    /// Are NaNs counted and left out? If not, a NaN makes the sums of its result NaN.
    pub nans: bool,
}

impl Care {
    /// Every way to take care.
    #[cfg(test)]
    pub const ALL: [Self; 4] = [
        Self::new(false, false),
        Self::new(false, true),
        Self::new(true, false),
        Self::new(true, true),
    ];

    /// The care taken of both.
    pub const fn new(complete: bool, nans: bool) -> Self {
        Self { complete, nans }
    }
}
