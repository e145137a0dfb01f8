//! A service of a node's init system, such as the kubelet, as somebody with access to the node saw it.
//! No Kubernetes API tells it.

use crate::wire::Text;

/// One service of one node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeService {
    /// Name of the Node object.
    pub node: Text,
    /// Name of the unit without `.service`, such as `kubelet`.
    pub unit: Text,
    /// Its state in the words of the source, cut.
    pub state: Text,
    /// Whether it runs.
    pub is_running: bool,
}

/// Characters of a state that are kept.
const MAX_STATE: usize = 200;

/// Words that say that a service does not run.
const DOWN: &[&str] = &[
    "inactive",
    "failed",
    "dead",
    "stopped",
    "stopping",
    "deactivating",
    "activating",
    "exited",
    "down",
    "crashed",
    "unhealthy",
    "unavailable",
    "notrunning",
    "false",
];

/// Words that say that it runs.
const UP: &[&str] = &[
    "active",
    "running",
    "up",
    "ok",
    "healthy",
    "reloading",
    "true",
];

impl NodeService {
    /// A service whose state is told in the words of systemd or in free text; `None` when the words
    /// do not say whether it runs. A unit that the machine does not have runs nowhere and is no
    /// trouble.
    pub fn said(node: &str, unit: &str, state: &str) -> Option<NodeService> {
        let telling = telling(state);
        Some(NodeService {
            node: node.into(),
            unit: unit.trim().trim_end_matches(".service").into(),
            state: telling[..telling.floor_char_boundary(MAX_STATE)].into(),
            is_running: is_running(telling)?,
        })
    }
}

/// The line of a longer text, such as that of `systemctl status`, that tells the state.
fn telling(text: &str) -> &str {
    let lines = || text.lines().map(str::trim);
    let active = lines().find_map(|line| {
        let (label, state) = line.split_once(':')?;
        label.eq_ignore_ascii_case("active").then(|| state.trim())
    });
    active
        .or_else(|| lines().find(|line| !line.is_empty()))
        .unwrap_or_default()
}

/// The first word that says so decides: `active (exited)` is a unit that has done its work.
fn is_running(state: &str) -> Option<bool> {
    let lower = state.to_ascii_lowercase();
    let is_unknown = ["not-found", "not found", "could not be found", "unknown"];
    if is_unknown.iter().any(|words| lower.contains(words)) {
        return None;
    }
    let lower = lower.replace("not running", "notrunning");
    let lower = lower.replace("not active", "inactive");
    let mut words = lower.split(|char: char| !char.is_ascii_alphanumeric());
    words.find_map(|word| match word {
        word if DOWN.contains(&word) => Some(false),
        word if UP.contains(&word) => Some(true),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_systemd_and_of_people_tell_whether_it_runs() {
        let table = [
            ("active (running) since Sat", Some(true)),
            ("active (exited)", Some(true)),
            ("inactive (dead)", Some(false)),
            ("failed (Result: exit-code)", Some(false)),
            ("activating (auto-restart)", Some(false)),
            ("service is not running", Some(false)),
            ("Running", Some(true)),
            ("Unit x.service could not be found.", None),
            ("", None),
        ];
        for (state, expected) in table {
            let said = NodeService::said("n1", "kubelet.service", state);
            assert_eq!(said.map(|said| said.is_running), expected, "{state}");
        }
    }

    #[test]
    fn the_status_of_systemctl_is_told_by_its_active_line() {
        let text = "kubelet.service - the agent\n  Loaded: loaded (/lib; enabled)\n  Active: inactive (dead) since Sat\n";
        let said = NodeService::said("n1", "kubelet.service", text).expect("it says so");
        assert_eq!(
            (&*said.unit, &*said.state),
            ("kubelet", "inactive (dead) since Sat")
        );
    }
}
