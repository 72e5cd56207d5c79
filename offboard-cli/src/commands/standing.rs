//! `offboard standing`: two people accept a policy, once for all plans that hold no surprise. It needs no tenant to answer.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use offboard::core::plan::standing::{Expected, Signature, Terms};
use offboard::{Error, Period, StandingApproval};
use serde_json::json;

use super::approve::signer;
use super::waive;
use crate::args::Force;
use crate::fault::{Code, Fault};
use crate::show::text::{clean, counted, quoted, to_the_second};
use crate::{Answer, Shell, files};

/// Accepts a policy once, by two people, for all plans that hold no surprise
///
/// What is irreversible, privileged leavers, people outside the organisation, facts that could not be read and findings
/// that it does not list it never covers. `offboard approve PLAN --standing FILE` approves a plan under it.
#[derive(Debug, Clone, Args)]
pub struct Standing {
    /// What to do
    #[command(subcommand)]
    pub what: What,
}

/// What to do with standing approvals.
#[derive(Debug, Clone, Subcommand)]
pub enum What {
    /// The first of the two people proposes one
    Propose(Propose),
    /// A second person puts his name to it
    Second(Second),
}

/// The first of the two people proposes one
#[derive(Debug, Clone, Args)]
pub struct Propose {
    /// A policy file, or the name of one that comes with offboard
    #[arg(value_name = "FILE|NAME")]
    pub policy: String,
    /// How many runs may be started under it in 24 hours
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub per_day: u32,
    /// How long it lasts, at most P90D
    #[arg(long, value_name = "DURATION", default_value_t = StandingApproval::LASTS)]
    pub lasts: Period,
    /// A finding that is expected, as a plan names it without its step; CODE alone stands for all that stop nothing
    #[arg(long, value_name = "CODE[:KEY]", requires = "reason")]
    pub expect: Vec<String>,
    /// Why it is accepted: once for all, or once for each
    #[arg(long, value_name = "TEXT", requires = "expect")]
    pub reason: Vec<String>,
    /// A ticket, for the auditor
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// Who proposes it, and where it is written
    #[command(flatten)]
    pub signing: Signing,
}

/// A second person puts his name to it
#[derive(Debug, Clone, Args)]
pub struct Second {
    /// What was proposed
    #[arg(value_name = "FILE")]
    pub standing: PathBuf,
    /// Who seconds it, and where it is written
    #[command(flatten)]
    pub signing: Signing,
}

/// Who signs, and where that is written.
#[derive(Debug, Clone, Args)]
pub struct Signing {
    /// Who signs [default: the operating system's user]; recorded as self-declared
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Where to write it
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Over what is there, or not
    #[command(flatten)]
    pub force: Force,
}

impl Signing {
    fn signature(&self, shell: &Shell) -> Result<Signature, Fault> {
        Ok(Signature { name: signer(shell, self.by.as_ref())?, at: shell.host.clock.now() })
    }
}

pub(super) fn run(shell: &Shell, args: &Standing) -> Result<Answer, Fault> {
    match &args.what {
        What::Propose(args) => propose(shell, args),
        What::Second(args) => second(shell, args),
    }
}

fn propose(shell: &Shell, args: &Propose) -> Result<Answer, Fault> {
    let policy = super::plan::policy(&args.policy)?;
    let inputs = [("the policy", Path::new(&args.policy))];
    let output = shell.output(&args.signing.output, args.signing.force.force, &inputs)?;
    let signature = args.signing.signature(shell)?;
    let terms = Terms::new(args.per_day, args.lasts, expected(args)?, args.ticket.clone())?;
    let standing = StandingApproval::propose(shell.settings.tenant()?, &policy, signature, terms)?;
    output.write(&standing.to_bytes())?;
    let file = quoted(&args.signing.output.display().to_string());
    let next = format!("Next, by a second person: offboard standing second {file} --by NAME -o FILE");
    Ok(answer(&standing, args.signing.output.clone(), &next))
}

fn second(shell: &Shell, args: &Second) -> Result<Answer, Fault> {
    let bytes = files::read(&args.standing, "standing approval")?;
    let output = shell.output(
        &args.signing.output,
        args.signing.force.force,
        &[("what was proposed", &args.standing)],
    )?;
    let standing = StandingApproval::from_bytes(&bytes).map_err(Error::from)?;
    let standing = standing.second(args.signing.signature(shell)?)?;
    output.write(&standing.to_bytes())?;
    let file = quoted(&args.signing.output.display().to_string());
    let next = format!("Next: offboard approve PLAN --standing {file} -o FILE");
    Ok(answer(&standing, args.signing.output.clone(), &next))
}

/// The findings that were named, each with its reason.
fn expected(args: &Propose) -> Result<Vec<Expected>, Fault> {
    let named = waive::reasons(&args.expect, &args.reason)?;
    named.into_iter().map(|(name, reason)| Ok(Expected::named(name, reason)?)).collect()
}

fn answer(standing: &StandingApproval, file: PathBuf, next: &str) -> Answer {
    let mut text = format!(
        "A standing approval of \u{201c}{}\u{201d} (digest {})\n  by       {}\n  until    {}\n  covers   {} a day in the tenant {}\n",
        clean(&standing.policy),
        standing.policy_digest,
        clean(&standing.names()),
        to_the_second(&standing.expires_at.to_string()),
        counted(standing.per_day as usize, "run"),
        standing.tenant,
    );
    for expected in &standing.findings {
        let key = expected
            .key
            .as_ref()
            .map_or_else(|| ", where it stops nothing".to_owned(), |key| format!(":{key}"));
        let (code, reason) = (clean(&expected.code), clean(&expected.reason));
        let _ = writeln!(text, "  expects  {code}{}, because {reason}", clean(&key));
    }
    text.push_str(next);
    text.push('\n');
    Answer { code: Code::Done, text, json: json!({ "standing_approval": standing, "file": file }) }
}
