//! Element types of arrays.

use crate::c_enum::c_enum;
use crate::exact::Element;

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

c_enum! {
    /// An element type.
    pub enum Dtype: "PAREXACT_DTYPE_" {
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
    }
}

/// A computation that is generic over the element type.
pub trait Visitor {
    /// The result.
    type Output;
    /// Computes the result for elements of type `T`.
    fn visit<T: Element>(self) -> Self::Output;
}

impl Dtype {
    /// Runs a computation for this element type.
    pub fn visit<V: Visitor>(self, visitor: V) -> V::Output {
        match self {
            Self::F64 => visitor.visit::<f64>(),
            Self::F32 => visitor.visit::<f32>(),
            Self::I64 => visitor.visit::<i64>(),
            Self::I32 => visitor.visit::<i32>(),
            Self::I16 => visitor.visit::<i16>(),
            Self::I8 => visitor.visit::<i8>(),
            Self::U64 => visitor.visit::<u64>(),
            Self::U32 => visitor.visit::<u32>(),
            Self::U16 => visitor.visit::<u16>(),
            Self::U8 => visitor.visit::<u8>(),
            Self::Bool => visitor.visit::<bool>(),
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
