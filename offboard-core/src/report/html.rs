//! The report for a browser: one file, no script, nothing fetched.

use std::fmt::Write as _;

use super::Report;
use super::outcome::{Outcome, StepReport};
use super::text::{changes, clean, severity, summary};
use crate::operation::Judged;

/// Text as HTML text.
fn esc(text: &str) -> String {
    clean(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:68rem;padding:0 1rem;color:#1c2733;background:#fff}\
h1{font-size:1.4rem;margin:0 0 .2rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}p.meta{color:#52606d;margin:.1rem 0}\
p.sum{font-weight:600;margin:1rem 0}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;border-bottom:1px solid #e1e6eb}th{color:#52606d;font-weight:600}\
td.o{white-space:nowrap;font-weight:600}td:nth-child(2){min-width:15rem}td small{color:#52606d;display:block}\
.done,.already,.skipped{color:#0b6b3a}.waiting,.sent,.not_started{color:#7a5900}\
.handed_off,.unknown,.lapsed{color:#8a3b00}.blocked,.failed,.cancelled{color:#a1121f}\
code,pre{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}pre{background:#f4f6f8;padding:.6rem;white-space:pre-wrap;margin:.3rem 0}\
.f{margin:.3rem 0 0}footer{margin-top:2.5rem;color:#52606d;font-size:.85rem;overflow-wrap:anywhere}@media print{body{margin:0;max-width:none}}";

pub(super) fn render(report: &Report) -> String {
    let mut out = String::with_capacity(16 * 1024);
    let o = &mut out;
    let _ = write!(
        o,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Off-boarding of {name}</title><style>{STYLE}</style></head><body>\
         <h1>Off-boarding of {name}</h1>\
         <p class=\"meta\">{upn} \u{b7} <code>{id}</code></p>\
         <p class=\"meta\">Policy \u{201c}{policy}\u{201d} \u{b7} run <code>{run}</code> \u{b7} began {opened} \u{b7} as of {as_of}</p>\
         <p class=\"meta\">Planned by {by}, approved by {approved}{ticket}</p><p class=\"sum\">{summary}</p>",
        name = esc(&report.leaver.display_name),
        upn = esc(&report.leaver.user_principal_name),
        id = report.leaver.id,
        policy = esc(&report.policy),
        run = esc(report.run.as_str()),
        opened = report.opened_at.to_seconds(),
        as_of = report.as_of.to_seconds(),
        by = esc(&report.made_by),
        approved = esc(&report.approved_by),
        ticket = report.ticket.as_ref().map_or_else(String::new, |t| format!(", ticket {}", esc(t))),
        summary = esc(&summary(report)),
    );
    o.push_str("<table><thead><tr><th>Outcome</th><th>Step</th><th>What was seen</th></tr></thead><tbody>");
    for step in &report.steps {
        row(o, report, step);
    }
    o.push_str("</tbody></table>");
    people(o, report);
    list(
        o,
        "Dates",
        report.deadlines.iter().map(|d| {
            format!("<b>{}</b> {} <small>({})</small>", d.at.date(), esc(&d.what), esc(&d.requirement))
        }),
    );
    list(
        o,
        "What no step can mend",
        report
            .residual_risks
            .iter()
            .map(|r| format!("{} <small>({})</small>", esc(&r.what), esc(&r.requirement))),
    );
    list(
        o,
        "Not judged by this version",
        report.not_judged.iter().map(|n| format!("<b>{}</b> {}", esc(&n.code), esc(&n.about))),
    );
    let _ = write!(
        o,
        "<footer>Plan <code>{}</code><br>Journal: {} entries, <code>{}</code></footer></body></html>",
        report.plan, report.journal.count, report.journal.head
    );
    out.push('\n');
    out
}

fn row(o: &mut String, report: &Report, step: &StepReport) {
    let name = step.outcome.name();
    let _ = write!(
        o,
        "<tr><td class=\"o {name}\">{}</td><td>{}<small><code>{}</code></small></td><td>{}",
        name.replace('_', " "),
        esc(&step.title),
        esc(step.id.as_str()),
        esc(&step.detail),
    );
    if let (Some(Judged::Is(before)), Some(Judged::Is(after))) = (&step.before, &step.after) {
        for (field, was, is) in changes(before, after) {
            let _ = write!(
                o,
                "<small>{}: {} \u{2192} {}</small>",
                esc(&field),
                esc(&report.named(&was)),
                esc(&report.named(&is))
            );
        }
    }
    for finding in &step.findings {
        let _ = write!(
            o,
            "<div class=\"f\">{} <b>{}</b>{}: {}<small>{}</small></div>",
            severity(finding.severity),
            esc(&finding.code),
            if finding.requirement.is_empty() {
                String::new()
            } else {
                format!(" ({})", esc(&finding.requirement))
            },
            esc(&finding.message),
            esc(&finding.hint),
        );
    }
    for drift in &step.drift {
        let _ = write!(o, "<small>since the plan: {}</small>", esc(drift));
    }
    o.push_str("</td></tr>");
}

fn people(o: &mut String, report: &Report) {
    let mut asked = report
        .steps
        .iter()
        .filter(|step| step.outcome == Outcome::HandedOff)
        .filter_map(|step| Some((step, step.instructions.as_ref()?)))
        .peekable();
    if asked.peek().is_none() {
        return;
    }
    o.push_str("<h2>To be done by people</h2>");
    for (step, instructions) in asked {
        let commands: Vec<String> = instructions.commands.iter().map(|command| esc(command)).collect();
        let _ = write!(
            o,
            "<p><b>{}</b> ({}): {}</p><pre>{}</pre><p class=\"meta\">Seen when: {}. Then: <code>offboard ack {} {}</code></p>",
            esc(&instructions.system),
            esc(&instructions.role),
            esc(&instructions.why),
            commands.join("\n"),
            esc(&instructions.shown_by),
            esc(report.run.as_str()),
            esc(step.id.as_str()),
        );
    }
}

fn list(o: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        let _ = write!(o, "<h2>{title}</h2><ul><li>{}</li></ul>", items.join("</li><li>"));
    }
}
