//! Calls of the real helm, and the chart of the part in several versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

/// A helm binary, bound to a kubeconfig and to folders of its own.
pub(super) struct Helm {
    binary: PathBuf,
    kubeconfig: PathBuf,
    home: PathBuf,
    /// The chart as it lies in the repository.
    source: PathBuf,
}

impl Helm {
    pub(super) fn new(
        binary: PathBuf,
        kubeconfig: PathBuf,
        work: &Path,
        source: &Path,
    ) -> Result<Self> {
        let home = work.join("helm");
        fs::create_dir_all(&home).context("create a folder")?;
        Ok(Self {
            binary,
            kubeconfig,
            home,
            source: source.to_path_buf(),
        })
    }

    fn call(&self, namespace: &str, words: &[&str]) -> Result<Output> {
        let mut command = Command::new(&self.binary);
        command
            .args(words)
            .args(["--namespace", namespace, "--kubeconfig"])
            .arg(&self.kubeconfig)
            .env("HOME", &self.home)
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env_remove("HELM_DRIVER")
            .env_remove("HELM_NAMESPACE")
            .stdin(Stdio::null());
        command.output().context("start helm")
    }

    /// Runs helm in a Namespace and answers what it prints; a failing exit code is an error.
    pub(super) fn run(&self, namespace: &str, words: &[&str]) -> Result<String> {
        let output = self.call(namespace, words)?;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            bail!("helm {} failed: {}", words.join(" "), error.trim());
        }
        String::from_utf8(output.stdout).context("helm printed bytes that are not UTF-8")
    }

    /// Installs the release `shop` and waits until it runs.
    pub(super) fn install(&self, namespace: &str, version: &str, more: &[&str]) -> Result<()> {
        self.waiting("install", namespace, version, more)
    }

    /// Upgrades it and waits until it runs.
    pub(super) fn upgrade(&self, namespace: &str, version: &str, more: &[&str]) -> Result<()> {
        self.waiting("upgrade", namespace, version, more)
    }

    fn waiting(&self, verb: &str, namespace: &str, version: &str, more: &[&str]) -> Result<()> {
        let chart = self.chart(version)?;
        let words = [&[verb, "shop", &chart, "--wait", "--timeout", "40s"], more].concat();
        self.run(namespace, &words).map(drop)
    }

    /// Upgrades it to an image that nobody has; Helm gives up.
    pub(super) fn fails_to_upgrade(&self, namespace: &str, version: &str) -> Result<()> {
        let chart = self.chart(version)?;
        let words = [
            "upgrade",
            "shop",
            &chart,
            "--wait",
            "--timeout",
            "2s",
            "--set",
            "image=shop:2,fault=err-image-not-found,recreate=true",
        ];
        let output = self.call(namespace, &words)?;
        ensure!(!output.status.success(), "the bad version is no success");
        let listed = self.run(namespace, &["status", "shop"])?;
        ensure!(listed.contains("failed"), "{listed}");
        Ok(())
    }

    /// The chart in one version, copied to where it may be changed.
    fn chart(&self, version: &str) -> Result<String> {
        let folder = self.home.join(format!("chart-{version}"));
        let templates = folder.join("templates");
        fs::create_dir_all(&templates).context("create a folder")?;
        for name in [
            "values.yaml",
            "templates/config.yaml",
            "templates/workload.yaml",
        ] {
            fs::copy(self.source.join(name), folder.join(name)).context("copy the chart")?;
        }
        let text = fs::read_to_string(self.source.join("Chart.yaml")).context("read the chart")?;
        let text = text.replace("version: 1.0.0", &format!("version: {version}"));
        fs::write(folder.join("Chart.yaml"), text).context("write the chart")?;
        folder
            .to_str()
            .map(str::to_owned)
            .context("a path of letters")
    }
}
