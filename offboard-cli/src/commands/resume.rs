//! `offboard resume`: goes on with what is open.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::Args;
use offboard::core::journal::RunStatus;
use offboard::{Approval, CarriedRoster, RosterId, RunId, TenantId};
use serde_json::json;

use super::{carry, journal, roster};
use crate::args::Until;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::text::clean;
use crate::{Answer, Shell};

/// Goes on with a run, or with all whose time has come
///
/// What stands still (stopped, refused, for a person, unknown) is looked at once more. Of a run from a roster nothing but cutting
/// access is sent as long as others of the roster were not even tried: then the roster to go on with is named.
#[derive(Debug, Clone, Args)]
pub struct Resume {
    /// The run, or the roster [default: the only open run]
    #[arg(value_name = "RUN", conflicts_with = "due")]
    pub run: Option<String>,
    /// Go on with every run whose time has come, for a timer
    #[arg(long)]
    pub due: bool,
    /// How far
    #[arg(long, value_enum, default_value_t = Until::Sent)]
    pub until: Until,
}

pub(super) async fn run(shell: &Shell, args: Resume) -> Result<Answer, Fault> {
    let session = Session::open(shell).await?;
    if args.due {
        return Box::pin(due(shell, &session, args.until)).await;
    }
    if let Some(name) = &args.run
        && let Some(roster) = journal::roster(shell, name).await?
    {
        return roster::carry::resume(shell, &session, &roster, args.until.into()).await;
    }
    let run = match &args.run {
        Some(name) => journal::record(shell, name).await?.run,
        None => only_open(shell, session.engine.tenant()).await?,
    };
    let (plan, _) = session.engine.state(&run).await?;
    let held = session.engine.held_back_by(&run).await?;
    let how = carry::how(shell, &plan, args.until.into());
    let (run, ended) = Box::pin(session.engine.resume(&run, how)).await?;
    let answer = carry::answer(shell, &session.engine, &run, ended, &session.journal, &[]).await?;
    Ok(match held {
        Some(roster) => held_back(answer, &roster),
        None => answer,
    })
}

/// Says that no more was done because others of the roster come first, and with what to go on.
fn held_back(mut answer: Answer, roster: &RosterId) -> Answer {
    let _ = writeln!(
        answer.text,
        "Held back by the roster {roster}: others of it can still sign in, so nothing but cutting access was sent of this run.\n\
         First    offboard resume {roster}"
    );
    answer.json["held_back_by"] = json!(roster);
    answer
}

async fn only_open(shell: &Shell, tenant: TenantId) -> Result<RunId, Fault> {
    let mut open: Vec<_> = journal::runs(shell)
        .await?
        .into_iter()
        .filter(|run| run.status == RunStatus::Open && run.tenant == tenant)
        .collect();
    if open.len() == 1 {
        return Ok(open.remove(0).run);
    }
    let names: Vec<String> =
        open.iter().map(|run| format!("{} ({})", run.run, clean(&run.leaver_name))).collect();
    Err(match names.len() {
        0 => Fault::usage("no run is open"),
        n => Fault::usage(format!("{n} runs are open: {}", names.join(", ")))
            .hint("name one of them, or say --due"),
    })
}

/// Every run whose time has come: those of a roster together, the others one after the other. One that cannot be carried
/// does not hold up the others.
async fn due(shell: &Shell, session: &Session, until: Until) -> Result<Answer, Fault> {
    let (mut rosters, mut alone) = (BTreeMap::<RosterId, BTreeSet<RunId>>::new(), Vec::new());
    for run in session.engine.due().await? {
        let record = session.engine.journal().record(&run).await?;
        match Approval::from_bytes(&record.approval).ok().and_then(|approval| approval.roster) {
            Some(roster) => _ = rosters.entry(roster).or_default().insert(run),
            None => alone.push(run),
        }
    }
    let (mut rows, mut text, mut worst) = (Vec::new(), String::new(), Code::Done);
    let mut say = |run: &RunId, came: Result<(Code, String, u8), Fault>, held: Option<RosterId>| {
        let (code, mut line, mut row) = match came {
            Ok((code, name, exit)) => {
                (code, format!("{run}  {name}  exit {exit}"), json!({ "run": run, "exit": exit }))
            }
            Err(fault) => {
                let row = json!({ "run": run, "exit": fault.code.number(), "error": fault.message });
                (fault.code, format!("{run}  {}", clean(&fault.message)), row)
            }
        };
        if let Some(roster) = held {
            let _ =
                write!(line, "  others of the roster {roster} can still sign in: offboard resume {roster}");
            row["held_back_by"] = json!(roster);
        }
        worst = worse(worst, code);
        text.push_str(&line);
        text.push('\n');
        rows.push(row);
        code == Code::Interrupted
    };
    let mut interrupted = false;
    for (roster, runs) in &rosters {
        if interrupted {
            break;
        }
        let carried =
            Box::pin(roster::carry::going_on(shell, session, roster, Some(runs), until.into())).await;
        for run in runs {
            let came = match &carried {
                Ok(carried) => of_many(session, run, carried).await,
                Err(fault) => Err(fault.clone()),
            };
            let held = still_held(session, run, &came).await;
            interrupted |= say(run, came, held);
        }
    }
    for run in alone {
        if interrupted {
            break;
        }
        let came = one(shell, session, &run, until).await;
        interrupted = say(&run, came, None);
    }
    if rows.is_empty() {
        text.push_str("No run's time has come.\n");
    }
    Ok(Answer { code: worst, text, json: json!({ "runs": rows }) })
}

/// The roster by which a run that is not over is held back. What the journal does not say hides nothing of its row.
async fn still_held(
    session: &Session,
    run: &RunId,
    came: &Result<(Code, String, u8), Fault>,
) -> Option<RosterId> {
    if matches!(came, Ok((Code::Done, ..))) {
        return None;
    }
    session.engine.held_back_by(run).await.ok().flatten()
}

/// What one of several that were carried together has come to.
async fn of_many(
    session: &Session,
    run: &RunId,
    carried: &CarriedRoster,
) -> Result<(Code, String, u8), Fault> {
    let report = session.engine.report(run).await?;
    if let Some(error) = carried.trouble.get(&report.leaver.id) {
        return Err(Fault::of(error));
    }
    let code = carry::code(carried.ended, &report);
    Ok((code, clean(&report.leaver.name()), code.number()))
}

async fn one(
    shell: &Shell,
    session: &Session,
    run: &RunId,
    until: Until,
) -> Result<(Code, String, u8), Fault> {
    let (plan, _) = session.engine.state(run).await?;
    let how = carry::how(shell, &plan, until.into());
    let (run, ended) = Box::pin(session.engine.resume(run, how)).await?;
    let report = session.engine.report(&run).await?;
    let code = carry::code(ended, &report);
    Ok((code, clean(&plan.leaver.name()), code.number()))
}

/// Of two codes the one that asks for more: an interrupt, the machine, then as for the steps of one run.
pub(super) fn worse(one: Code, other: Code) -> Code {
    let order = [
        Code::Interrupted,
        Code::Internal,
        Code::Usage,
        Code::Drift,
        Code::Person,
        Code::Refused,
        Code::Partly,
        Code::Waiting,
        Code::Done,
    ];
    order.into_iter().find(|code| *code == one || *code == other).unwrap_or(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_runs_the_one_that_asks_for_most_decides() {
        assert_eq!(worse(Code::Waiting, Code::Person), Code::Person);
        assert_eq!(worse(Code::Person, Code::Drift), Code::Drift);
        assert_eq!(worse(Code::Done, Code::Waiting), Code::Waiting);
        assert_eq!(worse(Code::Internal, Code::Drift), Code::Internal);
    }
}
