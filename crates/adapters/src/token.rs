//! A credential that never shows itself.

use core::fmt;

/// A bearer token. It prints as `[redacted]` and is handed to nothing but the request.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a token as it was given; surrounding white space is dropped, as files end with a
    /// line feed.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_prints() {
        assert_eq!(format!("{:?}", Token::new("abc\n")), "[redacted]");
        assert_eq!(Token::new(" abc\n").reveal(), "abc");
    }
}
