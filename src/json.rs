//! JSON (RFC 8259) as far as the library writes it: in ASCII, on one line.
//!
//! A crate for JSON would bring several others into every program that links the library, and would need to
//! be told how to write ASCII alone.

use std::fmt::{self, Display, Formatter};

/// A value to be written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// What is not there.
    Null,
    /// A count.
    Integer(usize),
    /// Any other number.
    Real(f64),
    /// Text, in whatever characters.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name, in the order in which they are written.
    Object(Vec<(&'static str, Value)>),
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into)
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            Self::Real(number) if number.is_finite() => write!(f, "{number}"),
            // JSON has no other numbers.
            Self::Null | Self::Real(_) => f.write_str("null"),
            Self::Text(text) => quoted(f, text),
            Self::List(values) => separated(f, ['[', ']'], values, |f, value| value.fmt(f)),
            Self::Object(fields) => separated(f, ['{', '}'], fields, |f, (name, value)| {
                quoted(f, name)?;
                write!(f, ":{value}")
            }),
        }
    }
}

/// Items between brackets, with commas between them.
fn separated<T>(
    f: &mut Formatter<'_>,
    [open, close]: [char; 2],
    items: &[T],
    write_item: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    write!(f, "{open}")?;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(",")?;
        }
        write_item(f, item)?;
    }
    write!(f, "{close}")
}

/// A string (section 7 of the RFC): what is not printable ASCII is written as escaped units of UTF-16.
fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for unit in text.encode_utf16() {
        match u8::try_from(unit).map(char::from) {
            Ok(special @ ('"' | '\\')) => write!(f, "\\{special}")?,
            Ok(printable @ ' '..='~') => write!(f, "{printable}")?,
            _ => write!(f, "\\u{unit:04x}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        for (text, written) in [
            ("", r#""""#),
            ("plain ~", r#""plain ~""#),
            (
                "a\"b\\c\n\u{e9}\u{1f600}",
                r#""a\"b\\c\u000a\u00e9\ud83d\ude00""#,
            ),
            ("\0\u{7f}", r#""\u0000\u007f""#),
        ] {
            assert_eq!(Value::from(text).to_string(), written);
        }
    }

    #[test]
    fn values_are_nested() {
        let value = Value::Object(vec![
            ("none", None::<usize>.into()),
            ("integer", usize::MAX.into()),
            ("whole", 4.0.into()),
            ("real", Some(2.5).into()),
            ("nan", f64::NAN.into()),
            ("list", Value::List(vec!["a".into(), Value::Object(vec![])])),
            ("x", Value::List(vec![])),
        ]);
        assert_eq!(
            value.to_string(),
            format!(
                r#"{{"none":null,"integer":{},"whole":4,"real":2.5,"nan":null,"list":["a",{{}}],"x":[]}}"#,
                usize::MAX
            )
        );
    }
}
