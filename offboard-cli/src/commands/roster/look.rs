//! `offboard check`, `status` and `cancel` of a roster.

use std::fmt::Write as _;
use std::path::Path;

use futures_util::stream::{self, StreamExt as _};
use offboard::core::plan::roster::approved::KeptRoster;
use offboard::{Ended, Error, RosterId};
use serde_json::json;

use super::{Folder, carry};
use crate::commands::journal;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::findings;
use crate::show::text::{clean, counted};
use crate::{Answer, Shell, files};

/// How many plans are judged at once.
const AT_ONCE: usize = 16;

/// Judges every plan of a roster against fresh readings.
pub(in crate::commands) async fn check(
    shell: &Shell,
    folder: &Folder,
    approval: Option<&Path>,
) -> Result<Answer, Fault> {
    let kept = match approval {
        Some(path) => Some(KeptRoster::reopen(&folder.bytes, &files::read(path, "approval")?)?),
        None => None,
    };
    let plans = folder.read_plans()?;
    let engine = Session::for_reading(shell).await?;
    let engine = &engine;
    let checked =
        stream::iter(&plans).map(|plan| async move { Box::pin(engine.check(plan)).await }).buffered(AT_ONCE);
    let found: Vec<Result<Vec<_>, Error>> = checked.collect().await;
    let style = shell.terminal.style();
    let (mut text, mut rows, mut stopped) = (String::new(), Vec::new(), 0);
    for (member, found) in folder.roster.members.iter().zip(found) {
        let found = found?;
        let part = kept.as_ref().map(|kept| kept.part(&member.plan));
        let stands = |f: &&_| findings::stops(f) && part.as_ref().is_none_or(|part| part.leaves_standing(f));
        let standing: Vec<_> = found.iter().filter(stands).cloned().collect();
        if !standing.is_empty() {
            stopped += 1;
            let _ = write!(
                text,
                "{}\n{}",
                style.bold(&clean(&member.leaver.name())),
                findings::list(&standing, style, 2)
            );
        }
        rows.push(json!({ "leaver": member.leaver, "line": member.line, "standing": standing }));
    }
    text.push_str(&match stopped {
        0 => style.green("Nothing stops any plan of this roster now.\n"),
        n => style.red(&format!("{} of {} stopped now.\n", counted(n, "plan"), plans.len())),
    });
    let code = if stopped == 0 { Code::Done } else { Code::Refused };
    Ok(Answer { code, text, json: json!({ "leavers": rows, "stopped": stopped }) })
}

/// How a roster stands, by the exit code too.
pub(in crate::commands) async fn status(shell: &Shell, roster: &RosterId) -> Result<Answer, Fault> {
    let report = journal::roster_report(shell, roster).await?;
    let style = shell.terminal.style();
    let mut text = format!("{}  {}\n", style.bold(roster.as_str()), report.summary());
    for (outcome, n) in report.counts() {
        let _ = writeln!(text, "  {n:>5} {}", outcome.name().replace('_', " "));
    }
    text.push_str(&carry::next(&report, Ended::Rested));
    let json = json!({
        "roster": roster,
        "totals": report.totals,
        "counts": report.counts(),
        "summary": report.summary(),
    });
    Ok(Answer { code: report.exit().into(), text, json })
}

/// Ends whatever of a roster has not been sent.
pub(in crate::commands) async fn cancel(shell: &Shell, roster: &RosterId, by: &str) -> Result<Answer, Fault> {
    let kept = journal::kept_roster(shell, roster).await?;
    let engine = Session::for_words(shell, kept.roster.tenant).await?;
    let ended = engine.cancel_roster(roster, by).await?;
    let text = format!(
        "{} ended. What was sent stays as it is; `offboard undo RUN` takes it back.\n",
        counted(ended, "open run")
    );
    Ok(Answer { code: Code::Done, text, json: json!({ "roster": roster, "ended": ended }) })
}
