//! The command line, as `clap` reads it. What a command takes stands in the command's own file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use offboard::Selector;

use crate::commands::{
    ack, apply, approve, cancel, check, contain, demo, doctor, plan, policy, report, restore, resume, runs,
    schema, settle, show, sim, standing, status, undo,
};

const CODES: &str = "\
Exit codes: 0 done and seen, 1 internal or environment (host, disk, credential), 2 usage, 3 refused by a guard,
4 partly done, 5 unknown or a person must do something, 6 waiting, 7 drift, 130 interrupted.

Configuration: flags, then the environment (OFFBOARD_TENANT, OFFBOARD_CLIENT_ID, OFFBOARD_CLOUD, OFFBOARD_SIM,
OFFBOARD_JOURNAL, OFFBOARD_EXCHANGE, OFFBOARD_AUTH, OFFBOARD_CA_FILE, OFFBOARD_CONFIG), then the file. What Azure gives
needs no secret (OFFBOARD_AUTH=workload_identity, managed_identity or developer_tools). Secrets come by the environment (OFFBOARD_CLIENT_SECRET, or OFFBOARD_GRAPH_TOKEN and OFFBOARD_EXCHANGE_TOKEN) or by a file that only
its owner can read (OFFBOARD_CLIENT_CERTIFICATE, client_secret_file), never by a flag.";

/// Off-boards people from Microsoft 365, and says only what it has seen.
#[derive(Debug, Parser)]
#[command(name = "offboard", version, after_help = CODES, max_term_width = 100, propagate_version = true)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "For every command")]
pub struct Global {
    /// Answer with one JSON object
    #[arg(long, global = true)]
    pub json: bool,
    /// No lines of progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// The configuration [default: ./offboard.toml, then the one in your configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where runs are recorded [default: in your data folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// The organisation's tenant id
    #[arg(long, global = true, value_name = "ID")]
    pub tenant: Option<String>,
    /// The application that offboard signs in as
    #[arg(long, global = true, value_name = "ID")]
    pub client_id: Option<String>,
    /// How it signs in, where more than one way is configured (docs/sign-in.md)
    #[arg(long, global = true, value_name = "WAY")]
    pub auth: Option<String>,
    /// worldwide, us_gov_high, us_gov_dod or china
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "sim")]
    pub cloud: Option<String>,
    /// A simulated tenant on this machine, as `offboard sim serve` prints it
    #[arg(long, global = true, value_name = "URL")]
    pub sim: Option<String>,
    /// invoke_command or hand_off
    #[arg(long, global = true, value_name = "DOOR")]
    pub exchange: Option<String>,
    /// Certificates (PEM) to trust beside the system's own
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "what a command does is said where it takes its arguments, and shown from there"
)]
pub enum Command {
    Demo(demo::Demo),
    Contain(contain::Contain),
    Plan(plan::MakePlan),
    Show(show::Show),
    Policy(policy::Policies),
    Check(check::Check),
    Approve(approve::Approve),
    Standing(standing::Standing),
    Apply(apply::Apply),
    Resume(resume::Resume),
    Cancel(cancel::Cancel),
    Ack(ack::Ack),
    Settle(settle::Settle),
    Runs(runs::Runs),
    Status(status::Status),
    Report(report::MakeReport),
    Undo(undo::Undo),
    Restore(restore::Restore),
    Doctor(doctor::Doctor),
    Sim(sim::Sim),
    Schema(schema::PrintSchema),
}

impl Command {
    /// Its name in answers.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Demo(_) => "demo",
            Self::Contain(_) => "contain",
            Self::Plan(_) => "plan",
            Self::Show(_) => "show",
            Self::Policy(_) => "policy",
            Self::Check(_) => "check",
            Self::Approve(_) => "approve",
            Self::Standing(_) => "standing",
            Self::Apply(_) => "apply",
            Self::Resume(_) => "resume",
            Self::Cancel(_) => "cancel",
            Self::Ack(_) => "ack",
            Self::Settle(_) => "settle",
            Self::Runs(_) => "runs",
            Self::Status(_) => "status",
            Self::Report(_) => "report",
            Self::Undo(_) => "undo",
            Self::Restore(_) => "restore",
            Self::Doctor(_) => "doctor",
            Self::Sim(_) => "sim",
            Self::Schema(_) => "schema",
        }
    }
}

/// A person, named in one way.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct Who {
    /// Object id, user principal name, mail address or display name; it must be exactly one person
    #[arg(value_name = "WHO")]
    pub who: Option<String>,
    /// The employee id
    #[arg(long, value_name = "ID")]
    pub employee_id: Option<String>,
}

/// A person, named in one way, or a file that names many.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct Whom {
    /// Object id, user principal name, mail address or display name; it must be exactly one person
    #[arg(value_name = "WHO")]
    pub who: Option<String>,
    /// The employee id
    #[arg(long, value_name = "ID")]
    pub employee_id: Option<String>,
    /// A CSV file with a line for each of many (docs/rosters.md); -o names a new folder for roster and plans
    #[arg(long, value_name = "FILE", requires = "output", conflicts_with_all = ["successor", "force"])]
    pub roster: Option<PathBuf>,
}

impl Whom {
    /// The way in which the one person is named.
    pub fn selector(&self) -> Selector {
        Who { who: self.who.clone(), employee_id: self.employee_id.clone() }.selector()
    }
}

impl Who {
    /// The way in which he is named.
    pub fn selector(&self) -> Selector {
        match (&self.employee_id, &self.who) {
            (Some(number), _) => Selector::EmployeeId(number.clone()),
            (None, who) => named(who.as_deref().unwrap_or_default()),
        }
    }
}

/// What somebody typed to name a person.
pub fn named(text: &str) -> Selector {
    if let Ok(id) = text.parse() {
        Selector::Id(id)
    } else if text.contains('@') {
        // First: nobody can choose another's user principal name as his own display name to stand in the way.
        Selector::UserPrincipalName(text.to_owned())
    } else {
        Selector::Text(text.to_owned())
    }
}

/// Findings that are accepted, each by its name and for a reason.
#[derive(Debug, Clone, Default, Args)]
pub struct Waive {
    /// Accept one finding, named as the plan prints it; may be repeated
    #[arg(long, value_name = "STEP:CODE:KEY", requires = "reason")]
    pub waive: Vec<String>,
    /// Why it is accepted: once for all, or once for each
    #[arg(long, value_name = "TEXT", requires = "waive")]
    pub reason: Vec<String>,
}

/// What happens to a file that is there already.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Force {
    /// Write over a file that is there already
    #[arg(long)]
    pub force: bool,
}

/// How far a run is carried before the command returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Until {
    /// Every containment step has been sent
    Contained,
    /// Everything that may be sent now was sent, and was looked at for a minute
    Sent,
    /// Everything is over, but for what waits for a calendar date or a person
    Done,
}

impl From<Until> for offboard::Until {
    fn from(until: Until) -> Self {
        match until {
            Until::Contained => Self::Contained,
            Until::Sent => Self::Sent,
            Until::Done => Self::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_person_is_named_in_one_of_four_ways() {
        let id = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
        assert_eq!(named(id), Selector::Id(id.parse().unwrap()));
        assert_eq!(named("a@b.c"), Selector::UserPrincipalName("a@b.c".to_owned()));
        assert_eq!(named("Emily Braun"), Selector::Text("Emily Braun".to_owned()));
        let parse = |args: &[&str]| Cli::try_parse_from([&["offboard", "contain"], args].concat());
        assert!(parse(&["--employee-id", "7"]).is_ok());
        assert!(parse(&[]).is_err());
        assert!(parse(&["x", "--employee-id", "7"]).is_err());
    }
}
