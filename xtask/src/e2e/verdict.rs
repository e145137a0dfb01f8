//! Asks the binary under test for its verdict: live, from the captured bundle, and through a replay.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::controlplane::ControlPlane;
use super::process::Process;
use super::scenario::Scenario;

const REPLAY_READY_WITHIN: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(100);

/// The binary under test.
#[derive(Debug, Clone)]
pub(crate) struct Dogwatch {
    binary: PathBuf,
}

/// One answer of `dogwatch diagnose -o json`.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The exit code of the command.
    pub(crate) exit_code: i32,
    /// The parsed document.
    pub(crate) document: Value,
    text: String,
}

/// A running `dogwatch replay`.
#[derive(Debug)]
pub(crate) struct Replay {
    /// The kubeconfig that points at it.
    pub(crate) kubeconfig: PathBuf,
    process: Process,
}

impl Dogwatch {
    /// Names the binary.
    pub(crate) fn new(binary: &Path) -> Self {
        Self {
            binary: binary.to_path_buf(),
        }
    }

    /// Fails with one clear sentence when there is no binary.
    pub(crate) fn ensure_present(&self) -> Result<()> {
        let path = self.binary.display();
        ensure!(
            self.binary.is_file(),
            "{path} is missing: run `cargo build -p dogwatch` first"
        );
        Ok(())
    }

    /// The verdict on the live cluster, after the bundle and the replay have given the same bytes.
    pub(crate) fn diagnose(
        &self,
        scenario: &Scenario,
        plane: &ControlPlane,
        folder: &Path,
    ) -> Result<Verdict> {
        let bundle = bundle_in(folder);
        let live = plane.kubeconfig();
        let capture = ["--kubeconfig", text(&live)?, "--capture", text(&bundle)?];
        let live = self.ask(scenario, &capture, &folder.join("live.json"))?;

        let from = ["--from", text(&bundle)?];
        let bundled = self.ask(scenario, &from, &folder.join("bundle.json"))?;
        live.ensure_same(&bundled, "the live cluster and the captured bundle")?;

        let replay = self.replay(folder)?;
        let through = ["--kubeconfig", text(&replay.kubeconfig)?];
        let replayed = self.ask(scenario, &through, &folder.join("replay.json"))?;
        live.ensure_same(&replayed, "the live cluster and the replay of the bundle")?;
        Ok(live)
    }

    /// Starts a replay of the bundle that `diagnose` captured into `folder`.
    pub(crate) fn replay(&self, folder: &Path) -> Result<Replay> {
        let kubeconfig = folder.join("replay.kubeconfig");
        let mut command = Command::new(&self.binary);
        command
            .arg("replay")
            .arg(bundle_in(folder))
            .args(["--port", "0", "--kubeconfig-out"]);
        command.arg(&kubeconfig);
        let process = Process::start("replay", &mut command, folder)?;
        let mut replay = Replay {
            kubeconfig,
            process,
        };
        let deadline = Instant::now() + REPLAY_READY_WITHIN;
        while fs::metadata(&replay.kubeconfig).map_or(true, |file| file.len() == 0) {
            replay.process.ensure_alive()?;
            ensure!(Instant::now() < deadline, "{}", replay.process.log_tail(10));
            sleep(POLL);
        }
        Ok(replay)
    }

    fn ask(&self, scenario: &Scenario, source: &[&str], keep: &Path) -> Result<Verdict> {
        let output = Command::new(&self.binary)
            .args([
                "diagnose",
                &scenario.subject(),
                "-n",
                &scenario.namespace(),
                "-o",
                "json",
            ])
            .args(source)
            .stdin(Stdio::null())
            .output()
            .context("start dogwatch")?;
        fs::write(keep, &output.stdout).context("keep the verdict")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        let Some(exit_code) = output.status.code() else {
            bail!("dogwatch diagnose was killed: {errors}");
        };
        let text = String::from_utf8(output.stdout).context("the verdict is not UTF-8")?;
        let Ok(document) = serde_json::from_str(&text) else {
            bail!("dogwatch diagnose {source:?} (exit {exit_code}) printed no JSON: {errors}");
        };
        Ok(Verdict {
            exit_code,
            document,
            text,
        })
    }
}

impl Verdict {
    /// The parts of the verdict that explain a failed expectation.
    pub(crate) fn summary(&self) -> String {
        let pick = |name: &str| {
            self.document
                .get(name)
                .map(Value::to_string)
                .unwrap_or_default()
        };
        format!(
            "exit {}, summary {}, top_causes {}, data_gaps {}",
            self.exit_code,
            pick("summary"),
            pick("top_causes"),
            pick("data_gaps")
        )
    }

    fn ensure_same(&self, other: &Self, between: &str) -> Result<()> {
        if self.text == other.text && self.exit_code == other.exit_code {
            return Ok(());
        }
        let mut lines = self.text.lines().zip(other.text.lines());
        let Some((left, right)) = lines.find(|(left, right)| left != right) else {
            bail!(
                "verdicts differ between {between}: {} and {} bytes, exit {} and {}",
                self.text.len(),
                other.text.len(),
                self.exit_code,
                other.exit_code
            );
        };
        bail!(
            "verdicts differ between {between}:\n    < {}\n    > {}",
            head(left),
            head(right)
        )
    }
}

/// The bundle that `diagnose` captured into `folder`.
pub(crate) fn bundle_in(folder: &Path) -> PathBuf {
    folder.join("bundle.tar.gz")
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .context("the working directory has a UTF-8 name")
}

fn head(line: &str) -> String {
    line.chars().take(400).collect()
}
