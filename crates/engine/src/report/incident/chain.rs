//! From a root to what people notice, in one line.

use dogwatch_model::report::Picture;

/// Roots that get a line of their own.
const MAX_CHAINS: usize = 5;

/// For each root the longest way through proven links.
pub(super) fn chains(picture: &Picture) -> Vec<String> {
    let roots = (0..picture.nodes.len()).filter(|at| picture.nodes[*at].is_root);
    let mut chains: Vec<Vec<usize>> = roots
        .map(|root| longest(picture, root, &mut vec![root]))
        .filter(|chain| chain.len() > 1)
        .collect();
    chains.sort_by_key(|chain| (core::cmp::Reverse(chain.len()), chain[0]));
    chains
        .into_iter()
        .take(MAX_CHAINS)
        .map(|chain| {
            let words: Vec<&str> = chain.iter().map(|at| &*picture.nodes[*at].title).collect();
            format!("{}.", words.join(" → "))
        })
        .collect()
}

/// Pictures are small, and a way never visits a box twice.
fn longest(picture: &Picture, at: usize, way: &mut Vec<usize>) -> Vec<usize> {
    let mut best = vec![at];
    if way.len() > 12 {
        return best;
    }
    let next = picture
        .edges
        .iter()
        .filter(|edge| edge.from == at && edge.is_proven);
    for edge in next {
        if way.contains(&edge.to) {
            continue;
        }
        way.push(edge.to);
        let rest = longest(picture, edge.to, way);
        way.pop();
        if rest.len() + 1 > best.len() {
            best.truncate(1);
            best.extend(rest);
        }
    }
    best
}
