//! G35: what stands in the way of a deleted account (R37, R55, R69): its time, Active Directory, and what others have
//! taken since.

use super::support::{Look, look, unknown, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::deletion::{DeletedUser, RestoreConflict, Return, Taken};
use crate::model::intent::Intent;
use crate::operation::guard::Direction;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses to bring back what the service would refuse, before anything is sent.
#[derive(Debug)]
pub struct WayBack;

impl Guard for WayBack {
    fn code(&self) -> &'static str {
        "G35"
    }

    fn requirement(&self) -> &'static str {
        "R69"
    }

    fn title(&self) -> &'static str {
        "A deleted account can come back, and as what"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.name() == "delete_user" && step.direction == Direction::Undo
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let leaver = step.leaver;
        vec![
            Facet::User(leaver),
            Facet::SyncBehavior(leaver),
            Facet::DeletedUser(leaver),
            Facet::RestoreConflicts(leaver),
            Facet::Skus,
        ]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        now: Timestamp,
        findings: &mut Findings,
    ) {
        // Whoever is there needs no way back.
        if facts.leaver.user.known().is_some() {
            return;
        }
        let deleted = match look(facts.leaver.deleted_user.as_ref()) {
            Look::There(deleted) => deleted,
            // G28 says that nobody is there.
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown(step, &Facet::DeletedUser(step.leaver), &failure, findings);
            }
        };
        judge_time(deleted, now, findings);
        if deleted.user.is_synced() && facts.leaver.cloud_managed.known() != Some(&true) {
            findings.never(
                "active_directory",
                "Active Directory is the master of this account; the cloud refuses to restore it",
                "restore the account in Active Directory (its recycle bin), and let directory sync carry it over",
            );
        }
        match look(facts.leaver.restore_conflicts.as_ref()) {
            Look::There(conflicts) => {
                let back = way_back(step);
                for conflict in conflicts {
                    judge_conflict(conflict, &back, findings);
                }
            }
            Look::Nothing => {}
            Look::Unknown(failure) => {
                unknown(step, &Facet::RestoreConflicts(step.leaver), &failure, findings);
            }
        }
        judge_seats(facts, deleted, findings);
    }
}

fn judge_time(deleted: &DeletedUser, now: Timestamp, findings: &mut Findings) {
    let (at, until) = (deleted.deleted_date_time, deleted.kept_until());
    if now >= until {
        findings.never(
            "expired",
            format!("the account was deleted at {at} and could be restored until {until}"),
            "it is gone for good: create a new account, and look for the mail with eDiscovery if a hold kept it",
        );
    }
}

/// As what the account is to come back. Parameters that cannot be read were refused when the step was made.
fn way_back(step: &Subject<'_>) -> Return {
    step.param("way_back").unwrap_or_default()
}

fn judge_conflict(conflict: &RestoreConflict, back: &Return, findings: &mut Findings) {
    let RestoreConflict { property, value, held_by } = conflict;
    match property {
        Taken::UserPrincipalName if back.user_principal_name.is_some() => {}
        Taken::UserPrincipalName => findings.block(
            format!("user_principal_name:{value}"),
            format!("the name {value} belongs to {held_by} now"),
            "free the name, or restore the account under another one: `offboard restore --upn NAME`",
        ),
        Taken::ProxyAddress if back.without_taken_addresses => findings.warn(
            format!("proxy_address:{value}"),
            format!("the account comes back without the address {value}, which belongs to {held_by} now"),
            "free the address before, if it is to come back",
        ),
        Taken::ProxyAddress => findings.block(
            format!("proxy_address:{value}"),
            format!("the address {value} belongs to {held_by} now"),
            "free the address, or restore the account without it: `offboard restore --without-taken-addresses`",
        ),
    }
}

/// Licenses come back with the account where seats are free.
fn judge_seats(facts: &Facts, deleted: &DeletedUser, findings: &mut Findings) {
    if deleted.skus.is_empty() {
        return;
    }
    let bought = match look(facts.tenant.skus.as_ref()) {
        Look::There(bought) => bought,
        Look::Nothing => return,
        Look::Unknown(failure) => return unknown_warns(&Facet::Skus, &failure, findings),
    };
    for sku in bought.iter().filter(|sku| deleted.skus.contains(&sku.sku_id) && sku.consumed >= sku.enabled) {
        findings.warn(
            format!("seats:{}", sku.sku_id),
            format!(
                "all {} seats of {} are taken; the account comes back, and this license may not",
                sku.enabled, sku.sku_part_number
            ),
            "free a seat or buy one before the account is restored, or its mailbox stays away",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{E3, Trial, now};
    use crate::time::Period;

    fn deleted(ago: Period) -> Trial {
        Trial::of("delete_user").undone().with(|facts| {
            let user = facts.leaver.user.known().unwrap().clone();
            facts.leaver.user = Fact::Absent;
            facts.leaver.deleted = Fact::Known(true);
            let deleted = DeletedUser { user, deleted_date_time: now() - ago, skus: [E3].into() };
            facts.leaver.deleted_user = Fact::Known(deleted);
            facts.leaver.restore_conflicts = Fact::Known(vec![]);
        })
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&WayBack)
    }

    fn taken(property: Taken) -> Trial {
        deleted(Period::days(1)).with(|facts| {
            let conflict = RestoreConflict {
                property,
                value: "avery@contoso.com".to_owned(),
                held_by: "the user 7".to_owned(),
            };
            facts.leaver.restore_conflicts = Fact::Known(vec![conflict]);
        })
    }

    #[test]
    fn the_way_back_is_open_for_thirty_days() {
        assert!(keys(&deleted(Period::seconds(30 * 86_400 - 1))).is_empty());
        assert_eq!(keys(&deleted(Period::days(30))), ["never expired"]);
    }

    #[test]
    fn what_others_have_taken_stops_it() {
        assert_eq!(keys(&taken(Taken::UserPrincipalName)), ["block user_principal_name:avery@contoso.com"]);
        assert_eq!(keys(&taken(Taken::ProxyAddress)), ["block proxy_address:avery@contoso.com"]);
        assert!(keys(&deleted(Period::ZERO)).is_empty());
    }

    #[test]
    fn what_is_given_up_stops_nothing_and_is_said() {
        let back = |trial: Trial, back: serde_json::Value| trial.params(|params| params["way_back"] = back);
        let name = || taken(Taken::UserPrincipalName);
        assert!(
            keys(&back(name(), serde_json::json!({ "user_principal_name": "a@contoso.com" }))).is_empty()
        );
        let other = serde_json::json!({ "without_taken_addresses": true });
        assert_eq!(keys(&back(name(), other.clone())), ["block user_principal_name:avery@contoso.com"]);
        let address = || taken(Taken::ProxyAddress);
        assert_eq!(keys(&back(address(), other)), ["warn proxy_address:avery@contoso.com"]);
        let other = serde_json::json!({ "user_principal_name": "a@contoso.com" });
        assert_eq!(keys(&back(address(), other)), ["block proxy_address:avery@contoso.com"]);
    }

    #[test]
    fn what_active_directory_owns_comes_back_there() {
        let synced = deleted(Period::days(1)).with(|facts| {
            facts.leaver.deleted_user.known_mut().unwrap().user.on_premises_sync_enabled = Some(true);
        });
        assert_eq!(keys(&synced), ["never active_directory"]);
        let moved = synced.with(|facts| facts.leaver.cloud_managed = Fact::Known(true));
        assert!(keys(&moved).is_empty());
    }

    #[test]
    fn full_products_are_said() {
        let full = deleted(Period::days(1)).with(|facts| {
            for sku in facts.tenant.skus.known_mut().unwrap() {
                sku.consumed = sku.enabled;
            }
        });
        assert_eq!(keys(&full), [format!("warn seats:{E3}")]);
    }

    #[test]
    fn what_cannot_be_read_stops_it() {
        let day = || deleted(Period::days(1));
        assert_eq!(keys(&day().blank(Facet::DeletedUser)), ["block unknown:the deleted user"]);
        let unread = day().blank(Facet::RestoreConflicts);
        assert_eq!(keys(&unread), ["block unknown:who has the deleted user's addresses"]);
        assert_eq!(keys(&day().blank(|_| Facet::Skus)), ["warn unknown:the bought products"]);
    }
}
