//! Facts of the leaver and the tenant, and facts that nobody could read.

use http::Method;
use offboard::core::operation::{Finding, Severity};
use offboard::core::policy::shipped;
use offboard::{Catalog, Outcome, Policy, Until};
use offboard_sim::world::MailboxState;
use offboard_sim::{Fault, Matcher};

use super::lines::{self, LINES, Line};
use super::stage::{
    SUCCESSOR, carried, findings, holds, lab, licenses_removed, nothing_was_written, went_through, without,
};
use crate::common::{Lab, policy};

fn refused(line: &Line) {
    let what = line.name;
    let lab = lab(&[line.fact]);
    let found = findings(lab.block_on(carried(&lab, line.policy, line.upn)), line.code, what);
    let fits = |finding: &Finding| {
        finding.requirement == line.requirement
            && finding.message.contains(line.seen)
            && finding.hint.contains(line.hint)
            && finding.step.is_some()
            && finding.severity > Severity::Warn
    };
    assert!(found.iter().all(fits), "{what}: {found:#?}");
    nothing_was_written(&lab, what);
}

#[test]
fn facts_that_stop_a_plan_do_so_before_anything_is_written() {
    LINES.iter().for_each(refused);
}

#[test]
fn the_twin_without_the_fact_goes_through() {
    for line in LINES {
        let lab = lab(&[line.fact, line.twin]);
        let report = lab.block_on(carried(&lab, line.policy, line.upn)).unwrap();
        went_through(&lab, &report, line.name);
    }
}

#[test]
fn without_its_guard_nothing_would_stop_it() {
    for line in LINES {
        let mut lab = lab(&[line.fact]);
        lab.engine = without(&lab.engine, line.code);
        let report = lab.block_on(carried(&lab, line.policy, line.upn)).unwrap();
        let stopped = report.steps.iter().find(|step| step.outcome == Outcome::Blocked);
        assert!(stopped.is_none(), "{}: {stopped:?}", line.name);
        assert!(!lab.tenant.recorder().mutating().is_empty(), "{}: nothing was written", line.name);
    }
}

#[test]
fn the_neighbour_just_below_the_limit_goes_through_too() {
    let lab = lab(&[]);
    let report = lab.block_on(carried(&lab, "shared", "debra@contoso.com")).unwrap();
    went_through(&lab, &report, "49.9 GB");
    holds(&report, "remove_licenses", &[Outcome::Done], "49.9 GB");
}

#[test]
fn a_retention_policy_for_everybody_warns_and_does_not_stop() {
    let lab = lab(&[|world| lines::mailbox(world, "delia@contoso.com").litigation_hold = None]);
    lab.block_on(async {
        let planned = lab.plan(&policy("shared"), "delia@contoso.com", Some(SUCCESSOR)).await.unwrap();
        let of_holds: Vec<_> = planned.plan.findings.iter().filter(|finding| finding.code == "G7").collect();
        assert!(
            matches!(of_holds.as_slice(), [one] if one.severity == Severity::Warn && one.message.contains("retention policy")),
            "{of_holds:?}"
        );
    });
}

#[test]
fn a_shared_mailbox_and_no_account_are_refused() {
    let shipped = shipped().iter().find(|policy| policy.name == "shared").unwrap().text;
    let parse = |text: &str| Policy::parse(text.as_bytes(), "mine.toml", &Catalog::builtin());
    let refused = parse(&lines::shared_and_deleted(shipped)).unwrap_err();
    assert_eq!((refused.code, refused.requirement), (Some("G2"), Some("R30")), "{refused}");
    assert!(refused.message.contains("anchors the shared mailbox"), "{refused}");
    assert!(refused.hint.as_deref().is_some_and(|hint| hint.contains("keep the account")), "{refused:?}");
    // Where the two can be true together, it has to be said what follows the shared mailbox.
    let apart = lines::shared_and_deleted(shipped)
        .replace("disposition = \"delete\"", "disposition = \"delete\"\nafter = \"P180D\"")
        .replace("[mail]\n", "[mail]\nuntil = \"P180D\"\n");
    let unsaid = parse(&apart).unwrap_err();
    assert!(unsaid.code.is_none() && unsaid.message.contains("`mail.then`"), "{unsaid}");
    parse(&apart.replace("until = \"P180D\"", "until = \"P180D\"\nthen = \"let_go\"")).unwrap();
    // The twin keeps the account.
    let lab = lab(&[]);
    let report = lab.block_on(carried(&lab, "shared", "alex@contoso.com")).unwrap();
    went_through(&lab, &report, "shared, account kept");
}

#[test]
fn what_could_not_be_read_is_not_none() {
    let unreadable = |lab: &Lab| {
        lab.tenant.faults().always(Matcher::graph(&Method::GET, "/users/*/drive"), Fault::status(403));
    };
    let lab_of_unknown = lab(&[]);
    unreadable(&lab_of_unknown);
    let found = findings(
        lab_of_unknown.block_on(carried(&lab_of_unknown, "shared", "johanna@contoso.com")),
        "G56",
        "unknown",
    );
    for finding in &found {
        assert_eq!((finding.key.as_str(), finding.requirement.as_str()), ("unknown:the OneDrive", "R35"));
        assert!(finding.message.contains("could not be read") && !finding.hint.is_empty(), "{finding:?}");
    }
    nothing_was_written(&lab_of_unknown, "unknown");

    let readable = lab(&[]);
    let report = readable.block_on(carried(&readable, "shared", "johanna@contoso.com")).unwrap();
    went_through(&readable, &report, "read, and none");

    let mut unguarded = lab(&[]);
    unreadable(&unguarded);
    unguarded.engine = without(&unguarded.engine, "G56");
    unguarded.block_on(carried(&unguarded, "shared", "johanna@contoso.com")).unwrap();
    assert_eq!(licenses_removed(&unguarded), 1, "without G56 the license would go");
}

/// Nothing to do is no answer where the plan saw a mailbox: what keeps the mail would be passed over, and the licenses would go.
#[test]
fn a_mailbox_that_somebody_has_taken_since_stops_what_was_planned_for_it() {
    let lab = lab(&[]);
    let report = lab.block_on(async {
        let shared = policy("shared");
        let plan = lab.plan(&shared, "alex@contoso.com", Some(SUCCESSOR)).await.unwrap().plan;
        lab.tenant.world(|world| {
            let since = world.now;
            lines::mailbox(world, "alex@contoso.com").state = MailboxState::Disconnected { since };
        });
        let (run, _) = lab.apply(&plan, &shared, Until::Done).await.unwrap();
        lab.report(&run).await.unwrap()
    });
    holds(&report, "convert_to_shared", &[Outcome::Blocked], "taken since");
    holds(&report, "block_sign_in", &[Outcome::Done], "taken since");
    let stopped = report.steps.iter().find(|step| step.operation == "convert_to_shared").unwrap();
    assert!(stopped.detail.contains("not there any more"), "{}", stopped.detail);
    assert_eq!(licenses_removed(&lab), 0, "{}", report.to_text());
    assert_eq!(lab.contradictions(&report), Vec::<String>::new());
}
