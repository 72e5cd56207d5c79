//! Looking into the journal without a tenant: whoever has the file can read the report.

use offboard::core::journal::{Journal as _, RosterRecord, RunRecord, RunState, RunSummary, chain};
use offboard::core::plan::roster::approved::KeptRoster;
use offboard::core::report::roster::Line;
use offboard::{Plan, Report, RosterId, RosterReport, RunId, SqliteJournal};

use crate::Shell;
use crate::fault::Fault;
use crate::session::journal_to_read;

/// What a run has come to, by its journal alone.
pub(super) async fn report(shell: &Shell, run: &str) -> Result<(RunRecord, Plan, Report), Fault> {
    let Some(journal) = journal_to_read(shell).await? else {
        return Err(no_journal(shell, "run", run));
    };
    let run = find(&journal, run).await?;
    report_of(shell, &journal, run).await
}

/// The same of every run in the journal, newest first. One that cannot be read does not hide the others.
pub(super) async fn reports(
    shell: &Shell,
    wanted: impl Fn(&RunSummary) -> bool,
) -> Result<Vec<(RunSummary, Result<Report, Fault>)>, Fault> {
    let Some(journal) = journal_to_read(shell).await? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for summary in journal.runs(None).await?.into_iter().filter(wanted) {
        let report = report_of(shell, &journal, summary.run.clone()).await;
        found.push((summary, report.map(|(.., report)| report)));
    }
    Ok(found)
}

async fn report_of(
    shell: &Shell,
    journal: &SqliteJournal,
    run: RunId,
) -> Result<(RunRecord, Plan, Report), Fault> {
    let record = journal.record(&run).await?;
    let approved = record.reopen()?;
    let entries = journal.read(&run, 0).await?;
    let checkpoint = chain::verify(&record, &entries, None)?;
    let state = RunState::fold(run, approved.plan(), record.opened_at, &entries)?;
    let report = Report::new(&approved, &record, &state, &checkpoint, shell.host.clock.now());
    Ok((record, approved.plan().clone(), report))
}

/// The roster of this name, or the only one whose name begins so; nothing where a run is named.
pub(super) async fn roster(shell: &Shell, name: &str) -> Result<Option<RosterId>, Fault> {
    // No run begins so.
    if !name.starts_with('r') {
        return Ok(None);
    }
    let Some(journal) = journal_to_read(shell).await? else {
        return Err(no_journal(shell, "roster", name));
    };
    let mut rosters = journal.rosters(None).await?;
    rosters.retain(|roster| {
        roster.roster.as_str() == name || (name.len() >= SHORTEST && roster.roster.as_str().starts_with(name))
    });
    match rosters.as_slice() {
        [one] => Ok(Some(one.roster.clone())),
        [] => Err(Fault::usage(format!("there is no roster `{name}` in this journal"))
            .hint(format!("`offboard runs` lists those of {}", journal.path().display()))),
        several => {
            let n = several.len();
            Err(Fault::usage(format!("{n} rosters begin with `{name}`")).hint("write more of it"))
        }
    }
}

/// A roster as it was applied, by the journal alone.
pub(super) async fn kept_roster(shell: &Shell, roster: &RosterId) -> Result<KeptRoster, Fault> {
    let Some(journal) = journal_to_read(shell).await? else {
        return Err(no_journal(shell, "roster", roster.as_str()));
    };
    Ok(journal.roster(roster).await?.reopen()?)
}

/// What has become of everybody in a roster, by the journal alone.
pub(super) async fn roster_report(shell: &Shell, roster: &RosterId) -> Result<RosterReport, Fault> {
    let Some(journal) = journal_to_read(shell).await? else {
        return Err(no_journal(shell, "roster", roster.as_str()));
    };
    let record = journal.roster(roster).await?;
    let kept = record.reopen()?;
    let mut lines = Vec::with_capacity(kept.roster.members.len());
    for member in &kept.roster.members {
        lines.push(match report_of(shell, &journal, kept.run_of(member)).await {
            Ok((.., report)) => Line::of_run(member, &report),
            Err(fault) if fault.kind == "no_run" => Line::refused(&kept, member, None),
            Err(fault) => return Err(fault),
        });
    }
    Ok(RosterReport::new(&kept, record.opened_at, lines, shell.host.clock.now()))
}

/// The rosters in the journal, newest first.
pub(super) async fn rosters(shell: &Shell) -> Result<Vec<RosterRecord>, Fault> {
    match journal_to_read(shell).await? {
        Some(journal) => Ok(journal.rosters(None).await?),
        None => Ok(Vec::new()),
    }
}

/// The record of a run.
pub(super) async fn record(shell: &Shell, run: &str) -> Result<RunRecord, Fault> {
    let Some(journal) = journal_to_read(shell).await? else {
        return Err(no_journal(shell, "run", run));
    };
    let run = find(&journal, run).await?;
    Ok(journal.record(&run).await?)
}

/// Every run in the journal, newest first.
pub(super) async fn runs(shell: &Shell) -> Result<Vec<RunSummary>, Fault> {
    match journal_to_read(shell).await? {
        Some(journal) => Ok(journal.runs(None).await?),
        None => Ok(Vec::new()),
    }
}

/// How much of a run's name says which it is.
const SHORTEST: usize = 4;

/// The run of this name, or the only one whose name begins so.
async fn find(journal: &SqliteJournal, name: &str) -> Result<RunId, Fault> {
    let runs = journal.runs(None).await?;
    let begins: Vec<&RunSummary> = runs
        .iter()
        .filter(|run| {
            run.run.as_str() == name || (name.len() >= SHORTEST && run.run.as_str().starts_with(name))
        })
        .collect();
    match begins.as_slice() {
        [one] => Ok(one.run.clone()),
        [] if name.len() < SHORTEST => Err(Fault::usage(format!("`{name}` is too short to name a run"))
            .hint("write at least 4 characters of its name; `offboard runs` lists them")),
        [] => Err(Fault::usage(format!("there is no run `{name}` in this journal"))
            .hint(format!("`offboard runs` lists those of {}", journal.path().display()))),
        several => {
            Err(Fault::usage(format!("{} runs begin with `{name}`", several.len())).hint("write more of it"))
        }
    }
}

fn no_journal(shell: &Shell, what: &str, name: &str) -> Fault {
    let path = shell.settings.journal().map(|path| path.path().display().to_string()).unwrap_or_default();
    Fault::usage(format!("there is no {what} `{name}`: nothing was recorded yet at {path}"))
        .hint("name the journal by --journal or OFFBOARD_JOURNAL, if it lies elsewhere")
}
