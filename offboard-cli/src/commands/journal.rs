//! Looking into the journal without a tenant: whoever has the file can read the report.

use offboard::core::journal::{Journal as _, RunRecord, RunState, RunSummary, chain};
use offboard::{ApprovedPlan, Plan, Report, RunId, SqliteJournal};

use crate::Shell;
use crate::fault::Fault;
use crate::session::journal_to_read;

/// What a run has come to, by its journal alone.
pub(super) async fn report(shell: &Shell, run: &str) -> Result<(RunRecord, Plan, Report), Fault> {
    let Some(journal) = journal_to_read(shell).await? else {
        return Err(no_journal(shell, run));
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
    let approved = ApprovedPlan::reopen(&record.plan, &record.approval)?;
    let entries = journal.read(&run, 0).await?;
    let checkpoint = chain::verify(&record, &entries, None)?;
    let state = RunState::fold(run, approved.plan(), record.opened_at, &entries)?;
    let report = Report::new(&approved, &record, &state, &checkpoint, shell.host.clock.now());
    Ok((record, approved.plan().clone(), report))
}

/// The record of a run.
pub(super) async fn record(shell: &Shell, run: &str) -> Result<RunRecord, Fault> {
    let Some(journal) = journal_to_read(shell).await? else {
        return Err(no_journal(shell, run));
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

fn no_journal(shell: &Shell, run: &str) -> Fault {
    let path = shell.settings.journal().map(|path| path.path().display().to_string()).unwrap_or_default();
    Fault::usage(format!("there is no run `{run}`: nothing was recorded yet at {path}"))
        .hint("name the journal by --journal or OFFBOARD_JOURNAL, if it lies elsewhere")
}
