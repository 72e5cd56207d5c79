//! A crowd at Contoso, a file that names some of it, and what went over the wire.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use offboard::core::engine::{CarriedRoster, PlannedRoster, RosterDrive};
use offboard::core::plan::roster::Rows;
use offboard::core::report::RosterReport;
use offboard::core::tenant::{Caps, TenantProfile};
use offboard::{Catalog, Error, Policy, Until, UserId};
use offboard_sim::{Exchanged, Tenant};
use serde_json::Value;

use crate::common::Lab;

/// The mailbox becomes shared, and everything else stays: the least that has a conversion in it.
pub fn conversion() -> Policy {
    let text = "policy = \"offboard.policy/1\"\nname = \"conversion\"\napplies_to = \"member\"\n\
        [access]\nsign_in = \"block\"\npassword = \"reset\"\nsessions = \"revoke\"\nexchange_account = \"block\"\n\
        forwarding = \"stop\"\nprotocols = \"keep\"\nmethods = \"keep\"\n[mail]\ndisposition = \"shared\"\n\
        [files]\ndisposition = \"keep\"\n[licenses]\ndisposition = \"keep\"\n[account]\ndisposition = \"keep\"\n\
        [groups]\ndisposition = \"keep\"\n[voice]\nnumbers = \"keep\"\n";
    Policy::parse(text.as_bytes(), "conversion", &Catalog::builtin()).unwrap()
}

pub fn profile(per_roster: u32, per_day: u32) -> TenantProfile {
    TenantProfile { caps: Caps { per_roster, per_day }, ..TenantProfile::default() }.sealed()
}

/// Contoso with so many people more, where so many may leave at once.
pub fn lab(ordinary: usize, cap: u32) -> Lab {
    let mut lab = Lab::on(Tenant::contoso_and(3, ordinary));
    lab.engine = lab.engine.clone().with_profile(profile(cap, cap));
    lab
}

pub fn worker(n: usize) -> String {
    format!("worker{n:04}@contoso.com")
}

/// A file that names these people.
pub fn file(upns: &[String]) -> String {
    upns.iter().fold("upn\n".to_owned(), |mut text, upn| {
        writeln!(text, "{upn}").unwrap();
        text
    })
}

pub fn rows(text: &str) -> Rows {
    Rows::parse(text.as_bytes(), "leavers.csv").unwrap()
}

impl Lab {
    pub async fn plan_all(&self, policy: &Policy, text: &str) -> Result<PlannedRoster, Error> {
        let before = self.tenant.recorder().mutating().len();
        let planned = self.engine.plan_roster(policy, &rows(text), None, "ada@contoso.com", &|_| ()).await;
        assert_eq!(self.tenant.recorder().mutating().len(), before, "planning changes nothing");
        planned
    }

    pub async fn apply_all(
        &self,
        planned: PlannedRoster,
        policy: &Policy,
        how: &RosterDrive,
    ) -> Result<CarriedRoster, Error> {
        let bytes = planned.roster.to_bytes();
        let (_, approved) =
            self.engine.approve_roster(&bytes, planned.plans, "grace@contoso.com", None, vec![], true)?;
        self.engine.apply_roster(approved, policy.bytes(), how).await
    }

    /// Plans and applies, and what became of everybody.
    pub async fn carry_all(&self, policy: &Policy, text: &str) -> (CarriedRoster, RosterReport) {
        let planned = self.plan_all(policy, text).await.unwrap();
        let carried = self.apply_all(planned, policy, &RosterDrive::until(Until::Sent)).await.unwrap();
        let report = self.engine.roster_report(&carried.roster, &carried.trouble).await.unwrap();
        (carried, report)
    }

    pub fn id(&self, upn: &str) -> UserId {
        self.tenant.user_id(upn).unwrap()
    }
}

/// What a write does to somebody's access; nothing where it does something else.
fn cuts(row: &Exchanged) -> Option<&'static str> {
    let body = row.json().unwrap_or_default();
    let parameters = &body["CmdletInput"]["Parameters"];
    if row.path.ends_with("/revokeSignInSessions") {
        Some("revoke")
    } else if body["accountEnabled"] == Value::Bool(false) {
        Some("block")
    } else if body.get("passwordProfile").is_some() {
        Some("password")
    } else if parameters["AccountDisabled"] == Value::Bool(true) {
        Some("exchange")
    } else if row.cmdlet.as_deref() == Some("Disable-InboxRule")
        || parameters.get("ForwardingAddress").is_some()
    {
        Some("forwarding")
    } else {
        None
    }
}

/// Whom a write names.
fn names(row: &Exchanged, people: &BTreeSet<UserId>, mailboxes: &BTreeMap<String, UserId>) -> Option<UserId> {
    if row.cmdlet.is_some() {
        let body = row.json()?;
        let identity = body["CmdletInput"]["Parameters"]["Identity"].as_str()?;
        return mailboxes.get(identity).copied().or_else(|| identity.parse().ok());
    }
    let id = row.path.split('/').find_map(|part| part.parse().ok())?;
    people.contains(&id).then_some(id)
}

/// Fails unless everything that cuts access of `people` was sent before anything else was; how many other writes there were.
#[track_caller]
pub fn everybody_first(tenant: &Tenant, people: &BTreeSet<UserId>) -> usize {
    let mailboxes: BTreeMap<String, UserId> = tenant.world(|world| {
        world.mailboxes.values().map(|mailbox| (mailbox.guid.to_string(), mailbox.owner)).collect()
    });
    let writes = tenant.recorder().mutating();
    let other = |row: &Arc<Exchanged>| cuts(row).is_none();
    let first = writes.iter().position(other).unwrap_or(writes.len());
    let mut cut: BTreeMap<UserId, BTreeSet<&str>> = BTreeMap::new();
    for row in &writes[..first] {
        let who = names(row, people, &mailboxes).unwrap_or_else(|| panic!("whom does {row:?} name?"));
        cut.entry(who).or_default().extend(cuts(row));
    }
    for who in people {
        let done = cut.remove(who).unwrap_or_default();
        for what in ["block", "password", "revoke", "exchange"] {
            assert!(done.contains(what), "{who}: no {what} before {:?}", writes.get(first));
        }
    }
    assert!(cut.is_empty(), "somebody else was cut off: {cut:?}");
    writes[first..].iter().filter(|row| other(row)).count()
}
