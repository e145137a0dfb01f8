//! How many Pods capacity without Nodes takes.

use dogwatch_model::{
    ports::Serverless,
    snapshot::PodSpec,
    wire::{Quantity, Text},
};

use super::amounts;

/// What of some equal Pods capacity without Nodes takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beyond {
    /// Pods that it takes, of those that were asked for.
    pub(crate) fits: u32,
    /// What is missing for the others.
    pub(crate) missing: Vec<(Text, Quantity)>,
    /// A resource of which one Pod asks for more than one may, and how much that is.
    pub(crate) too_large: Option<(Text, Quantity)>,
    /// Resources of which the provider says nothing.
    pub(crate) unknown: Vec<Text>,
}

/// Predicts what becomes of so many Pods of this kind.
pub(crate) fn beyond(capacity: &Serverless, spec: &PodSpec, asked: u32) -> Beyond {
    let mut needs: Vec<(Text, Quantity)> = amounts::names(spec)
        .into_iter()
        .map(|name| (name.clone(), amounts::requested(spec, &name)))
        .filter(|(_, need)| need.milli() > 0)
        .collect();
    let too_large = needs.iter().find_map(|(name, need)| {
        let most = capacity.largest_pod.get(name)?;
        (*need > most).then(|| (name.clone(), most))
    });
    needs.push((Text::from("pods"), Quantity::from_milli(1000)));
    let mut fits = asked;
    let (mut missing, mut unknown) = (Vec::new(), Vec::new());
    for (name, need) in needs {
        let Some(free) = capacity.free.get(&name) else {
            unknown.push(name);
            continue;
        };
        let takes = (free.milli() / need.milli()).clamp(0, i128::from(asked));
        fits = fits.min(u32::try_from(takes).unwrap_or(asked));
        let lack = need.milli() * i128::from(asked) - free.milli();
        if lack > 0 {
            missing.push((name, Quantity::from_milli(lack)));
        }
    }
    Beyond {
        fits,
        missing,
        too_large,
        unknown,
    }
}

#[cfg(test)]
mod tests {
    use dogwatch_model::snapshot::Container;
    use serde_json::json;

    use super::*;

    fn capacity(free: &serde_json::Value, largest: &serde_json::Value) -> Serverless {
        serde_json::from_value(json!({"labels": {}, "free": free, "largestPod": largest}))
            .expect("a capacity")
    }

    fn spec() -> PodSpec {
        let container: Container = serde_json::from_value(json!({
            "name": "main", "resources": {"requests": {"cpu": "1500m", "memory": "1Gi"}}
        }))
        .expect("a container");
        PodSpec {
            containers: [container].into_iter().collect(),
            ..PodSpec::default()
        }
    }

    #[test]
    fn the_scarcest_resource_decides() {
        let free = json!({"cpu": "4", "memory": "2560Mi", "pods": "10"});
        let found = beyond(&capacity(&free, &json!({})), &spec(), 3);
        assert_eq!(found.fits, 2);
        let missing: Vec<(String, i128)> = found
            .missing
            .iter()
            .map(|(name, lack)| (name.to_string(), lack.milli() / 1000))
            .collect();
        assert_eq!(
            missing,
            [("cpu".to_owned(), 0), ("memory".to_owned(), 512 << 20)]
        );
        assert_eq!((found.too_large, found.unknown.len()), (None, 0));
    }

    #[test]
    fn what_is_not_told_does_not_hold_back_and_is_named() {
        let found = beyond(&capacity(&json!({"pods": "2"}), &json!({})), &spec(), 3);
        assert_eq!(found.fits, 2);
        assert_eq!(found.unknown, ["cpu", "memory"]);
        let nothing = beyond(&Serverless::default(), &spec(), 3);
        assert_eq!((nothing.fits, nothing.unknown.len()), (3, 3));
    }

    #[test]
    fn a_pod_may_be_too_large_at_all() {
        let largest = json!({"cpu": "1", "memory": "1Gi"});
        let found = beyond(&capacity(&json!({}), &largest), &spec(), 1);
        let (name, most) = found.too_large.expect("cpu");
        assert_eq!((&*name, most.milli()), ("cpu", 1000));
    }
}
