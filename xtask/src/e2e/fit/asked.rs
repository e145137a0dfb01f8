//! Random templates of Pods.

use serde_json::{Value, json};

use super::dice::Dice;
use super::setting::{APPS, group_label};

/// Labels and spec of the Pods that are asked for.
#[derive(Debug, Clone)]
pub(super) struct Template {
    /// Labels.
    pub(super) labels: Value,
    /// Spec.
    pub(super) spec: Value,
}

const ZONE: &str = "topology.kubernetes.io/zone";
const HOST: &str = "kubernetes.io/hostname";

/// A template whose Pods stay within the group. Claims are on the first side only.
pub(super) fn template(dice: &mut Dice, group: usize, side: usize) -> Template {
    let app = *dice.pick(&APPS);
    let labels = json!({"app": app, "fit-group": group_label(group),
        "track": dice.pick(&["old", "new"])});
    let mut spec = json!({"containers": containers(dice)});
    stay_in_group(dice, &mut spec, group);
    match dice.roll(100) {
        0..20 => spec["initContainers"] = init_containers(dice),
        // What a Pod asks for as a whole is not less than what its containers ask for.
        20..27 => {
            spec["containers"] = json!([{"name": "c", "image": "registry.example.com/app:3",
                "resources": {"requests": {"cpu": "50m"}}}]);
            spec["resources"] = json!({"requests": {"cpu": dice.pick(&["200m", "900m"])},
                "limits": {"cpu": "2", "memory": dice.pick(&["300Mi", "1Gi"])}});
        }
        _ => {}
    }
    if dice.chance(45) {
        spec["tolerations"] = tolerations(dice);
    }
    if dice.chance(6) {
        spec["hostNetwork"] = json!(true);
    }
    if dice.chance(6) {
        spec["runtimeClassName"] = json!("fit-vm");
    }
    if dice.chance(30) {
        spec["topologySpreadConstraints"] = spread(dice, group);
    }
    if dice.chance(18) {
        spec["affinity"]["podAffinity"] = terms(dice, group);
    }
    if dice.chance(22) {
        spec["affinity"]["podAntiAffinity"] = terms(dice, group);
    }
    if side == 0 && dice.chance(25) {
        let claim = *dice.pick(&[
            "bound",
            "bound",
            "waits",
            "waits",
            "waits-alone",
            "too-large",
            "unbound",
            "missing",
        ]);
        spec["volumes"] = json!([{"name": "v", "persistentVolumeClaim": {"claimName": claim}}]);
    }
    Template { labels, spec }
}

/// By the node selector, or by the affinity, which may ask for more.
fn stay_in_group(dice: &mut Dice, spec: &mut Value, group: usize) {
    let own = group_label(group);
    if dice.chance(60) {
        spec["nodeSelector"] = json!({"fit-group": own});
        if dice.chance(15) {
            spec["nodeSelector"]["disk"] = json!("ssd");
        }
        return;
    }
    let own = json!({"key": "fit-group", "operator": "In", "values": [own]});
    let more = [
        json!({"key": "disk", "operator": "NotIn", "values": ["hdd"]}),
        json!({"key": "cores", "operator": "Gt", "values": ["3"]}),
        json!({"key": "cores", "operator": "Lt", "values": ["8"]}),
        json!({"key": "spare", "operator": "DoesNotExist"}),
        json!({"key": ZONE, "operator": "Exists"}),
        json!({"key": ZONE, "operator": "In", "values": ["a", "b"]}),
    ];
    let mut terms = vec![json!({"matchExpressions": [own, dice.pick(&more)]})];
    if dice.chance(40) {
        terms.push(json!({"matchExpressions": [own, dice.pick(&more), dice.pick(&more)]}));
    }
    if dice.chance(20) {
        let node = json!([{"key": "metadata.name", "operator": dice.pick(&["In", "NotIn"]),
            "values": [format!("fit-{group}-n{}", dice.roll(4))]}]);
        terms = vec![json!({"matchExpressions": [own], "matchFields": node})];
    }
    spec["affinity"] = json!({"nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}});
}

fn container(dice: &mut Dice, name: &str) -> Value {
    let mut amounts = json!({});
    if dice.chance(75) {
        amounts["cpu"] = json!(dice.pick(&["50m", "100m", "0.25", "400m", "1", "1100m"]));
    }
    if dice.chance(60) {
        amounts["memory"] = json!(dice.pick(&["32Mi", "100M", "0.25Gi", "700Mi", "1.5Gi"]));
    }
    if dice.chance(8) {
        amounts["ephemeral-storage"] = json!(dice.pick(&["1Gi", "6Gi"]));
    }
    // With a limit alone the request is the limit.
    let sort = *dice.pick(&["requests", "requests", "limits"]);
    let mut resources = json!({sort: amounts});
    if dice.chance(10) {
        resources["limits"]["example.com/gpu"] = json!("1");
    }
    json!({"name": name, "image": "registry.example.com/app:2", "resources": resources})
}

fn containers(dice: &mut Dice) -> Value {
    let mut first = container(dice, "c");
    if dice.chance(18) {
        first["ports"] = json!([port(dice)]);
    } else if dice.chance(20) {
        first["ports"] = json!([{"containerPort": 9000}]);
    }
    if dice.chance(25) {
        json!([first, container(dice, "d")])
    } else {
        json!([first])
    }
}

fn init_containers(dice: &mut Dice) -> Value {
    let mut all = vec![container(dice, "i")];
    if dice.chance(60) {
        let mut sidecar = container(dice, "s");
        sidecar["restartPolicy"] = json!("Always");
        if dice.chance(20) {
            sidecar["ports"] = json!([port(dice)]);
        }
        all.insert(dice.roll(2), sidecar);
    }
    json!(all)
}

/// A port of the node.
pub(super) fn port(dice: &mut Dice) -> Value {
    let number = *dice.pick(&[8080, 8080, 8443]);
    let mut port = json!({"containerPort": number, "hostPort": number,
        "protocol": dice.pick(&["TCP", "TCP", "UDP"])});
    if dice.chance(40) {
        port["hostIP"] = json!(dice.pick(&["127.0.0.1", "10.0.0.1", "0.0.0.0"]));
    }
    port
}

fn tolerations(dice: &mut Dice) -> Value {
    let all = [
        json!({"key": "dedicated", "operator": "Exists"}),
        json!({"key": "dedicated", "operator": "Equal", "value": "batch", "effect": "NoSchedule"}),
        json!({"key": "dedicated", "value": "web"}),
        json!({"key": "repair", "operator": "Exists", "effect": "NoExecute"}),
        json!({"key": "repair", "operator": "Exists", "effect": "NoSchedule"}),
        json!({"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}),
        json!({"operator": "Exists"}),
    ];
    json!([dice.pick(&all), dice.pick(&all)])
}

fn spread(dice: &mut Dice, group: usize) -> Value {
    let mut constraints = vec![constraint(dice, group, ZONE)];
    if dice.chance(35) {
        constraints.push(constraint(dice, group, HOST));
    } else if dice.chance(30) {
        constraints = vec![constraint(dice, group, HOST)];
    }
    json!(constraints)
}

fn constraint(dice: &mut Dice, group: usize, key: &str) -> Value {
    let mut one = json!({"topologyKey": key, "maxSkew": 1 + dice.roll(2),
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector(dice, group)});
    if dice.chance(15) {
        one["whenUnsatisfiable"] = json!("ScheduleAnyway");
    } else if dice.chance(25) {
        one["minDomains"] = json!(1 + dice.roll(4));
    }
    if dice.chance(30) {
        one["nodeAffinityPolicy"] = json!(dice.pick(&["Honor", "Ignore"]));
    }
    if dice.chance(30) {
        one["nodeTaintsPolicy"] = json!(dice.pick(&["Honor", "Ignore"]));
    }
    if dice.chance(15) {
        one["matchLabelKeys"] = json!(["track"]);
    }
    if dice.chance(4) {
        one["labelSelector"] = json!({});
        one.as_object_mut().map(|map| map.remove("matchLabelKeys"));
    }
    one
}

fn selector(dice: &mut Dice, group: usize) -> Value {
    let own = json!({"fit-group": group_label(group), "app": dice.pick(&APPS)});
    match dice.roll(4) {
        0 => json!({"matchLabels": {"fit-group": group_label(group)}, "matchExpressions": [
            {"key": "app", "operator": "In", "values": [dice.pick(&APPS), dice.pick(&APPS)]}]}),
        1 => json!({"matchLabels": {"fit-group": group_label(group)}, "matchExpressions": [
            {"key": "app", "operator": "NotIn", "values": [dice.pick(&APPS)]}]}),
        _ => json!({"matchLabels": own}),
    }
}

/// One or two required terms of affinity to other Pods.
pub(super) fn terms(dice: &mut Dice, group: usize) -> Value {
    let mut terms = vec![term(dice, group)];
    if dice.chance(20) {
        terms.push(term(dice, group));
    }
    json!({"requiredDuringSchedulingIgnoredDuringExecution": terms})
}

fn term(dice: &mut Dice, group: usize) -> Value {
    let mut term = json!({"topologyKey": dice.pick(&[ZONE, HOST]),
        "labelSelector": selector(dice, group)});
    match dice.roll(6) {
        0 => {
            term["namespaceSelector"] = json!({"matchLabels": {
                "fit-group": group_label(group), "side": dice.pick(&["s0", "s1"])}});
        }
        1 => term["namespaceSelector"] = json!({}),
        2 => term["namespaces"] = json!([format!("fit-{group}-{}", dice.roll(2))]),
        _ => {}
    }
    if dice.chance(10) {
        term["matchLabelKeys"] = json!(["track"]);
    } else if dice.chance(8) {
        term["mismatchLabelKeys"] = json!(["track"]);
    }
    term
}
