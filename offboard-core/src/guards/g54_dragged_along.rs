//! G54: somebody who owns very much is looked at before he leaves it (R34).

use super::g30_last_owner::{LEAVES, group};
use super::support::{Look, look, unknown};
use crate::facts::{Facet, Facts};
use crate::model::group::Tie;
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// So many owned groups are usual; with more, the leaver looked after something that others depend on.
const USUAL: usize = 20;

/// So many phones and tablets are one person's.
const PERSONAL: usize = 5;

/// The steps that wipe or shut out a device.
const DEVICES: &[&str] = &["wipe_mobile_device", "block_mobile_device"];

/// Refuses to leave the groups of somebody who owns more than is usual, and to wipe or shut out one of more devices than a
/// person has, until somebody has looked at the list.
#[derive(Debug)]
pub struct DraggedAlong;

impl Guard for DraggedAlong {
    fn code(&self) -> &'static str {
        "G54"
    }

    fn requirement(&self) -> &'static str {
        "R34"
    }

    fn title(&self) -> &'static str {
        "What one leaver drags along is counted"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(LEAVES) || step.is_forward(DEVICES)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        if step.is_forward(DEVICES) {
            vec![Facet::MobileDevices(step.leaver)]
        } else {
            vec![Facet::Memberships(step.leaver)]
        }
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        if step.is_forward(DEVICES) {
            return judge_devices(facts, step, findings);
        }
        let rows = match look(facts.leaver.memberships.as_ref()) {
            Look::There(rows) => rows,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown(step, &Facet::Memberships(step.leaver), &failure, findings);
            }
        };
        let owned = rows.iter().filter(|row| row.tie == Tie::Owner).count();
        let this = rows.iter().any(|row| Some(row.id) == group(step) && row.tie == Tie::Owner);
        if this && owned > USUAL {
            findings.block(
                format!("owned_groups>{USUAL}"),
                format!("the leaver owns {owned} groups, this one among them; {USUAL} are usual"),
                "look who takes them over; the plan's facts list them, and a waiver leaves this one",
            );
        }
    }
}

/// Whoever enrolled a shelf of phones is the owner of each.
fn judge_devices(facts: &Facts, step: &Subject<'_>, findings: &mut Findings) {
    match look(facts.leaver.mobile_devices.as_ref()) {
        Look::There(devices) if devices.len() > PERSONAL => {
            let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
            findings.block(
                format!("devices>{PERSONAL}"),
                format!("{} devices synchronise the mailbox: {}", devices.len(), names.join(", ")),
                "look whose they are; waive this for each device that is the leaver's own",
            );
        }
        Look::There(_) | Look::Nothing => {}
        Look::Unknown(failure) => unknown(step, &Facet::MobileDevices(step.leaver), &failure, findings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{GROUP, Trial, row};
    use crate::id::GroupId;

    fn owning(groups: usize, this: bool) -> Trial {
        Trial::leaving(|_| ()).with(|facts| {
            let others = (0..groups).map(|n| GroupId::from_u128(0x1000 + n as u128));
            let ids = others.take(groups - usize::from(this)).chain(this.then_some(GROUP));
            let owned = ids.map(|id| crate::model::group::Membership { tie: Tie::Owner, ..row(id) });
            facts.leaver.memberships.known_mut().unwrap().extend(owned);
        })
    }

    #[test]
    fn more_than_is_usual_is_looked_at() {
        assert_eq!(owning(21, true).judge(&DraggedAlong), ["block owned_groups>20"]);
        assert!(owning(20, true).judge(&DraggedAlong).is_empty());
        assert!(owning(21, false).judge(&DraggedAlong).is_empty(), "this one is not his");
    }

    #[test]
    fn five_devices_are_a_persons_and_six_are_looked_at() {
        let with = |count: u128| {
            Trial::of("block_mobile_device").with(|facts| {
                let devices = facts.leaver.mobile_devices.known_mut().unwrap();
                let first = devices[0].clone();
                devices.extend((1..count).map(|n| {
                    let mut device = first.clone();
                    device.id = crate::id::MobileDeviceId::from_u128(n);
                    device
                }));
            })
        };
        assert!(with(5).judge(&DraggedAlong).is_empty());
        assert_eq!(with(6).judge(&DraggedAlong), ["block devices>5"]);
        let unread = with(1).blank(Facet::MobileDevices);
        assert_eq!(unread.judge(&DraggedAlong), ["block unknown:the mobile devices"]);
    }

    #[test]
    fn unread_groups_may_be_many() {
        let unread = owning(1, true).blank(Facet::Memberships);
        assert_eq!(unread.judge(&DraggedAlong), ["block unknown:the groups"]);
    }
}
