//! `offboard apply` and `offboard resume` of a roster.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use offboard::core::plan::roster::Member;
use offboard::{CarriedRoster, Ended, Engine, RosterDrive, RosterId, RosterReport, RunId};
use serde_json::json;

use super::Folder;
use crate::commands::apply::{Apply, policy_of};
use crate::commands::resume::worse;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::progress;
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
    let runs =
        approved.plans.iter().map(|plan| (plan.run_id(), plan.plan().leaver.name(), plan.plan().steps.len()));
    let how = how(shell, runs, args.until.into());
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
    let about = |member: &Member| (kept.run_of(member), member.leaver.name(), member.steps);
    let carried = |member: &&Member| only.is_none_or(|only| only.contains(&kept.run_of(member)));
    let how = how(shell, kept.roster.members.iter().filter(carried).map(about), until);
    Ok(Box::pin(session.engine.resume_roster(roster, only, &how)).await?)
}

fn how(
    shell: &Shell,
    runs: impl Iterator<Item = (RunId, String, usize)>,
    until: offboard::Until,
) -> RosterDrive {
    let (mut names, mut steps) = (BTreeMap::new(), 0);
    for (run, name, n) in runs {
        names.insert(run, name);
        steps += n;
    }
    let watch = progress::watch_many(names, steps, &shell.terminal);
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
