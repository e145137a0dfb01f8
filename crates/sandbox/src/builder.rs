//! Building a sandbox from objects, logs, rules and faults.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::access::Access;
use crate::clock::{Clock, Time};
use crate::controllers::{self, Controllers};
use crate::core::{Core, Parts};
use crate::faults::{Fault, Faults};
use crate::fields::{object_mut, text};
use crate::kinds::Kinds;
use crate::objects::{Store, intake, shapes};
use crate::server::{self, ServeError, Server};
use crate::writing::defaults;

/// Which container log a text belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogKey {
    /// Namespace of the pod.
    pub namespace: String,
    /// Name of the pod.
    pub pod: String,
    /// Name of the container.
    pub container: String,
    /// Whether this is the log of the previous, terminated instance of the container.
    pub previous: bool,
}

/// Collects the content of a [`Sandbox`].
#[derive(Debug)]
pub struct Builder {
    version: String,
    clock: Clock,
    kinds: Kinds,
    /// JSON texts: trees of a large cluster would take many times the memory.
    objects: Vec<String>,
    logs: BTreeMap<LogKey, String>,
    faults: Vec<Fault>,
    access: Access,
    controllers: Controllers,
    any_address: bool,
}

impl Builder {
    /// What `/version` answers as `gitVersion`, such as `v1.36.0`.
    pub fn server_version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// What the server calls "now".
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Adds an object with `apiVersion`, `kind` and `metadata.name`; a `List` adds its items.
    /// Missing `uid`, `resourceVersion` and `creationTimestamp` are filled in deterministically.
    /// Of two objects with the same place the last one stays. An object without type or name
    /// cannot be served and is left out; [`Sandbox::left_out`] counts it.
    pub fn object(mut self, object: Value) -> Self {
        let mut objects = Vec::new();
        intake::flatten(object, 0, &mut objects);
        for object in objects {
            if text(&object, "/kind") == "CustomResourceDefinition" {
                self.kinds.declare(&object);
            }
            self.objects.push(object.to_string());
        }
        self
    }

    /// Adds many objects, see [`Builder::object`].
    pub fn objects(self, objects: impl IntoIterator<Item = Value>) -> Self {
        objects.into_iter().fold(self, Self::object)
    }

    /// Adds the log of a container.
    pub fn log(mut self, key: LogKey, text: impl Into<String>) -> Self {
        self.logs.insert(key, text.into());
        self
    }

    /// Adds a fault. The first matching fault acts on a request.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Denies a verb on a resource (`pods`, `pods/log`, `deployments.apps`) in a namespace; `*`
    /// stands for any verb, resource or namespace. Requests get 403, access reviews say no.
    pub fn deny(
        mut self,
        verb: impl Into<String>,
        resource: impl Into<String>,
        namespace: impl Into<String>,
    ) -> Self {
        self.access
            .deny(verb.into(), resource.into(), namespace.into());
        self
    }

    /// Whether controllers play Deployments, ReplicaSets and Pods. A pod's annotation
    /// `sandbox.dogwatch.io/kubelet` says what its containers do: a JSON object from container
    /// name (or `*`) to `{"play": …}` with `run`, `pull-error`, `crash`, `oom`, `probe-fail` or
    /// `never-start`.
    pub fn controllers(mut self, controllers: Controllers) -> Self {
        self.controllers = controllers;
        self
    }

    /// Allows [`Sandbox::serve`] to bind an address that is not loopback.
    pub fn allow_any_address(mut self) -> Self {
        self.any_address = true;
        self
    }

    /// The sandbox with everything that was added.
    pub fn build(self) -> Sandbox {
        let time = Time::new(self.clock);
        let mut store = Store::new(self.kinds);
        let mut left_out = 0;
        for object in self.objects {
            let loaded = load(&mut store, &object, &time, self.controllers);
            left_out += usize::from(!loaded);
        }
        add_namespaces(&mut store, &time);
        store.seal();
        let core = Core::new(Parts {
            store,
            time,
            access: self.access,
            faults: Faults::new(self.faults),
            version: self.version,
            controllers: self.controllers,
            logs: self.logs,
        });
        Sandbox {
            core: Arc::new(core),
            any_address: self.any_address,
            left_out,
        }
    }
}

/// Puts one object of the input into the store. False when it has no usable type or name.
fn load(store: &mut Store, object: &str, time: &Time, controllers: Controllers) -> bool {
    let mut object: Value = serde_json::from_str(object).expect("written by the builder");
    let Some(kind) = store.kinds.adopt(&object).filter(|kind| !kind.create_only) else {
        return false;
    };
    if text(&object, "/metadata/name").is_empty() {
        return false;
    }
    shapes::to_stored(&kind, &mut object);
    intake::drop_secret_payload(&kind, &mut object);
    intake::complete(&kind, &mut object, time.now());
    if controllers == Controllers::On {
        // Recordings have their defaults; what is written for a story may lack them.
        defaults::fill(&kind, &mut object);
        let metadata = object_mut(&mut object, "metadata");
        metadata.entry("generation").or_insert_with(|| json!(1));
    }
    store.load(&kind, object);
    true
}

/// Adds the Namespace objects that objects live in but the input lacks.
fn add_namespaces(store: &mut Store, time: &Time) {
    let namespaces = store
        .kinds
        .resource("", "namespaces")
        .expect("a built-in kind");
    let mut wanted: BTreeSet<String> = ["default".to_owned()].into();
    for kind in store.kinds.iter().filter(|k| k.namespaced) {
        wanted.extend(
            store
                .scan(kind, None, None)
                .map(|object| object.namespace.clone()),
        );
    }
    for name in wanted {
        if store.get(&namespaces, "", &name).is_none() {
            let mut object = new_namespace(&name);
            intake::complete(&namespaces, &mut object, time.now());
            store.load(&namespaces, object);
        }
    }
}

fn new_namespace(name: &str) -> Value {
    json!({
        "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    })
}

/// A cluster in memory. Cheap to clone; clones share the state.
#[derive(Debug, Clone)]
pub struct Sandbox {
    core: Arc<Core>,
    any_address: bool,
    left_out: usize,
}

impl Sandbox {
    /// Starts an empty sandbox of version `v1.36.0` with a running clock.
    pub fn builder() -> Builder {
        Builder {
            version: "v1.36.0".to_owned(),
            clock: Clock::Running,
            kinds: Kinds::builtin(),
            objects: Vec::new(),
            logs: BTreeMap::new(),
            faults: Vec::new(),
            access: Access::default(),
            controllers: Controllers::Off,
            any_address: false,
        }
    }

    /// How many objects of the input had no usable type or name and are not served.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The sandbox's "now".
    pub fn now(&self) -> jiff::Timestamp {
        self.core.now()
    }

    /// Moves the clock forward. With controllers on, everything that becomes due on the way is
    /// played, in order and without waiting.
    pub fn advance(&self, by: Duration) {
        controllers::advance(&self.core, by);
    }

    /// One object as it is stored now, by resource (`pods`, `deployments.apps`), namespace (`""`
    /// for cluster-scoped kinds) and name.
    pub fn get(&self, resource: &str, namespace: &str, name: &str) -> Option<Value> {
        let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
        self.core.with_store(|store| {
            let kind = store.kinds.resource(group, plural)?;
            let object = store.get(&kind, namespace, name)?;
            Some(object.typed_value(&kind, kind.version()))
        })
    }

    /// Changes the spec or metadata of an object as a user would, and counts its generation up.
    /// Controllers act on it with the next [`Sandbox::advance`]. False when there is no such
    /// object.
    pub fn change(
        &self,
        resource: &str,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) -> bool {
        let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
        self.core.with_store(|store| {
            let found = store.kinds.resource(group, plural);
            let Some((kind, stored)) = found.and_then(|kind| {
                let stored = store.get(&kind, namespace, name)?;
                Some((kind, stored))
            }) else {
                return false;
            };
            let mut object = stored.value();
            let before = object["spec"].clone();
            change(&mut object);
            if object["spec"] != before {
                let generation = object["metadata"]["generation"].as_i64().unwrap_or(1);
                object["metadata"]["generation"] = json!(generation + 1);
            }
            store.put(&kind, object);
            true
        })
    }

    /// Serves the sandbox over plain HTTP until [`Server::shutdown`] or drop.
    ///
    /// # Errors
    /// [`ServeError::NotLoopback`] for another address than loopback unless the builder allowed
    /// it, [`ServeError::Bind`] when the address cannot be bound.
    pub async fn serve(&self, address: SocketAddr) -> Result<Server, ServeError> {
        if !self.any_address && !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback { address });
        }
        server::start(Arc::clone(&self.core), address).await
    }
}
