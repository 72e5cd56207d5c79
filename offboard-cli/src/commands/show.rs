//! `offboard show`: what stands in a plan. It needs no tenant.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use offboard::{Error, Plan};

use super::{plan, roster};
use crate::fault::{Code, Fault};
use crate::show;
use crate::{Answer, Shell, files};

/// Shows a plan from its file, as `plan` printed it
///
/// Nothing is read from the tenant; `offboard check` judges it against fresh readings.
#[derive(Debug, Clone, Args)]
pub struct Show {
    /// The plan, or the folder of a roster
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
}

pub(super) fn run(shell: &Shell, args: &Show) -> Result<Answer, Fault> {
    if let Some(folder) = roster::Folder::at(&args.plan)? {
        return Ok(roster::plan::show(shell, &folder));
    }
    let bytes = files::read(&args.plan, "plan")?;
    let (document, digest) = Plan::from_bytes(&bytes).map_err(Error::from)?;
    let mut text = show::plan::render(&document, shell.terminal.style());
    let _ = writeln!(text, "Plan digest {digest}, which an approval names.");
    Ok(Answer { code: Code::Done, text, json: plan::object(&document, &bytes, None) })
}
