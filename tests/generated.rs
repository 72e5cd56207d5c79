//! Files that are made from the code and checked in: the schemas of every document, and the list of steps and guards.
//! They fail when they are stale; `UPDATE_GENERATED=1 cargo test --test generated` renews them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it saw"
)]

use std::fmt::Write as _;
use std::path::Path;

use offboard::core::guards;
use offboard::core::operation::Reversal;
use offboard::core::policy::policy_schema;
use offboard::core::report::Report;
use offboard::core::tenant::profile_schema;
use offboard::{Approval, Catalog, Outcome, Plan, Roster, RosterReport, StandingApproval};
use schemars::{Schema, schema_for};

fn check(path: &str, content: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    #[expect(clippy::disallowed_methods, reason = "a test asks whether it is to renew its files")]
    if std::env::var("UPDATE_GENERATED").is_ok() {
        std::fs::write(&file, content).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == content, "{path} is stale: run `UPDATE_GENERATED=1 cargo test --test generated`");
}

fn schema(name: &str, schema: &Schema) {
    let mut text = serde_json::to_string_pretty(schema.as_value()).unwrap();
    text.push('\n');
    check(&format!("schema/{name}.schema.json"), &text);
}

#[test]
fn the_schemas_are_those_of_the_code() {
    schema("plan", &schema_for!(Plan));
    schema("approval", &schema_for!(Approval));
    schema("standing-approval", &schema_for!(StandingApproval));
    schema("report", &schema_for!(Report));
    schema("roster", &schema_for!(Roster));
    schema("roster-report", &schema_for!(RosterReport));
    schema("policy", &policy_schema());
    schema("profile", &profile_schema());
}

#[test]
fn every_outcome_is_explained_once() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/outcomes.md");
    let text = std::fs::read_to_string(file).unwrap();
    for outcome in Outcome::ALL {
        let row = format!("\n| `{}` |", outcome.name());
        assert_eq!(text.matches(&row).count(), 1, "{row}");
    }
    assert_eq!(text.matches("\n| `").count(), Outcome::ALL.len(), "a row for what is no outcome");
}

#[test]
fn the_list_of_steps_is_that_of_the_catalog() {
    let mut text = String::from(
        "# Steps\n\nMade from the catalog by `UPDATE_GENERATED=1 cargo test --test generated`.\n\n\
         | step | what it does | class | read back within | given up after | taken back | repeating |\n|---|---|---|---|---|---|---|\n",
    );
    for factory in Catalog::builtin().factories() {
        let spec = factory.spec();
        let reversal = match &spec.reversal {
            Reversal::Exact {} => "exactly".to_owned(),
            Reversal::Partial { why } => format!("in part: {why}"),
            Reversal::Impossible { why } => format!("not: {why}"),
        };
        let (class, repeat) =
            (format!("{:?}", spec.class).to_lowercase(), format!("{:?}", spec.repeat).to_lowercase());
        writeln!(
            text,
            "| `{}` | {} | {class} | {} | {} | {reversal} | {repeat} |",
            spec.name, spec.title, spec.latency, spec.give_up
        )
        .unwrap();
    }
    text.push_str("\n# Guards\n\n| guard | what it judges | requirement |\n|---|---|---|\n");
    for guard in guards::all() {
        writeln!(text, "| {} | {} | {} |", guard.code(), guard.title(), guard.requirement()).unwrap();
    }
    text.push_str("\n# Not judged by this version\n\n| guard | what it would say |\n|---|---|\n");
    for rule in guards::not_judged() {
        writeln!(text, "| {} | {} |", rule.code, rule.about).unwrap();
    }
    check("docs/steps-and-guards.md", &text);
}
