//! The hash chain: how a record is bound to the one before, and where a chain is broken.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::canonical::{NotCanonical, canonical_json, from_hex, to_hex};

use super::{Checkpoint, Record};

/// The hash of the record before the first one.
const ZEROS: [u8; 32] = [0; 32];

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// How many records there are; the `seq` of the last one.
    pub count: u64,
    /// The hash of the last record; zeros when there is none.
    pub last_hash: String,
}

impl Tip {
    /// The tip of a chain without records.
    pub fn empty() -> Self {
        Self {
            count: 0,
            last_hash: to_hex(&ZEROS),
        }
    }
}

/// The first place where a chain does not hold. Each message is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// A record is missing or stands twice.
    #[error("record {expected} is missing: the next one is {found}")]
    Gap {
        /// The `seq` that should follow.
        expected: u64,
        /// The `seq` that follows.
        found: u64,
    },
    /// A record names another predecessor than the one it follows.
    #[error("record {seq} does not follow the record before it: its prev_hash differs")]
    PrevHash {
        /// The `seq` of the record.
        seq: u64,
    },
    /// A record was changed after it was written.
    #[error("record {seq} was changed: its hash does not match its content")]
    Hash {
        /// The `seq` of the record.
        seq: u64,
    },
    /// The end of the chain is gone.
    #[error("the chain ends at record {count}, and a checkpoint counted {expected}")]
    Truncated {
        /// How many records there are.
        count: u64,
        /// How many the checkpoint counted.
        expected: u64,
    },
    /// The chain was written anew.
    #[error("record {seq} is not the one of the checkpoint: the chain was written anew")]
    Rewritten {
        /// The `seq` of the last record that the checkpoint counted.
        seq: u64,
    },
}

/// `SHA-256(prev_hash || JCS(document))`: the document is a record without its member `hash`.
///
/// # Errors
/// The document has no canonical form.
pub fn chain_hash(prev_hash: &[u8; 32], document: &Value) -> Result<String, NotCanonical> {
    let mut sha = Sha256::new();
    sha.update(prev_hash);
    sha.update(canonical_json(document)?);
    Ok(to_hex(&sha.finalize()))
}

/// The hash that a record should have; `None` when it has no canonical form or no `prev_hash`.
pub(super) fn hash_of(record: &Record) -> Option<String> {
    let prev_hash = from_hex::<32>(&record.prev_hash)?;
    let mut document = serde_json::to_value(record).ok()?;
    document.as_object_mut()?.remove("hash");
    chain_hash(&prev_hash, &document).ok()
}

impl Record {
    /// True when the hash of this record is that of its content. Where it stands in the chain is
    /// for [`verify_chain`] to say.
    pub fn is_intact(&self) -> bool {
        hash_of(self).as_deref() == Some(&*self.hash)
    }
}

/// Walks a chain record by record, for stores that hand it out in pages.
#[derive(Debug, Clone)]
pub struct ChainWalk {
    tip: Tip,
    checkpoints: Vec<Checkpoint>,
}

impl ChainWalk {
    /// Starts before the first record. The newest checkpoint tells whether the end is missing, and
    /// each whether the chain up to it was written anew.
    pub fn new(checkpoints: impl IntoIterator<Item = Checkpoint>) -> Self {
        Self {
            tip: Tip::empty(),
            checkpoints: checkpoints.into_iter().collect(),
        }
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// The chain is broken at this record.
    pub fn take(&mut self, record: &Record) -> Result<(), Break> {
        let expected = self.tip.count + 1;
        let seq = record.seq;
        if seq != expected {
            let found = seq;
            return Err(Break::Gap { expected, found });
        }
        if record.prev_hash != self.tip.last_hash {
            return Err(Break::PrevHash { seq });
        }
        if hash_of(record).as_ref() != Some(&record.hash) {
            return Err(Break::Hash { seq });
        }
        let differs = |mark: &Checkpoint| mark.count == seq && mark.last_hash != record.hash;
        if self.checkpoints.iter().any(differs) {
            return Err(Break::Rewritten { seq });
        }
        self.tip = Tip {
            count: seq,
            last_hash: record.hash.clone(),
        };
        Ok(())
    }

    /// Ends the walk.
    ///
    /// # Errors
    /// The checkpoint counted more records than there are.
    pub fn finish(self) -> Result<Tip, Break> {
        let count = self.tip.count;
        let newest = self.checkpoints.iter().map(|mark| mark.count).max();
        match newest {
            Some(expected) if expected > count => Err(Break::Truncated { count, expected }),
            Some(_) | None => Ok(self.tip),
        }
    }
}

/// Walks a whole chain and answers its tip.
///
/// # Errors
/// The first break: a gap, another predecessor, a changed record, or an end that the newest
/// checkpoint knows and the chain lacks.
pub fn verify_chain<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    checkpoint: Option<&Checkpoint>,
) -> Result<Tip, Break> {
    let mut walk = ChainWalk::new(checkpoint.cloned());
    records
        .into_iter()
        .try_for_each(|record| walk.take(record))?;
    walk.finish()
}

#[cfg(test)]
mod tests {
    use super::super::{Actor, Entry};
    use super::*;

    const FIRST: &str = "063490dca3134ff66e211ac1d38a581a343bb103388ce728a828f6b1112ad66c";
    const SECOND: &str = "84384a3226f8c466990fdef6ec8d52a4d5db6b9bbf16b944d6b297721ee7bb28";

    fn vector(text: &str) -> Record {
        serde_json::from_str(text).unwrap()
    }

    fn vectors() -> Vec<Record> {
        let zeros = "0".repeat(64);
        let first = format!(
            "{{\"action\":\"plan.proposed\",\"object\":\"default/chat-app\",\"prev_hash\":\"{zeros}\",\
             \"seq\":1,\"ts\":\"2026-01-02T03:04:05.000000006Z\",\"hash\":\"{FIRST}\"}}"
        );
        let second = format!(
            "{{\"action\":\"plan.approved\",\"object\":\"default/chat-app\",\"prev_hash\":\"{FIRST}\",\
             \"seq\":2,\"ts\":\"2026-01-02T03:05:05.000000006Z\",\"hash\":\"{SECOND}\"}}"
        );
        vec![vector(&first), vector(&second)]
    }

    fn chain(length: u64) -> Vec<Record> {
        let mut records: Vec<Record> = Vec::new();
        let mut tip = Tip::empty();
        for number in 0..length {
            let ts = "2026-01-02T03:04:05Z".parse().unwrap();
            let entry = Entry::new(ts, Actor::system("test"), "thing.done", &number.to_string());
            let record = entry.seal(&tip).unwrap();
            tip = Tip {
                count: record.seq,
                last_hash: record.hash.clone(),
            };
            records.push(record);
        }
        records
    }

    #[test]
    fn the_vectors_hold() {
        let records = vectors();
        assert_eq!(hash_of(&records[0]).unwrap(), FIRST);
        assert_eq!(hash_of(&records[1]).unwrap(), SECOND);
        let tip = verify_chain(&records, None).unwrap();
        assert_eq!((tip.count, tip.last_hash.as_str()), (2, SECOND));
    }

    #[test]
    fn the_first_break_is_named() {
        let good = chain(4);
        assert_eq!(verify_chain(&good, None).unwrap().count, 4);
        let mut changed = good.clone();
        changed[2].object = "another".to_owned();
        assert_eq!(verify_chain(&changed, None), Err(Break::Hash { seq: 3 }));
        // Whoever changes a record and its hash as well is found one record later.
        changed[2].hash = hash_of(&changed[2]).unwrap();
        assert_eq!(
            verify_chain(&changed, None),
            Err(Break::PrevHash { seq: 4 })
        );
        let mut gap = good.clone();
        gap.remove(1);
        let (expected, found) = (2, 3);
        assert_eq!(
            verify_chain(&gap, None),
            Err(Break::Gap { expected, found })
        );
        let mut foreign = good;
        foreign[0].prev_hash = "not hexadecimal".to_owned();
        assert_eq!(
            verify_chain(&foreign, None),
            Err(Break::PrevHash { seq: 1 })
        );
    }

    #[test]
    fn a_checkpoint_finds_a_missing_end_and_a_new_chain() {
        let good = chain(4);
        let mark = |records: &[Record]| {
            let at = "2026-01-03T00:00:00Z".parse().unwrap();
            Checkpoint::of(&verify_chain(records, None).unwrap(), at)
        };
        let checkpoint = mark(&good);
        assert!(verify_chain(&good, Some(&checkpoint)).is_ok());
        assert!(verify_chain(&chain(6), Some(&checkpoint)).is_ok());
        let (count, expected) = (3, 4);
        assert_eq!(
            verify_chain(&good[..3], Some(&checkpoint)),
            Err(Break::Truncated { count, expected })
        );
        let other = mark(&vectors());
        assert_eq!(
            verify_chain(&good, Some(&other)),
            Err(Break::Rewritten { seq: 2 })
        );
    }

    #[test]
    fn an_empty_chain_has_the_zero_tip() {
        assert_eq!(verify_chain([], None), Ok(Tip::empty()));
    }
}
