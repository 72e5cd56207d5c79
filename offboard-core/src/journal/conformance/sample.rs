//! Runs and events that the suite writes: people of Contoso, and values that a careless journal would change.

use serde_json::{Value, json};

use crate::document::digest;
use crate::facts::Facts;
use crate::id::{RunId, StepId, TenantId, UserId};
use crate::journal::{Event, EventKind, RunRecord};
use crate::model::cloud::Cloud;
use crate::model::intent::Intent;
use crate::operation::Judged;
use crate::operation::guard::Direction;
use crate::plan::document::Source;
use crate::plan::{Identity, Plan};
use crate::time::{Period, Timestamp};

/// The morning on which everything in the suite begins: 2026-11-30T09:00:00Z.
pub fn morning() -> Timestamp {
    Timestamp::from_micros(1_796_029_200_000_000)
}

/// A plan without steps: enough for a journal, which looks at nothing but what it is for.
pub fn plan(tenant: TenantId, leaver: UserId, made_at: Timestamp, containment_only: bool) -> Plan {
    Plan {
        format: Plan::FORMAT.to_owned(),
        tenant,
        leaver: Identity {
            id: leaver,
            created_date_time: None,
            employee_id: None,
            user_principal_name: "alex@contoso.com".to_owned(),
            display_name: "Alex Wilber".to_owned(),
        },
        source: Source {
            policy: "shared".to_owned(),
            policy_digest: digest(b"policy"),
            profile_digest: digest(b"profile"),
            undoes: None,
        },
        direction: Direction::Forward,
        made_at,
        made_by: "megan@contoso.com".to_owned(),
        intent: Intent { containment_only, ..Intent::keep_everything(made_at) },
        facts: Facts::new(tenant, Cloud::Worldwide, leaver, made_at),
        steps: Vec::new(),
        findings: Vec::new(),
        deadlines: Vec::new(),
        residual_risks: Vec::new(),
        not_judged: Vec::new(),
    }
}

/// A run of `tenant` for its `leaver`th person. The documents hold bytes that no text may hold; the profile none.
pub fn record(run: &str, tenant: TenantId, leaver: u128, opened_at: Timestamp) -> RunRecord {
    let leaver = UserId::from_u128(leaver);
    RunRecord {
        run: RunId::new(run),
        tenant,
        leaver,
        leaver_name: "Zoë O'Neill <zoë.o'neill@contoso.com>".to_owned(),
        opened_at,
        plan: plan(tenant, leaver, opened_at, false).to_bytes(),
        approval: vec![0, 255, 254, 0, 13, 10],
        policy: "# résumé\r\n[mail]\r\n".as_bytes().to_vec(),
        profile: Vec::new(),
    }
}

/// The same run, of a plan that only cuts access.
pub fn containment(run: &str, tenant: TenantId, leaver: u128, opened_at: Timestamp) -> RunRecord {
    let record = record(run, tenant, leaver, opened_at);
    RunRecord { plan: plan(tenant, record.leaver, opened_at, true).to_bytes(), ..record }
}

/// The state before was captured: `value` was there.
pub fn captured(step: &str, at: Timestamp, value: Value) -> Event {
    Event {
        step: Some(StepId::new(step)),
        at,
        kind: EventKind::Captured { before: Judged::Is(value), findings: Vec::new(), drift: Vec::new() },
    }
}

/// Something was seen; `n` tells events apart.
pub fn observed(n: u64) -> Event {
    let kind = EventKind::Observed { key: format!("key {n}"), value: json!({ "n": n }) };
    Event { step: None, at: morning() + Period::seconds(i64::try_from(n).unwrap_or(0)), kind }
}

/// `count` events, numbered from `first`.
pub fn observations(first: u64, count: u64) -> Vec<Event> {
    (first..first + count).map(observed).collect()
}

/// A value that a careless journal would change: the ends of the numbers, decimals that are not binary, texts of
/// every kind, and nesting.
pub fn awkward() -> Value {
    json!({
        "integers": [0, -1, u64::MAX, i64::MIN, 9_007_199_254_740_993_u64],
        "decimals": [0.1, 0.1 + 0.2, -0.0, 1.0, 5e-324, f64::MAX, f64::MIN_POSITIVE, 49.9, 1e21, 123_456_789.123_456_78],
        "texts": ["", " ", "\u{0}", "\"\\/\u{8}\u{c}\n\r\t", "Zoë", "Z\u{6f}\u{65}\u{308}", "\u{202e}abc", "👩‍💻", "\u{ffff}"],
        "nothing": null,
        "yes": true,
        "deep": [[[[{ "": {} }]]]],
    })
}
