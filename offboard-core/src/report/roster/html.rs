//! The report of a roster for a browser: one file, no script, nothing fetched.

use std::fmt::Write as _;

use super::text::counted;
use super::{Line, RosterReport};
use crate::report::html::{esc, head, list};

pub(super) fn render(report: &RosterReport) -> String {
    let mut out = head(&format!("Off-boarding of {} people", report.totals.rows));
    let o = &mut out;
    let _ = write!(o, "<h1>Off-boarding of {} people</h1>", report.totals.rows);
    let class = if report.totals.access_cut == report.totals.rows { "good" } else { "bad" };
    let _ = write!(o, "<p class=\"verdict {class}\">{}</p>", esc(&report.summary()));
    let declared = "<small>as he calls himself; nobody has verified it</small>";
    let ticket = report.ticket.as_deref().map_or_else(|| "none was given".to_owned(), esc);
    let rows = [
        ("Policy", format!("\u{201c}{}\u{201d}", esc(&report.policy))),
        ("Roster", format!("<code>{}</code>", esc(report.roster.as_str()))),
        ("Planned by", format!("{} {declared}", esc(&report.made_by))),
        (
            "Approved by",
            format!("{}, {} {declared}", esc(&report.approved_by), report.approved_at.to_seconds()),
        ),
        ("Ticket", ticket),
        ("Began", report.opened_at.to_seconds().to_string()),
        (
            "Printed",
            format!("{} <small>it says what was recorded until then</small>", report.as_of.to_seconds()),
        ),
    ];
    o.push_str("<dl>");
    for (name, value) in rows {
        let _ = write!(o, "<dt>{name}</dt><dd>{value}</dd>");
    }
    o.push_str(
        "</dl><table><thead><tr><th>Access</th><th>Leaver</th><th>What was seen</th></tr></thead><tbody>",
    );
    for line in &report.leavers {
        row(o, line);
    }
    o.push_str("</tbody></table>");
    list(
        o,
        "Rows from which no plan was made",
        report.refused.iter().map(|row| {
            format!(
                "<b>line {}</b> {} {}<small>{}</small>",
                row.line,
                esc(&row.who),
                esc(&row.why),
                esc(&row.hint)
            )
        }),
    );
    let _ = write!(o, "<footer>Roster <code>{}</code></footer></body></html>", report.digest);
    out.push('\n');
    out
}

fn row(o: &mut String, line: &Line) {
    let (class, word) = match (&line.run, line.access_cut) {
        (None, _) => ("bad", "refused"),
        (Some(_), Some(true)) => ("good", "cut"),
        (Some(_), Some(false)) => ("bad", "NOT cut"),
        (Some(_), None) => ("waiting", "not touched"),
    };
    let run = line.run.as_ref().map_or_else(String::new, |run| format!("<small><code>{run}</code></small>"));
    let _ = write!(
        o,
        "<tr><td class=\"o {class}\">{word}</td><td class=\"s\">{}<small>{}, line {}</small>{run}</td><td>{}",
        esc(&line.leaver.display_name),
        esc(&line.leaver.user_principal_name),
        line.line,
        esc(&line.verdict),
    );
    for note in [line.hint.as_deref().map(esc), Some(counted(line)).filter(|counts| !counts.is_empty())] {
        let _ = write!(o, "{}", note.map_or_else(String::new, |note| format!("<small>{note}</small>")));
    }
    for left in &line.left {
        let name = left.outcome.name();
        let _ = write!(
            o,
            "<div class=\"f\"><b class=\"{name}\">{}</b> {}<small>{}</small></div>",
            name.replace('_', " "),
            esc(&left.title),
            esc(&left.detail)
        );
    }
    o.push_str("</td></tr>");
}
