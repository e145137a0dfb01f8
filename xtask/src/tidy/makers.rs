//! What may be made in few places only: proof of a human, the means to write to a cluster, and what
//! opens Secrets.

use std::path::Path;

use anyhow::Result;

use super::tree::text_files;

/// A word of the source and the beginnings of the paths that may say it.
struct Maker {
    word: &'static str,
    places: &'static [&'static str],
}

const MAKERS: [Maker; 4] = [
    Maker {
        word: concat!("VerifiedHuman", "::"),
        places: &[
            "crates/model/src/approval",
            "crates/model/tests/approval",
            "crates/agent/src/recovery/approve.rs",
            "crates/cli/src/commands/plan/approve.rs",
            // People of the tests.
            STAGE,
        ],
    },
    Maker {
        // A word of its own: `BundleWriter` writes files.
        word: concat!(" Writer", "::new("),
        places: WRITERS,
    },
    Maker {
        word: concat!("ClusterWriter", " for"),
        places: WRITERS,
    },
    Maker {
        // What opens Secrets of Helm releases is made only where a flag permits it.
        word: concat!(".release", "_secrets("),
        places: &["crates/cli/src/wiring/past.rs", "crates/adapters/tests"],
    },
];

const WRITERS: &[&str] = &[
    "crates/adapters/src/kubernetes/writing.rs",
    "crates/cli/src/wiring",
    // Writes to a sandbox only.
    STAGE,
];

/// The stage of the tests that play whole recoveries in one process.
const STAGE: &str = "crates/cli/tests/cli/rounds/stage.rs";

/// One sentence for every place that makes what it may not make.
pub(crate) fn complaints(root: &Path) -> Result<Vec<String>> {
    let files = text_files(root, &[".rs"])?;
    let mut complaints = Vec::new();
    for file in &files {
        for (index, line) in file.text.lines().enumerate() {
            let found = MAKERS
                .iter()
                .filter(|maker| is_misplaced(maker, &file.path, line));
            complaints.extend(found.map(|maker| {
                format!(
                    "{}:{}: `{}` belongs to {}",
                    file.path,
                    index + 1,
                    maker.word.trim(),
                    maker.places.join(", ")
                )
            }));
        }
    }
    Ok(complaints)
}

fn is_misplaced(maker: &Maker, path: &str, line: &str) -> bool {
    // An expression may begin a line or follow a bracket as well as a space.
    let line = format!(" {}", line.replace(['(', '{', ',', '&'], " "));
    let word = maker.word.replace('(', " ");
    let is_said = format!("{line} ").contains(&word);
    is_said && !maker.places.iter().any(|place| path.starts_with(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_human_and_a_writer_are_made_where_they_may() {
        let human = concat!("by: VerifiedHuman", "::at_terminal(who, name)");
        let writer = concat!("Some(Writer", "::new(client))");
        let port = concat!("impl ClusterWriter", " for Pretender {");
        let other = concat!("BufWriter", "::new(file)");
        let misplaced =
            |path: &str, line: &str| MAKERS.iter().any(|maker| is_misplaced(maker, path, line));
        for line in [human, writer, port] {
            assert!(
                misplaced("crates/agent/src/actions/plan.rs", line),
                "{line}"
            );
        }
        assert!(!misplaced("crates/agent/src/recovery/approve.rs", human));
        assert!(!misplaced("crates/cli/src/wiring.rs", writer));
        assert!(!misplaced("crates/cli/src/wiring/recovery.rs", writer));
        assert!(!misplaced(
            "crates/adapters/src/kubernetes/writing.rs",
            port
        ));
        assert!(misplaced("crates/cli/src/wiring.rs", human));
        assert!(!misplaced("crates/adapters/src/bundle/writer.rs", other));
    }
}
