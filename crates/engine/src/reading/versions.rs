//! Versions of components against the version skew policy.

use core::fmt;

/// Major and minor version; patches do not matter for skew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

/// From this minor version on, kubelets may be three versions behind instead of two.
const THREE_SINCE: u32 = 28;

impl Version {
    /// Reads `v1.36.3`, `1.36+` or `v1.35.2-eks-1a2b`; `None` for anything that is no version of
    /// Kubernetes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (major, rest) = text.split_once('.')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit());
        let (minor, after) = rest.split_at(digits.unwrap_or(rest.len()));
        // Nothing else may follow the minor version directly: `1.6x` is a name.
        if !after.is_empty() && !after.starts_with(['.', '+', '-']) {
            return None;
        }
        Some(Self {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        })
    }

    /// True when a kubelet or kube-proxy of this version may work with the API server.
    pub(crate) fn is_supported(self, server: Version) -> bool {
        self.is_within(server, Self::kubelet_lag(server))
    }

    /// How many minor versions a kubelet or kube-proxy may be behind a server.
    pub(crate) fn kubelet_lag(server: Version) -> u32 {
        if server.minor >= THREE_SINCE { 3 } else { 2 }
    }

    /// True when this version is at most so many minor versions behind the other and not ahead.
    pub(crate) fn is_within(self, server: Version, behind: u32) -> bool {
        self.major == server.major
            && self.minor <= server.minor
            && server.minor - self.minor <= behind
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_names_are_not() {
        let read = |text| Version::parse(text).map(|known| (known.major, known.minor));
        assert_eq!(read("v1.36.3"), Some((1, 36)));
        assert_eq!(read("v1.35.2-eks-1a2b"), Some((1, 35)));
        assert_eq!(read("1.30+"), Some((1, 30)));
        assert_eq!(read("vk-azure-aci-v1.6"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn skew_follows_the_policy() {
        let at = |minor| Version { major: 1, minor };
        assert!(at(33).is_supported(at(36)) && !at(32).is_supported(at(36)));
        assert!(!at(24).is_supported(at(27)) && !at(37).is_supported(at(36)));
    }
}
