//! `offboard doctor`: is everything there? Nothing is changed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::Args;
use offboard::core::facts::load::load;
use offboard::core::facts::{Facet, Fact, Facts, Service};
use offboard::core::model::caller::{Caller, CallerKind};
use offboard::core::model::license::Brings;
use offboard::core::model::role::BuiltIn;
use offboard::core::operation::Permission;
use offboard::core::ports::{Call, Priority};
use offboard::core::time::random_guid;
use offboard::{Engine, UserId};
use serde_json::{Value, json};

use super::plan;
use crate::args::named;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::names::Names;
use crate::show::steps;
use crate::show::text::{clean, fold};
use crate::{Answer, Shell};

/// Looks whether everything is there, and proposes the tenant profile
///
/// The connection, who offboard is, the right of each step, what can be read, the journal. Nothing is changed. Ends with 1 where offboard cannot sign in or record, with 5 where somebody has to grant something.
#[derive(Debug, Clone, Args)]
pub struct Doctor {
    /// A person to try the readings on [default: the first global administrator]
    #[arg(value_name = "WHO")]
    pub who: Option<String>,
}

/// One line of the diagnosis.
struct Line {
    area: &'static str,
    good: bool,
    what: String,
    todo: Option<String>,
}

pub(super) async fn run(shell: &Shell, args: Doctor) -> Result<Answer, Fault> {
    let credential = shell.settings.sign_in()?.credential;
    let session = Session::open(shell).await?;
    let engine = &session.engine;
    let facts = settings(engine).await;
    let caller = match &facts.caller {
        Fact::Known(caller) => caller.clone(),
        Fact::Unknown(failure) => return Err(offboard::Error::from(failure.clone()).into()),
        _ => return Err(Fault::environment("the tenant does not say who offboard is")),
    };
    let mut lines = vec![
        Line::good("journal", format!("{} can be written", session.journal.display())),
        Line::good("sign-in", format!("tenant {}, {}", engine.tenant(), identity(&caller))),
        Line::good("sign-in", format!("by {} ({})", credential.describe(), credential.auth().name())),
    ];
    lines.push(clock(shell));
    lines.push(exchange(&caller));
    lines.extend(rights(engine, &facts, &caller));
    let probe = match &args.who {
        Some(who) => Some(named(who)),
        None => first_administrator(&facts).map(offboard::Selector::Id),
    };
    match probe {
        Some(who) => lines.extend(readings(engine, who).await?),
        None => lines.push(Line::bad(
            "readings",
            "not tried: nobody is known to try them on".to_owned(),
            Some("name a person: offboard doctor WHO".to_owned()),
        )),
    }
    let administrators = administrators(engine, &facts).await;
    let profile = proposal(&facts, &administrators);
    let code = if lines.iter().all(|line| line.good) { Code::Done } else { Code::Person };
    let style = shell.terminal.style();
    let mut text = String::new();
    for line in &lines {
        let mark = if line.good { style.green("good") } else { style.red("lack") };
        fold(&mut text, &format!("{mark}  {:<9} ", line.area), &line.what, 16, style.width());
        if let Some(todo) = &line.todo {
            fold(&mut text, &format!("{:16}{} ", "", style.bold("do:")), todo, 20, style.width());
        }
    }
    let _ = write!(
        text,
        "\n{}\n\n{profile}",
        style.bold("A tenant profile for offboard.toml, to be looked at by a person")
    );
    let rows: Vec<Value> = lines
        .iter()
        .map(|line| json!({ "area": line.area, "good": line.good, "what": line.what, "do": line.todo }))
        .collect();
    let json = json!({ "caller": caller, "auth": credential.auth().name(), "journal": session.journal, "checks": rows, "profile": profile });
    Ok(Answer { code, text, json })
}

impl Line {
    fn good(area: &'static str, what: String) -> Self {
        Self { area, good: true, what, todo: None }
    }

    fn bad(area: &'static str, what: String, todo: Option<String>) -> Self {
        Self { area, good: false, what, todo }
    }
}

/// What is the same for everybody in the tenant.
async fn settings(engine: &Engine) -> Facts {
    let cloud = offboard::core::model::cloud::Cloud::default();
    let mut facts = Facts::new(engine.tenant(), cloud, UserId::from_u128(0), engine.host().clock.now());
    let wanted = BTreeSet::from([
        Facet::Caller,
        Facet::Skus,
        Facet::Organization,
        Facet::GlobalAdministrators,
        Facet::OneDriveRetention,
    ]);
    let call = Call::new(random_guid(engine.host().entropy.as_ref())).priority(Priority::Normal);
    load(&mut facts, &wanted, engine.providers(), &engine.profile().unused, &call, None).await;
    facts
}

/// Dates are judged by this machine's clock.
fn clock(shell: &Shell) -> Line {
    match (shell.skew.warning(), shell.skew.seen()) {
        (Some(warning), _) => Line::bad(
            "clock",
            warning,
            Some("set it right: dates of plans and approvals are judged by it".to_owned()),
        ),
        (None, Some(_)) => {
            Line::good("clock", "this machine's clock goes with those of the services".to_owned())
        }
        (None, None) => Line::good("clock", "not compared: no answer said what time it is there".to_owned()),
    }
}

fn identity(caller: &Caller) -> String {
    let kind = match caller.kind {
        CallerKind::Application => "an application",
        CallerKind::Person => "a person",
    };
    let roles = match &caller.directory_roles {
        Fact::Known(roles) if roles.is_empty() => "no directory role".to_owned(),
        Fact::Known(roles) => {
            let names: Vec<String> = roles
                .iter()
                .map(|role| {
                    BuiltIn::of(*role).map_or_else(|| role.to_string(), |known| known.name().to_owned())
                })
                .collect();
            names.join(", ")
        }
        _ => "directory roles unknown".to_owned(),
    };
    format!("as {kind} ({}), with {roles}", caller.id)
}

fn exchange(caller: &Caller) -> Line {
    match &caller.exchange_permissions {
        Fact::Known(held) => {
            let held: Vec<&str> = held.iter().map(String::as_str).collect();
            Line::good("sign-in", format!("Exchange Online, with {}", held.join(", ")))
        }
        Fact::Unknown(failure) => {
            Line::bad("sign-in", format!("Exchange Online: {failure}"), failure.hint.clone())
        }
        _ => Line::good(
            "sign-in",
            "Exchange Online is not used by offboard; its steps are for a person".to_owned(),
        ),
    }
}

/// Which right each operation lacks, for a leaver without any privilege of his own.
fn rights(engine: &Engine, facts: &Facts, caller: &Caller) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut fine, mut unjudged, mut asked_later) = (Vec::new(), Vec::new(), Vec::new());
    for factory in engine.catalog().factories() {
        let Ok(operation) = factory.make(&factory.example()) else { continue };
        let needed = operation.permissions(facts);
        let lacking: BTreeSet<String> =
            needed.iter().filter_map(|right| steps::lacking(right, caller)).collect();
        let share_point = needed.iter().any(|right| matches!(right, Permission::SharePoint { .. }));
        if lacking.is_empty() && share_point {
            asked_later.push(factory.spec().name);
        } else if lacking.is_empty() && !needed.iter().all(|right| steps::is_judged(right, caller)) {
            unjudged.push(factory.spec().name);
        } else if lacking.is_empty() {
            fine.push(factory.spec().name);
        } else {
            let lacking = lacking.into_iter().collect::<Vec<_>>().join(", and ");
            lines.push(Line::bad(
                "rights",
                format!("{} lacks {lacking}", factory.spec().name),
                Some(
                    match caller.kind {
                        CallerKind::Application => "grant it and consent to it; until then a person does this step",
                        CallerKind::Person => "sign in as somebody who has it, or have it given; until then a person does this step",
                    }
                    .to_owned(),
                ),
            ));
        }
    }
    if !unjudged.is_empty() {
        lines.insert(
            0,
            Line::bad(
                "rights",
                format!("the permission is there for {}, and whether your roles suffice is not known", unjudged.join(", ")),
                Some("what a person may not do is refused then, and for a person; an application needs no role for it".to_owned()),
            ),
        );
    }
    if !asked_later.is_empty() {
        let names = asked_later.join(", ");
        lines.insert(
            0,
            Line::good(
                "rights",
                format!(
                    "for {names} SharePoint decides when it is asked: an application needs a certificate and \
                     `Sites.FullControl.All` there; else a person does the step"
                ),
            ),
        );
    }
    if !fine.is_empty() {
        lines.insert(0, Line::good("rights", format!("for {}", fine.join(", "))));
    }
    lines
}

fn first_administrator(facts: &Facts) -> Option<UserId> {
    facts.tenant.global_administrators.known()?.iter().find(|who| who.account_enabled).map(|who| who.id)
}

/// What the shipped policies read of a person, and what of it cannot be read.
async fn readings(engine: &Engine, who: offboard::Selector) -> Result<Vec<Line>, Fault> {
    let policy = plan::policy("shared")?;
    let planned = plan::make(engine, &policy, plan::now(who, None, "doctor")).await?;
    let facts = &planned.reading.facts;
    let names = Names::of(facts);
    let mut unknown = Vec::new();
    collect(&json!(facts), String::new(), &names, &mut unknown);
    let mut lines: Vec<Line> = unknown
        .into_iter()
        .map(|(path, message, todo)| Line::bad("readings", format!("{path}: {message}"), todo))
        .collect();
    if lines.is_empty() {
        let name = clean(&planned.plan.leaver.name());
        lines.push(Line::good(
            "readings",
            format!("everything that the shipped policies read, tried on {name}"),
        ));
    }
    Ok(lines)
}

/// Every fact that was asked for and could not be read: its place, what was seen, what to do.
fn collect(value: &Value, path: String, names: &Names, found: &mut Vec<(String, String, Option<String>)>) {
    let Some(fields) = value.as_object() else { return };
    if let Some(failure) = fields.get("unknown").filter(|_| fields.len() == 1) {
        let text = |key: &str| failure.get(key).and_then(Value::as_str).map(str::to_owned);
        // What nobody asked for is no lack.
        if text("code").as_deref() != Some("not_read") {
            found.push((path, text("message").unwrap_or_default(), text("hint")));
        }
        return;
    }
    for (key, value) in fields {
        let key = names.get(key);
        let below = if path.is_empty() || key == "known" {
            format!("{path}{}", if key == "known" { "" } else { key })
        } else {
            format!("{path}.{key}")
        };
        collect(value, below, names, found);
    }
}

/// The global administrators by name: a person has to recognise the break-glass accounts among them.
async fn administrators(engine: &Engine, facts: &Facts) -> Vec<String> {
    let mut named = Vec::new();
    let call = Call::new(random_guid(engine.host().entropy.as_ref()));
    for administrator in facts.tenant.global_administrators.known().into_iter().flatten() {
        let state = if administrator.account_enabled { "" } else { ", blocked" };
        let name = match engine.providers().directory.user(&call, administrator.id).await {
            Ok(Some(user)) => clean(&format!("{} <{}>", user.display_name, user.user_principal_name)),
            _ => "name unknown".to_owned(),
        };
        named.push(format!("\"{}\"  {name}{state}", administrator.id));
    }
    named
}

/// A tenant profile by what was seen. What nobody can see is left to a person.
fn proposal(facts: &Facts, administrators: &[String]) -> String {
    let mut out = String::from("[tenant]\n");
    match facts.tenant.skus.known() {
        Some(skus) => {
            let brought: BTreeSet<Brings> =
                skus.iter().flat_map(|sku| sku.brings(&BTreeSet::new())).collect();
            let uses = |any: &[Brings]| any.iter().any(|bring| brought.contains(bring));
            let unused: Vec<String> = [
                (Service::Exchange, uses(&[Brings::Mailbox, Brings::MailboxPlan2])),
                (Service::OneDrive, uses(&[Brings::OneDrive])),
                (Service::Phone, uses(&[Brings::Voice])),
            ]
            .into_iter()
            .filter(|(_, used)| !used)
            .map(|(service, _)| format!("\"{}\"", service.name()))
            .collect();
            let _ = writeln!(out, "# By the {} products that were bought.", skus.len());
            let _ = writeln!(out, "unused = [{}]", unused.join(", "));
        }
        None => out.push_str(
            "# The bought products could not be read, so that every service counts as used.\nunused = []\n",
        ),
    }
    out.push_str("# Object ids of people whom nobody may off-board: break-glass and service accounts.\n");
    if !administrators.is_empty() {
        out.push_str("# Global administrators now, among whom a break-glass account would be:\n");
    }
    for administrator in administrators {
        let _ = writeln!(out, "#   {administrator}");
    }
    out.push_str("protected = []\nprotected_groups = []\ncaps = { per_roster = 25, per_day = 25 }\n");
    out
}
