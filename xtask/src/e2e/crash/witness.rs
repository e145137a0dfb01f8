//! What the API server wrote down: the only witness that counts.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// What the server said to a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::e2e) enum Answer {
    /// It was done.
    Accepted,
    /// The client went away while it was carried out: it may have been done.
    Unheard,
}

/// A write such as `patch nodes/n-1` or `create pods/eviction/p-1`, and what the server said.
pub(in crate::e2e) type Written = (String, Answer);

/// How often the rest of a line is waited for that the API server is just writing, and how long each
/// time.
const LOOKS: u32 = 500;
const PAUSE: Duration = Duration::from_millis(10);

/// Writes that were done or may have been, by plan.
pub(in crate::e2e) fn read(log: &Path) -> Result<BTreeMap<String, Vec<Written>>> {
    let mut by_plan: BTreeMap<String, Vec<Written>> = BTreeMap::new();
    let file = File::open(log).with_context(|| format!("open {}", log.display()))?;
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut looks = 0;
    loop {
        reader
            .read_until(b'\n', &mut line)
            .context("read the audit log")?;
        if line.is_empty() {
            return Ok(by_plan);
        }
        if line.last() != Some(&b'\n') {
            looks += 1;
            ensure!(looks < LOOKS, "the last line of the audit log never ends");
            sleep(PAUSE);
            continue;
        }
        let event: Value = serde_json::from_slice(&line).context("a line of the audit log")?;
        if let Some((plan, write)) = written(&event) {
            by_plan.entry(plan).or_default().push(write);
        }
        line.clear();
    }
}

/// The plan and the write, when it may have changed something.
fn written(event: &Value) -> Option<(String, Written)> {
    let agent = event["userAgent"].as_str()?;
    let (_, plan) = agent.split_once(" plan/")?;
    let code = event["responseStatus"]["code"].as_u64()?;
    let is_dry = event["requestURI"].as_str()?.contains("dryRun=All");
    let answer = match code {
        200..300 => Answer::Accepted,
        504 => Answer::Unheard,
        _ => return None,
    };
    if is_dry {
        return None;
    }
    let object = &event["objectRef"];
    let mut place = object["resource"].as_str()?.to_owned();
    if let Some(subresource) = object["subresource"].as_str() {
        place = format!("{place}/{subresource}");
    }
    let name = object["name"].as_str().unwrap_or_default();
    let verb = event["verb"].as_str()?;
    Some((plan.to_owned(), (format!("{verb} {place}/{name}"), answer)))
}

/// Fails unless the plan made exactly these writes: each accepted once, or unheard once and never
/// sent again. Answers how many the server carried out without anybody hearing of it; that they had
/// their effect is seen in the objects.
pub(super) fn each_once(plan: &str, written: &[Written], wanted: &[String]) -> Result<usize> {
    let mut unheard = 0;
    for write in wanted {
        let of = |answer| {
            let same = written
                .iter()
                .filter(|(known, said)| known == write && *said == answer);
            same.count()
        };
        let counts = (of(Answer::Accepted), of(Answer::Unheard));
        // One that was not carried out after all is sent again.
        ensure!(
            matches!(counts, (1, _) | (0, 1)),
            "{plan}: \"{write}\" was accepted {} times, and {} times nobody heard the answer",
            counts.0,
            counts.1
        );
        unheard += usize::from(counts.0 == 0);
    }
    let other = written.iter().find(|(known, _)| !wanted.contains(known));
    ensure!(other.is_none(), "{plan} wrote what no step says: {other:?}");
    Ok(unheard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(code: u16, uri: &str) -> Value {
        json!({"userAgent": "dogwatch/0.1.0 plan/plan-1", "verb": "patch", "requestURI": uri,
            "responseStatus": {"code": code}, "objectRef": {"resource": "nodes", "name": "n"}})
    }

    #[test]
    fn only_writes_that_may_have_been_done_and_are_no_dry_runs_count() {
        let expected = |answer| Some(("plan-1".to_owned(), ("patch nodes/n".to_owned(), answer)));
        let uri = "/api/v1/nodes/n?fieldManager=d";
        assert_eq!(written(&event(200, uri)), expected(Answer::Accepted));
        assert_eq!(written(&event(504, uri)), expected(Answer::Unheard));
        assert_eq!(written(&event(409, uri)), None);
        assert_eq!(written(&event(200, "/api/v1/nodes/n?dryRun=All")), None);
    }

    #[test]
    fn a_line_that_is_being_written_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("audit.log");
        let text = format!("{}\n", event(200, "/api/v1/nodes/n"));
        let (first, rest) = text.split_at(text.len() / 2);
        std::fs::write(&log, format!("{text}{first}")).unwrap();
        let (place, rest) = (log.clone(), rest.to_owned());
        let writer = std::thread::spawn(move || {
            sleep(Duration::from_millis(100));
            let mut file = File::options().append(true).open(place).unwrap();
            std::io::Write::write_all(&mut file, rest.as_bytes()).unwrap();
        });
        assert_eq!(read(&log).unwrap()["plan-1"].len(), 2);
        writer.join().unwrap();
        std::fs::write(&log, "no JSON\n").unwrap();
        assert!(read(&log).is_err());
    }

    #[test]
    fn a_write_too_much_and_one_too_few_are_told() {
        let wanted = ["a".to_owned(), "b".to_owned()];
        let said = |write: &str, answer| (write.to_owned(), answer);
        let (a, b) = (said("a", Answer::Accepted), said("b", Answer::Accepted));
        let lost = said("b", Answer::Unheard);
        let judge = |written: &[Written]| each_once("p", written, &wanted).ok();
        assert_eq!(judge(&[a.clone(), b.clone()]), Some(0));
        assert_eq!(judge(&[a.clone(), lost.clone()]), Some(1));
        assert_eq!(judge(&[a.clone(), lost.clone(), b.clone()]), Some(0));
        assert_eq!(judge(&[a.clone(), b.clone(), b.clone()]), None);
        assert_eq!(judge(&[a.clone(), lost.clone(), lost]), None);
        assert_eq!(judge(std::slice::from_ref(&a)), None);
        assert_eq!(judge(&[a, b, said("c", Answer::Accepted)]), None);
    }
}
