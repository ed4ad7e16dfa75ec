//! What the parameters of each kind of distribution must be.
//!
//! One table is behind the checks, their messages and the table in docs/random.md, which a test compares.

use super::Kind;
use super::subnormals;
use crate::error::{Error, Result};

/// A parameter: its name, and conditions that are checked in this order.
pub type Parameter = (&'static str, &'static [Condition]);

impl Kind {
    /// The parameters, in the order in which the caller gives them.
    pub fn parameters(self) -> &'static [Parameter] {
        use Condition::*;
        match self {
            Self::Uniform => &[
                ("low", &[Finite]),
                ("high", &[NotBelowLow, NormalBeforeHigh]),
            ],
            Self::Normal => &[("mean", &[Finite]), ("sd", &[NotNegative])],
            Self::Exponential => &[("rate", &[Positive])],
            Self::LogNormal => &[("mu", &[Finite]), ("sigma", &[NotNegative])],
            Self::Gamma => &[("shape", &[Positive]), ("scale", &[ZeroOrPositive])],
            Self::Beta => &[("a", &[Positive]), ("b", &[Positive])],
            Self::ChiSquared | Self::StudentT => &[("df", &[Positive])],
            Self::FisherF => &[("df1", &[Positive]), ("df2", &[Positive])],
            Self::Weibull => &[("scale", &[ZeroOrPositive]), ("shape", &[Positive])],
            Self::Cauchy => &[("median", &[Finite]), ("scale", &[ZeroOrPositive])],
            Self::Triangular => &[
                ("low", &[Finite]),
                ("high", &[NotBelowLow, NormalUpToHigh]),
                ("mode", &[FromLowToHigh]),
            ],
            Self::Poisson => &[("mean", &[UpTo53Bits])],
            Self::Binomial => &[("n", &[WholeUpTo53Bits]), ("p", &[Probability])],
            Self::Geometric => &[("p", &[PositiveProbability])],
            Self::Integer => &[("low", &[Integer]), ("high", &[Integer, AboveLow])],
        }
    }

    /// Refuses the first parameter that does not satisfy a condition: the message names it, its value and
    /// the condition.
    pub fn check(self, values: [f64; 3]) -> Result<()> {
        for (index, (name, conditions)) in self.parameters().iter().enumerate() {
            let value = values[index];
            for condition in *conditions {
                let (must, holds) = condition.rule();
                if !holds(value, values) {
                    return Err(Error::invalid(format!(
                        "{name} (parameter[{index}]) of {} is {value:?}; it must {must}{}",
                        self.name(),
                        condition.bounds(values)
                    )));
                }
            }
        }
        Ok(())
    }
}

/// 2^53: up to this one every integer is a double.
const MAX_INTEGER: f64 = (1u64 << 53) as f64;

/// A condition on a parameter. Those that name `low` or `high` are for kinds whose first two parameters these
/// are, and come after the parameters that they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Any number.
    Finite,
    /// A finite number that is not negative.
    NotNegative,
    /// A positive number. Subnormal ones would lose the digits that the law needs.
    Positive,
    /// A factor: 0, which makes the law a constant, or as [`Self::Positive`].
    ZeroOrPositive,
    /// A number in [0, 1].
    Probability,
    /// A number in (0, 1] that is not subnormal.
    PositiveProbability,
    /// A number in [0, 2^53].
    UpTo53Bits,
    /// An integer in [0, 2^53].
    WholeUpTo53Bits,
    /// An integer in [-2^53, 2^53].
    Integer,
    /// An upper bound that may equal the lower one.
    NotBelowLow,
    /// An upper bound that may not equal the lower one.
    AboveLow,
    /// A number between the bounds.
    FromLowToHigh,
    /// The stand-in for subnormal samples lies in [low, high), or is `low` if both bounds are equal.
    NormalBeforeHigh,
    /// The stand-in for subnormal samples lies in [low, high].
    NormalUpToHigh,
}

/// Does a parameter satisfy the condition, given all parameters? A NaN never does.
type Holds = fn(f64, [f64; 3]) -> bool;

impl Condition {
    /// What the parameter must be or do, in the words of messages and of docs/random.md, and the check.
    pub fn rule(self) -> (&'static str, Holds) {
        match self {
            Self::Finite => ("be finite", |x, _| x.is_finite()),
            Self::NotNegative => ("be finite and not negative", |x, _| {
                x.is_finite() && x >= 0.0
            }),
            Self::Positive => ("be positive, finite and not subnormal", |x, _| {
                x.is_normal() && x > 0.0
            }),
            Self::ZeroOrPositive => ("be 0 or positive, finite and not subnormal", |x, _| {
                x == 0.0 || x.is_normal() && x > 0.0
            }),
            Self::Probability => ("lie in [0, 1]", |x, _| (0.0..=1.0).contains(&x)),
            Self::PositiveProbability => ("lie in (0, 1], and not be subnormal", |x, _| {
                x.is_normal() && 0.0 < x && x <= 1.0
            }),
            Self::UpTo53Bits => ("lie in [0, 2^53]", |x, _| (0.0..=MAX_INTEGER).contains(&x)),
            Self::WholeUpTo53Bits => ("be a whole number in [0, 2^53]", |x, _| {
                (0.0..=MAX_INTEGER).contains(&x) && x.fract() == 0.0
            }),
            Self::Integer => ("be a whole number in [-2^53, 2^53]", |x, _| {
                x.abs() <= MAX_INTEGER && x.fract() == 0.0
            }),
            Self::NotBelowLow => ("be finite and not below low", |high, [low, ..]| {
                low <= high && high.is_finite()
            }),
            Self::AboveLow => ("be above low", |high, [low, ..]| high > low),
            Self::FromLowToHigh => ("lie in [low, high]", |x, [low, high, _]| {
                low <= x && x <= high
            }),
            Self::NormalBeforeHigh => (
                "leave 0 or a normal number in [low, high), for no sample is subnormal",
                |high, [low, ..]| subnormals::stand_in(low, greatest_below(low, high)).is_some(),
            ),
            Self::NormalUpToHigh => (
                "leave 0 or a normal number in [low, high], for no sample is subnormal",
                |high, [low, ..]| subnormals::stand_in(low, high).is_some(),
            ),
        }
    }

    /// The values of the bounds that the condition names, for the end of a message.
    fn bounds(self, [low, high, _]: [f64; 3]) -> String {
        match self {
            Self::NotBelowLow => format!(", {low:?}"),
            Self::AboveLow => format!(", {low}"),
            Self::FromLowToHigh => format!(", [{low:?}, {high:?}]"),
            Self::NormalBeforeHigh | Self::NormalUpToHigh => format!("; low is {low:?}"),
            _ => String::new(),
        }
    }
}

/// The greatest sample of a uniform law: the double below `high`, or `low` if both bounds are equal.
pub fn greatest_below(low: f64, high: f64) -> f64 {
    if low == high { low } else { high.next_down() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c_enum::CEnum;
    use crate::c_enum::tests::document;

    fn kinds() -> impl Iterator<Item = Kind> {
        Kind::ALL.iter().map(|&(kind, _)| kind)
    }

    fn names(kind: Kind) -> Vec<&'static str> {
        kind.parameters().iter().map(|&(name, _)| name).collect()
    }

    /// The rows of a text's tables, by cells.
    fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
        let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
        rows.map(|row| row.split(" | ").collect())
    }

    #[test]
    fn a_refusal_names_the_parameter() {
        for (kind, values, expected) in [
            (
                Kind::Gamma,
                [-1.0, 1.0, 0.0],
                "shape (parameter[0]) of GAMMA is -1.0; it must be positive, finite and not subnormal",
            ),
            (
                Kind::Integer,
                [3.0, 3.0, 0.0],
                "high (parameter[1]) of INTEGER is 3.0; it must be above low, 3",
            ),
            (
                Kind::Triangular,
                [0.0, 1.0, 1.5],
                "mode (parameter[2]) of TRIANGULAR is 1.5; it must lie in [low, high], [0.0, 1.0]",
            ),
            (
                Kind::Uniform,
                [5e-324, 1e-308, 0.0],
                "high (parameter[1]) of UNIFORM is 1e-308; it must leave 0 or a normal number in \
                 [low, high), for no sample is subnormal; low is 5e-324",
            ),
        ] {
            assert_eq!(kind.check(values).unwrap_err().message, expected);
        }
    }

    #[test]
    fn only_parameters_in_use_are_checked() {
        for kind in kinds() {
            let used = kind.parameters().len();
            for unused in [0.0, f64::NAN] {
                let mut values = [0.25, 1.0, 0.5];
                if matches!(kind, Kind::Integer | Kind::Binomial) {
                    values[0] = 0.0;
                }
                values[used..].fill(unused);
                assert_eq!(kind.check(values), Ok(()), "{}", kind.name());
                for index in 0..used {
                    let mut wrong = values;
                    wrong[index] = f64::NAN;
                    let message = kind.check(wrong).unwrap_err().message;
                    let (name, _) = kind.parameters()[index];
                    let named = message.starts_with(&format!("{name} (parameter[{index}])"));
                    assert!(named, "{message}");
                }
            }
        }
    }

    /// docs/random.md repeats the table of the code.
    #[test]
    fn the_definition_has_this_table() {
        let mut table = String::from("| kind | parameter | must |\n|---|---|---|\n");
        for (number, kind) in kinds().enumerate() {
            for (name, conditions) in kind.parameters() {
                let musts: Vec<_> = conditions.iter().map(|c| c.rule().0).collect();
                table += &format!("| {number} | {name} | {} |\n", musts.join("; "));
            }
        }
        assert!(
            document("docs/random.md").contains(&table),
            "docs/random.md lacks this table:\n\n{table}"
        );
    }

    #[test]
    fn documents_name_the_parameters_in_order() {
        let definition = document("docs/random.md");
        let (first, _) = definition
            .split_once("| kind | parameter |")
            .expect("the table");
        let defined: Vec<_> = rows(first).skip(1).map(|row| row[2].to_owned()).collect();
        assert_eq!(
            defined,
            kinds()
                .map(|kind| names(kind).join(", "))
                .collect::<Vec<_>>()
        );

        let (readme, header) = (document("README.md"), document("include/parexact.h"));
        let readme: Vec<_> = rows(&readme).flatten().collect();
        for kind in kinds() {
            let (_, constant) = Kind::ALL[kind as usize];
            let name = format!("`{}`", kind.name());
            let place = readme.iter().position(|&cell| cell == name);
            let said = readme[place.unwrap_or_else(|| panic!("README has no row of {name}")) + 1];
            let listed = names(kind).join(", ");
            assert!(said.starts_with(&listed), "README says of {name}: {said}");

            let (before, _) = header
                .split_once(&format!("#define {constant} "))
                .expect("its line");
            let (_, comment) = before.rsplit_once("\n\n").expect("a line between");
            let words: Vec<_> = comment.split(|c: char| !c.is_alphanumeric()).collect();
            let place = |name| words.iter().position(|word| *word == name);
            let places: Vec<_> = names(kind).into_iter().map(place).collect();
            assert!(
                places.iter().all(Option::is_some) && places.is_sorted(),
                "{comment}"
            );
        }
    }
}
