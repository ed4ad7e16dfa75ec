//! Samplers of `rand_distr` that must not refuse their parameters.

use crate::error::{Error, PAREXACT_ERROR_INTERNAL, Result};

/// A sampler of `rand_distr`, which must accept what has passed our own, narrower checks.
pub fn accepted<T, E: std::fmt::Display>(sampler: std::result::Result<T, E>) -> Result<T> {
    sampler.map_err(|refusal| {
        Error::new(
            PAREXACT_ERROR_INTERNAL,
            format!("internal error, please report it: rand_distr: {refusal}"),
        )
    })
}
