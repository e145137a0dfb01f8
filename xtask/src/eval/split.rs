//! Which part of the cases: rules are tuned on one part and judged on the other.

use clap::ValueEnum;
use serde::Serialize;
use sha1::{Digest as _, Sha1};

/// A part of the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Split {
    /// A third of the cases: open to whoever writes rules.
    Dev,
    /// The rest: scored once per release, not read while developing.
    Holdout,
}

impl Split {
    /// The part a case belongs to. Its id alone decides, so that no case ever changes sides.
    pub(crate) fn of(id: &str) -> Self {
        let digest = Sha1::digest(id.as_bytes());
        // The digest as one number of 160 bits, divided by hand.
        let rest = digest
            .iter()
            .fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % 3);
        if rest == 0 { Self::Dev } else { Self::Holdout }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers come from `sha1sum`.
    #[test]
    fn the_id_decides() {
        let table = [
            // 0x3de23dbc355ef39ed244c98fc48fec6902e05d40 mod 3 = 0
            ("cause-admission-limit-range", Split::Dev),
            // 0x50b1e188c690fd3418f7ee23e85b5289f1747b94 mod 3 = 0
            ("cause-container-command-not-found", Split::Dev),
            // 0xbbd4d208660030ea79a10cee3ff35e1bfc30526a mod 3 = 0
            ("cause-scheduling-insufficient-cpu", Split::Dev),
            // 0x575aa170d00e192458be28ac5cb268393ba3e39d mod 3 = 1
            ("cause-image-pull-auth", Split::Holdout),
            // 0x58291e0e2f37a71b0264d80667307c8ed56f73ec mod 3 = 1
            ("cause-image-pull-back-off", Split::Holdout),
            // 0xcfd768815cba7383db3d38cb060f490830909726 mod 3 = 2
            ("cause-oom-killed", Split::Holdout),
            // 0x073e031f0fd829547db6fcdcc0f4213f488f183f mod 3 = 2
            ("status-healthy", Split::Holdout),
            // 0x961fa22f61a56e19f3f5f8867901ac8cf5e6d11f mod 3 = 1
            ("ä", Split::Holdout),
        ];
        for (id, split) in table {
            assert_eq!(Split::of(id), split, "{id}");
        }
    }
}
