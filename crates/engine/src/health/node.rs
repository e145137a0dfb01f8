//! Health of Nodes.

use dogwatch_model::snapshot::{Node, find_condition};

use super::{Health, HealthWord, of_meta};

/// The state of a Node: what its kubelet says, and whether it says anything.
pub fn of_node(item: &Node) -> Health {
    if let Some(early) = of_meta(&item.meta) {
        return early;
    }
    match find_condition(&item.status.conditions, "Ready").map(|ready| &*ready.status) {
        Some("True") => Health::current("KubeletReady"),
        Some("False") => Health::failed("KubeletNotReady"),
        Some(_) => Health::new(HealthWord::Unknown, "KubeletSilent"),
        None => Health::in_progress("NodeStarting"),
    }
}
