//! What only SQLite has: a file with its rights, and a key beside it.

use std::error::Error as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use dogwatch_adapters::store::{CheckpointKey, KeyError, SqlStore, verify_checkpoint};
use dogwatch_model::ports::store::{Store as _, StoreError};
use dogwatch_model::record::Checkpoint;
use tempfile::TempDir;

use super::place::Place;
use super::stand::{entry, minute};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn only_the_owner_can_read_files_and_key() {
    let place = Place::sqlite();
    let store = place.open().await;
    store.append(entry(0, "one")).await.unwrap();
    let key = store.key_path().unwrap();
    CheckpointKey::open_or_create(&key).unwrap();
    let folder = key.parent().unwrap();
    assert_eq!(mode(folder), 0o700);
    let mut names = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        names.push(file.file_name().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    assert_eq!(names, ["store", "store-shm", "store-wal", "store.key"]);
}

#[tokio::test]
async fn a_commit_survives_a_copy_of_the_files() {
    // As after a crash: nobody closed the store, and its log was not folded into the file.
    let place = Place::sqlite();
    let store = place.open().await;
    let record = store.append(entry(0, "one")).await.unwrap();
    let from = store.key_path().unwrap();
    let copy = TempDir::new().unwrap();
    for name in ["store", "store-wal"] {
        fs::copy(from.with_file_name(name), copy.path().join(name)).unwrap();
    }
    let url = format!("sqlite:{}/store", copy.path().display());
    let again = SqlStore::open(&url).await.unwrap();
    assert_eq!(again.records(0, 9).await.unwrap(), [record]);
}

#[tokio::test]
async fn a_store_that_cannot_be_written_says_so_in_one_sentence() {
    let place = Place::sqlite();
    place.open().await.close().await;
    let path = place.url().strip_prefix("sqlite:").unwrap().to_owned();
    // Rights do not stop root; a folder in the place of the log stops everyone.
    fs::create_dir(format!("{path}-wal")).unwrap();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let below_a_file = format!("sqlite:{}/file/store", folder.path().display());
    for url in [place.url(), below_a_file] {
        let error = SqlStore::open(&url).await.unwrap_err();
        let path = url.strip_prefix("sqlite:").unwrap();
        assert!(matches!(error, StoreError::NotWritable { .. }), "{error:?}");
        assert!(!error.is_retryable());
        assert_eq!(
            error.to_string(),
            format!(
                "the store sqlite:{path} cannot be written; recovery stops, because nothing is \
                 done without an audit record"
            )
        );
        assert!(error.source().is_some());
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notes");
    let text = "these are my notes, and they are no database\n".repeat(30);
    fs::write(&path, &text).unwrap();
    let url = format!("sqlite:{}", path.display());
    let error = SqlStore::open(&url).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_key_is_made_once_and_signs() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.key");
    let key = CheckpointKey::open_or_create(&path).unwrap();
    let again = CheckpointKey::open_or_create(&path).unwrap();
    assert_eq!(key.public_key(), again.public_key());
    let secret = fs::read_to_string(&path).unwrap();
    assert!(!format!("{key:?}").contains(secret.trim()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let checkpoint = Checkpoint {
        count: 7,
        last_hash: "ab".repeat(32),
        at: minute(0),
        previous: None,
    };
    let signed = key.sign(checkpoint).unwrap();
    verify_checkpoint(&signed, &key.public_key()).unwrap();
    let mut changed = signed.clone();
    changed.checkpoint.count = 6;
    let answer = verify_checkpoint(&changed, &key.public_key());
    assert!(matches!(answer, Err(KeyError::BadSignature)), "{answer:?}");
    let other = CheckpointKey::open_or_create(&folder.path().join("other")).unwrap();
    let answer = verify_checkpoint(&signed, &other.public_key());
    assert!(matches!(answer, Err(KeyError::OtherKey)), "{answer:?}");
}

#[test]
fn a_key_that_others_can_read_or_that_is_none_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.key");
    CheckpointKey::open_or_create(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let answer = CheckpointKey::open_or_create(&path);
    assert!(
        matches!(answer, Err(KeyError::Exposed { .. })),
        "{answer:?}"
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, "not a key\n").unwrap();
    let answer = CheckpointKey::open_or_create(&path);
    assert!(matches!(answer, Err(KeyError::NoKey { .. })), "{answer:?}");
    let answer = CheckpointKey::open_or_create(&folder.path().join("no/such/folder"));
    assert!(matches!(answer, Err(KeyError::File { .. })), "{answer:?}");
}
