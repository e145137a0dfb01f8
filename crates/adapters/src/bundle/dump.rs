//! Logs with headings, as `kubectl cluster-info dump` writes them, alone or behind its lists.

use serde_json::{StreamDeserializer, value::RawValue};

use super::layout::LogName;

const START: &str = "==== START logs for container ";
const END: &str = "==== END logs for container ";

/// A piece of a dump.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// One JSON value.
    Json(&'a [u8]),
    /// The log of one container.
    Log(LogName, &'a str),
}

/// True when the text is a dump in one stream rather than plain JSON.
pub(crate) fn is_dump(text: &[u8]) -> bool {
    memchr::memmem::find(text, START.as_bytes()).is_some()
}

/// Takes a dump apart. The error says what is wrong.
pub(crate) fn pieces(text: &[u8]) -> Result<Vec<Piece<'_>>, String> {
    let text = core::str::from_utf8(text).map_err(|_| "the dump is not UTF-8".to_owned())?;
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        rest = if let Some(heading) = rest.strip_prefix(START) {
            let (log, behind) = log(heading);
            pieces.extend(log);
            behind
        } else {
            let mut values: StreamDeserializer<'_, _, &RawValue> =
                serde_json::Deserializer::from_str(rest).into_iter();
            match values.next() {
                Some(Ok(value)) => pieces.push(Piece::Json(value.get().as_bytes())),
                Some(Err(error)) => return Err(error.to_string()),
                None => break,
            }
            &rest[values.byte_offset()..]
        }
        .trim_start();
    }
    Ok(pieces)
}

/// The log below a heading, and what follows it.
fn log(heading: &str) -> (Option<Piece<'_>>, &str) {
    let (heading, body) = heading.split_once('\n').unwrap_or((heading, ""));
    // <container> of pod <namespace>/<pod> ====
    let name = heading.trim_end().trim_end_matches('=').trim_end();
    let end = format!("\n{END}{name}");
    let padded = body.starts_with(&end[1..]);
    let (log, behind) = if padded {
        ("", body)
    } else {
        match body.find(&end) {
            Some(at) => (&body[..=at], &body[at + 1..]),
            None => (body, ""),
        }
    };
    let behind = behind.split_once('\n').map_or("", |(_, behind)| behind);
    let piece = name.split_once(" of pod ").and_then(|(container, pod)| {
        let (namespace, pod) = pod.split_once('/')?;
        let name = LogName {
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            container: container.to_owned(),
            previous: false,
        };
        Some(Piece::Log(name, log))
    });
    (piece, behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_taken_apart() {
        let text = "{\"kind\":\"NodeList\"}\n[1]\n\
            ==== START logs for container app of pod shop/web-1 ====\none\n{two\n\
            ==== END logs for container app of pod shop/web-1 ====\n\
            ==== START logs for container b of pod shop/web-1 ====\n\
            ==== END logs for container b of pod shop/web-1 ====\n{\"a\":1}";
        let log = |container: &str| LogName {
            namespace: "shop".to_owned(),
            pod: "web-1".to_owned(),
            container: container.to_owned(),
            previous: false,
        };
        assert!(is_dump(text.as_bytes()));
        assert_eq!(
            pieces(text.as_bytes()).unwrap(),
            [
                Piece::Json(b"{\"kind\":\"NodeList\"}"),
                Piece::Json(b"[1]"),
                Piece::Log(log("app"), "one\n{two\n"),
                Piece::Log(log("b"), ""),
                Piece::Json(b"{\"a\":1}"),
            ]
        );
        assert!(pieces(b"{").is_err());
    }
}
