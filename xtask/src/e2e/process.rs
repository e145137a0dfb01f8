//! A child process with a log file, killed when its owner lets go of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// A running child process; dropping it kills the child and waits for its end.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with both output streams in `<logs>/<name>.log`.
    pub(crate) fn start(name: &str, command: &mut Command, logs: &Path) -> Result<Self> {
        let log = logs.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log);
        let file = file.with_context(|| format!("open {}", log.display()))?;
        let errors = file.try_clone().context("share the log file")?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log,
        })
    }

    /// Fails with the end of the log when the process has ended by itself.
    pub(crate) fn ensure_alive(&mut self) -> Result<()> {
        match self
            .child
            .try_wait()
            .with_context(|| format!("ask for the state of {}", self.name))?
        {
            Some(status) => bail!("{} ended with {status}:\n{}", self.name, self.log_tail(15)),
            None => Ok(()),
        }
    }

    /// The last lines of the log.
    pub(crate) fn log_tail(&self, lines: usize) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let all: Vec<&str> = text.lines().collect();
        let tail = all
            .get(all.len().saturating_sub(lines)..)
            .unwrap_or_default();
        format!("--- {} ---\n{}", self.name, tail.join("\n"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A child that is already gone is what the drop wants; there is nobody to tell either way.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
