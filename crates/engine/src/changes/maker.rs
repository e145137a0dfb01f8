//! Which object of Argo CD or Flux made an object what it is, by the marks that these tools leave.

use dogwatch_model::{CustomKind, Kind, Snapshot, snapshot::Meta};

/// How the programs of Argo CD are called where they write.
const ARGO_WRITER: &str = "argocd";

/// The marks of Argo CD.
const ARGO_MARK: &str = "argocd.argoproj.io/";

/// The label that Argo CD shares with charts and others: it says something only beside another mark.
const SHARED_LABEL: &str = "app.kubernetes.io/instance";

/// An Application, Kustomization or HelmRelease that reconciles an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// Kind.
    pub kind: Kind,
    /// Namespace; `None` for an Application in that of Argo CD itself, which no mark tells.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

impl Maker {
    fn new(kind: CustomKind, namespace: Option<&str>, name: &str) -> Option<Self> {
        // A label may hold anything, and this becomes part of a request.
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        let is_name = |text: &str| !text.is_empty() && text.bytes().all(fits);
        (is_name(name) && namespace.is_none_or(is_name)).then(|| Self {
            kind: Kind::Custom(kind),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        })
    }
}

/// Who made the object, as its labels and annotations say. A HelmRelease is closer than the
/// Kustomization that made it.
pub(crate) fn maker_of(snapshot: &Snapshot, meta: &Meta) -> Option<Maker> {
    let flux = |group: &str, kind| {
        let label = |word: &str| meta.labels.get(&format!("{group}/{word}"));
        Maker::new(kind, Some(label("namespace")?), label("name")?)
    };
    flux("helm.toolkit.fluxcd.io", CustomKind::HELM_RELEASE)
        .or_else(|| flux("kustomize.toolkit.fluxcd.io", CustomKind::KUSTOMIZATION))
        .or_else(|| application(snapshot, meta))
}

/// The Application. One in any Namespace but Argo CD's own is tracked as NAMESPACE_NAME.
fn application(snapshot: &Snapshot, meta: &Meta) -> Option<Maker> {
    let tracked = meta.annotations.get("argocd.argoproj.io/tracking-id");
    let tracked = tracked
        .and_then(|id| id.split_once(':'))
        .map(|(name, _)| name);
    let told = tracked
        .or_else(|| meta.labels.get("argocd.argoproj.io/instance"))
        .or_else(|| shared(snapshot, meta))?;
    let (namespace, name) = match told.split_once('_') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, told),
    };
    Maker::new(CustomKind::APPLICATION, namespace, name)
}

/// The shared label, where Argo CD left another mark or wrote the object.
fn shared<'a>(snapshot: &Snapshot, meta: &'a Meta) -> Option<&'a str> {
    let name = meta.labels.get(SHARED_LABEL)?;
    let mut marks = meta.labels.iter().chain(meta.annotations.iter());
    let is_marked = marks.any(|(key, _)| key.starts_with(ARGO_MARK));
    let is_written = || {
        let mut known = snapshot.edited.iter();
        known.any(|edited| {
            let mut edits = edited.edits.iter();
            edited.object.uid == meta.uid && edits.any(|edit| edit.writer.starts_with(ARGO_WRITER))
        })
    };
    (is_marked || is_written()).then_some(name)
}
