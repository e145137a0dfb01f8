//! The key that signs checkpoints of the audit chain.

use core::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use dogwatch_model::canonical::{from_hex, to_hex};
use dogwatch_model::record::{Checkpoint, SignedCheckpoint};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

/// Rights of group and others; a private key has none of them.
const FOREIGN_RIGHTS: u32 = 0o077;

/// A key or a checkpoint is not to be trusted. Each message is one sentence; no retry helps.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file system refused.
    #[error("the key {} cannot be read or created", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
    /// Others can read the private key.
    #[error("the key {} can be read by others; run chmod 600 on it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{} holds no key of 64 hexadecimal digits", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The system gave no random numbers.
    #[error("this system gives no random numbers, which a new key needs")]
    NoRandom,
    /// The checkpoint counts beyond what JSON can hold.
    #[error("the checkpoint counts more records than can be signed")]
    NotSignable,
    /// The checkpoint names another key than the trusted one.
    #[error("the checkpoint is signed with another key than the trusted one")]
    OtherKey,
    /// The signature is not one of this checkpoint.
    #[error("the signature does not match the checkpoint: it was changed")]
    BadSignature,
}

/// The private key. Never printed.
pub struct CheckpointKey(SigningKey);

impl CheckpointKey {
    /// Reads the key from its file; at first use makes one, readable by its owner only.
    ///
    /// # Errors
    /// The file cannot be read or created, holds no key, or can be read by others.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyError> {
        match fs::metadata(path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(path)?,
            Err(source) => return Err(file_error(path, source)),
        }
        let metadata = fs::metadata(path).map_err(|source| file_error(path, source))?;
        if metadata.permissions().mode() & FOREIGN_RIGHTS != 0 {
            let path = path.to_owned();
            return Err(KeyError::Exposed { path });
        }
        let text = fs::read_to_string(path).map_err(|source| file_error(path, source))?;
        match from_hex::<32>(text.trim_end()) {
            Some(seed) => Ok(Self(SigningKey::from_bytes(&seed))),
            None => Err(KeyError::NoKey {
                path: path.to_owned(),
            }),
        }
    }

    /// The public key, 64 hexadecimal digits: to be written down where the store is not.
    pub fn public_key(&self) -> String {
        to_hex(self.0.verifying_key().as_bytes())
    }

    /// Signs a checkpoint.
    ///
    /// # Errors
    /// The count is beyond 2^53.
    pub fn sign(&self, checkpoint: Checkpoint) -> Result<SignedCheckpoint, KeyError> {
        let bytes = checkpoint.signed_bytes().ok_or(KeyError::NotSignable)?;
        Ok(SignedCheckpoint {
            signature: to_hex(&self.0.sign(&bytes).to_bytes()),
            public_key: self.public_key(),
            checkpoint,
        })
    }
}

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public_key = self.public_key();
        f.debug_struct("CheckpointKey")
            .field("public_key", &public_key)
            .finish_non_exhaustive()
    }
}

/// Checks that the owner of the trusted public key signed this checkpoint.
///
/// # Errors
/// It names another key, or was changed after it was signed.
pub fn verify_checkpoint(signed: &SignedCheckpoint, trusted: &str) -> Result<(), KeyError> {
    if signed.public_key != trusted {
        return Err(KeyError::OtherKey);
    }
    let key = from_hex::<32>(trusted).ok_or(KeyError::OtherKey)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| KeyError::OtherKey)?;
    let signature = from_hex::<64>(&signed.signature).ok_or(KeyError::BadSignature)?;
    let bytes = signed
        .checkpoint
        .signed_bytes()
        .ok_or(KeyError::NotSignable)?;
    key.verify_strict(&bytes, &Signature::from_bytes(&signature))
        .map_err(|_| KeyError::BadSignature)
}

/// Writes the whole key under another name first: a second process never reads half a key, and of
/// two that start at once one wins.
fn create(path: &Path) -> Result<(), KeyError> {
    let (mut seed, mut tag) = ([0; 32], [0; 8]);
    getrandom::fill(&mut seed).map_err(|_| KeyError::NoRandom)?;
    getrandom::fill(&mut tag).map_err(|_| KeyError::NoRandom)?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", to_hex(&tag)));
    let draft = PathBuf::from(draft);
    let written = write_new(&draft, &to_hex(&seed));
    let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        answer => answer,
    });
    // The draft may not exist when it could not be written.
    drop(fs::remove_file(&draft));
    linked.map_err(|source| file_error(path, source))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

fn file_error(path: &Path, source: io::Error) -> KeyError {
    KeyError::File {
        path: path.to_owned(),
        source,
    }
}
