//! One container: pulled, started, ready, crashed, restarted.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::world::{News, World, after};
use super::script::{Play, Probe, Script};
use crate::fields::{bounded as count, is_true, list, put, text};

/// Seconds from the first sight of a pod to its first container.
const PULL: i64 = 2;
/// Seconds between a failed pull and its back-off.
const PULL_RETRY: i64 = 10;
/// Seconds between two repetitions of a back-off or mount event.
const REPEAT: i64 = 60;
/// Seconds between two probes.
const PROBE: i64 = 10;
/// Seconds of a failing liveness or startup probe until the container is killed.
const PATIENCE: i64 = 30;

/// One container of one pod at one step.
struct Stage<'a, 'w> {
    world: &'a mut World<'w>,
    pod: &'a mut Value,
    index: usize,
    name: String,
}

/// Announces the pull of every image of a new pod.
pub(super) fn announce_pull(world: &mut World<'_>, pod: &mut Value) {
    for index in 0..list(pod, "/spec/containers").len() {
        let script = Script::of(pod);
        let mut stage = Stage::new(world, pod, index);
        if !matches!(script.play(&stage.name), Play::NeverStart { .. }) {
            let image = stage.image();
            stage.emit("Pulling", &format!("Pulling image \"{image}\""));
        }
    }
}

/// Takes one container as far as the present instant allows.
pub(super) fn play(world: &mut World<'_>, pod: &mut Value, index: usize, script: &Script) {
    let mut stage = Stage::new(world, pod, index);
    let play = script.play(&stage.name);
    let status = stage.status();
    if status.pointer("/state/running").is_some() {
        stage.run(&play);
    } else if text(status, "/state/waiting/reason") == "CrashLoopBackOff" {
        stage.restart_when_due(&play);
    } else if status.pointer("/state/waiting").is_some() {
        stage.start_when_due(&play);
    }
}

impl<'a, 'w> Stage<'a, 'w> {
    fn new(world: &'a mut World<'w>, pod: &'a mut Value, index: usize) -> Self {
        let name = text(pod, &format!("/spec/containers/{index}/name")).to_owned();
        Self {
            world,
            pod,
            index,
            name,
        }
    }

    fn image(&self) -> String {
        text(self.pod, &format!("/spec/containers/{}/image", self.index)).to_owned()
    }

    fn status(&self) -> &Value {
        let statuses = list(self.pod, "/status/containerStatuses");
        statuses.get(self.index).unwrap_or(&Value::Null)
    }

    fn set(&mut self, field: &str, value: Value) {
        let pointer = format!("/status/containerStatuses/{}", self.index);
        if let Some(status) = self.pod.pointer_mut(&pointer) {
            put(status, &[field], value);
        }
    }

    fn emit(&mut self, reason: &str, message: &str) {
        let pulling = reason == "BackOff" && message.contains("pulling");
        let routine = ["Pulling", "Pulled", "Created", "Started", "Killing"].contains(&reason);
        let news = News {
            warning: !routine && !pulling,
            reason,
            message,
            component: "kubelet",
            container: if reason == "FailedMount" {
                ""
            } else {
                &self.name
            },
        };
        self.world.emit("pods", self.pod, &news);
    }

    /// Whether an instant has come; otherwise asks to be woken then.
    fn reached(&mut self, at: Timestamp) -> bool {
        self.world.wake_at(at);
        at <= self.world.now
    }

    /// Emits at `first` and then again and again.
    fn repeat(&mut self, first: Timestamp, every: i64, reason: &str, message: &str) {
        let past = self.world.now.as_second() - first.as_second();
        if past >= 0 && past % every == 0 {
            self.emit(reason, message);
        }
        let next = (past.max(-1) / every + 1) * every;
        let next = if past < 0 { 0 } else { next };
        let at = first.saturating_add(jiff::SignedDuration::from_secs(next));
        self.world.wake_at(at.unwrap_or(Timestamp::MAX));
    }

    fn start_when_due(&mut self, play: &Play) {
        let start = text(self.pod, "/status/startTime").to_owned();
        if !self.reached(after(&start, PULL)) {
            return;
        }
        match play {
            Play::PullError { message } => self.fail_pull(&start, message),
            Play::NeverStart { reason, message } => {
                self.set(
                    "state",
                    json!({"waiting": {"reason": reason, "message": message}}),
                );
                let (event, text) = match reason.as_str() {
                    "ContainerCreating" => {
                        self.set("state", json!({"waiting": {"reason": reason}}));
                        ("FailedMount", message.clone())
                    }
                    _ => ("Failed", format!("Error: {message}")),
                };
                self.repeat(after(&start, PULL), REPEAT, event, &text);
            }
            _ => {
                let image = self.image();
                self.emit(
                    "Pulled",
                    &format!(
                        "Successfully pulled image \"{image}\" in 1.2s (1.2s including waiting). \
                         Image size: 52428800 bytes."
                    ),
                );
                self.start(play);
            }
        }
    }

    fn fail_pull(&mut self, start: &str, message: &str) {
        let image = self.image();
        let failed = format!("Failed to pull image \"{image}\": {message}");
        let back_off = after(start, PULL + PULL_RETRY);
        if self.reached(back_off) {
            let text = format!("Back-off pulling image \"{image}\"");
            let waiting = json!({"reason": "ImagePullBackOff",
                "message": format!("{text}: ErrImagePull: {message}")});
            self.set("state", json!({"waiting": waiting}));
            self.repeat(back_off, REPEAT, "BackOff", &text);
        } else if text(self.status(), "/state/waiting/reason") != "ErrImagePull" {
            let waiting = json!({"reason": "ErrImagePull", "message": message});
            self.set("state", json!({"waiting": waiting}));
            self.emit("Failed", &failed);
            self.emit("Failed", "Error: ErrImagePull");
        }
    }

    fn start(&mut self, play: &Play) {
        self.emit("Created", "Container created");
        self.emit("Started", "Container started");
        let stamp = self.world.stamp();
        let image = self.image();
        let restarts = count(self.status(), "/restartCount");
        let uid = text(self.pod, "/metadata/uid");
        let number = restarts.to_string();
        let id = crate::objects::intake::uid(&[uid, &self.name, &number]).replace('-', "");
        let digest = crate::objects::intake::uid(&["image", &image]).replace('-', "");
        let starting = matches!(
            play,
            Play::ProbeFail {
                kind: Probe::Startup,
                ..
            }
        );
        self.set("state", json!({"running": {"startedAt": stamp}}));
        self.set("started", json!(!starting));
        self.set("containerID", json!(format!("containerd://{id}{id}")));
        self.set("imageID", json!(format!("{image}@sha256:{digest}{digest}")));
        let log = match play {
            Play::Run { log, .. } | Play::ProbeFail { log, .. } => log.as_str(),
            _ => "",
        };
        self.world.write_log(self.pod, &self.name, log, false);
        self.run(play);
    }

    fn run(&mut self, play: &Play) {
        let started = text(self.status(), "/state/running/startedAt").to_owned();
        match play {
            Play::Run { ready_after, .. } => {
                if !is_true(self.status(), "/ready") && self.reached(after(&started, *ready_after))
                {
                    self.set("ready", json!(true));
                }
            }
            Play::Crash {
                exit_code,
                reason,
                message,
                log,
                after: wait,
            } => {
                if self.reached(after(&started, *wait)) {
                    self.end(*exit_code, reason, message, log);
                }
            }
            Play::Oom { after: wait, log } => {
                self.set("ready", json!(true));
                if self.reached(after(&started, *wait)) {
                    self.end(137, "OOMKilled", "", log);
                }
            }
            Play::ProbeFail { kind, message, log } => self.probe(*kind, message, log, &started),
            Play::PullError { .. } | Play::NeverStart { .. } => {}
        }
    }

    fn probe(&mut self, kind: Probe, message: &str, log: &str, started: &str) {
        let word = kind.word();
        if kind == Probe::Liveness {
            self.set("ready", json!(true));
        }
        self.repeat(
            after(started, PROBE),
            PROBE,
            "Unhealthy",
            &format!("{word} probe failed: {message}"),
        );
        if kind != Probe::Readiness && self.reached(after(started, PATIENCE)) {
            let probe = word.to_lowercase();
            let killed = format!(
                "Container {} failed {probe} probe, will be restarted",
                self.name
            );
            self.emit("Killing", &killed);
            self.end(137, "Error", "", log);
        }
    }

    /// Ends the run: for good, or into the back-off.
    fn end(&mut self, code: i64, reason: &str, message: &str, log: &str) {
        let stamp = self.world.stamp();
        let started = text(self.status(), "/state/running/startedAt").to_owned();
        let id = self.status()["containerID"].clone();
        let mut ended = json!({"exitCode": code, "reason": reason, "startedAt": started,
            "finishedAt": stamp, "containerID": id});
        if !message.is_empty() {
            ended["message"] = json!(message);
        }
        let policy = text(self.pod, "/spec/restartPolicy");
        let for_good = policy == "Never" || (policy == "OnFailure" && code == 0);
        self.world.write_log(self.pod, &self.name, log, true);
        self.set("ready", json!(false));
        self.set("started", json!(false));
        if for_good {
            self.set("state", json!({"terminated": ended}));
            return;
        }
        let (seconds, words) = back_off(count(self.status(), "/restartCount"));
        let pod = self.full_name();
        let waiting = json!({"reason": "CrashLoopBackOff", "message": format!(
            "back-off {words} restarting failed container={} pod={pod}", self.name)});
        self.set("state", json!({"waiting": waiting}));
        self.set("lastState", json!({"terminated": ended}));
        self.emit(
            "BackOff",
            &format!(
                "Back-off restarting failed container {} in pod {pod}",
                self.name
            ),
        );
        self.world.wake_at(after(&stamp, seconds));
    }

    fn full_name(&self) -> String {
        let meta = |field: &str| text(self.pod, &format!("/metadata/{field}")).to_owned();
        format!("{}_{}({})", meta("name"), meta("namespace"), meta("uid"))
    }

    fn restart_when_due(&mut self, play: &Play) {
        let finished = text(self.status(), "/lastState/terminated/finishedAt").to_owned();
        let restarts = count(self.status(), "/restartCount");
        if !self.reached(after(&finished, back_off(restarts).0)) {
            return;
        }
        self.set("restartCount", json!(restarts + 1));
        let image = self.image();
        let message = format!(
            "Container image \"{image}\" already present on machine and can be accessed by the pod"
        );
        self.emit("Pulled", &message);
        self.start(play);
    }
}

/// Seconds of back-off after this many restarts, and how the kubelet writes them.
fn back_off(restarts: i64) -> (i64, String) {
    let seconds = 10_i64 << restarts.clamp(0, 5);
    let seconds = seconds.min(300);
    let words = match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    };
    (seconds, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_off_doubles_up_to_five_minutes() {
        let words: Vec<String> = (0..7).map(|restarts| back_off(restarts).1).collect();
        assert_eq!(
            words,
            ["10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s"]
        );
    }
}
