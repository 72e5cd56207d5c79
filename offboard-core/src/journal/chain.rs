//! The hash chain: whoever changes, removes or reorders an entry breaks it. Cutting off the end does not, so a
//! checkpoint (how many, and the last hash) can be kept elsewhere.

use super::event::{Entry, Event};
use super::port::{JournalError, RunRecord};
use crate::document::digest;
use crate::id::Digest;

/// The hash in front of the first entry: of everything that was stored when the run was opened.
pub fn genesis(record: &RunRecord) -> Digest {
    let mut bytes = Vec::new();
    let (tenant, leaver) = (record.tenant.to_string(), record.leaver.to_string());
    let opened_at = record.opened_at.as_micros().to_be_bytes();
    for part in [
        record.run.as_str().as_bytes(),
        tenant.as_bytes(),
        leaver.as_bytes(),
        record.leaver_name.as_bytes(),
        &opened_at,
        &record.plan,
        &record.approval,
        &record.policy,
        &record.profile,
    ] {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    digest(&bytes)
}

/// The entry that follows `previous`.
pub fn link(previous: &Digest, seq: u64, event: Event) -> Entry {
    let hash = hash(previous, seq, &event);
    Entry { seq, event, previous: previous.clone(), hash }
}

fn hash(previous: &Digest, seq: u64, event: &Event) -> Digest {
    let mut bytes = previous.as_str().as_bytes().to_vec();
    bytes.extend_from_slice(&seq.to_be_bytes());
    bytes.extend_from_slice(&serde_json::to_vec(event).unwrap_or_default());
    digest(&bytes)
}

/// How many entries there are, and the hash of the last: kept elsewhere, it shows a cut tail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// How many.
    pub count: u64,
    /// The hash of the last; of the run's record where there is none.
    pub head: Digest,
}

/// Checks a whole journal against its record, and against a checkpoint where there is one.
pub fn verify(
    record: &RunRecord,
    entries: &[Entry],
    checkpoint: Option<&Checkpoint>,
) -> Result<Checkpoint, JournalError> {
    let mut head = genesis(record);
    let mut count = 0_u64;
    for entry in entries {
        count += 1;
        let broken =
            |why: &str| JournalError::Broken { run: record.run.clone(), seq: count, why: why.to_owned() };
        if entry.seq != count {
            return Err(broken("the numbers have a gap"));
        }
        if entry.previous != head || entry.hash != hash(&head, count, &entry.event) {
            return Err(broken("the entry or one before it was changed"));
        }
        head = entry.hash.clone();
        if let Some(kept) = checkpoint
            && kept.count == count
            && kept.head != head
        {
            return Err(broken("the checkpoint has another hash here"));
        }
    }
    if checkpoint.is_some_and(|kept| kept.count > count) {
        return Err(JournalError::Broken {
            run: record.run.clone(),
            seq: count,
            why: "the checkpoint has more entries: the end was cut off".to_owned(),
        });
    }
    Ok(Checkpoint { count, head })
}
