//! `offboard policy`: looking at policies, without a tenant.

use clap::{Args, Subcommand};
use offboard::core::policy::{AppliesTo, shipped};
use serde_json::json;

use crate::fault::{Code, Fault};
use crate::{Answer, Shell};

/// Looks at policies
#[derive(Debug, Clone, Args)]
pub struct Policies {
    /// What to do with them
    #[command(subcommand)]
    pub what: What,
}

/// What to do with policies.
#[derive(Debug, Clone, Subcommand)]
pub enum What {
    /// Say whether a policy can be used, and what is wrong with it
    Check {
        /// A policy file, or the name of one that comes with offboard
        #[arg(value_name = "FILE|NAME")]
        policy: String,
    },
    /// List the policies that come with offboard
    List,
    /// Print one that comes with offboard, to be copied and changed
    Show {
        /// Its name
        name: String,
    },
}

pub(super) fn run(shell: &Shell, args: &Policies) -> Result<Answer, Fault> {
    match &args.what {
        What::Check { policy } => check(shell, policy),
        What::List => Ok(list()),
        What::Show { name } => show(name),
    }
}

fn check(shell: &Shell, name: &str) -> Result<Answer, Fault> {
    let policy = super::plan::policy(name)?;
    let applies_to = match policy.applies_to() {
        AppliesTo::Member => "member",
        AppliesTo::Guest => "guest",
    };
    let text = format!(
        "{} {name}: the policy \u{201c}{}\u{201d} can be used (for a {}, digest {})\n",
        shell.terminal.style().green("good"),
        crate::show::text::clean(policy.name()),
        applies_to,
        policy.digest(),
    );
    let json = json!({ "policy": policy.name(), "digest": policy.digest(), "applies_to": applies_to });
    Ok(Answer { code: Code::Done, text, json })
}

fn list() -> Answer {
    let about =
        |text: &str| text.lines().next().unwrap_or_default().trim_start_matches('#').trim().to_owned();
    let rows: Vec<_> = shipped().iter().map(|policy| (policy.name, about(policy.text))).collect();
    let text = rows.iter().fold(String::new(), |text, (name, about)| format!("{text}{name:<14}{about}\n"));
    let json = rows.iter().map(|(name, about)| json!({ "name": name, "about": about })).collect::<Vec<_>>();
    Answer { code: Code::Done, text, json: json!({ "policies": json }) }
}

fn show(name: &str) -> Result<Answer, Fault> {
    let Some(policy) = shipped().iter().find(|policy| policy.name == name) else {
        return Err(Fault::usage(format!("no policy called `{name}` comes with offboard"))
            .hint("`offboard policy list` names them"));
    };
    Ok(Answer {
        code: Code::Done,
        text: policy.text.to_owned(),
        json: json!({ "name": policy.name, "text": policy.text }),
    })
}
