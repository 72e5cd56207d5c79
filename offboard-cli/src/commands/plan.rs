//! `offboard plan`: what a policy would do for one person. Nothing is changed.

use std::path::{Path, PathBuf};

use clap::Args;
use offboard::core::engine::prepare::Planned;
use offboard::core::journal::{RunStatus, RunSummary};
use offboard::core::operation::{Finding, Severity};
use offboard::core::policy::shipped;
use offboard::{Catalog, Engine, Error, ErrorKind, Plan, Policy, Request, Selector, Timestamp};
use serde_json::{Value, json};

use super::roster;
use crate::args::{Force, Whom, named};
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::text::{clean, counted};
use crate::show::{self, findings};
use crate::{Answer, Shell, files};

/// Shows what a policy would do for one person or, with --roster, for many, with everything that speaks against it
///
/// Nothing is changed. Ends with 3 where findings stop the plan; it is shown and written all the same.
#[derive(Debug, Clone, Args)]
pub struct MakePlan {
    /// Who is leaving
    #[command(flatten)]
    pub who: Whom,
    /// A policy file, or the name of one that comes with offboard (`offboard policy list`)
    #[arg(long, value_name = "FILE|NAME")]
    pub policy: String,
    /// Who takes over, where the policy speaks of a successor
    #[arg(long, value_name = "WHO")]
    pub successor: Option<String>,
    /// The last working moment, from which the policy counts, with its offset: 2026-11-30T17:00:00+01:00 [default: now]
    ///
    /// Nothing is done before it: access, too, is cut then. Who must go at once is contained (offboard contain).
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub leaves: Option<Timestamp>,
    /// Where to write the plan, for approval; of a roster a new folder
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Over what is there, or not
    #[command(flatten)]
    pub force: Force,
}

pub(super) async fn run(shell: &Shell, args: MakePlan) -> Result<Answer, Fault> {
    if let (Some(file), Some(folder)) = (&args.who.roster, &args.output) {
        let policy = policy(&args.policy)?;
        return Box::pin(roster::plan::run(shell, &policy, (file, folder), args.leaves)).await;
    }
    let inputs = [("the policy", Path::new(&args.policy))];
    let output = match &args.output {
        Some(path) => Some(shell.output(path, args.force.force, &inputs)?),
        None => None,
    };
    let policy = policy(&args.policy)?;
    let engine = Session::for_reading(shell).await?;
    let successor = args.successor.as_deref().map(named);
    let request = now(args.who.selector(), successor, &shell.settings.operator());
    let request = Request { leaves_at: args.leaves, ..request };
    let planned = make(&engine, &policy, request).await?;
    let plan = planned.plan;
    let bytes = plan.to_bytes();
    let mut text = show::plan::render(&plan, shell.terminal.style());
    text.push_str(&settings(shell));
    let mut earlier = engine.journal().runs(Some(engine.tenant())).await?;
    earlier.retain(|run| run.leaver == plan.leaver.id);
    text.push_str(&known(&earlier, shell));
    if let Some(output) = &output {
        output.write(&bytes)?;
        text.push_str(&kept(output.path(), &plan));
    } else {
        text.push_str("Nothing was kept: write it to a file by -o plan.json, to have it approved.\n");
    }
    let mut json = object(&plan, &bytes, args.output.as_deref());
    if let Some(fields) = json.as_object_mut() {
        fields.insert("configuration".to_owned(), json!(shell.settings.file));
        fields.insert("earlier_runs".to_owned(), json!(earlier));
    }
    Ok(Answer { code: code(&plan), text, json })
}

/// By whose settings it was made: a file that lies in the current folder counts as if somebody had named it.
fn settings(shell: &Shell) -> String {
    let profile = &shell.settings.profile;
    let file = match &shell.settings.file {
        Some(path) if path == Path::new("offboard.toml") => {
            "./offboard.toml, found in the current folder".to_owned()
        }
        Some(path) => clean(&path.display().to_string()),
        None => "no file, so that the most careful profile counts".to_owned(),
    };
    let unused: Vec<&str> = profile.unused.iter().map(|service| service.name()).collect();
    let unused = if unused.is_empty() { "none".to_owned() } else { unused.join(", ") };
    let people = match profile.protected.len() {
        1 => "1 protected person".to_owned(),
        n => format!("{n} protected people"),
    };
    format!(
        "Configuration: {file}; services not used: {unused}; {people}, {}\n",
        counted(profile.protected_groups.len(), "protected group")
    )
}

/// The runs of the same person that the journal already has.
fn known(runs: &[RunSummary], shell: &Shell) -> String {
    let mut out = String::new();
    for run in runs {
        let (what, next) = match run.status {
            RunStatus::Open => {
                ("an open run", "`apply --supersede` would end it, and `resume` goes on with it")
            }
            RunStatus::Closed => ("a run that is over", "`report` says what became of it"),
        };
        let text = format!(
            "this journal has {what} of this person: {}, begun {}; {next}",
            run.run,
            run.opened_at.to_seconds()
        );
        let style = shell.terminal.style();
        show::text::fold(&mut out, &format!("{} ", style.yellow("note")), &text, 5, style.width());
    }
    out
}

/// Whether findings stop the whole plan.
pub(super) fn is_stopped(plan: &Plan) -> bool {
    plan.findings.iter().any(|finding| findings::stops_all(plan, finding))
}

/// A plan that findings stop ends with the code of a refusal.
pub(super) fn code(plan: &Plan) -> Code {
    if is_stopped(plan) { Code::Refused } else { Code::Done }
}

/// The plan in an answer for programs: where it was written to, or the whole.
pub(super) fn object(plan: &Plan, bytes: &[u8], path: Option<&Path>) -> Value {
    let mut object = json!({
        "digest": offboard::core::document::digest(bytes),
        "leaver": plan.leaver,
        "policy": plan.source.policy,
        "containment_only": plan.is_containment_only(),
        "stopped": is_stopped(plan),
        "findings": plan.findings,
        "file": path,
    });
    if let (None, Some(fields)) = (path, object.as_object_mut()) {
        fields.insert("plan".to_owned(), json!(plan));
    }
    object
}

/// Where the plan lies, and what comes next.
pub(super) fn kept(path: &Path, plan: &Plan) -> String {
    let shown = show::text::quoted(&path.display().to_string());
    let stopping: Vec<&Finding> =
        plan.findings.iter().filter(|finding| findings::stops_all(plan, finding)).collect();
    if stopping.iter().any(|finding| finding.severity == Severity::Never) {
        return format!(
            "Written to {shown}. Nobody can approve it as it is: mend what says \u{201c}never\u{201d}, and plan again.\n"
        );
    }
    let waive = if stopping.is_empty() { "" } else { " --waive ... --reason ..." };
    format!("Written to {shown}. Next: offboard approve {shown} --by NAME{waive} -o approval.json\n")
}

/// The policy of this name, or in this file.
pub(super) fn policy(name: &str) -> Result<Policy, Fault> {
    let catalog = Catalog::builtin();
    if let Some(known) = shipped().iter().find(|known| known.name == name) {
        return Ok(Policy::parse(known.text.as_bytes(), known.name, &catalog).map_err(Error::from)?);
    }
    let path = Path::new(name);
    if !path.exists() {
        let names: Vec<&str> = shipped().iter().map(|known| known.name).collect();
        return Err(Fault::usage(format!("there is no policy `{name}`"))
            .hint(format!("name a file, or one of those that come with offboard: {}", names.join(", "))));
    }
    let bytes = files::read(path, "policy")?;
    Ok(Policy::parse(&bytes, name, &catalog).map_err(Error::from)?)
}

/// A plan for somebody whose last working moment is now.
pub(super) fn now(leaver: Selector, successor: Option<Selector>, made_by: &str) -> Request {
    Request { leaver, successor, leaves_at: None, made_by: made_by.to_owned() }
}

/// Makes a plan. Who is named by something like an address and is not found by it is looked for by every name.
pub(super) async fn make(engine: &Engine, policy: &Policy, request: Request) -> Result<Planned, Fault> {
    match Box::pin(engine.plan(policy, &request)).await {
        Err(error) if matches!(error.kind(), ErrorKind::Leaver(_)) && has_address(&request) => {
            let request = Request {
                leaver: by_any_name(request.leaver),
                successor: request.successor.map(by_any_name),
                ..request
            };
            Ok(Box::pin(engine.plan(policy, &request)).await?)
        }
        made => Ok(made?),
    }
}

/// A moment that everybody understands alike. Without its offset it would be another one on another machine.
fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| {
        let wanted = "a date, a time and an offset, like 2026-11-30T17:00:00+01:00 or 2026-11-30T16:00:00Z";
        let local = ["Z", "+00:00"].iter().any(|zone| format!("{text}{zone}").parse::<Timestamp>().is_ok());
        let day = format!("{text}T00:00:00Z").parse::<Timestamp>().is_ok();
        match (day, local) {
            (true, _) => format!("a day alone has no moment; wanted is {wanted}"),
            (false, true) => format!("the offset from UTC is missing; wanted is {wanted}"),
            (false, false) => format!("wanted is {wanted}"),
        }
    })
}

fn has_address(request: &Request) -> bool {
    [Some(&request.leaver), request.successor.as_ref()]
        .into_iter()
        .flatten()
        .any(|person| matches!(person, Selector::UserPrincipalName(_)))
}

fn by_any_name(person: Selector) -> Selector {
    match person {
        Selector::UserPrincipalName(text) => Selector::Text(text),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_last_working_moment_needs_its_offset() {
        assert_eq!(moment("2026-11-30T17:00:00+01:00").unwrap().to_string(), "2026-11-30T16:00:00Z");
        for (text, said) in [
            ("2026-11-30T17:00:00", "the offset from UTC is missing"),
            ("2026-11-30T17:00", "the offset from UTC is missing"),
            ("2026-11-30", "a day alone"),
            ("tomorrow", "wanted is"),
            ("2026-02-30T17:00:00Z", "wanted is"),
            ("", "wanted is"),
        ] {
            let refused = moment(text).unwrap_err();
            assert!(refused.starts_with(said) && refused.contains("+01:00"), "{text}: {refused}");
        }
    }
}
