//! `offboard apply`: carries an approved plan out.

use std::path::PathBuf;

use clap::Args;
use offboard::Plan;
use offboard::core::policy::shipped;

use super::{carry, roster};
use crate::args::Until;
use crate::fault::Fault;
use crate::session::Session;
use crate::{Answer, Shell, files};

/// Carries out an approved plan
///
/// Applying the same two files again goes on with the same run. Of a roster, everybody's access is cut first.
#[derive(Debug, Clone, Args)]
pub struct Apply {
    /// The plan, or the folder of a roster
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Its approval
    #[arg(value_name = "APPROVAL")]
    pub approval: PathBuf,
    /// How far
    #[arg(long, value_enum, default_value_t = Until::Sent)]
    pub until: Until,
    /// End the open runs of this person: what they have not sent they never will
    #[arg(long)]
    pub supersede: bool,
    /// The policy that the plan was made from, to be kept with the run; those that come with offboard are known
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

pub(super) async fn run(shell: &Shell, args: Apply) -> Result<Answer, Fault> {
    if let Some(folder) = roster::Folder::at(&args.plan)? {
        return Box::pin(roster::carry::apply(shell, &args, &folder)).await;
    }
    let plan_bytes = files::read(&args.plan, "plan")?;
    let approval_bytes = files::read(&args.approval, "approval")?;
    let session = Session::open(shell).await?;
    let approved = session.engine.approved(&plan_bytes, &approval_bytes)?;
    let policy = policy_of(shell, approved.plan(), args.policy.as_ref())?;
    let line = format!("run {}, recorded in {}", approved.run_id(), session.journal.display());
    let superseded = if args.supersede {
        carry::superseded(&session.engine, approved.plan(), &approved.run_id()).await?
    } else {
        Vec::new()
    };
    let how = carry::announced(shell, carry::how(shell, approved.plan(), args.until.into()), line);
    let (run, ended) = Box::pin(session.engine.apply(approved, &policy, args.supersede, how)).await?;
    carry::answer(shell, &session.engine, &run, ended, &session.journal, &superseded).await
}

/// The bytes of the policy, by its digest in the plan.
pub(super) fn policy_of(shell: &Shell, plan: &Plan, named: Option<&PathBuf>) -> Result<Vec<u8>, Fault> {
    let digest = |bytes: &[u8]| offboard::core::document::digest(bytes);
    if let Some(path) = named {
        let bytes = files::read(path, "policy")?;
        if digest(&bytes) == plan.source.policy_digest {
            return Ok(bytes);
        }
        return Err(Fault::usage(format!(
            "`{}` is not the policy that this plan was made from",
            path.display()
        ))
        .hint("name the file as it was then, or make a new plan"));
    }
    let known = shipped().iter().find(|policy| digest(policy.text.as_bytes()) == plan.source.policy_digest);
    if known.is_none() {
        shell.terminal.progress("the policy's text is not kept with the run; --policy FILE keeps it");
    }
    Ok(known.map(|policy| policy.text.as_bytes().to_vec()).unwrap_or_default())
}
