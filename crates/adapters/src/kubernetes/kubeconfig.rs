//! Finds kubeconfig files, merges them as kubectl does, and picks context, cluster and user.

use std::{
    env,
    path::{Path, PathBuf},
};

use kube::config::{AuthInfo, Cluster, Kubeconfig, KubeconfigError};

use super::{ConnectError, ConnectOptions};
use crate::quote::quote;

/// How many names are offered when one is wrong.
const MAX_SUGGESTIONS: usize = 20;

/// One context of a kubeconfig.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextEntry {
    /// Name of the context.
    pub name: String,
    /// Name of its cluster.
    pub cluster: String,
    /// Name of its user, if any.
    pub user: Option<String>,
    /// Its Namespace, if it sets one.
    pub namespace: Option<String>,
    /// Whether it is the current one.
    pub current: bool,
}

/// The contexts of the kubeconfig, in its order. Without any kubeconfig there are none.
///
/// # Errors
/// When a file cannot be read or is no kubeconfig.
pub fn list_contexts(kubeconfig: Option<&Path>) -> Result<Vec<ContextEntry>, ConnectError> {
    let Some(found) = read(kubeconfig)? else {
        return Ok(Vec::new());
    };
    let current = found.current_context;
    let entry = |named: kube::config::NamedContext| {
        let context = named.context.unwrap_or_default();
        ContextEntry {
            current: current.as_ref() == Some(&named.name),
            name: named.name,
            cluster: context.cluster,
            user: context.user,
            namespace: context.namespace,
        }
    };
    Ok(found.contexts.into_iter().map(entry).collect())
}

/// Reads the file that was named; else every file of `KUBECONFIG`, where missing ones are skipped as
/// kubectl does; else `~/.kube/config`. `None` when there is none.
pub(super) fn read(named: Option<&Path>) -> Result<Option<Kubeconfig>, ConnectError> {
    if let Some(path) = named {
        return read_file(path).map(Some);
    }
    let listed: Vec<PathBuf> = env::var_os("KUBECONFIG")
        .map(|list| {
            env::split_paths(&list)
                .filter(|path| !path.as_os_str().is_empty())
                .collect()
        })
        .unwrap_or_default();
    if listed.is_empty() {
        let home = env::home_dir().map(|home| home.join(".kube").join("config"));
        return home
            .filter(|path| path.exists())
            .map(|path| read_file(&path))
            .transpose();
    }
    let present: Vec<&PathBuf> = listed.iter().filter(|path| path.exists()).collect();
    if present.is_empty() {
        return Err(ConnectError::MissingFile {
            path: listed[0].clone(),
        });
    }
    let mut merged = Kubeconfig::default();
    for path in present {
        merged = merged
            .merge(read_file(path)?)
            .map_err(|error| ConnectError::BadKubeconfig {
                path: path.clone(),
                reason: error.to_string(),
            })?;
    }
    Ok(Some(merged))
}

fn read_file(path: &Path) -> Result<Kubeconfig, ConnectError> {
    let bad = |reason: String| ConnectError::BadKubeconfig {
        path: path.to_owned(),
        reason,
    };
    if !path.exists() {
        return Err(ConnectError::MissingFile {
            path: path.to_owned(),
        });
    }
    Kubeconfig::read_from(path).map_err(|error| match error {
        KubeconfigError::ReadConfig(cause, _) => bad(cause.to_string()),
        // The parser quotes the line, which may hold a credential: only the place is shown.
        KubeconfigError::Parse(cause) => bad(match cause.location() {
            Some(place) => format!("malformed YAML at line {}", place.line()),
            None => "malformed YAML".to_owned(),
        }),
        other => bad(quote(&other.to_string())),
    })
}

/// What a context leads to.
pub(super) struct Choice {
    pub(super) context: String,
    pub(super) cluster: Cluster,
    pub(super) user: AuthInfo,
}

/// Picks context, cluster and user, and refuses names that the kubeconfig does not have.
pub(super) fn choose(found: &Kubeconfig, options: &ConnectOptions) -> Result<Choice, ConnectError> {
    let names: Vec<&str> = found
        .contexts
        .iter()
        .map(|context| context.name.as_str())
        .collect();
    let wanted = options
        .context
        .as_deref()
        .or(found.current_context.as_deref());
    let Some(name) = wanted.filter(|name| !name.is_empty()) else {
        return Err(ConnectError::NoCurrentContext {
            available: listing(&names),
        });
    };
    let context = found.contexts.iter().find(|context| context.name == name);
    let Some(context) = context.and_then(|named| named.context.as_ref()) else {
        let near = near_names(name, &names);
        return Err(ConnectError::UnknownContext {
            name: name.to_owned(),
            hint: if near.is_empty() {
                String::new()
            } else {
                format!("; did you mean {near}?")
            },
            available: listing(&names),
        });
    };
    let cluster_name = options.cluster.as_deref().unwrap_or(&context.cluster);
    let cluster = found
        .clusters
        .iter()
        .find(|cluster| cluster.name == cluster_name);
    let Some(cluster) = cluster.and_then(|named| named.cluster.clone()) else {
        let known: Vec<&str> = found
            .clusters
            .iter()
            .map(|entry| entry.name.as_str())
            .collect();
        return Err(missing("cluster", cluster_name, &known));
    };
    let user = match options.user.as_deref().or(context.user.as_deref()) {
        None | Some("") => AuthInfo::default(),
        Some(user_name) => {
            let user = found.auth_infos.iter().find(|user| user.name == user_name);
            let Some(user) = user else {
                let known: Vec<&str> = found
                    .auth_infos
                    .iter()
                    .map(|entry| entry.name.as_str())
                    .collect();
                return Err(missing("user", user_name, &known));
            };
            user.auth_info.clone().unwrap_or_default()
        }
    };
    Ok(Choice {
        context: name.to_owned(),
        cluster,
        user,
    })
}

fn missing(what: &'static str, name: &str, known: &[&str]) -> ConnectError {
    ConnectError::MissingEntry {
        what,
        name: name.to_owned(),
        available: listing(known),
    }
}

fn listing(names: &[&str]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let mut text = names[..names.len().min(MAX_SUGGESTIONS)].join(", ");
    if names.len() > MAX_SUGGESTIONS {
        text.push_str(", …");
    }
    text
}

/// Up to three names that differ by a few letters, or contain the wanted one.
fn near_names(wanted: &str, names: &[&str]) -> String {
    let wanted = wanted.to_lowercase();
    let mut near: Vec<(usize, &str)> = names
        .iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let far = edits(&wanted, &lower);
            let close = far <= wanted.chars().count().div_ceil(3) || lower.contains(&wanted);
            close.then_some((far, *name))
        })
        .collect();
    near.sort_unstable();
    near.truncate(3);
    near.into_iter()
        .map(|(_, name)| name)
        .collect::<Vec<_>>()
        .join(" or ")
}

/// How many letters must be inserted, removed or replaced.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_near() {
        let names = ["production-eu", "production-us", "staging", "kind-dev"];
        assert_eq!(near_names("stagign", &names), "staging");
        assert_eq!(
            near_names("production", &names),
            "production-eu or production-us"
        );
        assert_eq!(near_names("nothing-alike", &names), "");
        assert_eq!(edits("kitten", "sitting"), 3);
    }
}
