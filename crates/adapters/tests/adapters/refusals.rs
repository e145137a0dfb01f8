//! Hostile and broken recordings, each refused with one sentence.

use std::{fs, path::Path};

use dogwatch_adapters::bundle::{Bundle, BundleError};
use tar::EntryType;
use tempfile::TempDir;

use crate::recordings::{folder, gzip, gzip_at, list_of, open_file, tar};

#[track_caller]
fn check(result: Result<Bundle, BundleError>, words: &str) {
    let sentence = result.map(|_| ()).unwrap_err().to_string();
    assert!(sentence.contains(words), "{sentence}");
    assert!(!sentence.contains('\n'), "{sentence}");
}

#[test]
fn names_that_lead_outside_are_refused() {
    for name in ["../pods.json", "a/../../pods.json", "/etc/pods.json"] {
        let packed = tar(&[(name, EntryType::Regular, "{}")]);
        check(open_file("b.tar", &packed), "leads outside");
        check(open_file("b.tar.gz", &gzip(&packed)), "leads outside");
    }
}

#[test]
fn links_and_devices_are_refused() {
    for (kind, target, words) in [
        (EntryType::Symlink, "/etc/passwd", "symbolic link"),
        (
            EntryType::Symlink,
            "../../../../../etc/passwd",
            "symbolic link",
        ),
        (EntryType::Link, "pods.json", "hard link"),
        (EntryType::Char, "", "a device"),
        (EntryType::Block, "", "a device"),
        (EntryType::Fifo, "", "a pipe"),
    ] {
        check(
            open_file("b.tar", &tar(&[("x/logs/shop/a/app.log", kind, target)])),
            words,
        );
    }
    let folder = folder(&[("pods.json", &list_of("Pod", &["shop/a"]))]);
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.json")).unwrap();
    check(Bundle::open(folder.path()), "symbolic link");
}

#[test]
fn truncated_archives_are_refused() {
    let pods = list_of("Pod", &["shop/a"; 40]);
    let packed = tar(&[("pods.json", EntryType::Regular, &pods)]);
    check(open_file("b.tar", &packed[..700]), "truncated or damaged");
    let zipped = gzip(&packed);
    for length in [zipped.len() / 2, zipped.len() - 1, 12] {
        check(
            open_file("b.tar.gz", &zipped[..length]),
            "truncated or damaged",
        );
    }
    let mut flipped = zipped;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    check(open_file("b.tar.gz", &flipped), "truncated or damaged");
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![0; 80 * 1024 * 1024];
    let text = core::str::from_utf8(&zeros).unwrap();
    let packed = tar(&[("pods.json", EntryType::Regular, text)]);
    let bomb = gzip_at(flate2::Compression::best(), &packed);
    check(open_file("b.tar.gz", &bomb), "as only a bomb does");
}

#[test]
fn entries_above_the_limits_are_refused() {
    // The size that a header claims is enough: nothing of it needs to be there.
    let mut archive = tar(&[("pods.json", EntryType::Regular, "")]);
    let mut header = tar::Header::new_gnu();
    header.set_path("pods.json").unwrap();
    header.set_size(300 * 1024 * 1024);
    header.set_entry_type(EntryType::Regular);
    header.set_cksum();
    archive[..512].copy_from_slice(header.as_bytes());
    check(open_file("b.tar", &archive), "larger than 256 MiB");
    let mut many = Vec::new();
    let one = tar(&[("a", EntryType::Directory, "")]);
    for _ in 0..=200_000 {
        many.extend_from_slice(&one[..512]);
    }
    check(open_file("b.tar", &many), "more than 200000 entries");
}

#[test]
fn what_is_no_recording_is_said_to_be_none() {
    check(Bundle::open(Path::new("/nowhere/at/all")), "does not exist");
    check(
        Bundle::open(TempDir::new().unwrap().path()),
        "holds no Kubernetes object",
    );
    check(
        open_file("a.png", b"\x89PNG\r\n\0\0"),
        "is neither a folder",
    );
    check(
        open_file(
            "b.tar.gz",
            &gzip(
                b"not a tar, but long enough to have a header"
                    .repeat(20)
                    .as_slice(),
            ),
        ),
        "is neither",
    );
    check(open_file("empty", b""), "holds no Kubernetes object");
    check(
        open_file("a.json", b"{\"kind\":"),
        "holds no Kubernetes object",
    );
    check(
        open_file("a.json", b"{\"a\":1}"),
        "holds no Kubernetes object",
    );
    let notes = folder(&[("readme.txt", "hello")]);
    check(Bundle::open(notes.path()), "holds no Kubernetes object");
    let deep = TempDir::new().unwrap();
    fs::create_dir_all(deep.path().join("a/".repeat(60))).unwrap();
    check(Bundle::open(deep.path()), "nested deeper");
}

#[test]
fn captures_of_a_newer_version_are_refused() {
    let capture = r#"{"schema_version":99,"ledger":"in another shape"}"#;
    check(
        Bundle::open(folder(&[("dogwatch/capture.json", capture)]).path()),
        "newer Dogwatch",
    );
    let capture = r#"{"schema_version":1,"ledger":7}"#;
    check(
        Bundle::open(folder(&[("dogwatch/capture.json", capture)]).path()),
        "damaged (its capture",
    );
}
