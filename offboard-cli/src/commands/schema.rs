//! `offboard schema`: the JSON Schema of a document.

use clap::{Args, ValueEnum};
use offboard::core::policy::policy_schema;
use offboard::core::tenant::profile_schema;
use offboard::{Approval, Plan, Report, Roster, RosterReport, StandingApproval};
use schemars::Schema;
use schemars::generate::SchemaSettings;

use crate::Answer;
use crate::fault::{Code, Fault};

/// Prints the JSON Schema (draft 2020-12) of a document
#[derive(Debug, Clone, Args)]
pub struct PrintSchema {
    /// Of which document
    #[arg(value_enum)]
    pub document: Document,
}

/// A document that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Document {
    /// What `plan -o` writes
    Plan,
    /// What `approve -o` writes
    Approval,
    /// What `standing propose` and `standing second` write
    StandingApproval,
    /// What people write
    Policy,
    /// The section `[tenant]` of `offboard.toml`
    Profile,
    /// What `report --json` prints
    Report,
    /// What `plan --roster` writes beside the plans
    Roster,
    /// What `report --json` prints of a roster
    RosterReport,
}

/// The schema of `document`.
pub fn schema(document: Document) -> Schema {
    let generator = || SchemaSettings::draft2020_12().into_generator();
    match document {
        Document::Plan => generator().into_root_schema_for::<Plan>(),
        Document::Approval => generator().into_root_schema_for::<Approval>(),
        Document::StandingApproval => generator().into_root_schema_for::<StandingApproval>(),
        Document::Report => generator().into_root_schema_for::<Report>(),
        Document::Roster => generator().into_root_schema_for::<Roster>(),
        Document::RosterReport => generator().into_root_schema_for::<RosterReport>(),
        Document::Policy => policy_schema(),
        Document::Profile => profile_schema(),
    }
}

pub(super) fn run(args: &PrintSchema) -> Result<Answer, Fault> {
    let json = schema(args.document).to_value();
    let text = serde_json::to_string_pretty(&json)
        .map_err(|error| Fault::internal(format!("the schema cannot be written: {error}")))?;
    Ok(Answer { code: Code::Done, text: text + "\n", json })
}
