//! Domains: groups of nodes that share the value of a label.

use std::collections::BTreeMap;

use dogwatch_model::wire::Text;

use super::world::World;

/// The domains that one label spans.
#[derive(Debug)]
pub(super) struct Domains {
    pub(super) key: Text,
    /// The domain of each node; `None` for a node without the label.
    of: Vec<Option<usize>>,
    values: Vec<Text>,
}

impl Domains {
    pub(super) fn new(world: &World<'_>, key: &str) -> Self {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut values = Vec::new();
        let of = world.places.iter().map(|place| {
            let value = place.labels.get(key)?;
            Some(*known.entry(value).or_insert_with(|| {
                values.push(Text::from(value));
                values.len() - 1
            }))
        });
        let of = of.collect();
        Self {
            key: key.into(),
            of,
            values,
        }
    }

    /// The domain of a node.
    pub(super) fn of(&self, place: usize) -> Option<usize> {
        self.of[place]
    }

    /// What the label says in a domain.
    pub(super) fn value(&self, domain: usize) -> &Text {
        &self.values[domain]
    }

    /// A counter for each domain.
    pub(super) fn counters(&self) -> Vec<i64> {
        vec![0; self.values.len()]
    }
}
