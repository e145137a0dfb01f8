//! Calls of the real kubectl.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// A kubectl binary bound to one kubeconfig.
#[derive(Debug, Clone)]
pub(crate) struct Kubectl {
    binary: PathBuf,
    kubeconfig: PathBuf,
}

impl Kubectl {
    /// Binds the binary to a kubeconfig.
    pub(crate) fn new(binary: PathBuf, kubeconfig: PathBuf) -> Self {
        Self { binary, kubeconfig }
    }

    /// Runs kubectl and returns its standard output; a failing exit code is an error.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String> {
        self.feed(arguments, "")
    }

    /// Runs kubectl with `input` on its standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = Command::new(&self.binary);
        command
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().context("start kubectl")?;
        let mut pipe = child.stdin.take().expect("standard input was asked for");
        pipe.write_all(input.as_bytes())
            .context("write to kubectl")?;
        drop(pipe);
        let output = child.wait_with_output().context("wait for kubectl")?;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            bail!("kubectl {} failed: {}", arguments.join(" "), error.trim());
        }
        String::from_utf8(output.stdout).context("kubectl printed bytes that are not UTF-8")
    }
}
