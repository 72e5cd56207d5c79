//! `offboard apply` and `offboard resume` of a roster.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use offboard::{CarriedRoster, Ended, Engine, RosterDrive, RosterId, RosterReport, RunId};
use serde_json::json;

use super::Folder;
use crate::commands::apply::{Apply, policy_of};
use crate::commands::resume::worse;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::progress::{self, Crowd};
use crate::{Answer, Shell, files};

/// Applies an approved roster.
pub(in crate::commands) async fn apply(
    shell: &Shell,
    args: &Apply,
    folder: &Folder,
) -> Result<Answer, Fault> {
    if args.supersede {
        return Err(Fault::usage("a roster takes no other run's place").hint(
            "apply the plan of that one leaver by himself: `offboard apply PLAN APPROVAL --supersede`",
        ));
    }
    let approval = files::read(&args.approval, "approval")?;
    let session = Session::open(shell).await?;
    let approved = session.engine.approved_roster(&folder.bytes, &approval, folder.plans()?)?;
    let policy = match approved.plans.first() {
        Some(first) => policy_of(shell, first.plan(), args.policy.as_ref())?,
        None => Vec::new(),
    };
    shell.terminal.progress(&format!("roster {}, recorded in {}", approved.id(), session.journal.display()));
    let mut crowd = Crowd::default();
    for plan in &approved.plans {
        crowd.add(plan.run_id(), plan.plan().leaver.name(), plan.plan().steps.len(), true);
    }
    let how = how(shell, crowd, args.until.into());
    let carried = Box::pin(session.engine.apply_roster(approved, &policy, &how)).await?;
    answer(&session.engine, &carried, &session.journal).await
}

/// Goes on with a roster.
pub(in crate::commands) async fn resume(
    shell: &Shell,
    session: &Session,
    roster: &RosterId,
    until: offboard::Until,
) -> Result<Answer, Fault> {
    let carried = Box::pin(going_on(shell, session, roster, None, until)).await?;
    answer(&session.engine, &carried, &session.journal).await
}

/// Goes on with a roster, or with some of its runs.
pub(in crate::commands) async fn going_on(
    shell: &Shell,
    session: &Session,
    roster: &RosterId,
    only: Option<&BTreeSet<RunId>>,
    until: offboard::Until,
) -> Result<CarriedRoster, Fault> {
    let kept = session.engine.kept_roster(roster).await?;
    // Also of those that were not asked for something may be told: where they can sign in they come first.
    let mut crowd = Crowd::default();
    for member in &kept.roster.members {
        let run = kept.run_of(member);
        let meant = only.is_none_or(|only| only.contains(&run));
        crowd.add(run, member.leaver.name(), member.steps, meant);
    }
    let how = how(shell, crowd, until);
    Ok(Box::pin(session.engine.resume_roster(roster, only, &how)).await?)
}

fn how(shell: &Shell, crowd: Crowd, until: offboard::Until) -> RosterDrive {
    let watch = progress::watch_many(crowd, &shell.terminal);
    RosterDrive { stop: shell.interrupt.carry(), watch: Some(watch), ..RosterDrive::until(until) }
}

async fn answer(engine: &Engine, carried: &CarriedRoster, journal: &Path) -> Result<Answer, Fault> {
    let report = engine.roster_report(&carried.roster, &carried.trouble).await?;
    let mut text = report.to_text();
    let _ = writeln!(text, "\nJournal  {}", journal.display());
    text.push_str(&next(&report, carried.ended));
    let json = json!({ "roster": carried.roster, "journal": journal, "report": report });
    Ok(Answer { code: code(carried, &report), text, json })
}

/// The code of everybody, and of what kept somebody from being carried.
fn code(carried: &CarriedRoster, report: &RosterReport) -> Code {
    if carried.ended == Ended::Stopped {
        return Code::Interrupted;
    }
    carried.trouble.values().map(|error| Fault::of(error).code).fold(report.exit().into(), worse)
}

/// What a person may do next.
pub(in crate::commands) fn next(report: &RosterReport, ended: Ended) -> String {
    let roster = &report.roster;
    let mut text = String::new();
    let wake = report.leavers.iter().filter(|line| line.open).filter_map(|line| line.wake_at).min();
    if ended == Ended::Stopped || (wake.is_none() && report.leavers.iter().any(|line| line.open)) {
        let _ = writeln!(text, "Go on    offboard resume {roster}");
    } else if let Some(at) = wake {
        let at = at.to_seconds();
        let _ = writeln!(
            text,
            "Go on    offboard resume {roster}, from {at} on (or `offboard resume --due` regularly)"
        );
    }
    let _ = writeln!(
        text,
        "Look     offboard report {roster} --html report.html; offboard report RUN for one of them"
    );
    let _ = writeln!(text, "Undo     offboard undo RUN");
    text
}
