//! Element types of arrays.

use crate::c_enum::{CEnum, c_enum};
use crate::error::{Error, Result};
use crate::exact::Element;
use crate::exact::recoded::{Brain, Half, Recoded, Swapped};

/// IEEE 754 binary64, `double`.
pub const PAREXACT_DTYPE_F64: i32 = 0;
/// IEEE 754 binary32, `float`.
pub const PAREXACT_DTYPE_F32: i32 = 1;
/// `int64_t`.
pub const PAREXACT_DTYPE_I64: i32 = 2;
/// `int32_t`.
pub const PAREXACT_DTYPE_I32: i32 = 3;
/// `int16_t`.
pub const PAREXACT_DTYPE_I16: i32 = 4;
/// `int8_t`.
pub const PAREXACT_DTYPE_I8: i32 = 5;
/// `uint64_t`.
pub const PAREXACT_DTYPE_U64: i32 = 6;
/// `uint32_t`.
pub const PAREXACT_DTYPE_U32: i32 = 7;
/// `uint16_t`.
pub const PAREXACT_DTYPE_U16: i32 = 8;
/// `uint8_t`.
pub const PAREXACT_DTYPE_U8: i32 = 9;
/// One byte: 0 is false, anything else is true and counts as 1.
pub const PAREXACT_DTYPE_BOOL: i32 = 10;

/// IEEE 754 binary16: NumPy's float16.
pub const PAREXACT_DTYPE_F16: i32 = 11;
/// bfloat16, the upper half of an IEEE 754 binary32.
pub const PAREXACT_DTYPE_BF16: i32 = 12;
/// Added to any of the others: the byte order that is not the machine's, as in the files of FITS and netCDF.
/// No change for BOOL, I8 and U8.
pub const PAREXACT_DTYPE_SWAPPED: i32 = 64;

c_enum! {
    /// A type of numbers.
    pub enum Number: "PAREXACT_DTYPE_" {
        /// `f64`
        F64 = PAREXACT_DTYPE_F64,
        /// `f32`
        F32 = PAREXACT_DTYPE_F32,
        /// `i64`
        I64 = PAREXACT_DTYPE_I64,
        /// `i32`
        I32 = PAREXACT_DTYPE_I32,
        /// `i16`
        I16 = PAREXACT_DTYPE_I16,
        /// `i8`
        I8 = PAREXACT_DTYPE_I8,
        /// `u64`
        U64 = PAREXACT_DTYPE_U64,
        /// `u32`
        U32 = PAREXACT_DTYPE_U32,
        /// `u16`
        U16 = PAREXACT_DTYPE_U16,
        /// `u8`
        U8 = PAREXACT_DTYPE_U8,
        /// `bool`, by any byte
        Bool = PAREXACT_DTYPE_BOOL,
        /// binary16
        F16 = PAREXACT_DTYPE_F16,
        /// bfloat16
        BF16 = PAREXACT_DTYPE_BF16,
    }
}

/// An element type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dtype {
    number: Number,
    /// Is the byte order the one that is not the machine's?
    swapped: bool,
}

/// A computation that is generic over the element type.
pub trait Visitor {
    /// The result.
    type Output;
    /// Computes the result for elements of type `T`.
    fn visit<T: Element>(self) -> Self::Output;
}

impl Dtype {
    /// Is this `f64` in the machine's byte order?
    pub fn is_f64(self) -> bool {
        self.number == Number::F64 && !self.swapped
    }

    /// The type of a code that the caller passed; messages call the array `name`.
    pub fn of_code(code: i32, name: &str) -> Result<Self> {
        let swapped = code & PAREXACT_DTYPE_SWAPPED != 0;
        let argument = format_args!("dtype of {name}");
        let number = Number::of_code(code & !PAREXACT_DTYPE_SWAPPED, argument).map_err(|_| {
            Error::invalid(format!(
                "{argument} is {code}; it must be {}, or one of these + PAREXACT_DTYPE_SWAPPED",
                Number::choices()
            ))
        })?;
        Ok(Self { number, swapped })
    }

    /// Is this a type of floating-point numbers?
    pub fn is_floating(self) -> bool {
        use Number::{BF16, F16, F32, F64};
        matches!(self.number, F64 | F32 | F16 | BF16)
    }

    /// Runs a computation for this element type.
    pub fn visit<V: Visitor>(self, visitor: V) -> V::Output {
        match (self.number, self.swapped) {
            (Number::F64, false) => visitor.visit::<f64>(),
            (Number::F64, true) => visitor.visit::<Recoded<Swapped<f64>>>(),
            (Number::F32, false) => visitor.visit::<f32>(),
            (Number::F32, true) => visitor.visit::<Recoded<Swapped<f32>>>(),
            (Number::I64, false) => visitor.visit::<i64>(),
            (Number::I64, true) => visitor.visit::<Recoded<Swapped<i64>>>(),
            (Number::I32, false) => visitor.visit::<i32>(),
            (Number::I32, true) => visitor.visit::<Recoded<Swapped<i32>>>(),
            (Number::I16, false) => visitor.visit::<i16>(),
            (Number::I16, true) => visitor.visit::<Recoded<Swapped<i16>>>(),
            (Number::U64, false) => visitor.visit::<u64>(),
            (Number::U64, true) => visitor.visit::<Recoded<Swapped<u64>>>(),
            (Number::U32, false) => visitor.visit::<u32>(),
            (Number::U32, true) => visitor.visit::<Recoded<Swapped<u32>>>(),
            (Number::U16, false) => visitor.visit::<u16>(),
            (Number::U16, true) => visitor.visit::<Recoded<Swapped<u16>>>(),
            (Number::F16, false) => visitor.visit::<Recoded<Half>>(),
            (Number::F16, true) => visitor.visit::<Recoded<Swapped<Recoded<Half>>>>(),
            (Number::BF16, false) => visitor.visit::<Recoded<Brain>>(),
            (Number::BF16, true) => visitor.visit::<Recoded<Swapped<Recoded<Brain>>>>(),
            (Number::I8, _) => visitor.visit::<i8>(),
            (Number::U8, _) => visitor.visit::<u8>(),
            (Number::Bool, _) => visitor.visit::<bool>(),
        }
    }

    /// Bytes of an element.
    pub fn size(self) -> usize {
        struct Size;
        impl Visitor for Size {
            type Output = usize;
            fn visit<T: Element>(self) -> usize {
                size_of::<T::Raw>()
            }
        }
        self.visit(Size)
    }
}
