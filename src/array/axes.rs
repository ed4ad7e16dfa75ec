//! Axes of an array as callers name them: in any order, negative ones counting from the end.

use crate::error::{Error, Result};

/// For each of the `ndim` axes of an array, which messages call `name`, whether it is one of those that are
/// given; all of them are if none is given. `ndim` is at most 64.
pub fn marked(
    axes: impl ExactSizeIterator<Item = i32>,
    ndim: usize,
    name: &str,
) -> Result<Vec<bool>> {
    let mut marks = vec![axes.len() == 0; ndim];
    for (i, axis) in axes.enumerate() {
        let index = if axis < 0 {
            axis.saturating_add(ndim as i32)
        } else {
            axis
        };
        let mark = usize::try_from(index)
            .ok()
            .and_then(|index| marks.get_mut(index));
        match mark {
            None => {
                return Err(Error::invalid(format!(
                    "axes[{i}] is {axis}; it must be -{ndim} to {}, as ndim of {name} is {ndim}",
                    ndim - 1
                )));
            }
            Some(true) => {
                return Err(Error::invalid(format!(
                    "axes[{i}] is {axis}; this axis was given before"
                )));
            }
            Some(mark) => *mark = true,
        }
    }
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_count_from_either_end() {
        for (axes, marks) in [
            (&[][..], [true; 3]),
            (&[0], [true, false, false]),
            (&[-1], [false, false, true]),
            (&[2, -3], [true, false, true]),
            (&[1, 0, 2], [true; 3]),
        ] {
            assert_eq!(
                marked(axes.iter().copied(), 3, "a"),
                Ok(marks.into()),
                "{axes:?}"
            );
        }
    }

    #[test]
    fn other_axes_and_repeated_ones_are_refused() {
        for (axes, message) in [
            (
                &[3][..],
                "axes[0] is 3; it must be -3 to 2, as ndim of a is 3",
            ),
            (
                &[0, -4],
                "axes[1] is -4; it must be -3 to 2, as ndim of a is 3",
            ),
            (&[1, -2], "axes[1] is -2; this axis was given before"),
            (
                &[i32::MIN],
                "axes[0] is -2147483648; it must be -3 to 2, as ndim of a is 3",
            ),
        ] {
            let refused = marked(axes.iter().copied(), 3, "a").expect_err("no axes of the array");
            assert_eq!(refused.message, message);
        }
    }
}
