//! The binaries of the control plane: given ready, or built from the pinned Go module into a cache.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fmt::Write as _, fs};

use anyhow::{Context as _, Result, bail, ensure};
use sha2::{Digest as _, Sha256};

use crate::workspace;

const NAMES: [&str; 6] = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubectl",
    "kwok",
];

/// A directory that holds every binary of the control plane.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    directory: PathBuf,
}

impl Binaries {
    /// Takes the binaries of `given`, or of the cache, building them first when the cache is cold.
    pub(crate) fn locate(given: Option<&Path>, module: &Path) -> Result<Self> {
        let binaries = match given {
            Some(directory) => Self {
                directory: directory.to_path_buf(),
            },
            None => build_once(module)?,
        };
        for name in NAMES {
            let path = binaries.path(name);
            ensure!(
                path.is_file(),
                "the control plane needs {name}: {} is missing",
                path.display()
            );
        }
        Ok(binaries)
    }

    /// The real helm: of `given`, if it lies there, or of the cache, built first when the cache is cold.
    pub(crate) fn helm(given: Option<&Path>, module: &Path) -> Result<PathBuf> {
        let ready = given.map(|directory| directory.join("helm"));
        if let Some(ready) = ready.filter(|path| path.is_file()) {
            return Ok(ready);
        }
        let key = format!("helm-{}", module_key(module)?);
        let directory = in_cache(&key, |into| {
            println!("building helm from {} (a minute, once)", module.display());
            let packages = ["helm.sh/helm/v4/cmd/helm".to_owned()];
            go_build(module, "-s -w", into.join("helm").into(), &packages)
        })?;
        Ok(directory.join("helm"))
    }

    /// The path of one binary.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// Builds everything that is not in the cache yet.
pub(crate) fn build_all() -> Result<()> {
    let folder = workspace::root().join("tests/e2e");
    Binaries::locate(None, &folder.join("controlplane"))?;
    Binaries::helm(None, &folder.join("helm"))?;
    Ok(())
}

fn build_once(module: &Path) -> Result<Binaries> {
    let directory = in_cache(&module_key(module)?, |into| build(module, into))?;
    Ok(Binaries { directory })
}

/// A folder of the cache; what is not there is built as a whole or not at all.
fn in_cache(key: &str, build: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let directory = cache_root()?.join(key);
    if !directory.is_dir() {
        let parent = directory
            .parent()
            .expect("a cache entry lies inside the cache root");
        fs::create_dir_all(parent).with_context(|| format!("create {}", parent.display()))?;
        let building = tempfile::tempdir_in(parent).context("create a directory to build in")?;
        build(building.path())?;
        fs::rename(building.path(), &directory)
            .with_context(|| format!("move the binaries to {}", directory.display()))?;
        drop(building.keep());
    }
    Ok(directory)
}

fn build(module: &Path, into: &Path) -> Result<()> {
    println!(
        "building the control plane from {} (several minutes, once)",
        module.display()
    );
    let version = required_version(module, "k8s.io/kubernetes")?;
    let mut digits = version.trim_start_matches('v').split('.');
    let (major, minor) = (
        digits.next().unwrap_or_default(),
        digits.next().unwrap_or_default(),
    );
    let stamp = "k8s.io/component-base/version";
    let flags = format!(
        "-s -w -X {stamp}.gitVersion={version} -X {stamp}.gitMajor={major} -X {stamp}.gitMinor={minor}"
    );
    let mut output = into.as_os_str().to_owned();
    output.push("/");
    let commands = [
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kubectl",
    ]
    .map(|name| format!("k8s.io/kubernetes/cmd/{name}"));
    go_build(module, &flags, output, &commands)?;
    go_build(
        module,
        "-s -w",
        into.join("etcd").into(),
        &["go.etcd.io/etcd/server/v3".to_owned()],
    )?;
    go_build(
        module,
        "-s -w",
        into.join("kwok").into(),
        &["sigs.k8s.io/kwok/cmd/kwok".to_owned()],
    )
}

fn go_build(module: &Path, flags: &str, output: OsString, packages: &[String]) -> Result<()> {
    let status = Command::new("go")
        .current_dir(module)
        .env("CGO_ENABLED", "0")
        .args([
            "build",
            "-mod=readonly",
            "-trimpath",
            "-ldflags",
            flags,
            "-o",
        ])
        .arg(output)
        .args(packages)
        .status()
        .context("building the control plane needs the Go toolchain: `go` could not be started")?;
    ensure!(
        status.success(),
        "go build of {} failed",
        packages.join(", ")
    );
    Ok(())
}

fn required_version(module: &Path, path: &str) -> Result<String> {
    let text = read(&module.join("go.mod"))?;
    let found = text
        .lines()
        .find_map(|line| line.trim().strip_prefix(path)?.strip_prefix(" v"));
    let Some(version) = found else {
        bail!("go.mod does not require {path}");
    };
    Ok(format!(
        "v{}",
        version.split_whitespace().next().unwrap_or_default()
    ))
}

fn cache_root() -> Result<PathBuf> {
    if let Some(directory) = env::var_os("DOGWATCH_E2E_CACHE") {
        return Ok(directory.into());
    }
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .context("no cache directory: set DOGWATCH_E2E_CACHE, XDG_CACHE_HOME or HOME")?;
    Ok(base.join("dogwatch").join("controlplane"))
}

fn module_key(module: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    for name in ["go.mod", "go.sum"] {
        hash.update(read(&module.join(name))?);
    }
    let mut key = String::new();
    for byte in hash.finalize().iter().take(10) {
        write!(key, "{byte:02x}").context("format the cache key")?;
    }
    Ok(key)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}
