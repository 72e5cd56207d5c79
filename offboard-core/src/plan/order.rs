//! The order of steps: one table, a row for each edge of CONTRACT g.2 that touches an operation we have.
//!
//! A node is an operation's name, or `operation:task` where one operation stands for several kinds of work.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::step::{Need, Step};
use crate::id::StepId;
use crate::operation::{Class, Door, Phase, Spec};
use crate::time::Timestamp;

/// One row: everything in `from` comes before everything in `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The row of CONTRACT g.2, or the rule of ours.
    pub code: &'static str,
    /// Earlier. What is in `to` as well goes one by one.
    pub from: &'static [&'static str],
    /// Later.
    pub to: &'static [&'static str],
    /// What must be true of the earlier one.
    pub need: Need,
    /// Why.
    pub why: &'static str,
    /// Only between two steps that have the same value of this parameter; nothing means between all.
    pub same: Option<&'static str>,
    /// Only where the earlier one is not dated later than the other: an end months ahead holds nothing up.
    pub by_date: bool,
}

const fn edge(
    code: &'static str,
    from: &'static [&'static str],
    to: &'static [&'static str],
    need: Need,
    why: &'static str,
) -> Edge {
    Edge { code, from, to, need, why, same: None, by_date: false }
}

impl Edge {
    /// Only between steps on the same object, which `parameter` names.
    const fn on_the_same(self, parameter: &'static str) -> Self {
        Self { same: Some(parameter), ..self }
    }

    /// Only where the earlier one is due by then.
    const fn where_due(self) -> Self {
        Self { by_date: true, ..self }
    }
}

/// Everything that takes licenses away. Leaving a group that gives them is that too, silently (E30).
pub(crate) const LICENSES: &[&str] = &["remove_licenses", "leave_licensing_group"];

/// The rows of what ends on its day: the later one takes back what the earlier one began.
const UNTIL: &str = "until";

/// Whether `end` is to take back on its day what `begin` began. It waits for nothing but that this is no longer in the air.
pub fn is_end_of(end: &Step, begin: &Step) -> bool {
    end.needs.get(&begin.id) == Some(&Need::Sent)
        && EDGES.iter().any(|edge| {
            edge.code == UNTIL
                && edge.from.contains(&begin.operation.as_str())
                && edge.to.contains(&end.operation.as_str())
        })
}

/// The table. E33 and E34 stand for every operation there will be, in `Node::need`. E1 and E3 hold by construction: a plan is approved before it is applied, and containment reads only
/// the person's identity. Between containment steps every need is [`Need::Sent`].
pub const EDGES: &[Edge] = &[
    edge(
        "E2",
        &["block_sign_in"],
        &["reset_password"],
        Need::Sent,
        "a reset without a block leaves a moment to sign in",
    ),
    edge(
        "E2",
        &["block_sign_in", "reset_password", "on_premises_task:reset_password_twice"],
        &["revoke_sign_in_sessions"],
        Need::Sent,
        "sessions revoked first are opened again with the old password",
    ),
    edge(
        "E7",
        &["block_sign_in"],
        &["leave_group", "leave_distribution_group"],
        Need::Verified,
        "leaving a group of Conditional Access may open an account that can still sign in",
    ),
    edge(
        "E8",
        &["wipe_mobile_device"],
        &["block_protocols", "remove_licenses", "leave_licensing_group"],
        Need::Sent,
        "a wipe that was not asked for before can never be fetched",
    ),
    edge(
        "E9",
        &["wipe_mobile_device"],
        &["block_mobile_device"],
        Need::Verified,
        "a blocked device cannot fetch its wipe, nor say that it is done",
    )
    .on_the_same("device"),
    edge(
        "E11",
        &["place_litigation_hold"],
        &["delete_user"],
        Need::Verified,
        "a mailbox without a hold in effect is gone 30 days after its account",
    ),
    edge(
        "E12",
        &["place_litigation_hold"],
        &["cancel_meetings"],
        Need::Verified,
        "what is deleted before the hold is in effect is not held",
    ),
    edge(
        "E32",
        &["place_litigation_hold"],
        LICENSES,
        Need::Verified,
        "the hold is placed under the license that carries it",
    ),
    edge(
        "E14",
        &["stop_forwarding"],
        &["convert_to_shared"],
        Need::Verified,
        "rules survive the conversion and leak",
    ),
    edge(
        "E14",
        &["stop_forwarding"],
        &["set_forwarding"],
        Need::Verified,
        "what the leaver set up would loop or leak, and stopping it later would stop this too",
    ),
    edge(
        "E15",
        &["cancel_meetings"],
        LICENSES,
        Need::Verified,
        "a mailbox without a license tells nobody that a meeting is cancelled",
    ),
    edge(
        "E16",
        &["convert_to_shared"],
        LICENSES,
        Need::Verified,
        "a mailbox that is not shared yet dies with its license",
    ),
    edge(
        "E17",
        &["convert_to_shared"],
        &["grant_full_access"],
        Need::Verified,
        "rights act on the final type",
    ),
    edge(
        "E18",
        &[
            "block_sign_in",
            "reset_password",
            "on_premises_task:disable_account",
            "on_premises_task:reset_password_twice",
        ],
        LICENSES,
        Need::Verified,
        "a shared mailbox is not finished while the old password works",
    ),
    edge(
        "E17",
        &["grant_full_access"],
        LICENSES,
        Need::Verified,
        "a right is given on a mailbox, and without a license there may be none",
    ),
    edge(
        "E19",
        &["set_forwarding", "end_forwarding"],
        LICENSES,
        Need::Verified,
        "forwarding dies with the license",
    ),
    edge("E21", &["set_automatic_replies"], LICENSES, Need::Verified, "replies need a mailbox"),
    edge(
        "E21",
        &["stop_automatic_replies", "remove_full_access"],
        LICENSES,
        Need::Verified,
        "what ends on the day on which the license goes is ended while there is a mailbox",
    )
    .where_due(),
    edge(
        "E24",
        &["grant_drive_access", "copy_drive"],
        LICENSES,
        Need::Verified,
        "without a license the OneDrive is read-only after 60 days and archived after 93",
    ),
    edge(
        "E24",
        &["share_drive"],
        &["remove_licenses", "leave_licensing_group", "delete_user"],
        Need::Seen,
        "an invitation that a person gave leaves out what his own would: a word is not enough",
    ),
    edge(
        "E26",
        &["unassign_phone_number"],
        LICENSES,
        Need::Verified,
        "a license that goes frees the number without a trace",
    ),
    edge(
        "E31",
        &["remove_licenses"],
        &["leave_licensing_group"],
        Need::Verified,
        "plans of direct and inherited products depend on each other",
    ),
    edge(
        "E30",
        &["leave_licensing_group"],
        &["leave_licensing_group"],
        Need::Verified,
        "while one license is on its way, no other can be judged the last or not the last: they go one by one",
    ),
    edge(
        "G53",
        &["convert_to_shared"],
        &["on_premises_task:convert_remote_mailbox"],
        Need::Sent,
        "what shows the task is a sync after the conversion",
    ),
    edge(
        "G53",
        &["on_premises_task:convert_remote_mailbox"],
        LICENSES,
        Need::Seen,
        "the next sync would turn the mailbox back, and without a license it is lost: a word is not enough",
    ),
    edge(
        "E37",
        &["block_sign_in", "reset_password", "revoke_sign_in_sessions"],
        &["final_revoke"],
        Need::Verified,
        "what was opened until block and password were seen is closed by it",
    ),
    edge(
        "E34",
        &["final_revoke"],
        &["delete_user"],
        Need::Verified,
        "sessions are over before their account is",
    ),
    edge(UNTIL, &["grant_full_access"], &["remove_full_access"], Need::Sent, "access ends after it began"),
    edge(UNTIL, &["grant_drive_access"], &["end_drive_access"], Need::Sent, "access ends after it began"),
    edge(UNTIL, &["share_drive"], &["end_drive_sharing"], Need::Sent, "an invitation ends after it began"),
    edge(UNTIL, &["set_forwarding"], &["end_forwarding"], Need::Sent, "forwarding ends after it began"),
    edge(
        UNTIL,
        &["set_automatic_replies"],
        &["stop_automatic_replies"],
        Need::Sent,
        "replies end after they began",
    ),
];

/// The rule that goes for every step: access is cut before anything else is begun (P14). It waits for nothing but
/// the attempt.
pub const CONTAIN_FIRST: &str = "P14";

/// A step, as the order sees it.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// Its name in the plan.
    pub id: StepId,
    /// Its operation.
    pub spec: &'a Spec,
    /// Its parameters.
    pub params: &'a Value,
    /// Not earlier than this.
    pub not_before: Option<Timestamp>,
    /// Operations that the policy wants over before it.
    pub after: &'a [String],
    /// Operations that the policy wants to wait for it.
    pub before: &'a [String],
}

impl Node<'_> {
    fn is(&self, name: &str) -> bool {
        match name.split_once(':') {
            None => name == self.spec.name,
            Some((operation, task)) => {
                operation == self.spec.name && self.params.get("task").and_then(Value::as_str) == Some(task)
            }
        }
    }

    fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    fn need(&self, later: &Self) -> Option<Need> {
        // Access that is cut once more at a later date holds up nothing that comes before.
        if self.spec.class == Class::Containment && self.not_before > later.not_before {
            return None;
        }
        let one = |edge: &Edge| edge.same.is_none_or(|name| self.params.get(name) == later.params.get(name));
        let due = |edge: &Edge| !edge.by_date || self.not_before <= later.not_before;
        let in_turn = |edge: &Edge| {
            let either_way = later.is_one_of(edge.from) && self.is_one_of(edge.to);
            !either_way || (self.not_before, &self.id) < (later.not_before, &later.id)
        };
        let between = |edge: &&Edge| {
            self.is_one_of(edge.from) && later.is_one_of(edge.to) && one(edge) && due(edge) && in_turn(edge)
        };
        let table = EDGES.iter().filter(between).map(|e| e.need);
        let own = later.after.iter().any(|name| self.is(name))
            || self.before.iter().any(|name| later.is(name))
            || self.is_one_of(later.spec.after)
            || later.is_one_of(self.spec.before);
        let first = self.spec.class == Class::Containment
            && self.spec.door != Door::Person
            && later.spec.class != Class::Containment;
        // Deleting comes last: what it takes along must have been saved and handed over (E34).
        let before_the_end = later.is("delete_user") && self.spec.phase < Phase::End;
        let both_contain = self.spec.class == Class::Containment && later.spec.class == Class::Containment;
        table
            .chain(own.then_some(Need::Verified))
            .chain(before_the_end.then_some(Need::Verified))
            .chain(first.then_some(Need::Sent))
            .max()
            .map(|need| if both_contain { Need::Sent } else { need })
    }
}

/// Steps that wait for each other in a circle; only a policy's own `after` and `before` can make one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these steps wait for each other: {0}")]
pub struct Circle(pub String);

/// A step in its place: its index, and what it needs.
pub type Placed = (usize, BTreeMap<StepId, Need>);

/// What each step needs, and the steps in an order that satisfies it: by date, by phase, and as they were asked for.
pub fn order(nodes: &[Node<'_>]) -> Result<Vec<Placed>, Circle> {
    let needs: Vec<BTreeMap<usize, Need>> = nodes
        .iter()
        .enumerate()
        .map(|(i, later)| {
            nodes
                .iter()
                .enumerate()
                .filter(|(j, _)| *j != i)
                .filter_map(|(j, earlier)| earlier.need(later).map(|need| (j, need)))
                .collect()
        })
        .collect();
    let mut done = BTreeSet::new();
    let mut ordered = Vec::with_capacity(nodes.len());
    while ordered.len() < nodes.len() {
        let next = (0..nodes.len())
            .filter(|i| !done.contains(i) && needs[*i].keys().all(|j| done.contains(j)))
            .min_by_key(|i| (nodes[*i].not_before, nodes[*i].spec.phase, *i));
        let Some(next) = next else {
            let stuck = (0..nodes.len()).filter(|i| !done.contains(i)).map(|i| nodes[i].id.to_string());
            return Err(Circle(stuck.collect::<Vec<_>>().join(", ")));
        };
        done.insert(next);
        let by_name = needs[next].iter().map(|(j, need)| (nodes[*j].id.clone(), *need)).collect();
        ordered.push((next, by_name));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests;
