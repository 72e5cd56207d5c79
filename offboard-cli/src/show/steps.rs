//! Words for a step: its title with what tells it from its neighbours, who does it, which rights it lacks.

use offboard::core::id::RoleId;
use offboard::core::model::caller::{Caller, CallerKind};
use offboard::core::model::role::{BuiltIn, roles_of_people};
use offboard::core::operation::{Permission, Reversal};
use offboard::core::plan::{Action, Need, Step};
use offboard::core::report::StepReport;
use offboard::{Outcome, Plan, Report, StepId};

use super::names::Names;
use super::text::{clean, to_the_second};

/// Its title.
pub fn title(step: &Step) -> String {
    clean(&step.title)
}

/// The people and the group that it is about beside the leaver.
pub fn about(step: &Step, leaver: &str, names: &Names) -> Option<String> {
    let fields = step.params.as_object()?;
    let said: Vec<String> = fields
        .iter()
        .filter_map(|(key, value)| Some((key, value.as_str()?)))
        .filter(|(_, id)| *id != leaver && names.has(id))
        .map(|(key, id)| format!("{key} {}", names.get(id)))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// What will happen at it, in a word or two.
pub fn action(step: &Step) -> &'static str {
    match step.action {
        Action::NoOp {} => "already so",
        Action::Change {} => "change",
        Action::Observe {} => "watch",
        Action::HandOff { .. } => "for a person",
        Action::Skip { .. } => "nothing to do",
    }
}

/// What is lost when it is taken back, where something is.
pub fn reversal(step: &Step) -> Option<String> {
    match &step.reversal {
        Reversal::Exact {} => None,
        Reversal::Partial { why } => Some(format!("comes back in part: {}", clean(why))),
        Reversal::Impossible { why } => Some(format!("cannot be taken back: {}", clean(why))),
    }
}

/// What a report says of a step in one line, for people.
pub fn detail(report: &Report, plan: &Plan, step: &StepReport) -> String {
    match (step.outcome, step.not_before, step.seen_at) {
        (Outcome::NotStarted, Some(at), _) => format!("not before {}", at.date()),
        (Outcome::NotStarted, None, _) => waits_for(report, plan, step),
        (Outcome::Done, _, Some(at)) => to_the_second(&format!("seen {at}")),
        _ => to_the_second(&clean(&step.detail)),
    }
}

/// The steps that a step still waits for, each with how it stands.
fn waits_for(report: &Report, plan: &Plan, step: &StepReport) -> String {
    let Some(planned) = plan.step(&step.id) else { return String::new() };
    let standing = |id: &StepId| report.steps.iter().find(|other| other.id == *id).map(|other| other.outcome);
    let open: Vec<String> = planned
        .needs
        .iter()
        .filter_map(|(id, need)| Some((id, *need, standing(id)?)))
        .filter(|(_, need, outcome)| match need {
            Need::Sent => *outcome == Outcome::NotStarted,
            // What loses data without it is not content with a word.
            Need::Seen if *outcome == Outcome::Vouched => true,
            Need::Verified | Need::Seen => !matches!(
                outcome,
                Outcome::Done | Outcome::Vouched | Outcome::Already | Outcome::Skipped | Outcome::Lapsed
            ),
        })
        .map(|(id, _, outcome)| format!("{id} ({})", outcome.name().replace('_', " ")))
        .collect();
    if open.is_empty() {
        "its turn has not come".to_owned()
    } else {
        format!("waits for {}", open.join(", "))
    }
}

/// What the caller lacks of a right, as the admin center calls it; nothing where he has it or nobody can know.
pub fn lacking(permission: &Permission, caller: &Caller) -> Option<String> {
    let missing = |any_of: &[String], held: &std::collections::BTreeSet<String>, of: &str| {
        let has = any_of.iter().any(|name| held.contains(name));
        (!has).then(|| format!("the {of} permission {}", any_of.join(" or ")))
    };
    match permission {
        Permission::Graph { any_of } => missing(any_of, &caller.graph_permissions, "Microsoft Graph")
            .or_else(|| role_beside(any_of, caller)),
        Permission::Exchange { any_of } => {
            missing(any_of, caller.exchange_permissions.known()?, "Exchange Online")
                .or_else(|| role_beside(any_of, caller))
        }
        // Its tokens are those of a host that only Graph tells, so that nobody has looked into one.
        Permission::SharePoint { .. } => None,
        Permission::DirectoryRole { any_of } => role(any_of, caller),
    }
}

/// A permission only lends a person what he may do himself: which role he lacks for it, against somebody without
/// privileges (B3.1).
fn role_beside(permissions: &[String], caller: &Caller) -> Option<String> {
    if caller.kind != CallerKind::Person {
        return None;
    }
    let needed = permissions.iter().find_map(|permission| roles_of_people(permission))?;
    role(&needed.into_iter().map(BuiltIn::id).collect::<Vec<_>>(), caller)
}

fn role(any_of: &[RoleId], caller: &Caller) -> Option<String> {
    let held = caller.directory_roles.known()?;
    let names: Vec<&str> = any_of.iter().filter_map(|role| BuiltIn::of(*role)).map(BuiltIn::name).collect();
    let whose = match caller.kind {
        CallerKind::Application => "for the application itself",
        CallerKind::Person => "for whoever signs in",
    };
    (!any_of.iter().any(|role| held.contains(role)))
        .then(|| format!("the directory role {} {whose}", names.join(" or ")))
}

/// Whether a person may use this right can be told from his roles.
pub fn is_judged(permission: &Permission, caller: &Caller) -> bool {
    match permission {
        _ if caller.kind == CallerKind::Application => true,
        Permission::SharePoint { .. } => false,
        Permission::Graph { any_of } | Permission::Exchange { any_of } => {
            caller.directory_roles.known().is_some()
                && any_of.iter().any(|permission| roles_of_people(permission).is_some())
        }
        Permission::DirectoryRole { .. } => caller.directory_roles.known().is_some(),
    }
}
