//! Decodes a release of Helm as its Secret holds it: base64 of Kubernetes, base64 of Helm, gzip, JSON.
//!
//! While decoding, everything but a few facts is skipped: values, manifests, templates and notes never
//! become a value of this program. No error quotes what was decoded. Only [`payload`] opens a release as
//! a whole, for rolling it back.

pub(crate) mod payload;

use std::io::{self, Read};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dogwatch_model::{
    snapshot::{HelmHook, HelmRelease},
    wire::{List, Text, null_as_default, time},
};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};

use crate::quote::quote;

/// Largest text of a release: Kubernetes allows no larger Secret.
const MAX_ENCODED: usize = 2 * 1024 * 1024;

/// How large a release may become when it is unpacked.
const MAX_UNPACKED: u64 = 32 * 1024 * 1024;

/// Hooks that are kept.
const MAX_HOOKS: usize = 50;

const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];

/// A release that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HelmError {
    /// Larger than a Secret can be.
    #[error("a release larger than {MAX_ENCODED} bytes")]
    TooLarge,
    /// It unpacks to more than a release has.
    #[error("a release that unpacks to more than {MAX_UNPACKED} bytes")]
    Bomb,
    /// The text is no base64 of base64.
    #[error("a release that is not encoded as Helm does")]
    Encoding,
    /// The JSON is none, or no release.
    #[error("a release that cannot be decoded")]
    Decoding,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    name: Text,
    namespace: Text,
    #[serde(deserialize_with = "null_as_default")]
    version: i64,
    #[serde(deserialize_with = "null_as_default")]
    info: Info,
    #[serde(deserialize_with = "null_as_default")]
    chart: Chart,
    hooks: List<Hook>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Info {
    #[serde(deserialize_with = "time")]
    first_deployed: Option<Timestamp>,
    #[serde(deserialize_with = "time")]
    last_deployed: Option<Timestamp>,
    description: Text,
    status: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chart {
    #[serde(deserialize_with = "null_as_default")]
    metadata: ChartMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ChartMeta {
    name: Text,
    version: Text,
    app_version: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Hook {
    name: Text,
    kind: Text,
    events: List<Text>,
    #[serde(deserialize_with = "null_as_default")]
    last_run: LastRun,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LastRun {
    #[serde(deserialize_with = "time")]
    started_at: Option<Timestamp>,
    #[serde(deserialize_with = "time")]
    completed_at: Option<Timestamp>,
    phase: Text,
}

/// The facts of a release, from the value `data.release` of its Secret.
pub(crate) fn decode(data: &str) -> Result<HelmRelease, HelmError> {
    let wire: Wire = unpack(data)?;
    if wire.name.is_empty() || wire.version < 1 {
        return Err(HelmError::Decoding);
    }
    Ok(release(wire))
}

/// What is in a release, as far as the wanted type takes it.
fn unpack<T: DeserializeOwned>(data: &str) -> Result<T, HelmError> {
    if data.len() > MAX_ENCODED {
        return Err(HelmError::TooLarge);
    }
    let inner = STANDARD.decode(data).map_err(|_| HelmError::Encoding)?;
    let packed = STANDARD.decode(inner).map_err(|_| HelmError::Encoding)?;
    if packed.starts_with(&GZIP_MAGIC) {
        let mut unpacked = Capped {
            inner: GzDecoder::new(&*packed),
            left: MAX_UNPACKED,
        };
        let decoded = serde_json::from_reader(io::BufReader::new(&mut unpacked));
        decoded.map_err(|_| {
            if unpacked.left == 0 {
                HelmError::Bomb
            } else {
                HelmError::Decoding
            }
        })
    } else {
        serde_json::from_slice(&packed).map_err(|_| HelmError::Decoding)
    }
}

fn release(wire: Wire) -> HelmRelease {
    let chart = wire.chart.metadata;
    HelmRelease {
        namespace: short(&wire.namespace),
        name: short(&wire.name),
        revision: wire.version,
        status: short(&wire.info.status),
        chart: short(&chart.name),
        chart_version: short(&chart.version),
        app_version: short(&chart.app_version),
        first_deployed: wire.info.first_deployed,
        last_deployed: wire.info.last_deployed,
        description: short(&wire.info.description),
        hooks: wire.hooks.iter().take(MAX_HOOKS).map(hook).collect(),
    }
}

fn hook(hook: &Hook) -> HelmHook {
    HelmHook {
        name: short(&hook.name),
        kind: short(&hook.kind),
        events: hook.events.iter().map(|event| short(event)).collect(),
        phase: short(&hook.last_run.phase),
        // Helm writes the year 1 for what never was.
        started: hook.last_run.started_at.filter(is_known),
        completed: hook.last_run.completed_at.filter(is_known),
    }
}

fn is_known(at: &Timestamp) -> bool {
    *at > Timestamp::UNIX_EPOCH
}

/// One line, without credentials, of limited length.
fn short(text: &str) -> Text {
    Text::from(quote(text))
}

/// A reader that ends with an error when too much came.
struct Capped<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        if self.left == 0 {
            return Err(io::Error::other("the limit"));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(json: &[u8]) -> String {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(json).unwrap();
        STANDARD.encode(STANDARD.encode(packer.finish().unwrap()))
    }

    const RELEASE: &str = r#"{"name":"shop","namespace":"web","version":4,
        "info":{"first_deployed":"2025-12-01T00:00:00Z","last_deployed":"2026-01-01T00:04:00.5+02:00",
          "description":"Upgrade failed: token=hunter2","status":"failed","notes":"hunter2"},
        "chart":{"metadata":{"name":"shop","version":"1.3.0","appVersion":"9"},
          "values":{"password":"hunter2"},"templates":[{"data":"hunter2"}]},
        "config":{"password":"hunter2"},"manifest":"password: hunter2",
        "hooks":[{"name":"migrate","kind":"Job","manifest":"hunter2","events":["pre-upgrade"],
          "last_run":{"started_at":"2026-01-01T00:03:00Z","completed_at":"0001-01-01T00:00:00Z","phase":"Failed"}}]}"#;

    #[test]
    fn a_few_facts_remain_and_no_value() {
        for data in [
            packed(RELEASE.as_bytes()),
            STANDARD.encode(STANDARD.encode(RELEASE)),
        ] {
            let release = decode(&data).unwrap();
            assert_eq!((&*release.chart_version, release.revision), ("1.3.0", 4));
            assert_eq!(&*release.status, "failed");
            let hook = &release.hooks[0];
            assert_eq!((&*hook.phase, hook.completed), ("Failed", None));
            assert!(!format!("{release:?}").contains("hunter2"), "{release:?}");
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut json = br#"{"name":"shop","version":1,"manifest":""#.to_vec();
        json.resize(40 * 1024 * 1024, b'a');
        json.extend_from_slice(b"\"}");
        assert_eq!(decode(&packed(&json)), Err(HelmError::Bomb));
        assert_eq!(
            decode(&"a".repeat(MAX_ENCODED + 1)),
            Err(HelmError::TooLarge)
        );
    }

    #[test]
    fn what_is_no_release_is_refused_without_a_word_of_it() {
        for (data, error) in [
            ("hunter2!".to_owned(), HelmError::Encoding),
            (packed(b"{\"hunter2\""), HelmError::Decoding),
            (packed(b"{}"), HelmError::Decoding),
            (packed(b"[1]"), HelmError::Decoding),
        ] {
            let found = decode(&data).unwrap_err();
            assert_eq!(found, error);
            assert!(!found.to_string().contains("hunter2"));
        }
    }
}
