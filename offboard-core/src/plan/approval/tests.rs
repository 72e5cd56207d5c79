use super::*;
use crate::error::ErrorKind;
use crate::facts::Facts;
use crate::id::{TenantId, UserId};
use crate::model::intent::Intent;
use crate::operation::guard::Direction;
use crate::plan::document::Source;
use crate::plan::identity::Identity;

fn plan(containment_only: bool, direction: Direction) -> Plan {
    let (tenant, user, now) =
        (TenantId::from_u128(1), UserId::from_u128(2), Timestamp::from_micros(1_000_000));
    Plan {
        format: Plan::FORMAT.to_owned(),
        tenant,
        leaver: Identity {
            id: user,
            created_date_time: None,
            employee_id: None,
            user_principal_name: "alex@contoso.com".to_owned(),
            display_name: "Alex Wilber".to_owned(),
        },
        source: Source {
            policy: "any".to_owned(),
            policy_digest: document::digest(b""),
            profile_digest: document::digest(b""),
            undoes: None,
        },
        direction,
        made_at: now,
        made_by: "ada".to_owned(),
        intent: Intent { containment_only, ..Intent::keep_everything(now) },
        facts: Facts::new(tenant, crate::model::cloud::Cloud::Worldwide, user, now),
        steps: Vec::new(),
        findings: Vec::new(),
        deadlines: Vec::new(),
        residual_risks: Vec::new(),
        not_judged: Vec::new(),
    }
}

fn approve(plan: &Plan, by: &str) -> Result<ApprovedPlan, crate::error::Error> {
    approve_with(plan, by, |_| {})
}

fn approve_with(
    plan: &Plan,
    by: &str,
    change: impl Fn(&mut Approval),
) -> Result<ApprovedPlan, crate::error::Error> {
    let bytes = plan.to_bytes();
    let mut approval = Approval {
        format: Approval::FORMAT.to_owned(),
        plan: document::digest(&bytes),
        by: by.to_owned(),
        at: plan.made_at,
        expires_at: plan.made_at + Approval::LASTS,
        ticket: None,
        waivers: Vec::new(),
        irreversible: false,
        standing: None,
        roster: None,
    };
    change(&mut approval);
    ApprovedPlan::new(&bytes, &approval.to_bytes(), plan.made_at)
}

#[test]
fn an_approval_has_dates_that_somebody_can_mean() {
    let plan = plan(true, Direction::Forward);
    let a_moment_more = |period: Period| Period::micros(period.as_micros() + 1);
    let dated = |at: Period, lasts: Period| {
        approve_with(&plan, "grace", |approval| {
            approval.at = plan.made_at + at;
            approval.expires_at = approval.at + lasts;
        })
    };
    let refused = |at, lasts, word: &str| {
        let error = dated(at, lasts).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Approval(ApprovalError::Dates(_))), "{error}");
        assert!(error.to_string().contains(word), "{error}");
        assert_eq!(error.rule(), Some(("APPROVAL", "P29")));
        assert!(error.hint().is_some());
    };
    dated(Period::ZERO, Period::micros(1)).unwrap();
    refused(Period::ZERO, Period::ZERO, "ended at");
    dated(Period::ZERO, Approval::LASTS_AT_MOST).unwrap();
    refused(Period::ZERO, a_moment_more(Approval::LASTS_AT_MOST), "at most");
    dated(Approval::CLOCKS_APART, Approval::LASTS).unwrap();
    refused(a_moment_more(Approval::CLOCKS_APART), Approval::LASTS, "it was given at");
}

fn finding(severity: Severity, key: &str) -> Finding {
    Finding {
        code: "G7".to_owned(),
        severity,
        key: key.to_owned(),
        requirement: "N7".to_owned(),
        message: "the mailbox is held".to_owned(),
        hint: "ask the owner of the hold".to_owned(),
        step: Some(StepId::new("remove_licenses")),
    }
}

#[test]
fn a_waiver_names_a_finding_that_stops_this_plan() {
    let mut plan = plan(true, Direction::Forward);
    plan.findings = vec![finding(Severity::Block, "hold"), finding(Severity::Warn, "size")];
    let waiver = |key: &str| Waiver {
        plan: None,
        step: Some(StepId::new("remove_licenses")),
        code: "G7".to_owned(),
        key: key.to_owned(),
        reason: "legal agreed".to_owned(),
    };
    let with = |plan: &Plan, waivers: Vec<Waiver>| {
        approve_with(plan, "grace", |approval| approval.waivers.clone_from(&waivers))
    };
    let refused = |plan: &Plan, waivers: Vec<Waiver>, words: &str| {
        let error = with(plan, waivers).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Approval(ApprovalError::Waiver { .. })), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.hint().is_some());
    };
    with(&plan, vec![waiver("hold")]).unwrap();
    refused(&plan, vec![waiver("hold"), waiver("hodl")], "`remove_licenses:G7:hodl`, which is no finding");
    refused(&plan, vec![waiver("hold"), waiver("size")], "stops nothing");
    refused(&plan, vec![Waiver { reason: " ".to_owned(), ..waiver("hold") }], "without a reason");
    refused(&plan, vec![Waiver { step: None, ..waiver("hold") }], "is no finding");
    plan.findings.push(finding(Severity::Never, "never"));
    refused(&plan, vec![waiver("hold"), waiver("never")], "nobody can accept: the mailbox is held");
}

#[test]
fn whoever_made_a_plan_approves_only_what_cuts_access_and_its_undo() {
    for direction in [Direction::Forward, Direction::Undo] {
        assert!(approve(&plan(true, direction), "ada").is_ok(), "{direction:?}");
        assert!(approve(&plan(false, direction), "grace").is_ok(), "{direction:?}");
        for by in ["ada", "ADA", " Ada "] {
            let refused = approve(&plan(false, direction), by).unwrap_err();
            assert!(
                matches!(refused.kind(), ErrorKind::Approval(ApprovalError::OwnPlan { .. })),
                "{direction:?} {by}: {refused}"
            );
        }
    }
}
