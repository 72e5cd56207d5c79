//! The report for a browser: one file, no script, nothing fetched.

use std::fmt::Write as _;

use super::Report;
use super::diff::{Change, changes};
use super::outcome::{Outcome, StepReport};
use super::plain::clean;
use super::text::{severity, summary};
use crate::operation::Judged;
use crate::operation::guard::Direction;

/// Text as HTML text.
pub(super) fn esc(text: &str) -> String {
    clean(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// Two sets of colours, and one column where there is no room for three.
const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1c2733;--ground:#fff;--quiet:#52606d;--line:#e1e6eb;--code:#f4f6f8;--good:#0b6b3a;\
--wait:#7a5900;--hand:#8a3b00;--bad:#a1121f}\
@media(prefers-color-scheme:dark){:root{--text:#dde4ea;--ground:#14191f;--quiet:#9aa8b5;--line:#2c3641;--code:#1d242c;\
--good:#5fd39a;--wait:#e2b84a;--hand:#f0a06a;--bad:#ff8a8f}}\
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:68rem;padding:0 1rem;color:var(--text);\
background:var(--ground);overflow-wrap:anywhere}\
h1{font-size:1.4rem;margin:0 0 .2rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}\
p.meta{color:var(--quiet);margin:.1rem 0}p.verdict{font-weight:700;font-size:1.1rem;margin:1rem 0 .2rem}p.sum{font-weight:600;margin:.2rem 0 1rem}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.8rem 0}dt{color:var(--quiet)}dd{margin:0}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;border-bottom:1px solid var(--line)}\
th{color:var(--quiet);font-weight:600}td.o{white-space:nowrap;font-weight:600}td.s{min-width:15rem}small{color:var(--quiet);display:block}\
.done,.already,.skipped,.good{color:var(--good)}.waiting,.sent,.not_started,.vouched{color:var(--wait)}\
.partial,.handed_off,.unknown,.lapsed{color:var(--hand)}.blocked,.failed,.cancelled,.bad{color:var(--bad)}\
code,pre{font:13px/1.4 ui-monospace,monospace}pre{background:var(--code);padding:.6rem;white-space:pre-wrap;margin:.3rem 0}\
ul.d{list-style:none;margin:.3rem 0 0;padding:0;color:var(--quiet);font-size:.87em}ul.d li{margin:.1rem 0}\
.f{margin:.3rem 0 0}footer{margin-top:2.5rem;color:var(--quiet);font-size:.85rem}\
@media(max-width:40rem){body{margin:1rem auto}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .4rem}thead{display:none}\
table,tbody,tr,td{display:block}tr{padding:.6rem 0;border-bottom:1px solid var(--line)}td{border:0;padding:.1rem 0}td.s{min-width:0;font-weight:600}}\
@media print{:root{color-scheme:light}body{margin:0;max-width:none}tr{break-inside:avoid}}";

/// The beginning of a page, until its body. The title is HTML text.
pub(super) fn head(title: &str) -> String {
    let mut out = String::with_capacity(16 * 1024);
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title><style>{STYLE}</style></head><body>"
    );
    out
}

pub(super) fn render(report: &Report) -> String {
    let title = match report.direction {
        Direction::Forward => "Off-boarding of",
        Direction::Undo => "Taking back, for",
    };
    let name = esc(&report.leaver.display_name);
    let mut out = head(&format!("{title} {name}"));
    let o = &mut out;
    let _ = write!(
        o,
        "<h1>{title} {name}</h1><p class=\"meta\">{upn} \u{b7} <code>{id}</code></p>",
        upn = esc(&report.leaver.user_principal_name),
        id = report.leaver.id,
    );
    if let Some(verdict) = report.verdict() {
        let class = if verdict.reached { "good" } else { "bad" };
        let _ = write!(o, "<p class=\"verdict {class}\">{}</p>", esc(&verdict.text));
    }
    let _ = write!(o, "<p class=\"sum\">{}</p>", esc(&summary(report)));
    who_and_when(o, report);
    o.push_str("<table><thead><tr><th>Outcome</th><th>Step</th><th>What was seen</th></tr></thead><tbody>");
    for step in &report.steps {
        row(o, report, step);
    }
    o.push_str("</tbody></table>");
    people(o, report);
    list(
        o,
        "Findings that were accepted",
        report.waivers.iter().map(|waiver| {
            let step = waiver.step.as_ref().map_or("plan", |step| step.as_str());
            let name = format!("{step}:{}:{}", waiver.code, waiver.key);
            format!("<code>{}</code> {}", esc(&name), esc(&waiver.reason))
        }),
    );
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

/// Who, when and by which document: what an auditor asks first.
fn who_and_when(o: &mut String, report: &Report) {
    let declared = "<small>as he calls himself; nobody has verified it</small>";
    let ticket = report.ticket.as_deref().map_or_else(|| "none was given".to_owned(), esc);
    let rows = [
        ("Policy", format!("\u{201c}{}\u{201d}", esc(&report.policy))),
        ("Run", format!("<code>{}</code>", esc(report.run.as_str()))),
        ("Planned by", format!("{} {declared}", esc(&report.made_by))),
        (
            "Approved by",
            format!("{}, {} {declared}", esc(&report.approved_by), report.approved_at.to_seconds()),
        ),
        ("Ticket", ticket),
        ("Began", report.opened_at.to_seconds().to_string()),
        (
            "Last recorded",
            format!(
                "{} <small>nobody has looked at the tenant since; printed {}</small>",
                report.recorded_at.to_seconds(),
                report.as_of.to_seconds()
            ),
        ),
    ];
    o.push_str("<dl>");
    for (name, value) in rows {
        let _ = write!(o, "<dt>{name}</dt><dd>{value}</dd>");
    }
    o.push_str("</dl>");
}

fn row(o: &mut String, report: &Report, step: &StepReport) {
    let name = step.outcome.name();
    let about =
        report.about(step).map_or_else(String::new, |about| format!("<small>{}</small>", esc(&about)));
    let _ = write!(
        o,
        "<tr><td class=\"o {name}\">{}</td><td class=\"s\">{}{about}<small><code>{}</code></small></td><td>{}",
        name.replace('_', " "),
        esc(&step.title),
        esc(step.id.as_str()),
        esc(&step.detail),
    );
    if let Some(by) = &step.vouched_by {
        let _ = write!(o, "<small>{} says so</small>", esc(by));
    }
    if let (Some(Judged::Is(before)), Some(Judged::Is(after))) = (&step.before, &step.after) {
        let changes = changes(before, after, &|id: &str| report.name(id));
        if !changes.is_empty() {
            o.push_str("<ul class=\"d\">");
            for change in changes {
                let line = match change {
                    Change::Was { field, was, is } if field.is_empty() => format!("{was} \u{2192} {is}"),
                    Change::Was { field, was, is } => format!("{field}: {was} \u{2192} {is}"),
                    Change::Added { what } => format!("added: {what}"),
                    Change::Removed { what } => format!("removed: {what}"),
                };
                let _ = write!(o, "<li>{}</li>", esc(&line));
            }
            o.push_str("</ul>");
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

pub(super) fn list(o: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        let _ = write!(o, "<h2>{title}</h2><ul><li>{}</li></ul>", items.join("</li><li>"));
    }
}
