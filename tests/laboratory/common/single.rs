//! Plans of one operation, made by the real planner from facts that the real ports have read.

use std::collections::BTreeSet;

use offboard::core::facts::load::load;
use offboard::core::facts::{Facet, Facts};
use offboard::core::guards;
use offboard::core::operation::guard::Direction;
use offboard::core::operation::{Finding, Severity, Subject};
use offboard::core::plan::document::Source;
use offboard::core::plan::judge::reads;
use offboard::core::plan::planner::{Wanted, plan};
use offboard::core::policy::{Derived, Draft, Request};
use offboard::core::ports::Call;
use offboard::{Plan, Policy, StepId, UserId, Waiver};
use serde_json::Value;

use super::Lab;

impl Lab {
    /// Reads everything that judging this operation on this leaver takes.
    pub async fn facts(&self, leaver: UserId, operation: &str, params: &Value) -> Facts {
        let now = self.engine.host().clock.now();
        let mut facts =
            Facts::new(self.engine.tenant(), offboard_core::model::cloud::Cloud::Worldwide, leaver, now);
        let operation = self.engine.catalog().make(operation, params).unwrap();
        let id = StepId::new("single");
        let subject = Subject {
            id: &id,
            operation: operation.as_ref(),
            params,
            direction: Direction::Forward,
            leaver,
            at: now,
        };
        let mut wanted = reads(&subject, &guards::all());
        wanted.extend([Facet::User(leaver), Facet::SyncBehavior(leaver), Facet::Caller]);
        self.read(&mut facts, &wanted).await;
        facts
    }

    /// Reads these facets, whatever was known of them.
    pub async fn read(&self, facts: &mut Facts, wanted: &BTreeSet<Facet>) {
        facts.as_of = self.engine.host().clock.now();
        let call = Call::new("7c0a3b1e-0000-4000-8000-000000000001");
        let unused = BTreeSet::new();
        load(facts, wanted, self.engine.providers(), &unused, &call, None).await;
    }

    /// A plan of nothing but this operation. What `policy` wants beside its steps is what the guards judge by.
    pub async fn single(&self, policy: &Policy, upn: &str, operation: &str, params: Value) -> Plan {
        let leaver = self.tenant.user_id(upn).unwrap();
        let facts = self.facts(leaver, operation, &params).await;
        let asked = Request { leaves_at: facts.as_of, successor: None };
        let Derived { intent, .. } =
            policy.derive(&facts, self.engine.profile(), &asked, self.engine.catalog());
        let draft = Draft {
            operation: operation.to_owned(),
            params,
            not_before: None,
            asked_by: "a test".to_owned(),
            after: Vec::new(),
            before: Vec::new(),
        };
        let source = Source {
            policy: policy.name().to_owned(),
            policy_digest: policy.digest().clone(),
            profile_digest: self.engine.profile().digest.clone(),
            undoes: None,
        };
        let derived = Derived { intent, drafts: vec![draft], findings: Vec::new() };
        let wanted = Wanted { derived, source, made_at: facts.as_of, made_by: "ada@contoso.com".to_owned() };
        plan(&facts, wanted, self.engine.catalog(), &guards::all()).unwrap()
    }
}

/// The findings that stop a plan unless they are waived.
pub fn stopping(plan: &Plan) -> Vec<&Finding> {
    plan.findings.iter().filter(|finding| finding.severity != Severity::Warn).collect()
}

/// A waiver for each that can be waived.
pub fn waivers(plan: &Plan) -> Vec<Waiver> {
    let waive = |finding: &&Finding| Waiver {
        plan: None,
        step: finding.step.clone(),
        code: finding.code.clone(),
        key: finding.key.clone(),
        reason: "looked at".to_owned(),
    };
    let stopping = stopping(plan).into_iter();
    stopping.filter(|finding| finding.severity == Severity::Block).map(|f| waive(&f)).collect()
}
