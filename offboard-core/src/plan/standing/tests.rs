use super::*;
use crate::failure::{Failure, Kind};
use crate::id::{StepId, UserId};
use crate::model::cloud::Cloud;
use crate::model::intent::Intent;
use crate::model::role::{BuiltIn, RoleAssignment};
use crate::operation::{Catalog, Findings};
use crate::plan::ApprovedPlan;
use crate::plan::document::Source;
use crate::plan::identity::Identity;
use crate::policy::{Policy, shipped};

fn now() -> Timestamp {
    Timestamp::from_micros(1_000_000_000)
}

fn plan() -> Plan {
    let (tenant, user) = (TenantId::from_u128(1), UserId::from_u128(2));
    let mut facts = Facts::new(tenant, Cloud::Worldwide, user, now());
    facts.leaver.roles = Fact::Known(Vec::new());
    facts.leaver.memberships = Fact::Known(Vec::new());
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
            policy: "shared mailbox".to_owned(),
            policy_digest: document::digest(b"the policy"),
            profile_digest: document::digest(b""),
            undoes: None,
        },
        direction: Direction::Forward,
        made_at: now(),
        made_by: "ada".to_owned(),
        intent: Intent::keep_everything(now()),
        facts,
        steps: Vec::new(),
        findings: Vec::new(),
        deadlines: Vec::new(),
        residual_risks: Vec::new(),
        not_judged: Vec::new(),
    }
}

/// The same plan with one finding against it.
fn with(severity: Severity, code: &str, key: &str) -> Plan {
    let mut findings = Findings::of(code, "R1", Some(StepId::new("remove_licenses")));
    findings.push(severity, key, "seen", "do");
    Plan { findings: findings.into_vec(), ..plan() }
}

fn standing() -> StandingApproval {
    let sign = |name: &str| Signature { name: name.to_owned(), at: now() };
    StandingApproval {
        format: StandingApproval::FORMAT.to_owned(),
        tenant: TenantId::from_u128(1),
        policy: "shared mailbox".to_owned(),
        policy_digest: document::digest(b"the policy"),
        by: vec![sign("ada"), sign("grace")],
        expires_at: now() + StandingApproval::LASTS,
        per_day: 5,
        findings: Vec::new(),
        ticket: None,
    }
}

fn expecting(code: &str, key: Option<&str>) -> StandingApproval {
    let reason = "known".to_owned();
    let expected = Expected { code: code.to_owned(), key: key.map(str::to_owned), reason };
    StandingApproval { findings: vec![expected], ..standing() }
}

#[track_caller]
fn refused(standing: &StandingApproval, plan: &Plan, word: &str) {
    let error = standing.covers(plan, now()).unwrap_err();
    assert!(error.to_string().contains(word), "{error}");
}

#[test]
fn a_plan_without_surprise_is_covered_and_may_be_of_either_of_the_two() {
    let (plan, standing) = (plan(), standing());
    let bytes = plan.to_bytes();
    let approval = standing.approve(&plan, document::digest(&bytes), now()).unwrap();
    assert_eq!(approval.by, "ada and grace");
    let approved = ApprovedPlan::new(&bytes, &approval.to_bytes(), now()).unwrap();
    assert_eq!(approved.approval().standing.as_deref(), Some(&standing));
}

#[test]
fn it_is_for_one_policy_of_one_tenant_and_only_forward() {
    let other = |change: fn(&mut Plan)| {
        let mut plan = plan();
        change(&mut plan);
        plan
    };
    refused(&standing(), &other(|plan| plan.tenant = TenantId::from_u128(9)), "is for the tenant");
    refused(
        &standing(),
        &other(|plan| plan.source.policy_digest = document::digest(b"changed")),
        "is for the policy",
    );
    refused(&standing(), &other(|plan| plan.direction = Direction::Undo), "takes a run back");
}

#[test]
fn it_takes_two_people_and_dates_that_can_be_meant() {
    let signed = |names: &[&str]| {
        let by = names.iter().map(|name| Signature { name: (*name).to_owned(), at: now() }).collect();
        StandingApproval { by, ..standing() }
    };
    assert!(signed(&["ada", "grace"]).covers(&plan(), now()).is_ok());
    refused(&signed(&["ada"]), &plan(), "takes two people");
    refused(&signed(&["ada", " ADA "]), &plan(), "takes two people");
    refused(&signed(&["ada", " "]), &plan(), "without a name");
    refused(&signed(&[]), &plan(), "takes two people");

    let until = |period: Period| StandingApproval { expires_at: now() + period, ..standing() };
    assert!(until(StandingApproval::LASTS_AT_MOST).covers(&plan(), now()).is_ok());
    refused(&until(Period::days(91)), &plan(), "at most");
    let ended = standing().covers(&plan(), now() + Period::days(31)).unwrap_err();
    assert!(ended.to_string().contains("ended at"), "{ended}");
    let early = standing().covers(&plan(), now() - Period::hours(1)).unwrap_err();
    assert!(early.to_string().contains("was signed at"), "{early}");
    refused(&StandingApproval { per_day: 0, ..standing() }, &plan(), "no run a day");
}

#[test]
fn a_finding_that_is_not_listed_needs_eyes() {
    let warned = with(Severity::Warn, "G45", "manager");
    refused(&standing(), &warned, "does not list");
    assert!(expecting("G45", None).covers(&warned, now()).is_ok());
    refused(&expecting("G45", Some("other")), &warned, "does not list");

    // What stops a step is accepted case by case, and the case is written out in the approval.
    let stopped = with(Severity::Block, "G56", "drive");
    refused(&expecting("G56", None), &stopped, "does not list");
    let standing = expecting("G56", Some("drive"));
    let bytes = stopped.to_bytes();
    let approval = standing.approve(&stopped, document::digest(&bytes), now()).unwrap();
    assert_eq!(approval.waivers.len(), 1);
    assert!(ApprovedPlan::new(&bytes, &approval.to_bytes(), now()).is_ok());

    // What nobody may accept, and what nobody could read, it cannot cover.
    let never = with(Severity::Never, "G26", "last");
    refused(&expecting("G26", None), &never, "does not list");
    refused(
        &expecting("G7", Some("unknown:holds")),
        &with(Severity::Block, "G7", "unknown:holds"),
        "nobody could read",
    );
    refused(&expecting("G16", Some("guest:1")), &with(Severity::Block, "G16", "guest:1"), "somebody outside");
    let silent = StandingApproval {
        findings: vec![Expected { code: "G45".to_owned(), key: None, reason: " ".to_owned() }],
        ..self::standing()
    };
    refused(&silent, &warned, "without a reason");
}

#[test]
fn a_privileged_leaver_needs_eyes_and_so_does_one_of_whom_that_is_unknown() {
    let role = |eligible| RoleAssignment {
        role: BuiltIn::HelpdeskAdministrator.id(),
        scope: "/".to_owned(),
        eligible,
        through: None,
    };
    let mut plan = plan();
    plan.facts.leaver.roles = Fact::Known(vec![role(true)]);
    refused(&standing(), &plan, "privileged");
    plan.facts.leaver.roles = Fact::Unknown(Failure::new(Kind::Unavailable, "503"));
    refused(&standing(), &plan, "may hold");
    plan.facts.leaver.roles = Fact::Known(Vec::new());
    assert!(standing().covers(&plan, now()).is_ok());
    plan.facts.leaver.memberships = Fact::Unknown(Failure::new(Kind::Unavailable, "503"));
    refused(&standing(), &plan, "role-assignable");
}

#[test]
fn an_approval_says_no_more_than_the_standing_one() {
    let (plan, standing) = (plan(), standing());
    let bytes = plan.to_bytes();
    let changed = |change: fn(&mut Approval)| {
        let mut approval = standing.approve(&plan, document::digest(&bytes), now()).unwrap();
        change(&mut approval);
        ApprovedPlan::new(&bytes, &approval.to_bytes(), now()).map(|_| ())
    };
    assert!(changed(|_| {}).is_ok());
    for change in [
        (|approval| approval.irreversible = true) as fn(&mut Approval),
        |approval| approval.by = "mallory".to_owned(),
        |approval| {
            let standing = approval.standing.as_mut().unwrap();
            standing.by.truncate(1);
        },
    ] {
        let error = changed(change).unwrap_err();
        assert_eq!(error.rule(), Some(("APPROVAL", "P29")), "{error}");
        assert!(error.hint().is_some());
    }
}

fn policy() -> Policy {
    let text = shipped().iter().find(|policy| policy.name == "shared").unwrap().text;
    Policy::parse(text.as_bytes(), "shared", &Catalog::builtin()).unwrap()
}

fn terms() -> Terms {
    let findings = vec![Expected::named("G45", "nobody is warned, by agreement").unwrap()];
    Terms::new(3, StandingApproval::LASTS, findings, None).unwrap()
}

#[test]
fn one_proposes_and_another_seconds_it() {
    let policy = policy();
    let sign = |name: &str| Signature { name: name.to_owned(), at: now() };
    let first = StandingApproval::propose(TenantId::from_u128(1), &policy, sign(" ada "), terms()).unwrap();
    assert_eq!((first.names().as_str(), &first.policy_digest), ("ada", policy.digest()));
    assert_eq!(first.expires_at, now() + StandingApproval::LASTS);
    assert!(first.check_itself(now()).unwrap_err().why.contains("takes two people"));
    for alone in ["Ada", " ADA "] {
        let said = first.clone().second(sign(alone)).unwrap_err();
        assert!(said.to_string().contains("takes two people") && said.hint().is_some(), "{said}");
    }
    assert!(first.clone().second(sign(" ")).unwrap_err().to_string().contains("nobody is named"));
    let late = Signature { at: first.expires_at + Period::seconds(1), ..sign("grace") };
    assert!(first.clone().second(late).unwrap_err().to_string().contains("ended at"));
    let both = first.second(sign("grace")).unwrap();
    assert_eq!((both.names().as_str(), both.check_itself(now())), ("ada and grace", Ok(())));
}

#[test]
fn what_nobody_can_mean_is_not_proposed() {
    for (per_day, lasts, said) in [
        (1, Period::days(91), "P90D"),
        (1, Period::ZERO, "cannot last"),
        (0, Period::days(1), "no run a day"),
    ] {
        let error = Terms::new(per_day, lasts, Vec::new(), None).unwrap_err();
        assert!(error.to_string().contains(said) && error.to_string().contains("; say "), "{error}");
    }
    let nobody = Signature { name: " ".to_owned(), at: now() };
    let error = StandingApproval::propose(TenantId::from_u128(1), &policy(), nobody, terms()).unwrap_err();
    assert!(error.to_string().contains("nobody is named; say who"), "{error}");
    for (name, reason, said) in [
        ("G99", "seen", "a finding is named as a plan prints it"),
        ("G99:key", "seen", "no rule"),
        ("", "seen", "no rule"),
        ("G45", " ", "no reason; say why"),
    ] {
        let error = Expected::named(name, reason).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
    let named = Expected::named("G56:one_drive:x", "seen").unwrap();
    assert_eq!((named.code.as_str(), named.key.as_deref()), ("G56", Some("one_drive:x")));
    assert_eq!(Expected::named("own_step:late", "seen").unwrap().code, "own_step");
}
