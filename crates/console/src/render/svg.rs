//! Pictures of causal graphs as SVG: causes above, what they explain below.
//!
//! Text from a cluster is escaped by `maud`; there is no script and no link.

use dogwatch_model::report::{Mark, Picture, PictureNode};
use maud::{Markup, html};

const BOX_WIDTH: usize = 236;
const BOX_HEIGHT: usize = 46;
const GAP_X: usize = 18;
const GAP_Y: usize = 44;
const MARGIN: usize = 12;

/// Characters that fit into a box.
const LINE: usize = 36;

/// Where one box stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spot {
    x: usize,
    y: usize,
}

/// Draws a picture. Arrows that are not proven are dashed; members of a circle have a double frame.
pub fn svg(picture: &Picture) -> Markup {
    let layers = layers(picture);
    let spots = spots(&layers);
    let width = spots
        .iter()
        .map(|spot| spot.x + BOX_WIDTH)
        .max()
        .unwrap_or(0)
        + MARGIN;
    let height = spots
        .iter()
        .map(|spot| spot.y + BOX_HEIGHT)
        .max()
        .unwrap_or(0)
        + MARGIN;
    let summary = format!(
        "Causal graph with {} boxes and {} arrows",
        picture.nodes.len(),
        picture.edges.len()
    );
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (height) }
            width=(width) height=(height) role="img" aria-label=(summary) {
            defs {
                marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" {
                    path d="M0 0 L8 4 L0 8 z" class="tip" {}
                }
            }
            @for edge in &picture.edges {
                @let d = path(spots[edge.from], spots[edge.to]);
                path d=(d) class=(if edge.is_proven { "edge" } else { "edge open" }) marker-end="url(#tip)" {
                    title { (edge.because) @if !edge.is_proven { " (not proven)" } }
                }
            }
            @for (node, spot) in picture.nodes.iter().zip(&spots) {
                (frame(node, *spot))
            }
        }
    }
}

fn frame(node: &PictureNode, spot: Spot) -> Markup {
    let Spot { x, y } = spot;
    let class = match node.mark {
        Mark::Crit => "box crit",
        Mark::Warn => "box warn",
        _ => "box info",
    };
    let role = if node.is_root { "cause" } else { "" };
    html! {
        g {
            title { (node.title) ": " (node.object) }
            rect x=(x) y=(y) width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="6" class=(class) {}
            @if node.in_circle {
                rect x=(x + 3) y=(y + 3) width=(BOX_WIDTH - 6) height=(BOX_HEIGHT - 6) rx="4" class="ring" {}
            }
            text x=(x + 10) y=(y + 19) class="what" { (cut(&node.title)) }
            text x=(x + 10) y=(y + 36) class="where" { (cut(&node.object)) }
            @if !role.is_empty() {
                text x=(x + BOX_WIDTH - 10) y=(y + 19) class="role" text-anchor="end" { (role) }
            }
        }
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LINE {
        return text.to_owned();
    }
    let head: String = text.chars().take(LINE - 1).collect();
    format!("{head}…")
}

/// For each box how many arrows lead to it at most; arrows that close a circle do not count.
fn layers(picture: &Picture) -> Vec<usize> {
    let count = picture.nodes.len();
    let mut layer = vec![0; count];
    // Without circles this settles after as many rounds as there are layers.
    let forward: Vec<(usize, usize)> = forward(picture);
    for _ in 0..count {
        let mut has_moved = false;
        for (from, to) in &forward {
            if layer[*to] < layer[*from] + 1 {
                layer[*to] = layer[*from] + 1;
                has_moved = true;
            }
        }
        if !has_moved {
            break;
        }
    }
    layer
}

/// Arrows without those that lead back to a box above: found by walking from the roots, proven
/// arrows first.
fn forward(picture: &Picture) -> Vec<(usize, usize)> {
    let mut state = vec![0_u8; picture.nodes.len()];
    let mut kept = Vec::new();
    let roots = (0..picture.nodes.len()).filter(|at| picture.nodes[*at].is_root);
    let all = roots.chain(0..picture.nodes.len());
    for start in all {
        walk(picture, start, &mut state, &mut kept);
    }
    kept
}

fn walk(picture: &Picture, at: usize, state: &mut [u8], kept: &mut Vec<(usize, usize)>) {
    if state[at] != 0 {
        return;
    }
    state[at] = 1;
    for is_proven in [true, false] {
        let edges = picture.edges.iter();
        for edge in edges.filter(|edge| edge.from == at && edge.is_proven == is_proven) {
            if state[edge.to] == 1 {
                continue;
            }
            kept.push((at, edge.to));
            walk(picture, edge.to, state, kept);
        }
    }
    state[at] = 2;
}

fn spots(layers: &[usize]) -> Vec<Spot> {
    let deepest = layers.iter().copied().max().unwrap_or(0);
    let widths: Vec<usize> = (0..=deepest)
        .map(|layer| layers.iter().filter(|known| **known == layer).count())
        .collect();
    let widest = widths.iter().copied().max().unwrap_or(0);
    let step = BOX_WIDTH + GAP_X;
    let mut used = vec![0; deepest + 1];
    layers
        .iter()
        .map(|layer| {
            let offset = (widest - widths[*layer]) * step / 2;
            let x = MARGIN + offset + used[*layer] * step;
            used[*layer] += 1;
            Spot {
                x,
                y: MARGIN + layer * (BOX_HEIGHT + GAP_Y),
            }
        })
        .collect()
}

/// From the lower edge of one box to the upper edge of the other; back arrows go around.
fn path(from: Spot, to: Spot) -> String {
    let (x1, x2) = (from.x + BOX_WIDTH / 2, to.x + BOX_WIDTH / 2);
    if to.y > from.y {
        let (y1, y2) = (from.y + BOX_HEIGHT, to.y);
        let middle = usize::midpoint(y1, y2);
        return format!("M{x1} {y1} C{x1} {middle} {x2} {middle} {x2} {y2}");
    }
    let (y1, y2) = (from.y + BOX_HEIGHT / 2, to.y + BOX_HEIGHT / 2);
    let (left, right) = (from.x, to.x);
    let side = left.min(right).saturating_sub(GAP_X + MARGIN / 2);
    format!("M{left} {y1} C{side} {y1} {side} {y2} {right} {y2}")
}

#[cfg(test)]
mod tests {
    use dogwatch_model::report::PictureEdge;

    use super::*;

    fn node(title: &str, is_root: bool) -> PictureNode {
        PictureNode {
            title: title.to_owned(),
            object: "Pod/shop/<b>".to_owned(),
            mark: Mark::Crit,
            is_root,
            in_circle: false,
        }
    }

    fn edge(from: usize, to: usize, is_proven: bool) -> PictureEdge {
        PictureEdge {
            from,
            to,
            because: "it is so".to_owned(),
            is_proven,
        }
    }

    #[test]
    fn effects_stand_below_their_causes_and_circles_end() {
        let picture = Picture {
            nodes: vec![node("c", false), node("a", true), node("b", false)],
            edges: vec![edge(1, 2, true), edge(2, 0, true), edge(0, 1, false)],
        };
        assert_eq!(layers(&picture), [2, 0, 1]);
        let drawn = svg(&picture).into_string();
        assert!(
            drawn.contains("edge open") && !drawn.contains("<b>"),
            "{drawn}"
        );
    }

    #[test]
    fn an_empty_picture_is_drawn() {
        assert!(svg(&Picture::default()).into_string().starts_with("<svg"));
    }
}
