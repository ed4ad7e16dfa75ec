//! Enums of the C interface: every variant is a constant of the header, and every other number is refused.

use std::fmt::Display;

use crate::error::{Error, Result};

/// An enum whose variants are the constants of one prefix, numbered 0, 1, 2, …
pub trait CEnum: Copy + 'static {
    /// The prefix of the constants' names.
    const PREFIX: &'static str;
    /// All variants with the names of their constants; the number of a variant is its index.
    const ALL: &'static [(Self, &'static str)];

    /// The variant of a number that the caller passed as `argument`; the message of an error says which
    /// numbers are valid.
    fn of_code(code: i32, argument: impl Display) -> Result<Self> {
        let index = usize::try_from(code).ok();
        match index.and_then(|index| Self::ALL.get(index)) {
            Some(&(variant, _)) => Ok(variant),
            None => Err(Error::invalid(format!(
                "{argument} is {code}; it must be {}",
                Self::choices()
            ))),
        }
    }

    /// The numbers that [`CEnum::of_code`] accepts, for its message. Up to three are listed with their
    /// meanings.
    fn choices() -> String {
        let last = Self::ALL.len() - 1;
        if last > 2 {
            return format!("one of {}*, 0 to {last}", Self::PREFIX);
        }
        let choices = Self::ALL.iter().enumerate().map(|(code, &(_, constant))| {
            let separator = match code {
                0 => "",
                _ if code == last => " or ",
                _ => ", ",
            };
            let meaning = constant.trim_start_matches(Self::PREFIX).to_lowercase();
            format!("{separator}{code} ({meaning})")
        });
        choices.collect()
    }
}

/// Declares an enum and implements [`CEnum`] for it. Callers write out the constants, as cbindgen expands no
/// macros. The variants take their values, and the build fails if these are not 0, 1, 2, …
macro_rules! c_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident: $prefix:literal {
            $($(#[$documentation:meta])* $variant:ident = $constant:ident,)*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(i32)]
        pub enum $name {
            $($(#[$documentation])* $variant = $constant,)*
        }

        impl $crate::c_enum::CEnum for $name {
            const PREFIX: &'static str = $prefix;
            const ALL: &'static [(Self, &'static str)] =
                &[$((Self::$variant, stringify!($constant)),)*];
        }

        const _: () = {
            let all = <$name as $crate::c_enum::CEnum>::ALL;
            let mut index = 0;
            while index < all.len() {
                assert!(all[index].0 as usize == index, "a variant is out of place");
                index += 1;
            }
        };
    };
}
pub(crate) use c_enum;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::array::dtype;
    use crate::random::Kind;
    use crate::reduce::op::Op;
    use crate::round::special::NanPolicy;
    use crate::summary::Statistic;

    /// The text of a file of the repository, for tests that compare it with the code.
    pub(crate) fn document(path: &str) -> String {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Names and numbers of the header's constants with this prefix, in its order.
    pub(crate) fn constants_of_header(prefix: &str) -> Vec<(String, i32)> {
        let header = document("include/parexact.h");
        let lines = header.lines();
        let constants = lines.filter_map(|line| line.strip_prefix("#define ")?.split_once(' '));
        constants
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(name, number)| (name.to_owned(), number.parse().expect("a number")))
            .collect()
    }

    fn has_all_of_header<E: CEnum>() {
        let names = E::ALL.iter().map(|&(_, name)| name.to_owned());
        let ours: Vec<_> = names.zip(0..).collect();
        let mut header = constants_of_header(E::PREFIX);
        // A flag that is added to a number of the enum, and none of them.
        header.retain(|(name, _)| name != "PAREXACT_DTYPE_SWAPPED");
        assert_eq!(ours, header);
    }

    #[test]
    fn no_constant_of_the_header_is_missing() {
        has_all_of_header::<dtype::Number>();
        has_all_of_header::<Kind>();
        has_all_of_header::<NanPolicy>();
        has_all_of_header::<Op>();
        has_all_of_header::<Statistic>();
    }

    #[test]
    fn a_refusal_says_what_is_accepted() {
        for (code, expected) in [
            (-1, "op is -1; it must be one of PAREXACT_OP_*, 0 to 6"),
            (7, "op is 7; it must be one of PAREXACT_OP_*, 0 to 6"),
        ] {
            assert_eq!(Op::of_code(code, "op").unwrap_err().message, expected);
        }
        assert_eq!(Op::of_code(6, "op"), Ok(Op::Norm));
        assert_eq!(
            NanPolicy::of_code(3, "nan_policy").unwrap_err().message,
            "nan_policy is 3; it must be 0 (propagate), 1 (omit) or 2 (raise)"
        );
    }
}
