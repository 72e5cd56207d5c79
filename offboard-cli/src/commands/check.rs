//! `offboard check`: a plan against fresh readings. Nothing is changed.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use offboard::core::operation::Finding;
use offboard::core::plan::ApprovalError;
use offboard::{Approval, Error, Plan};
use serde_json::json;

use super::roster;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::findings;
use crate::show::text::counted;
use crate::{Answer, Shell, files};

/// Judges a plan against fresh readings
///
/// Nothing is changed. Ends with 3 where something stops it now that no waiver of the approval covers.
#[derive(Debug, Clone, Args)]
pub struct Check {
    /// The plan, or the folder of a roster
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Its approval, whose waivers count
    #[arg(value_name = "APPROVAL")]
    pub approval: Option<PathBuf>,
}

pub(super) async fn run(shell: &Shell, args: Check) -> Result<Answer, Fault> {
    if let Some(folder) = roster::Folder::at(&args.plan)? {
        return Box::pin(roster::look::check(shell, &folder, args.approval.as_deref())).await;
    }
    let bytes = files::read(&args.plan, "plan")?;
    let (plan, digest) = Plan::from_bytes(&bytes).map_err(Error::from)?;
    let approval = match &args.approval {
        Some(path) => Some(Approval::from_bytes(&files::read(path, "approval")?).map_err(Error::from)?),
        None => None,
    };
    if let Some(approval) = approval.as_ref().filter(|approval| approval.plan != digest) {
        let other = ApprovalError::OtherPlan { approved: approval.plan.clone(), plan: digest };
        return Err(Error::from(other).into());
    }
    let engine = Session::for_reading(shell).await?;
    let now = engine.check(&plan).await?;

    let waived = |finding: &Finding| {
        findings::stops(finding)
            && approval.as_ref().is_some_and(|approval| !approval.leaves_standing(finding))
    };
    let (fresh, known): (Vec<Finding>, Vec<Finding>) =
        now.iter().cloned().partition(|finding| !same(&plan.findings, finding));
    let gone: Vec<Finding> = plan.findings.iter().filter(|finding| !same(&now, finding)).cloned().collect();
    let standing = now.iter().filter(|finding| findings::stops(finding) && !waived(finding)).count();

    let style = shell.terminal.style();
    let mut text = String::new();
    for (title, list) in [
        ("New since the plan was made", &fresh),
        ("As when the plan was made", &known),
        ("No longer so", &gone),
    ] {
        if !list.is_empty() {
            let _ = writeln!(text, "{}\n{}", style.bold(title), findings::list(list, style, 2));
        }
    }
    let waivers = now.iter().filter(|finding| waived(finding)).count();
    if waivers > 0 {
        let _ = writeln!(text, "{} accepted by the approval.", counted(waivers, "finding"));
    }
    text.push_str(&match standing {
        0 => style.green("Nothing stops this plan now.\n"),
        n => style.red(&format!(
            "{} this plan now.\n",
            if n == 1 { "1 finding stops".to_owned() } else { format!("{n} findings stop") }
        )),
    });
    let code = if standing == 0 { Code::Done } else { Code::Refused };
    let json = json!({ "plan": digest, "new": fresh, "known": known, "gone": gone, "standing": standing });
    Ok(Answer { code, text, json })
}

fn same(list: &[Finding], finding: &Finding) -> bool {
    list.iter().any(|other| {
        other.step == finding.step
            && other.code == finding.code
            && other.key == finding.key
            && other.severity == finding.severity
    })
}
