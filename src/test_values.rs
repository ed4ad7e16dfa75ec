//! Adversarial values for property tests; columns of numbers of many kinds.

pub mod columns;

use proptest::prelude::*;

/// Numbers with exponent fields `low..=high` and fractions that are random, or have no, one or all bits set.
fn in_range(low: u64, high: u64) -> impl Strategy<Value = f64> {
    let fraction = prop_oneof![
        4 => any::<u64>().prop_map(|bits| bits >> 12),
        1 => Just(0),
        1 => Just((1 << 52) - 1),
        1 => Just(1),
        1 => (0u32..52).prop_map(|bit| 1 << bit),
    ];
    (any::<bool>(), low..=high, fraction).prop_map(|(negative, exponent, fraction)| {
        f64::from_bits(u64::from(negative) << 63 | exponent << 52 | fraction)
    })
}

/// Finite numbers: of one magnitude, of neighbouring ones, or of any; near underflow and overflow; where
/// squares underflow; zeros of both signs.
fn finite() -> impl Strategy<Value = BoxedStrategy<f64>> {
    let band = (
        0u64..=2046,
        prop_oneof![Just(0u64), Just(3), Just(18), Just(45), Just(80)],
    )
        .prop_map(|(low, width)| in_range(low, (low + width).min(2046)).boxed());
    prop_oneof![
        4 => band,
        1 => Just(in_range(0, 2046).boxed()),
        1 => Just(in_range(0, 2).boxed()),
        1 => Just(in_range(2040, 2046).boxed()),
        1 => Just(in_range(1023 - 490, 1023 - 480).boxed()),
        1 => Just(prop_oneof![
            in_range(1000, 1030),
            Just(0.0),
            Just(-0.0),
        ].boxed()),
        1 => Just(prop_oneof![
            200 => in_range(1015, 1024),
            1 => in_range(0, 2046),
        ].boxed()),
        1 => Just((-(1i64 << 53)..=1 << 53).prop_map(|i| i as f64).boxed()),
    ]
}

/// Arrays of up to `longest` finite values, some of them cancelling to zero or nearly so.
pub fn finite_values(longest: usize) -> impl Strategy<Value = Vec<f64>> {
    let values = finite().prop_flat_map(move |value| prop::collection::vec(value, 0..=longest));
    (values, 0..4u8, any::<prop::sample::Index>()).prop_map(|(mut values, kind, at)| {
        if kind == 0 && !values.is_empty() {
            let half = values.len() / 2;
            for i in 0..half {
                values[half + i] = -values[i];
            }
            let rotation = at.index(values.len());
            values.rotate_left(rotation);
        }
        values
    })
}

/// As [`finite_values`], with up to three NaNs and infinities in place of some values.
pub fn any_values(longest: usize) -> impl Strategy<Value = Vec<f64>> {
    let special = prop_oneof![
        Just(f64::NAN),
        Just(-f64::NAN),
        Just(f64::from_bits(0x7ff0_0000_0000_0001)),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
    ];
    let specials = prop::collection::vec((any::<prop::sample::Index>(), special), 0..4);
    (finite_values(longest), specials).prop_map(|(mut values, specials)| {
        if !values.is_empty() {
            for (at, special) in specials {
                let at = at.index(values.len());
                values[at] = special;
            }
        }
        values
    })
}
