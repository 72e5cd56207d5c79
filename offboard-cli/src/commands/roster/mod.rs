//! Many leavers at once: what the commands do where they are given a roster in place of a plan or a run.

pub(super) mod approve;
pub(super) mod carry;
pub(super) mod look;
pub(super) mod plan;

use std::path::{Path, PathBuf};

use offboard::core::plan::roster::RosterError;
use offboard::{Error, Plan, Roster};
use serde::Deserialize;

use crate::fault::Fault;
use crate::files;

/// The roster's own file in its folder.
const FILE: &str = "roster.json";

/// A roster on the disk, with its plans beside it.
#[derive(Debug)]
pub(super) struct Folder {
    /// The roster's file.
    pub file: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they say.
    pub roster: Roster,
}

/// What every document says first.
#[derive(Deserialize)]
struct Peek {
    format: String,
}

impl Folder {
    /// The roster at `path`, which is its folder or its file; nothing where something else lies there.
    pub(super) fn at(path: &Path) -> Result<Option<Self>, Fault> {
        let inside = path.join(FILE);
        let file = if inside.is_file() { inside } else { path.to_owned() };
        // A pipe can be read once, and has no plans beside it.
        if !file.is_file() {
            return Ok(None);
        }
        let Ok(bytes) = files::read(&file, "roster") else { return Ok(None) };
        if !serde_json::from_slice::<Peek>(&bytes)
            .is_ok_and(|peek| peek.format.starts_with("offboard.roster/"))
        {
            return Ok(None);
        }
        let (roster, _) = Roster::from_bytes(&bytes).map_err(Error::from)?;
        Ok(Some(Self { file, bytes, roster }))
    }

    /// Where a member's plan lies.
    pub(super) fn plan_file(&self, digest: &offboard::core::id::Digest) -> PathBuf {
        self.file.with_file_name(name_of(digest))
    }

    /// The plans' bytes, in the roster's order.
    pub(super) fn plans(&self) -> Result<Vec<Vec<u8>>, Fault> {
        let read = |member: &offboard::core::plan::roster::Member| {
            files::read(&self.plan_file(&member.plan), "plan").map_err(|fault| {
                fault.hint("keep the plans of a roster beside it, as `offboard plan` wrote them")
            })
        };
        self.roster.members.iter().map(read).collect()
    }

    /// The same, understood. Each is the one that the roster names.
    pub(super) fn read_plans(&self) -> Result<Vec<Plan>, Fault> {
        let plans = self.roster.members.iter().zip(self.plans()?);
        plans
            .map(|(member, bytes)| {
                let (plan, digest) = Plan::from_bytes(&bytes).map_err(Error::from)?;
                if digest == member.plan {
                    return Ok(plan);
                }
                Err(Error::from(RosterError::Untrue(member.leaver.name())).into())
            })
            .collect()
    }
}

/// A plan is named by its digest: what the roster says of it can be looked at again.
fn name_of(digest: &offboard::core::id::Digest) -> String {
    format!("{}.json", digest.as_str())
}
