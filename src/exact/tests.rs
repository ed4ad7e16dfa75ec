//! Every path of the kernels, on every instruction set, against one integer deposit for each value.

use proptest::prelude::*;

use super::float::power_of_two;
use super::moments::Counts;
use super::products::{Dot, Products};
use super::quantity::Quantity;
use super::small;
use super::superaccumulator::{SQUARES_DIGITS, Squares};
use super::{Accumulate, Accumulator, Element, Moments, as_unaligned, naive, quantity};
use crate::simd::{InstructionSet, in_force};
use crate::test_values::any_values;

/// All parts of moments: counts, extremes, and the words of both sums.
fn everything(moments: Moments) -> impl PartialEq + std::fmt::Debug {
    (
        moments.counts,
        moments.extremes,
        moments.sum.into_words(),
        moments.squares.into_words(),
    )
}

/// What `Q` gathers of these moments.
fn gathered<Q: Quantity>(moments: &Moments) -> Moments {
    let mut gathered = Moments {
        counts: moments.counts,
        ..Moments::default()
    };
    if Q::SUM {
        gathered.sum = moments.sum.clone();
    }
    if Q::SQUARES {
        gathered.squares = moments.squares.clone();
    }
    if Q::EXTREMES {
        gathered.extremes = moments.extremes;
    }
    gathered
}

/// The moments in a few words, if the accumulator has them, agree with the oracle; if not, it goes on as if
/// nobody had asked. Returns how often it had them: of two times, where the second time it knows a window.
fn check_short<Q: Quantity>(set: InstructionSet, values: &[f64], oracle: &Moments) -> usize {
    let expected = || everything(gathered::<Q>(oracle));
    let mut accumulator = Accumulator::<Q>::new(set);
    for times in 0..2 {
        accumulator.add(as_unaligned(values));
        match accumulator.short() {
            Some(short) => assert_eq!(everything(short.to_moments()), expected(), "{}", set.name()),
            None => {
                assert_eq!(
                    everything(accumulator.finish()),
                    expected(),
                    "{}",
                    set.name()
                );
                return times;
            }
        }
    }
    let empty = accumulator.finish();
    assert_eq!(everything(empty), everything(Moments::default()));
    2
}

/// The moments of a small vector in a few words, if there are any, agree with the oracle. Returns whether
/// there are.
fn check_small<Q: Quantity>(set: InstructionSet, values: &[f64], oracle: &Moments) -> bool {
    if values.len() > small::MAX_VALUES {
        return false;
    }
    let Some(short) = small::moments::<Q>(set, as_unaligned(values)) else {
        return false;
    };
    let expected = everything(gathered::<Q>(oracle));
    assert_eq!(everything(short.to_moments()), expected, "{}", set.name());
    true
}

/// Whether every instruction set has the moments of these values in a few words, once and once more.
fn are_short<Q: Quantity>(values: &[f64]) -> [bool; 2] {
    let oracle = naive::moments(as_unaligned(values));
    let times: Vec<usize> = InstructionSet::supported()
        .map(|set| check_short::<Q>(set, values, &oracle))
        .collect();
    assert!(times.iter().all(|&n| n == times[0]), "{times:?}");
    [times[0] > 0, times[0] > 1]
}

/// All paths, with the values added in pieces of the given lengths, agree with the oracle.
fn check_paths(values: &[f64], pieces: &[usize]) {
    let oracle = naive::moments(as_unaligned(values));
    for set in InstructionSet::supported() {
        let mut describing = Accumulator::<quantity::Describe>::new(set);
        let mut summing = Accumulator::<quantity::Sum>::new(set);
        let mut squaring = Accumulator::<quantity::Squares>::new(set);
        let mut rest = as_unaligned(values);
        for &piece in pieces.iter().cycle() {
            let (head, tail) = rest.split_at(piece.min(rest.len()));
            describing.add(head);
            summing.add(head);
            squaring.add(head);
            rest = tail;
            if rest.is_empty() {
                break;
            }
        }
        check_small::<quantity::Sum>(set, values, &oracle);
        check_small::<quantity::Squares>(set, values, &oracle);
        check_small::<quantity::Describe>(set, values, &oracle);
        check_short::<quantity::Describe>(set, values, &oracle);
        let sums = summing.finish();
        assert_eq!(sums.counts, oracle.counts, "{}", set.name());
        assert_eq!(
            sums.sum.into_words(),
            oracle.sum.clone().into_words(),
            "{}",
            set.name()
        );
        let squares = squaring.finish().squares.into_words();
        assert_eq!(
            squares,
            oracle.squares.clone().into_words(),
            "{}",
            set.name()
        );
        let all = everything(describing.finish());
        assert_eq!(all, everything(oracle.clone()), "{}", set.name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..Default::default() })]

    #[test]
    fn paths_agree_with_the_oracle(
        values in any_values(5000),
        pieces in prop::collection::vec(1usize..3000, 1..5),
    ) {
        check_paths(&values, &pieces);
    }

    #[test]
    fn order_does_not_matter(
        (values, shuffled) in any_values(300)
            .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))
    ) {
        let a = naive::moments(as_unaligned(&values));
        let mut b = Accumulator::<quantity::Describe>::new(in_force());
        b.add(as_unaligned(&shuffled));
        prop_assert!(everything(a) == everything(b.finish()));
    }

}

/// The parts of an exact dot product, equal for equal ones.
fn same_dot<const LIMBS: usize>(dot: &Dot<LIMBS>) -> (Counts, [i64; SQUARES_DIGITS]) {
    let (mut sum, magnitude) = (Squares::default(), &dot.sum.magnitude);
    for (&limb, shift) in magnitude.limbs().iter().zip((0..).step_by(64)) {
        if limb != 0 {
            sum.deposit(dot.sum.negative, limb, magnitude.exponent() + shift);
        }
    }
    (dot.counts, sum.into_words())
}

/// Σxy of all paths against one exact product after the other.
fn check_products(xs: &[f64], ys: &[f64]) {
    let (x, y) = (as_unaligned(xs), as_unaligned(ys));
    let mut sum = Squares::default();
    let mut counts = Counts::default();
    for (&x, &y) in xs.iter().zip(ys) {
        if x.is_finite() && y.is_finite() {
            sum.add_product(x, y);
        } else {
            counts.add_special(x * y);
        }
    }
    let dot = Dot {
        counts,
        sum: sum.to_dyadic(),
    };
    for set in InstructionSet::supported() {
        if x.len() <= small::MAX_VALUES
            && let Some(sum) = small::dot(set, x, y)
        {
            let counts = Counts::default();
            assert_eq!(
                same_dot(&Dot { counts, sum }),
                same_dot(&dot),
                "{}",
                set.name()
            );
        }
        let mut products = Products::new(set);
        products.add(x, y);
        if let Some(short) = products.take_short() {
            assert_eq!(same_dot(&short), same_dot(&dot), "{}", set.name());
            products.add(x, y); // the accumulator was empty
        }
        assert_eq!(
            same_dot(&products.finish()),
            same_dot(&dot),
            "{}",
            set.name()
        );
        let mut products = Products::new(set);
        let third = x.len() / 3;
        products.add(&x[..third], &y[..third]);
        let mut others = Products::new(set);
        others.add(&x[third..], &y[third..]);
        products.merge(others);
        assert_eq!(
            same_dot(&products.finish()),
            same_dot(&dot),
            "{}",
            set.name()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn products_agree_with_the_oracle(x in any_values(3000), y in any_values(3000)) {
        let length = x.len().min(y.len());
        check_products(&x[..length], &y[..length]);
        check_products(&x, &x);
    }
}

#[test]
fn every_length() {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let values: Vec<f64> = (0..5000)
        .map(|i| {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            // Most exponents are close together; one in 700 may be any.
            let exponent = if i % 700 == 699 {
                bits >> 3 & 0x7ff
            } else {
                1020 + (bits & 3)
            };
            f64::from_bits(bits & 1 << 63 | exponent.min(2046) << 52 | bits >> 12)
        })
        .collect();
    for length in 0..=values.len() {
        check_paths(&values[values.len() - length..], &[usize::MAX]);
    }
}

#[test]
fn squares_that_underflow_beside_large_values_are_kept() {
    for tiny in [
        -485, -486, -500, -511, -512, -530, -537, -538, -540, -1000, -1074,
    ] {
        for position in [0, 1, 31, 1000, 2047] {
            let mut values = vec![1.0; 2048];
            values[position] = power_of_two(tiny);
            check_paths(&values, &[usize::MAX]);
        }
    }
}

/// Equal values move every lane by the most that the proof allows, if their residuals are close to half a
/// unit.
#[test]
fn lanes_reach_their_bounds() {
    let unit = |bits: i32| power_of_two(bits);
    let mut extreme = Vec::new();
    for k in 1..10 {
        // The first fold's unit is 2^(k - 50) for values from 1 to 2.
        extreme.push(1.0 + unit(k - 51) - unit(-52));
        extreme.push(2.0 - unit(k - 51) + unit(-52));
    }
    extreme.push(2.0 - unit(-52));
    // Values whose square, or its error, leaves a residual close to half a unit of its first fold.
    let mut x = 1.0f64;
    for _ in 0..200_000 {
        x = (x * 1.000_123_457).rem_euclid(1.0) + 1.0;
        let square = x * x;
        let error = x.mul_add(x, -square).abs() / unit(-52);
        let close = |k: i32| {
            let residual = (square / unit(k - 49)).rem_euclid(1.0);
            (residual - 0.5).abs() < 1e-4
        };
        if error > 0.9999 || (4..8).any(close) {
            extreme.push(x);
        }
    }
    assert!(extreme.len() > 100);
    for x in extreme {
        for scale in [-485, -300, 0, 500] {
            check_paths(&[x * unit(scale); 2048], &[usize::MAX]);
            check_paths(&[-x * unit(scale); 1024], &[usize::MAX]);
            check_products(&[-x * unit(scale); 1024], &[x; 1024]);
        }
    }
}

/// Below 2^-485 the error of a square underflows.
#[test]
fn squares_at_the_edge_of_underflow() {
    for exponent in -490..-480 {
        let values: Vec<f64> = (0..2048u64)
            .map(|i| {
                let fraction = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 12;
                f64::from_bits(((exponent + 1023) as u64) << 52 | fraction | 1)
            })
            .collect();
        check_paths(&values, &[usize::MAX]);
        check_products(&values, &values);
    }
}

/// One small factor has all its bits, at every distance from the window's end.
#[test]
fn small_factors_keep_their_last_bits() {
    let odd = 1.0 + 2f64.powi(-52);
    for exponent in -160..0 {
        let mut x = [odd; 1024];
        x[77] *= 2f64.powi(exponent);
        check_products(&x, &[odd; 1024]);
        check_paths(&x, &[usize::MAX]);
    }
}

/// Above these magnitudes the lanes of squares and of sums might overflow.
#[test]
fn squares_and_sums_at_the_edge_of_overflow() {
    for exponent in (495..515).chain(1005..1024) {
        let largest = f64::from_bits(((exponent + 1023) as u64) << 52 | ((1 << 52) - 1));
        check_paths(&[largest; 2100], &[usize::MAX]);
        check_paths(&[-largest; 2100], &[usize::MAX]);
    }
}

/// If all other bits cancel, bits that underflow would lose decide the result: v·v less the products of v's
/// halves.
#[test]
fn products_keep_what_would_underflow() {
    for exponent in -490..-480 {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        let (mut halves_x, mut halves_y) = (Vec::new(), Vec::new());
        for i in 0..2048u64 {
            let fraction = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 12;
            let v = f64::from_bits(((exponent + 1023) as u64) << 52 | fraction | 1);
            let high = f64::from_bits(v.to_bits() >> 27 << 27);
            let low = v - high;
            x.push(v);
            y.push(v);
            halves_x.extend([high, 2.0 * high, low]);
            halves_y.extend([-high, -low, -low]);
        }
        x.extend(halves_x);
        y.extend(halves_y);
        check_products(&x, &y);
    }
}

/// `count` values with random fractions and signs, and exponents from `exponent` to `exponent + width - 1`.
fn spread(count: usize, exponent: i32, width: u64) -> Vec<f64> {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        let field = (exponent + 1023) as u64 + (bits >> 20) % width;
        f64::from_bits(bits & (1 << 63) | field << 52 | bits >> 12)
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn two_folds_are_had_in_a_few_words() {
    let yes = [true; 2];
    for exponent in [-485, -300, 0, 400, 490] {
        for count in [0, 1, 31, 33, 100, 1000, 5000] {
            let values = spread(count, exponent, 8);
            assert_eq!(
                are_short::<quantity::Describe>(&values),
                yes,
                "{exponent}, {count}"
            );
            assert_eq!(
                are_short::<quantity::Squares>(&values),
                yes,
                "{exponent}, {count}"
            );
        }
    }
    for exponent in [-1023, -1000, -500, 0, 1000, 1006] {
        let values = spread(3000, exponent, 8);
        assert_eq!(are_short::<quantity::Sum>(&values), yes, "{exponent}");
    }
    // Zeros and NaNs, which the folds do not hold, count all the same.
    let mut values = spread(700, 0, 3);
    values.extend([0.0; 5000]);
    assert_eq!(are_short::<quantity::Describe>(&values), yes);
    // All values as large as can be, one more block than totals hold after so many.
    let largest = 2.0 - f64::EPSILON;
    assert_eq!(are_short::<quantity::Describe>(&[largest; 1 << 15]), yes);
    assert_eq!(are_short::<quantity::Describe>(&[-largest; 1 << 15]), yes);
    assert_eq!(are_short::<quantity::Sum>(&[largest; 1 << 17]), yes);
}

#[test]
fn moments_that_take_more_words_are_not() {
    let no = [false; 2];
    // Three folds.
    assert_eq!(are_short::<quantity::Sum>(&spread(3000, 0, 70)), no);
    assert_eq!(are_short::<quantity::Describe>(&spread(3000, 0, 30)), no);
    // Outliers, and values that no window holds.
    let mut values = spread(3000, 0, 3);
    values[1500] = 1e200;
    assert_eq!(are_short::<quantity::Describe>(&values), no);
    assert_eq!(are_short::<quantity::Describe>(&spread(100, -600, 3)), no);
    // Two windows.
    values = spread(1024, 0, 3);
    values.extend(spread(1024, 100, 3));
    assert_eq!(are_short::<quantity::Sum>(&values), no);
    // More blocks than totals hold.
    assert_eq!(are_short::<quantity::Sum>(&vec![1.5; 1 << 20]), no);
}

#[test]
fn what_was_merged_is_not_had_in_a_few_words() {
    for set in InstructionSet::supported() {
        let values = spread(2000, 0, 3);
        let [mut one, mut other] = [(); 2].map(|()| Accumulator::<quantity::Describe>::new(set));
        one.add(as_unaligned(&values[..700]));
        other.add(as_unaligned(&values[700..]));
        one.merge(other);
        assert!(one.short().is_none());
        let oracle = naive::moments(as_unaligned(&values));
        assert_eq!(everything(one.finish()), everything(oracle));
    }
}

#[test]
fn small_vectors_are_had_in_a_few_words_if_two_folds_hold_them() {
    for set in InstructionSet::supported() {
        let has = |values: &[f64]| {
            let oracle = naive::moments(as_unaligned(values));
            let describes = check_small::<quantity::Describe>(set, values, &oracle);
            assert_eq!(
                check_small::<quantity::Squares>(set, values, &oracle),
                describes
            );
            assert!(check_small::<quantity::Sum>(set, values, &oracle) || !describes);
            check_products(values, values);
            let x = as_unaligned(values);
            assert_eq!(small::dot(set, x, x).is_some(), describes, "{}", set.name());
            describes
        };
        for exponent in [-485, -300, 0, 400, 490] {
            for count in (0..200).chain([255, 256, 257, 511, 512, 513, 1000, 4095, 4096]) {
                assert!(
                    has(&spread(count, exponent, 8)),
                    "{exponent}, {count}, {}",
                    set.name()
                );
            }
        }
        let sum = |values: &[f64]| {
            let oracle = naive::moments(as_unaligned(values));
            check_small::<quantity::Sum>(set, values, &oracle)
        };
        for exponent in [-1023, -1000, -500, 0, 1000, 1006] {
            assert!(
                sum(&spread(4096, exponent, 8)),
                "{exponent}, {}",
                set.name()
            );
        }
        // Lanes move as far as they can.
        let largest = 2.0 - f64::EPSILON;
        for count in [1, 64, 4096] {
            assert!(has(&vec![largest; count]) && has(&vec![-largest; count]));
        }
        for zeros in [[0.0, 0.0], [-0.0, 0.0], [0.0, -0.0], [-0.0, -0.0]] {
            assert!(has(&zeros));
        }
        for position in [0, 1, 31, 32, 98, 99] {
            for odd in [
                f64::NAN,
                -f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                1e-200,
                1e200,
            ] {
                let mut values = spread(100, 0, 3);
                values[position] = odd;
                assert!(
                    !has(&values) && !sum(&values),
                    "{odd}, {position}, {}",
                    set.name()
                );
                // Zeros do not hide them.
                let mut values = [0.0; 100];
                values[position] = odd;
                assert!(!has(&values), "{odd}, {position}, {}", set.name());
            }
        }
    }
}

/// Numbers of neighbouring magnitudes, the same in each run.
fn similar_values(count: usize) -> Vec<f64> {
    (0..count as u64)
        .map(|i| {
            let bits = i.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
            let bits = bits.wrapping_mul(0xd134_2543_de82_ef95);
            f64::from_bits(bits & 1 << 63 | (1020 + (bits & 3)) << 52 | bits >> 12)
        })
        .collect()
}

/// Values that no window of [`similar_values`] holds, and zeros.
const OUTLIERS: [f64; 12] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    9.97e36,
    f64::MAX,
    f64::MIN,
    5e-324,
    -f64::MIN_POSITIVE,
    1e-30,
    1.000_000_1e9,
    -0.0,
    0.0,
];

/// A NaN at the start of each block of any kernel makes the accumulators sift the others.
fn sifted_values(blocks: usize) -> Vec<f64> {
    let mut values = similar_values(128 * blocks);
    for block in values.chunks_mut(128) {
        block[0] = f64::NAN;
    }
    values
}

#[test]
fn outliers_are_sifted_at_every_position() {
    const VALUES: usize = 128 * 100;
    let clean = sifted_values(VALUES / 128);
    for (kind, outlier) in OUTLIERS.into_iter().enumerate() {
        for offset in 0..32 {
            // Strides that have no factor in common with a block bring the outliers to all lanes.
            let mut values = clean.clone();
            for i in (1000 + 32 * kind + offset..VALUES).step_by(997 - 2 * offset) {
                values[i] = outlier;
            }
            check_paths(&values, &[usize::MAX]);
        }
    }
    for position in 4000..4000 + 1024 + 7 {
        let mut values = clean[..6000].to_vec();
        values[position] = OUTLIERS[position % OUTLIERS.len()];
        check_paths(&values, &[usize::MAX]);
    }
}

/// Around the largest number of outliers that are sifted, blocks change from one way to the other.
#[test]
fn blocks_with_few_and_with_many_outliers() {
    for outliers in 0..150 {
        let mut values = sifted_values(150);
        for block in values[9000..].chunks_mut(1024) {
            let length = block.len();
            for i in 0..outliers {
                block[i * 619 % length] = OUTLIERS[i % OUTLIERS.len()];
            }
        }
        check_paths(&values, &[usize::MAX]);
    }
}

#[test]
fn nothing_but_nans_and_zeros() {
    for value in [f64::NAN, 0.0, -0.0, f64::INFINITY] {
        let mut values = sifted_values(30);
        values[2000..].fill(value);
        check_paths(&values, &[usize::MAX]);
        check_paths(&values[2000..], &[usize::MAX]);
    }
}

/// All paths of floats agree with the oracle for the same values as doubles.
fn check_floats(floats: &[f32]) {
    type Of<Q> = <f32 as Element>::Accumulator<Q>;
    let doubles: Vec<f64> = floats.iter().map(|&x| x.into()).collect();
    let raw: Vec<[u8; 4]> = floats.iter().map(|x| x.to_ne_bytes()).collect();
    let oracle = naive::moments(as_unaligned(&doubles));
    let words = (
        oracle.sum.clone().into_words(),
        oracle.squares.clone().into_words(),
    );
    for set in InstructionSet::supported() {
        let mut describing = Of::<quantity::Describe>::new(set);
        let mut summing = Of::<quantity::Sum>::new(set);
        let mut squaring = Of::<quantity::Squares>::new(set);
        describing.add(&raw);
        summing.add(&raw);
        squaring.add(&raw);
        assert!(
            summing.finish().sum.into_words() == words.0,
            "{}",
            set.name()
        );
        assert!(
            squaring.finish().squares.into_words() == words.1,
            "{}",
            set.name()
        );
        let all = everything(describing.finish());
        assert_eq!(all, everything(oracle.clone()), "{}", set.name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn floats_agree_with_the_oracle(
        bits in prop::collection::vec(any::<u32>(), 0..6000),
        low in 0u32..256,
        width in prop_oneof![Just(0u32), Just(3), Just(19), Just(22), Just(44), Just(255)],
        odd in 0u32..3,
    ) {
        let floats: Vec<f32> = bits
            .into_iter()
            .map(|bits| {
                let field = (low + (bits >> 9) % (width + 1)).min(254 + u32::from(odd == 2));
                f32::from_bits(bits & !(0xff << 23) | field << 23 | u32::from(odd == 1))
            })
            .collect();
        check_floats(&floats);
    }
}

/// The largest floats of a binade move every lane by the most that the proof allows; a small value beside
/// them must keep its last bit.
#[test]
fn floats_reach_the_bounds_of_their_folds() {
    let largest = 2.0 - f32::EPSILON;
    for exponent in [-126, -100, -3, 0, 60, 127] {
        let scale = 2f32.powi(exponent);
        check_floats(&vec![largest * scale; 4100]);
        check_floats(&vec![-largest * scale; 4100]);
        for distance in 0..60 {
            let mut floats = vec![largest * scale; 4100];
            floats[2000] = (1.0 + f32::EPSILON) * scale * 2f32.powi(-distance);
            floats[4099] = -floats[2000];
            check_floats(&floats);
        }
    }
}

#[test]
fn outliers_among_floats() {
    let odd: Vec<f32> = OUTLIERS
        .into_iter()
        .map(|x| x as f32)
        .chain([f32::MAX, f32::MIN_POSITIVE, -1e-45])
        .collect();
    let clean: Vec<f32> = sifted_values(100).into_iter().map(|x| x as f32).collect();
    for (kind, &outlier) in odd.iter().enumerate() {
        for offset in 0..32 {
            let mut floats = clean.clone();
            for i in (1000 + 32 * kind + offset..floats.len()).step_by(997 - 2 * offset) {
                floats[i] = outlier;
            }
            check_floats(&floats);
            // Without NaNs, the kernel meets the outlier before it sifts.
            let without_nans: Vec<f32> = floats.into_iter().filter(|x| !x.is_nan()).collect();
            check_floats(&without_nans);
        }
    }
}
