//! Elements that have the value of an element of another type, in other bytes: floats of 16 bits, and every
//! type in the byte order that is not the machine's.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::accumulate::Accumulate;
use super::element::Element;
use super::moments::Moments;
use super::quantity::Quantity;
use super::short::Short;
use super::supply::CACHE_LINE;
use crate::simd::{F32s, InstructionSet, Kernel, Simd, widened_half};

/// How many bytes of elements are recoded at a time: they lie on the stack, of which calls have little.
const BYTES_AT_A_TIME: usize = 1 << 11;

/// A type whose elements become those of another one, without a change of their values.
pub trait Recode: Sized {
    /// The bytes of an element, at any alignment.
    type Raw: Copy + Send + Sync + 'static;
    /// The other type.
    type As: Element;
    /// The same value as an element of the other type.
    fn recode(raw: Self::Raw) -> <Self::As as Element>::Raw;

    /// Recodes elements into as many places.
    #[inline(always)]
    fn recode_all<S: Simd>(_: S, elements: &[Self::Raw], places: &mut [Place<Self>]) {
        for (place, &element) in places.iter_mut().zip(elements) {
            place.write(Self::recode(element));
        }
    }
}

/// A place for a recoded element.
type Place<T> = MaybeUninit<<<T as Recode>::As as Element>::Raw>;

/// IEEE 754 binary16.
pub struct Half;

impl Recode for Half {
    type Raw = [u8; 2];
    type As = f32;

    #[inline(always)]
    fn recode(raw: [u8; 2]) -> [u8; 4] {
        widened_half(u16::from_ne_bytes(raw)).to_ne_bytes()
    }

    #[inline(always)]
    fn recode_all<S: Simd>(simd: S, elements: &[[u8; 2]], places: &mut [Place<Self>]) {
        let floats = 2 * S::LANES;
        let (whole, rest) = elements.split_at(elements.len() - elements.len() % floats);
        for (halves, places) in whole
            .chunks_exact(floats)
            .zip(places.chunks_exact_mut(floats))
        {
            // SAFETY: there are as many halves and places as a vector has floats.
            unsafe {
                let vector = simd.load_halves(halves.as_ptr().cast());
                vector.store(places.as_mut_ptr().cast());
            }
        }
        for (place, &element) in places[whole.len()..].iter_mut().zip(rest) {
            place.write(Self::recode(element));
        }
    }
}

/// bfloat16: the upper half of an IEEE 754 binary32.
pub struct Brain;

impl Recode for Brain {
    type Raw = [u8; 2];
    type As = f32;

    #[inline(always)]
    fn recode(raw: [u8; 2]) -> [u8; 4] {
        (u32::from(u16::from_ne_bytes(raw)) << 16).to_ne_bytes()
    }
}

/// Elements of type `T` in the byte order that is not the machine's.
pub struct Swapped<T>(PhantomData<T>);

/// Implements [`Recode`] for swapped elements, which have the bytes of an integer.
macro_rules! swapped {
    ($($integer:ty: $($type:ty),*;)*) => {$($(
        impl Recode for Swapped<$type> {
            type Raw = <$type as Element>::Raw;
            type As = $type;

            #[inline(always)]
            fn recode(raw: Self::Raw) -> Self::Raw {
                <$integer>::from_ne_bytes(raw).swap_bytes().to_ne_bytes()
            }
        }
    )*)*};
}

swapped! {
    u64: f64, i64, u64;
    u32: f32, i32, u32;
    u16: i16, u16, Recoded<Half>, Recoded<Brain>;
}

/// The element type of elements that are recoded.
pub struct Recoded<T>(PhantomData<T>);

impl<T: Recode> Element for Recoded<T> {
    type Raw = T::Raw;
    const EXCEEDS_F64: bool = T::As::EXCEEDS_F64;
    const RECODED: bool = true;

    #[inline(always)]
    fn to_doubles(raw: T::Raw) -> (f64, f64) {
        T::As::to_doubles(T::recode(raw))
    }

    type Accumulator<Q: Quantity> = RecodedAccumulator<T, <T::As as Element>::Accumulator<Q>>;
}

/// The accumulator of elements that are recoded some at a time.
pub struct RecodedAccumulator<T, A> {
    set: InstructionSet,
    recoded: A,
    from: PhantomData<fn(T)>,
}

impl<T, A> Accumulate for RecodedAccumulator<T, A>
where
    T: Recode,
    A: Accumulate<Raw = <T::As as Element>::Raw>,
{
    type Raw = T::Raw;

    fn new(set: InstructionSet) -> Self {
        Self {
            set,
            recoded: A::new(set),
            from: PhantomData,
        }
    }

    /// Not inlined, so that no other frame has to hold the buffer.
    #[inline(never)]
    fn add(&mut self, values: &[T::Raw]) {
        let mut bytes = [MaybeUninit::<u8>::uninit(); BYTES_AT_A_TIME];
        let most = BYTES_AT_A_TIME / size_of::<A::Raw>();
        const { assert!(align_of::<A::Raw>() == 1) };
        // SAFETY: the places have these bytes and no alignment, and nothing need have been written there.
        let buffer: &mut [Place<T>] =
            unsafe { std::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), most) };
        let mut left = values;
        while !left.is_empty() {
            let (elements, rest) = left.split_at(left.len().min(most));
            let recoded = self.set.run(RecodeAll::<T> {
                elements,
                rest,
                buffer: &mut *buffer,
            });
            self.recoded.add(recoded);
            left = rest;
        }
    }

    fn merge(&mut self, other: Self) {
        self.recoded.merge(other.recoded);
    }

    fn short(&mut self) -> Option<Short> {
        self.recoded.short()
    }

    fn finish(&mut self) -> Moments {
        self.recoded.finish()
    }
}

/// The kernel that recodes elements into a buffer that has room for them.
struct RecodeAll<'a, T: Recode> {
    elements: &'a [T::Raw],
    /// What lies behind them in memory and comes next: it is prefetched, as otherwise the memory would rest
    /// while recoded elements are accumulated.
    rest: &'a [T::Raw],
    buffer: &'a mut [Place<T>],
}

impl<'a, T: Recode> Kernel for RecodeAll<'a, T> {
    type Output = &'a [<T::As as Element>::Raw];

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Self::Output {
        let line = 8 * CACHE_LINE / size_of::<T::Raw>();
        let (elements, rest) = (self.elements, self.rest);
        let buffer = &mut self.buffer[..elements.len()];
        let whole = elements.len() - elements.len() % line;
        // An address behind the elements might not be mapped, which takes a CPU long to find out.
        let ahead = elements.len().min(rest.len());
        let lines = elements[..whole].chunks_exact(line);
        for (elements, places) in lines.zip(buffer.chunks_exact_mut(line)) {
            simd.prefetch(elements.as_ptr().wrapping_add(ahead).cast());
            T::recode_all(simd, elements, places);
        }
        T::recode_all(simd, &elements[whole..], &mut buffer[whole..]);
        // SAFETY: all of this part of the buffer was written, and `MaybeUninit` has the layout of its type.
        unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast(), buffer.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{as_unaligned, naive, quantity};

    /// The value of a half by its definition.
    fn half(bits: u16) -> f64 {
        let fraction = f64::from(bits & 0x3ff);
        let magnitude = match bits >> 10 & 31 {
            0 => fraction * 2f64.powi(-24),
            31 if fraction == 0.0 => f64::INFINITY,
            31 => f64::NAN,
            field => (1024.0 + fraction) * 2f64.powi(i32::from(field) - 25),
        };
        if bits >> 15 == 0 {
            magnitude
        } else {
            -magnitude
        }
    }

    #[test]
    fn every_half_keeps_its_value() {
        for bits in 0..=u16::MAX {
            let (value, rest) = Recoded::<Half>::to_doubles(bits.to_ne_bytes());
            let expected = half(bits);
            assert!(value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan());
            assert_eq!(rest, 0.0);
            let swapped = bits.swap_bytes().to_ne_bytes();
            let (again, _) = Recoded::<Swapped<Recoded<Half>>>::to_doubles(swapped);
            assert_eq!(again.to_bits(), value.to_bits());
        }
    }

    /// Every way through the accumulator: whole vectors and lines, what follows them, and full buffers.
    fn check_accumulators<T: Recode>(raw: impl Fn(u64) -> T::Raw) {
        for n in [0, 1, 7, 8, 31, 33, 100, 511, 513, 3000] {
            let elements: Vec<T::Raw> = (0..n).map(&raw).collect();
            let doubles: Vec<f64> = elements
                .iter()
                .map(|&element| Recoded::<T>::to_doubles(element).0)
                .collect();
            let mut expected = naive::moments(as_unaligned(&doubles));
            for set in InstructionSet::supported() {
                let mut accumulator =
                    <Recoded<T> as Element>::Accumulator::<quantity::Describe>::new(set);
                accumulator.add(&elements);
                let mut found = accumulator.finish();
                assert_eq!(found.counts, expected.counts, "{n} on {}", set.name());
                assert_eq!(found.extremes, expected.extremes, "{n} on {}", set.name());
                assert_eq!(
                    found.sum.words(),
                    expected.sum.words(),
                    "{n} on {}",
                    set.name()
                );
                assert_eq!(
                    found.squares.words(),
                    expected.squares.words(),
                    "{n} on {}",
                    set.name()
                );
            }
        }
    }

    #[test]
    fn accumulators_take_every_element_on_every_instruction_set() {
        let mixed = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // Fields of 0 to 29 of 31, and 100 to 227 of 255: no infinities.
        check_accumulators::<Half>(|i| {
            let bits = (mixed(i) >> 48) as u16;
            (bits & 0x83ff | ((i % 30) as u16 * 1024)).to_ne_bytes()
        });
        check_accumulators::<Brain>(|i| {
            let bits = (mixed(i) >> 48) as u16;
            (bits & 0x807f | ((100 + i % 128) as u16 * 128)).to_ne_bytes()
        });
        check_accumulators::<Swapped<f64>>(|i| {
            let x = (mixed(i) >> 12) as f64 - 2f64.powi(51);
            x.to_bits().swap_bytes().to_ne_bytes()
        });
        check_accumulators::<Swapped<i32>>(|i| (mixed(i) as u32).to_ne_bytes());
        check_accumulators::<Swapped<Recoded<Half>>>(|i| {
            ((i % 0x7c00) as u16).swap_bytes().to_ne_bytes()
        });
    }

    #[test]
    fn every_brain_float_is_the_upper_half_of_a_float() {
        for bits in 0..=u16::MAX {
            let (value, _) = Recoded::<Brain>::to_doubles(bits.to_ne_bytes());
            let expected = f64::from(f32::from_bits(u32::from(bits) << 16));
            assert!(value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan());
        }
    }
}
