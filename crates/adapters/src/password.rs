//! The password for logins to new machines: handed on once, and never shown.

use core::fmt;

/// Fewest and most characters that the provider takes.
const LENGTH: core::ops::RangeInclusive<usize> = 8..=26;

/// Of capital letters, small letters, digits and others at least so many kinds.
const KINDS: usize = 3;

/// The provider takes no such password. One sentence, without the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the password in CCE_NODE_PASSWORD cannot be one: take 8 to 26 characters, of three of capital letters, small letters, digits and others, or name a key pair"
)]
pub struct UnusablePassword;

/// A password for the logins to the Nodes of a new pool. It prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct NodePassword(String);

impl NodePassword {
    /// Takes a password as it stands in the environment.
    ///
    /// # Errors
    /// For one that the provider would not take.
    pub fn new(text: &str) -> Result<Self, UnusablePassword> {
        let kinds: [fn(char) -> bool; 4] = [
            |c| c.is_ascii_uppercase(),
            |c| c.is_ascii_lowercase(),
            |c| c.is_ascii_digit(),
            |c| !c.is_ascii_alphanumeric(),
        ];
        let count = kinds.iter().filter(|is_kind| text.chars().any(**is_kind));
        let is_usable = LENGTH.contains(&text.chars().count()) && count.count() >= KINDS;
        is_usable
            .then(|| Self(text.to_owned()))
            .ok_or(UnusablePassword)
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NodePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_of_four_kinds_and_eight_to_twenty_six_characters() {
        let is_usable = |text: &str| NodePassword::new(text).is_ok();
        assert!(is_usable("Abcdefg1") && is_usable("abcdef-1") && is_usable("ABCDEF-1"));
        assert!(!is_usable("Abcdef1") && !is_usable("abcdefg1") && !is_usable(""));
        let long = format!("Aa1{}", "x".repeat(23));
        assert!(is_usable(&long) && !is_usable(&format!("{long}x")));
    }

    #[test]
    fn a_password_never_prints() {
        let password = NodePassword::new("Abcdefg1").unwrap();
        assert_eq!(format!("{password:?}"), "[redacted]");
        assert_eq!(password.reveal(), "Abcdefg1");
    }
}
