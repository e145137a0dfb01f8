//! People at terminals: each has a kubeconfig of their own, all share one store.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::super::controlplane::ControlPlane;

/// The people, the binary and what they share.
pub(in crate::e2e) struct Crew<'a> {
    plane: &'a ControlPlane,
    dogwatch: &'a Path,
    work: PathBuf,
    config: PathBuf,
    /// Address of Prometheus; empty when there is none.
    pub(in crate::e2e) prometheus: String,
    /// The password for logins to new Nodes; empty when there is none.
    pub(in crate::e2e) node_password: String,
}

impl<'a> Crew<'a> {
    /// Writes the configuration that all share. `more` is added to it.
    pub(in crate::e2e) fn new(
        work: &Path,
        plane: &'a ControlPlane,
        dogwatch: &'a Path,
        more: &str,
    ) -> Result<Self> {
        let text = format!(
            "cluster: e2e
remediation: {{enabled: true, kubeconfig: {}}}
approval:
  grants:
  - {{who: ['kubernetes:bob', 'kubernetes:carol'], role: admin}}
{more}",
            plane.kubeconfig_of("remediator").display()
        );
        Self::with_config(work, plane, dogwatch, &text)
    }

    /// Takes a whole configuration.
    pub(in crate::e2e) fn with_config(
        work: &Path,
        plane: &'a ControlPlane,
        dogwatch: &'a Path,
        text: &str,
    ) -> Result<Self> {
        fs::create_dir_all(work).context("create a folder")?;
        let config = work.join("dogwatch.yaml");
        fs::write(&config, text).context("write the configuration")?;
        Ok(Self {
            plane,
            dogwatch,
            work: work.to_path_buf(),
            config,
            prometheus: String::new(),
            node_password: String::new(),
        })
    }

    fn command(&self, user: &str, words: &[&str]) -> Command {
        let mut command = Command::new(self.dogwatch);
        command.args(words);
        self.surround(&mut command, user);
        command
    }

    /// The environment of a person.
    fn surround(&self, command: &mut Command, user: &str) {
        command
            .env("KUBECONFIG", self.plane.kubeconfig_of(user))
            .env("DOGWATCH_CONFIG", &self.config)
            .env("XDG_STATE_HOME", self.work.join("state"))
            .env("NO_COLOR", "1")
            .env_remove("DOGWATCH_STORE_URL")
            .env_remove("DOGWATCH_PROMETHEUS_URL")
            .env_remove("CCE_NODE_PASSWORD");
        if !self.node_password.is_empty() {
            command.env("CCE_NODE_PASSWORD", &self.node_password);
        }
        if !self.prometheus.is_empty() {
            command.env("DOGWATCH_PROMETHEUS_URL", &self.prometheus);
        }
    }

    /// Runs a command without a terminal.
    pub(in crate::e2e) fn run(&self, user: &str, words: &[&str]) -> Result<Said> {
        let mut command = self.command(user, words);
        let output = command.stdin(Stdio::null()).output();
        Said::of(&output.context("start dogwatch")?)
    }

    /// Runs a command that must answer with this exit code.
    pub(in crate::e2e) fn expect(&self, user: &str, words: &[&str], code: i32) -> Result<Said> {
        let said = self.run(user, words)?;
        ensure!(
            said.code == code,
            "dogwatch {} by {user} exits with {} instead of {code}:\n{}{}",
            words.join(" "),
            said.code,
            said.out,
            said.err
        );
        Ok(said)
    }

    /// Starts a command whose words are read once it has ended.
    pub(in crate::e2e) fn spawn(&self, user: &str, words: &[&str]) -> Result<std::process::Child> {
        let mut command = self.command(user, words);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().context("start dogwatch")
    }

    /// Approves a plan as a person does: at a terminal, by typing what is asked for.
    pub(in crate::e2e) fn approve(&self, user: &str, plan: &str, typed: &str) -> Result<Said> {
        // `script` gives the program a terminal; what it reads there comes from us.
        let line = format!("{} plan approve {plan}", self.dogwatch.display());
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        self.surround(&mut command, user);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .context("start script, of Debian's bsdutils")?;
        let mut pipe = child.stdin.take().context("standard input was asked for")?;
        pipe.write_all(format!("{typed}\n").as_bytes())
            .context("type")?;
        let output = child.wait_with_output().context("wait for the approval")?;
        drop(pipe);
        Said::of(&output)
    }

    /// Approves a plan, and it must count.
    pub(in crate::e2e) fn approves(&self, user: &str, plan: &Plan) -> Result<()> {
        let said = self.approve(user, &plan.id, &plan.typed)?;
        ensure!(
            said.code == 0,
            "{user} cannot approve {}: {}",
            plan.id,
            said.out
        );
        Ok(())
    }

    /// Makes plans for an object.
    pub(in crate::e2e) fn plans(&self, user: &str, words: &[&str]) -> Result<Plans> {
        let mut all = vec!["plan", "create"];
        all.extend(words);
        all.extend(["-o", "json"]);
        let said = self.run(user, &all)?;
        let document: Value = serde_json::from_str(&said.out)
            .with_context(|| format!("no JSON: {}{}", said.out, said.err))?;
        let plans = document["plans"].as_array().context("there are plans")?;
        let plans = plans.iter().map(Plan::of).collect::<Result<Vec<_>>>()?;
        Ok(Plans {
            incident: text(&document["incident"]),
            options: plans,
            document,
        })
    }

    /// The plan that leads back from another one.
    pub(in crate::e2e) fn way_back(&self, plan: &str) -> Result<Plan> {
        let said = self.expect("alice", &["plan", "rollback", plan], 6)?;
        let mut words = said
            .out
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let back = words.find(|word| word.starts_with("plan-") && *word != plan);
        let back = back.with_context(|| format!("no plan is named: {}", said.out))?;
        let shown = self.expect("alice", &["plan", "show", back, "-o", "json"], 0)?;
        let shown: Value = serde_json::from_str(&shown.out).context("one JSON document")?;
        Plan::of(&shown["plans"][0])
    }

    /// Carries a plan out; how it ended.
    pub(in crate::e2e) fn execute(&self, user: &str, plan: &str, code: i32) -> Result<Value> {
        let said = self.expect(user, &["plan", "execute", plan, "-o", "json"], code)?;
        serde_json::from_str(&said.out)
            .with_context(|| format!("no JSON: {}{}", said.out, said.err))
    }
}

/// What a command said.
#[derive(Debug)]
pub(in crate::e2e) struct Said {
    pub(in crate::e2e) code: i32,
    pub(in crate::e2e) out: String,
    pub(in crate::e2e) err: String,
}

impl Said {
    fn of(output: &Output) -> Result<Self> {
        let Some(code) = output.status.code() else {
            bail!("the program was killed: {output:?}");
        };
        Ok(Self {
            code,
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

/// Plans for an incident.
#[derive(Debug)]
pub(in crate::e2e) struct Plans {
    pub(in crate::e2e) incident: String,
    pub(in crate::e2e) options: Vec<Plan>,
    pub(in crate::e2e) document: Value,
}

impl Plans {
    /// The plans that the end of another one led to.
    pub(in crate::e2e) fn after(ended: &Value) -> Result<Self> {
        let plans = ended["next"].as_array().context("there are next plans")?;
        let options = plans.iter().map(Plan::of).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            incident: text(&ended["incident"]),
            options,
            document: ended["next"].clone(),
        })
    }

    /// The plan of a remedy.
    pub(in crate::e2e) fn of(&self, remedy: &str) -> Result<&Plan> {
        let mut options = self.options.iter();
        options
            .find(|plan| plan.remedy == remedy)
            .with_context(|| format!("no option {remedy}: {}", self.document))
    }
}

/// One plan.
#[derive(Debug)]
pub(in crate::e2e) struct Plan {
    pub(in crate::e2e) id: String,
    pub(in crate::e2e) letter: String,
    pub(in crate::e2e) digest: String,
    /// What a person types to approve it.
    pub(in crate::e2e) typed: String,
    pub(in crate::e2e) remedy: String,
    pub(in crate::e2e) option: Value,
}

impl Plan {
    /// One plan of a document.
    pub(in crate::e2e) fn of(value: &Value) -> Result<Self> {
        let option = value["option"].clone();
        ensure!(option.is_object(), "a plan has an option: {value}");
        Ok(Self {
            id: text(&value["id"]),
            letter: text(&value["letter"]),
            digest: text(&value["digest"]),
            typed: text(&value["typed"]),
            remedy: text(&option["request"]["remedy"]),
            option,
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
