//! `offboard contain`: cuts access now. One person decides, because minutes count.

use std::fmt::Write as _;

use clap::Args;
use offboard::{Drive, Outcome, Plan, Report};
use serde_json::json;

use super::{carry, plan, waive};
use crate::args::{Until, Waive, Who};
use crate::fault::Fault;
use crate::session::Session;
use crate::show::style::Style;
use crate::show::text::{clean, fold};
use crate::show::{self, steps};
use crate::{Answer, Shell};

/// Cuts somebody's access now, and decides nothing else
///
/// Blocks sign-in, resets the password, revokes sessions, blocks the account in Exchange and stops forwarding. It ends
/// other open runs of the same person. Everything but password and sessions can be taken back by `offboard undo`.
#[derive(Debug, Clone, Args)]
pub struct Contain {
    /// Whose access is cut
    #[command(flatten)]
    pub who: Who,
    /// Findings that are accepted
    #[command(flatten)]
    pub waive: Waive,
    /// A ticket, for the auditor
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// How far
    #[arg(long, value_enum, default_value_t = Until::Sent)]
    pub until: Until,
}

pub(super) async fn run(shell: &Shell, args: Contain) -> Result<Answer, Fault> {
    let policy = plan::policy("containment")?;
    let session = Session::open(shell).await?;
    let operator = shell.settings.operator();
    let planned =
        plan::make(&session.engine, &policy, plan::now(args.who.selector(), None, &operator)).await?;
    let bytes = planned.plan.to_bytes();
    let waivers = waive::waivers(&planned.plan, &args.waive)?;
    let approval = session.engine.approve(&bytes, &operator, args.ticket, waivers, false)?.to_bytes();
    let approved = session.engine.approved(&bytes, &approval)?;
    let name = clean(&planned.plan.leaver.name());
    shell.terminal.progress(&format!("cutting the access of {name}; run {}", approved.run_id()));
    // What was read for the plan a moment ago is not read again: the first write leaves at once.
    let how = Drive { seed: Some(planned.reading), ..carry::how(shell, approved.plan(), args.until.into()) };
    let superseded = carry::superseded(&session.engine, approved.plan(), &approved.run_id()).await?;
    let (run, ended) = Box::pin(session.engine.apply(approved, policy.bytes(), true, how)).await?;
    let report = session.engine.report(&run).await?;
    let mut text = said(&report, &planned.plan, shell.terminal.style());
    text.push_str(&carry::said(&superseded, shell.terminal.style()));
    let _ = writeln!(text, "\nJournal  {}", session.journal.display());
    text.push_str(&carry::next(&report, ended).join("\n"));
    text.push('\n');
    Ok(Answer {
        code: carry::code(ended, &report),
        text,
        json: json!({ "run": run, "journal": session.journal, "superseded": superseded, "report": report }),
    })
}

/// What was achieved, what was not, and who must do the rest.
fn said(report: &Report, plan: &Plan, style: &Style) -> String {
    let mut out = format!("{}\n", style.bold(&format!("Access of {}", clean(&report.leaver.name()))));
    for step in &report.steps {
        let (word, shown): (&str, fn(&Style, &str) -> String) = match step.outcome {
            Outcome::Done | Outcome::Already => ("cut", Style::green),
            Outcome::Vouched => ("cut, as a person says", Style::yellow),
            Outcome::Skipped => ("-", Style::dim),
            Outcome::Sent | Outcome::Waiting => ("sent, not seen", Style::yellow),
            Outcome::HandedOff => ("for a person", Style::yellow),
            _ => ("NOT cut", Style::red),
        };
        let first = format!("  {} ", shown(style, &format!("{word:<15}")));
        fold(
            &mut out,
            &first,
            &format!("{}: {}", step.title, steps::detail(report, plan, step)),
            18,
            style.width(),
        );
        let hint = step.failure.as_ref().and_then(|failure| failure.hint.as_ref());
        if let (Some(hint), Outcome::Failed | Outcome::Unknown) = (hint, step.outcome) {
            fold(&mut out, &format!("{:18}do: ", ""), hint, 22, style.width());
        }
    }
    out.push_str(&show::report::verdict(report, style));
    show::report::people(&mut out, report, style);
    if !report.residual_risks.is_empty() {
        out.push_str("\nNot within reach\n");
        for risk in &report.residual_risks {
            fold(&mut out, "  - ", &format!("{} ({})", risk.what, risk.requirement), 4, style.width());
        }
    }
    out
}
