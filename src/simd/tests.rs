//! Every operation on vectors, of eight lanes of every instruction set, against the emulated one, which is
//! plain Rust.

use std::array::from_fn;

use super::{F32s, F64s, InstructionSet, Kernel, LeastNonzero, Simd, Tables, U64s, opaque};

const LANES: usize = 8;

/// What an operation gave, lane by lane or as a whole; all NaNs count as one.
type Outcome = (&'static str, Vec<u64>);

/// Operands: three vectors of numbers and three of integers.
#[derive(Debug, Clone, Copy)]
struct Operands {
    numbers: [[f64; LANES]; 3],
    words: [[u64; LANES]; 3],
}

impl Operands {
    /// Do all numbers of a vector satisfy a condition?
    fn all(&self, vector: usize, condition: impl Fn(f64) -> bool) -> bool {
        self.numbers[vector].into_iter().all(condition)
    }
}

impl Kernel for Operands {
    type Output = Vec<Outcome>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<Outcome> {
        outcomes(simd.eight(), &self)
    }
}

fn bits(x: f64) -> u64 {
    if x.is_nan() { u64::MAX } else { x.to_bits() }
}

#[inline(always)]
fn numbers<V: F64s>(vector: V) -> Vec<u64> {
    let mut lanes = [0.0; LANES];
    // SAFETY: the vector has eight lanes, see `outcomes`.
    unsafe { vector.store(lanes.as_mut_ptr()) };
    lanes.map(bits).to_vec()
}

#[inline(always)]
fn words<V: U64s>(vector: V) -> Vec<u64> {
    let mut lanes = [0; LANES];
    // SAFETY: the vector has eight lanes, see `outcomes`.
    unsafe { vector.store(lanes.as_mut_ptr()) };
    lanes.to_vec()
}

#[inline(always)]
fn outcomes<S: Simd>(simd: S, operands: &Operands) -> Vec<Outcome> {
    assert_eq!(S::LANES, LANES);
    // SAFETY: these arrays have as many elements as a vector has lanes.
    let [a, b, c] = from_fn(|i| unsafe { simd.load(operands.numbers[i].as_ptr()) });
    // SAFETY: the same.
    let [i, j, k] = from_fn(|n| unsafe { simd.load_bits(operands.words[n].as_ptr()) });
    let one = simd.splat(opaque(1.0));
    let (first, second) = a.swap(b, i);
    let mut all = vec![
        ("load", numbers(a)),
        ("splat", numbers(simd.splat(operands.numbers[0][3]))),
        ("to_bits", words(a.to_bits())),
        ("add", numbers(a.add(b))),
        ("sub", numbers(a.sub(b))),
        ("mul", numbers(a.mul(b))),
        ("div", numbers(a.div(b))),
        ("sqrt", numbers(a.sqrt())),
        ("mul_add", numbers(a.mul_add(b, c))),
        ("add_by_fma", numbers(a.add_by_fma(b, one))),
        ("sub_by_fma", numbers(a.sub_by_fma(b, one))),
        ("abs", words(a.abs().to_bits())),
        ("or", words(a.or(b).to_bits())),
        ("and", words(a.and(b).to_bits())),
        ("and_not", words(a.and_not(b).to_bits())),
        ("nans", words(a.nans().to_bits())),
        ("min", numbers(a.min(b))),
        ("max", numbers(a.max(b))),
        ("replace_below", numbers(a.replace_below(b.abs(), c))),
        (
            "keep_within",
            words(a.keep_within(b.abs(), c.abs()).to_bits()),
        ),
        (
            "differs",
            vec![
                a.differs(b).into(),
                a.differs(a.keep_within(b.abs(), c.abs())).into(),
            ],
        ),
        ("none_is_nan", vec![a.none_is_nan().into()]),
        ("flip_sign", words(a.flip_sign(i).to_bits())),
        (
            "swap",
            [words(first.to_bits()), words(second.to_bits())].concat(),
        ),
        ("load_bits", words(i)),
        ("integer add", words(i.add(j))),
        ("integer sub", words(i.sub(j))),
        ("xor", words(i.xor(j))),
        ("xor3", words(i.xor3(j, k))),
        ("shl", words(i.shl::<17>())),
        ("rotl", words(i.rotl::<45, 19>())),
        ("top53", numbers(i.top53())),
        ("one_to_two", numbers(i.one_to_two())),
        ("odd_one_to_two", numbers(i.odd_one_to_two())),
        ("transpose", transposed(simd, operands)),
    ];
    all.extend(floats(simd, operands));
    for limit in [operands.numbers[0][0], operands.numbers[1][1], 0.0, 1.0] {
        all.push(("all_at_least", vec![a.all_at_least(limit).into()]));
        all.push(("all_below", vec![a.all_below(limit).into()]));
    }
    if operands.all(0, |x| !x.is_nan() && x != 0.0) {
        all.push(("reduce_min", vec![bits(a.reduce_min())]));
        all.push(("reduce_max", vec![bits(a.reduce_max())]));
    }
    if operands.all(0, |x| !x.is_nan()) && operands.all(1, |x| !x.is_nan()) {
        all.push(("min_magnitude", numbers(a.min_magnitude(b.abs()))));
        all.extend(least_nonzero(simd, a.abs(), b.abs()));
    }
    let moderate = |x: f64| (1e-100..1e100).contains(&x.abs());
    if operands.all(0, moderate) && operands.all(1, moderate) {
        all.push(("product_error", numbers(a.product_error(b, a.mul(b)))));
    }
    if operands.all(0, f64::is_normal) {
        let tables = Tables {
            planar: from_fn(|table| from_fn(|entry| (100 * table + entry) as f64)),
            interleaved: from_fn(|entry| [entry as f64, (100 + entry) as f64]),
        };
        let parts = a.abs().split(&tables);
        all.push(("split", parts.map(numbers).concat()));
    }
    all
}

/// The operations on floats, whose bits are those of the integers' halves or of the rounded numbers.
#[inline(always)]
fn floats<S: Simd>(simd: S, operands: &Operands) -> Vec<Outcome> {
    const FLOATS: usize = 2 * LANES;
    let operand = |n: usize| -> [f32; FLOATS] {
        from_fn(|i| {
            if i % 3 == 0 {
                operands.numbers[n][i / 2] as f32
            } else {
                f32::from_bits((operands.words[n][i / 2] >> (32 * (i % 2))) as u32)
            }
        })
    };
    let [a, b] = [operand(0), operand(1)];
    // SAFETY: the arrays have twice as many floats as a vector has lanes.
    let [x, y] = unsafe { [simd.load_floats(a.as_ptr()), simd.load_floats(b.as_ptr())] };
    let bits = a.map(|x| (x.to_bits() >> 8) as u16);
    // SAFETY: the array has as many numbers.
    let halves = unsafe { simd.load_halves(bits.as_ptr()) };
    let of_bits = |vector: S::F32| {
        let mut lanes = [0f32; FLOATS];
        // SAFETY: the same.
        unsafe { vector.store(lanes.as_mut_ptr()) };
        lanes.map(|x| u64::from(x.to_bits())).to_vec()
    };
    vec![
        ("load_floats", of_bits(x)),
        ("load_halves", of_bits(halves)),
        ("splat_floats", of_bits(simd.splat_floats(a[3]))),
        ("widen", x.widen().map(numbers).concat()),
        ("float min", of_bits(x.min(y))),
        ("float max", of_bits(x.max(y))),
        ("max_magnitude_bits", of_bits(x.max_magnitude_bits(y))),
        (
            "min_magnitude_bits_less_one",
            of_bits(x.min_magnitude_bits_less_one(y)),
        ),
    ]
}

/// The least nonzero magnitude of one vector and of two, of zeros and of nothing.
#[inline(always)]
fn least_nonzero<S: Simd>(simd: S, a: S::F64, b: S::F64) -> Vec<Outcome> {
    let of_a = simd.no_least().with(a);
    let zeros = simd.no_least().with(simd.splat(0.0));
    let mut all = Vec::new();
    for least in [
        of_a,
        of_a.with(b),
        of_a.min(simd.no_least().with(b)),
        zeros,
        simd.no_least(),
    ] {
        let mut lanes = [0.0; LANES];
        // SAFETY: a vector has eight lanes, see `outcomes`.
        let again = unsafe {
            least.store(lanes.as_mut_ptr());
            simd.load_least(lanes.as_ptr())
        };
        // No magnitude may be stored as 0, too.
        let stored = lanes.map(|x| if x == 0.0 { f64::INFINITY } else { x });
        all.push(("least nonzero", stored.map(bits).to_vec()));
        all.push((
            "its reduction",
            vec![bits(least.reduce()), bits(again.reduce())],
        ));
        let reaches = |limit| u64::from(least.all_at_least(limit));
        all.push(("its limit", [5e-324, 1.0, f64::MAX].map(reaches).to_vec()));
    }
    all
}

#[inline(always)]
fn transposed<S: Simd>(simd: S, operands: &Operands) -> Vec<u64> {
    const COLUMNS: usize = 16;
    const PITCH: usize = 11;
    let rows: [[u64; COLUMNS]; 8] = from_fn(|row| {
        from_fn(|column| operands.words[column % 3][row] ^ (8 * row + column) as u64)
    });
    let at = rows.each_ref().map(|row| row.as_ptr());
    let mut out = vec![0; COLUMNS * PITCH];
    // SAFETY: the rows have so many elements, and there is a pitch's room for each column.
    unsafe { simd.transpose(&at, &at, COLUMNS, out.as_mut_ptr(), PITCH) };
    for (column, of_column) in out.chunks_exact(PITCH).enumerate() {
        assert!(
            of_column[..8]
                .iter()
                .eq(rows.iter().map(|row| &row[column]))
        );
    }
    out
}

/// Numbers and integers of all kinds: any bits, numbers of neighbouring magnitudes, and special ones.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn number(&mut self, kind: usize) -> f64 {
        const SPECIAL: [f64; 16] = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            5e-324,
            -5e-324,
            f64::MIN_POSITIVE,
            -f64::MIN_POSITIVE / 2.0,
            f64::MAX,
            f64::MIN,
            1.0 + f64::EPSILON,
            9_007_199_254_740_994.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            -f64::NAN,
        ];
        let bits = self.next();
        match kind {
            0 => f64::from_bits(bits & !(0x7ff << 52) | (1019 + (bits >> 55 & 7)) << 52),
            1 => f64::from_bits(bits),
            // The last four are no finite numbers.
            2 => SPECIAL[(bits >> 33) as usize % 12],
            _ => SPECIAL[(bits >> 33) as usize % 16],
        }
    }

    fn word(&mut self) -> u64 {
        match self.next() % 8 {
            0 => 0,
            1 => u64::MAX,
            2 => 1,
            3 => 1 << 63,
            _ => self.next(),
        }
    }
}

#[test]
fn operations_agree_on_all_instruction_sets() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let emulated = InstructionSet::supported().find(|set| set.name() == "emulated");
    let emulated = emulated.expect("tests have it");
    let mut names = std::collections::BTreeSet::new();
    for round in 0..4000 {
        let operands = Operands {
            numbers: from_fn(|_| from_fn(|_| random.number(round % 4))),
            words: from_fn(|_| from_fn(|_| random.word())),
        };
        let expected = emulated.run(operands);
        names.extend(expected.iter().map(|(name, _)| *name));
        for set in InstructionSet::supported() {
            for (expected, outcome) in expected.iter().zip(set.run(operands)) {
                assert_eq!(outcome, *expected, "{} {operands:?}", set.name());
            }
        }
    }
    // Each operation has met operands that it is defined for.
    assert_eq!(names.len(), 53, "{names:?}");
}
