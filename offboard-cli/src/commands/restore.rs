//! `offboard restore`: brings a deleted account back, whoever deleted it.

use std::fmt::Write as _;

use clap::Args;
use offboard::core::engine::restore::{POLICY, Request};
use offboard::core::model::deletion::{DeletedUser, Return};
use offboard::core::ports::{Call, Selector};
use offboard::core::time::random_guid;
use offboard::{Engine, Timestamp, UserId};
use serde_json::{Value, json};

use super::back::{self, Back, Words};
use crate::args::named;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::text::clean;
use crate::{Answer, Shell};

/// Brings a deleted account back, whoever deleted it, within 30 days; without WHO it lists them
///
/// It shows the plan, and carries it out with --yes. A second person approves the plan that -o writes, or names himself by
/// --by. The account comes back as it was deleted, blocked or not: what it is then is read, and said.
#[derive(Debug, Clone, Args)]
pub struct Restore {
    /// Object id, user principal name, mail address or display name of whoever was deleted
    #[arg(value_name = "WHO")]
    pub who: Option<String>,
    /// The employee id
    #[arg(long, value_name = "ID", conflicts_with = "who")]
    pub employee_id: Option<String>,
    /// Under this user principal name, where another has the old one now
    #[arg(long, value_name = "NAME")]
    pub upn: Option<String>,
    /// Without the addresses that others have now; the plan says which
    #[arg(long)]
    pub without_taken_addresses: bool,
    /// How
    #[command(flatten)]
    pub back: Back,
}

pub(super) async fn run(shell: &Shell, args: Restore) -> Result<Answer, Fault> {
    let output = args.back.place(shell)?;
    let who = match (args.employee_id, args.who) {
        (Some(number), _) => Selector::EmployeeId(number),
        (None, Some(who)) => named(&who),
        (None, None)
            if args.upn.is_some() || args.without_taken_addresses || args.back.yes || output.is_some() =>
        {
            return Err(Fault::usage("it is not said whom to restore")
                .hint("`offboard restore` lists who can be restored; name one of them"));
        }
        (None, None) => return list(&Session::for_reading(shell).await?).await,
    };
    let session = Session::open(shell).await?;
    let back =
        Return { user_principal_name: args.upn, without_taken_addresses: args.without_taken_addresses };
    let request = Request { who, back, made_by: shell.settings.operator() };
    let plan = session.engine.restore_plan(&request).await?;
    if let Some(deleted) = plan.facts.leaver.deleted_user.known() {
        shell.terminal.say(&format!("{}\n\n", until(deleted, shell.host.clock.now())));
    }
    let words = Words {
        question: "Restore this account now?",
        instead: "do what stands beside it",
        nothing: json!({ "restore": null }),
    };
    let leaver = plan.leaver.id;
    let mut answer = back::run(shell, &session, &plan, POLICY, (args.back, output), words).await?;
    if answer.json.get("report").is_some() {
        let (text, json) = account(&session.engine, leaver).await;
        answer.text.push_str(&text);
        answer.json["account"] = json;
    }
    Ok(answer)
}

/// When it was deleted, and how long it can be restored.
fn until(deleted: &DeletedUser, now: Timestamp) -> String {
    let (at, until) = (deleted.deleted_date_time.date(), deleted.kept_until());
    match until.since(now).as_secs() / 86_400 {
        _ if now >= until => format!("Deleted {at}; the 30 days ended {}.", until.date()),
        days => format!("Deleted {at}; it can be restored until {}, {}.", until.date(), left(days)),
    }
}

fn left(days: i64) -> String {
    match days {
        0 => "less than a day from now".to_owned(),
        1 => "1 day from now".to_owned(),
        days => format!("{days} days from now"),
    }
}

/// Everybody who can be restored.
async fn list(engine: &Engine) -> Result<Answer, Fault> {
    let all = engine.deleted_users().await?;
    let now = engine.host().clock.now();
    let mut text = String::new();
    for deleted in &all {
        let user = &deleted.user;
        let _ = writeln!(
            text,
            "{}  {} <{}>\n    {}",
            user.id,
            clean(&user.display_name),
            clean(&user.user_principal_name),
            until(deleted, now)
        );
    }
    if all.is_empty() {
        text.push_str("Nobody lies among the deleted users.\n");
    }
    let rows: Vec<Value> = all
        .iter()
        .map(|deleted| {
            json!({
                "id": deleted.user.id, "user_principal_name": deleted.user.user_principal_name,
                "display_name": deleted.user.display_name, "deleted": deleted.deleted_date_time,
                "restorable_until": deleted.kept_until(),
            })
        })
        .collect();
    Ok(Answer { code: Code::Done, text, json: json!({ "deleted": rows }) })
}

/// What the account is now, as far as it can be read.
async fn account(engine: &Engine, id: UserId) -> (String, Value) {
    let call = Call::new(random_guid(engine.host().entropy.as_ref()));
    match engine.providers().directory.find(&call, &Selector::Id(id)).await.as_deref() {
        Ok([user, ..]) => {
            let (name, enabled) = (&user.user_principal_name, user.account_enabled);
            let state = if enabled { "enabled: whoever knows its password can sign in" } else { "blocked" };
            let json = json!({ "user_principal_name": name, "account_enabled": enabled });
            (format!("Now      {}, {state}\n", clean(name)), json)
        }
        Ok([]) => ("Now      no such account could be read yet\n".to_owned(), Value::Null),
        Err(error) => (format!("Now      the account could not be read: {}\n", error.failure), Value::Null),
    }
}
