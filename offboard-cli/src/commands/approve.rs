//! `offboard approve`: somebody accepts exactly one plan. It needs no tenant.

use std::path::PathBuf;

use clap::Args;
use offboard::core::id::Digest;
use offboard::core::plan::ApprovalError;
use offboard::{Approval, ApprovedPlan, Error, Plan, StandingApproval, Waiver};
use serde_json::json;

use super::{roster, waive};
use crate::args::{Force, Waive};
use crate::fault::{Code, Fault};
use crate::{Answer, Shell, files, show};

/// Accepts exactly one plan or roster, by the digest of its bytes
///
/// Whoever made a plan may approve it himself only where it cuts access and does nothing else.
#[derive(Debug, Clone, Args)]
pub struct Approve {
    /// The plan, or the folder of a roster
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Approve it by a standing approval of its policy, which says by whom and what is accepted
    #[arg(long, value_name = "FILE", conflicts_with_all = ["by", "ticket", "waive", "irreversible"])]
    pub standing: Option<PathBuf>,
    /// Who approves [default: the operating system's user]; recorded as self-declared
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// A ticket, for the auditor
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// Findings that are accepted
    #[command(flatten)]
    pub waive: Waive,
    /// Accept steps that destroy data, device or account for good
    #[arg(long)]
    pub irreversible: bool,
    /// Where to write the approval
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Over what is there, or not
    #[command(flatten)]
    pub force: Force,
}

pub(super) fn run(shell: &Shell, args: &Approve) -> Result<Answer, Fault> {
    if let Some(folder) = roster::Folder::at(&args.plan)? {
        return roster::approve::run(shell, args, &folder);
    }
    let bytes = files::read(&args.plan, "plan")?;
    let mut inputs = vec![("the plan", args.plan.as_path())];
    inputs.extend(args.standing.iter().map(|file| ("the standing approval", file.as_path())));
    let output = shell.output(&args.output, args.force.force, &inputs)?;
    let (plan, digest) = Plan::from_bytes(&bytes).map_err(Error::from)?;
    let now = shell.host.clock.now();
    let approval = match &args.standing {
        Some(path) => {
            let standing = StandingApproval::from_bytes(&files::read(path, "standing approval")?)
                .map_err(Error::from)?;
            standing
                .approve(&plan, digest.clone(), now)
                .map_err(|why| Error::from(ApprovalError::from(why)))?
        }
        None => of_one_person(shell, args, digest.clone(), waive::waivers(&plan, &args.waive)?)?,
    };
    let approval_bytes = approval.to_bytes();
    // What would be refused when it is applied is refused now, while whoever can mend it is here.
    let approved = ApprovedPlan::new(&bytes, &approval_bytes, now)?;
    output.write(&approval_bytes)?;

    let style = shell.terminal.style();
    let mut text = show::approval::render(&plan, &approval, style);
    let shown = |path: &PathBuf| path.display().to_string();
    text.push_str(&show::approval::next(&plan, &approval, &shown(&args.plan), &shown(&args.output)));
    let json = json!({ "approval": approval, "plan": digest, "run": approved.run_id(), "file": args.output });
    Ok(Answer { code: Code::Done, text, json })
}

/// What somebody accepts who looked at the plan or the roster of this digest.
pub(super) fn of_one_person(
    shell: &Shell,
    args: &Approve,
    digest: Digest,
    waivers: Vec<Waiver>,
) -> Result<Approval, Fault> {
    let by = signer(shell, args.by.as_ref())?;
    let (ticket, now) = (args.ticket.clone(), shell.host.clock.now());
    Ok(Approval::of(digest, &by, now, ticket, waivers, args.irreversible))
}

/// Who puts his name to it: whoever is named, or the operating system's user.
pub(super) fn signer(shell: &Shell, named: Option<&String>) -> Result<String, Fault> {
    let by = named.cloned().unwrap_or_else(|| shell.settings.operator());
    if by.trim().is_empty() {
        return Err(Fault::usage("an approval is by somebody: --by is empty"));
    }
    Ok(by.trim().to_owned())
}
