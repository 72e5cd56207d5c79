//! `offboard approve` of a roster: who accepts exactly these plans, and which findings of which.

use std::fmt::Write as _;

use offboard::core::operation::{Finding, Severity};
use offboard::core::plan::roster::Member;
use offboard::{ApprovedRoster, Waiver};
use serde_json::json;

use super::Folder;
use crate::args::Waive;
use crate::commands::approve::{Approve, of_one_person};
use crate::fault::{Code, Fault};
use crate::show::findings::waiver_name;
use crate::show::{self, text::quoted};
use crate::{Answer, Shell};

pub(in crate::commands) fn run(shell: &Shell, args: &Approve, folder: &Folder) -> Result<Answer, Fault> {
    let plans: Vec<_> = folder.roster.members.iter().map(|member| folder.plan_file(&member.plan)).collect();
    let mut inputs = vec![("the roster", folder.file.as_path())];
    inputs.extend(plans.iter().map(|file| ("a plan of the roster", file.as_path())));
    let output = shell.output(&args.output, args.force.force, &inputs)?;
    if args.standing.is_some() {
        return Err(Fault::refused("a standing approval covers single plans, and no roster")
            .hint("let somebody look at this roster and approve it by his own name: --by NAME"));
    }
    let digest = offboard::core::document::digest(&folder.bytes);
    let approval = of_one_person(shell, args, digest, waivers(folder, &args.waive)?)?;
    let now = shell.host.clock.now();
    let bytes = approval.to_bytes();
    // What would be refused when it is applied is refused now, while whoever can mend it is here.
    let approved = ApprovedRoster::new(&folder.bytes, &bytes, folder.plans()?, now)?;
    output.write(&bytes)?;

    let style = shell.terminal.style();
    let mut text = show::roster::approved(&approved, &approval, style);
    let (roster, file) = (folder.file.display().to_string(), args.output.display().to_string());
    let _ = writeln!(
        text,
        "Written to {file}. Next: offboard apply {roster} {file}",
        file = quoted(&file),
        roster = quoted(&roster)
    );
    let left_out: Vec<_> = approved
        .left_out
        .iter()
        .map(|one| json!({ "leaver": one.member.leaver, "line": one.member.line, "why": one.error.to_string() }))
        .collect();
    let json = json!({
        "approval": approval,
        "roster": approved.id(),
        "plans": approved.plans.len(),
        "left_out": left_out,
        "file": args.output,
    });
    Ok(Answer { code: Code::Done, text, json })
}

/// The waivers that were asked for: each of one finding of one plan, or of the very same finding in every plan.
fn waivers(folder: &Folder, asked: &Waive) -> Result<Vec<Waiver>, Fault> {
    crate::commands::waive::reasons(&asked.waive, &asked.reason)?
        .into_iter()
        .map(|(name, reason)| waivers_named(folder, name, reason))
        .collect::<Result<Vec<_>, _>>()
        .map(|lists| lists.into_iter().flatten().collect())
}

fn waivers_named(folder: &Folder, name: &str, reason: &str) -> Result<Vec<Waiver>, Fault> {
    let hint = "name whom it is about and the finding: alex@contoso.com/STEP:CODE:KEY, or */STEP:CODE:KEY for everybody \
                who has exactly this finding";
    let Some((who, finding)) = name.split_once('/') else {
        return Err(Fault::usage(format!("`{name}` does not say in whose plan")).hint(hint));
    };
    let is_he = |member: &&Member| {
        let leaver = &member.leaver;
        who == "*" || leaver.user_principal_name.eq_ignore_ascii_case(who) || leaver.id.to_string() == who
    };
    let mut found = Vec::new();
    for member in folder.roster.members.iter().filter(is_he) {
        let known: Vec<&Finding> =
            member.stopped_by.iter().filter(|known| waiver_name(known) == finding).collect();
        if let Some(never) = known.iter().find(|known| known.severity == Severity::Never) {
            return Err(Fault::refused(format!("`{name}` cannot be accepted by anybody: {}", never.message))
                .hint(never.hint.clone()));
        }
        found.extend(known.into_iter().map(|known| Waiver {
            plan: Some(member.plan.clone()),
            step: known.step.clone(),
            code: known.code.clone(),
            key: known.key.clone(),
            reason: reason.to_owned(),
        }));
    }
    if found.is_empty() {
        return Err(Fault::usage(format!("no plan of this roster is stopped by `{name}`")).hint(hint));
    }
    Ok(found)
}
