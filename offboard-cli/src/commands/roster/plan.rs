//! `offboard plan --roster`: what a policy would do for everybody whom a file names. Nothing is changed.

use std::fmt::Write as _;
use std::path::Path;

use offboard::core::document::digest;
use offboard::core::engine::PlannedRoster;
use offboard::core::plan::roster::Rows;
use offboard::{Error, Policy, Timestamp};
use serde_json::json;

use super::{FILE, Folder, name_of};
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show;
use crate::show::text::{clean, quoted};
use crate::{Answer, Shell, files};

/// Plans for everybody in `file`, and writes roster and plans into the new folder `folder`.
pub(in crate::commands) async fn run(
    shell: &Shell,
    policy: &Policy,
    (file, folder): (&Path, &Path),
    leaves_at: Option<Timestamp>,
) -> Result<Answer, Fault> {
    let bytes = files::read(file, "roster")?;
    let rows = Rows::parse(&bytes, &file.display().to_string()).map_err(Error::from)?;
    let engine = Session::for_reading(shell).await?;
    // Before anybody is asked about, so that a mistake costs no time.
    new_folder(folder)?;
    let (people, terminal) = (rows.len(), shell.terminal.clone());
    let planned = move |n: usize| {
        if n.is_multiple_of(25) {
            terminal.progress(&format!("{n} of {people} planned"));
        }
    };
    let by = shell.settings.operator();
    let PlannedRoster { roster, plans } =
        Box::pin(engine.plan_roster(policy, &rows, leaves_at, &by, &planned)).await?;
    let style = shell.terminal.style();
    let mut text = show::roster::render(&roster, style);
    let stopped =
        !roster.refused.is_empty() || roster.members.iter().any(|member| !member.stopped_by.is_empty());
    let mut written: Option<&Path> = None;
    if roster.members.is_empty() {
        text.push_str("Nothing was kept: no plan could be made of any row.\n");
    } else {
        for (member, plan) in roster.members.iter().zip(&plans) {
            files::write(&folder.join(name_of(&member.plan)), plan)?;
        }
        // The roster last: a folder without it is none.
        files::write(&folder.join(FILE), &roster.to_bytes())?;
        written = Some(folder);
        let shown = quoted(&folder.display().to_string());
        let _ =
            writeln!(text, "Written to {shown}. Next: offboard approve {shown} --by NAME -o approval.json");
    }
    let json = json!({ "roster": roster, "folder": written, "digest": digest(&roster.to_bytes()) });
    Ok(Answer { code: if stopped { Code::Refused } else { Code::Done }, text, json })
}

/// Makes the folder. What is in one that is there already stays.
fn new_folder(folder: &Path) -> Result<(), Fault> {
    if folder.exists() && !folder.is_dir() {
        return Err(Fault::usage(format!("`{}` is no folder", folder.display()))
            .hint("a roster is written into a folder of its own, with its plans"));
    }
    if std::fs::read_dir(folder).is_ok_and(|inside| inside.count() > 0) {
        return Err(Fault::usage(format!("the folder `{}` is not empty", folder.display()))
            .hint("name a new folder; what lies in this one stays as it is"));
    }
    files::make_folder(folder)
}

/// `offboard show` of a roster.
pub(in crate::commands) fn show(shell: &Shell, folder: &Folder) -> Answer {
    let mut text = show::roster::render(&folder.roster, shell.terminal.style());
    for member in folder.roster.members.iter().take(1) {
        let file = quoted(&folder.plan_file(&member.plan).display().to_string());
        let _ = writeln!(
            text,
            "Each plan lies beside it by its digest, as {file} for {}.",
            clean(&member.leaver.name())
        );
    }
    let digest = digest(&folder.bytes);
    let _ = writeln!(text, "Roster digest {digest}, which an approval names.");
    Answer { code: Code::Done, text, json: json!({ "roster": folder.roster, "digest": digest }) }
}
