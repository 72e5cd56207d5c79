//! Put a Litigation Hold on the mailbox (R22 to R24, C4, E11, E12): what is in it outlives the account. A hold that is there
//! already is somebody's legal duty, and nothing of it is changed.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::hold::CONFIRMED_AFTER;
use crate::model::mailbox::Mailbox;
use crate::operation::{
    Class, Context, Door, Findings, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat,
    Reversal, Route, Seen, Spec,
};
use crate::ports::LitigationHoldState;
use crate::time::Timestamp;

/// Who is said to answer for a hold that this step placed.
const OWNER: &str = "offboard";

/// Places the hold, and is done when it has had the time that it needs to count. Where one stands already nothing is sent:
/// it keeps its owner and its duration, and what is shorter than wanted is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceLitigationHold {
    /// Who is leaving.
    pub user: UserId,
    /// How many days an item is held, counted from when it came; without an end if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// The Litigation Hold of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LitigationHold {
    /// `LitigationHoldEnabled`.
    pub enabled: bool,
    /// `LitigationHoldDate`: when the service took it.
    pub date: Option<Timestamp>,
    /// `LitigationHoldDuration` in days; nothing is `Unlimited`.
    pub days: Option<u32>,
    /// `LitigationHoldOwner`.
    pub owner: Option<String>,
}

impl LitigationHold {
    fn of(mailbox: &Mailbox) -> Self {
        Self {
            enabled: mailbox.litigation_hold_enabled,
            date: mailbox.litigation_hold_date,
            days: mailbox.litigation_hold_days,
            owner: mailbox.litigation_hold_owner.clone(),
        }
    }

    fn set_on(&self, mailbox: &mut Mailbox) {
        mailbox.litigation_hold_enabled = self.enabled;
        mailbox.litigation_hold_date = self.date;
        mailbox.litigation_hold_days = self.days;
        mailbox.litigation_hold_owner.clone_from(&self.owner);
    }
}

impl PlaceLitigationHold {
    fn wanted(&self) -> LitigationHoldState {
        LitigationHoldState { enabled: true, days: self.days, owner: Some(OWNER.to_owned()) }
    }
}

/// For people.
fn lasting(days: Option<u32>) -> String {
    days.map_or_else(|| "without an end".to_owned(), |days| format!("for {days} days"))
}

#[async_trait]
impl Operation for PlaceLitigationHold {
    type State = LitigationHold;

    fn spec() -> Spec {
        Spec {
            name: "place_litigation_hold",
            version: 1,
            title: "Put the mailbox on Litigation Hold",
            phase: Phase::Preserve,
            door: Door::Exchange,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Partial {
                why: "the hold is taken off, and what it held stays for 30 more days (delay hold), longer while the \
                      account is blocked"
                    .to_owned(),
            },
            repeat: Repeat::Safe,
            latency: CONFIRMED_AFTER,
            give_up: Spec::patience(CONFIRMED_AFTER),
            clock_fields: &["date"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, days: None }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        let days = self.days.map_or_else(|| "Unlimited".to_owned(), |days| days.to_string());
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "whoever has the Exchange role Legal Hold (Exchange or Compliance Administrator)"
                .to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                "Set-Mailbox -Identity {} -LitigationHoldEnabled:$true -LitigationHoldDuration {days} \
                 -LitigationHoldOwner {OWNER}",
                self.user
            )],
            shown_by: "LitigationHoldEnabled is true, and LitigationHoldDate is five hours ago".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    /// A hold that stands stays as it is, whoever placed it, also where it ends sooner than this policy wants.
    fn check(&self, facts: &Facts, findings: &mut Findings) {
        let mailbox = of(facts, self.user, |person| person.mailbox().map(Clone::clone));
        let Some(mailbox) = mailbox.known().filter(|mailbox| mailbox.litigation_hold_enabled) else { return };
        let held = mailbox.litigation_hold_days;
        let shorter = held.is_some_and(|held| self.days.is_none_or(|wanted| held < wanted));
        if shorter {
            findings.warn(
                "shorter_hold",
                format!(
                    "the mailbox is on Litigation Hold already, {}, and the policy wants it held {}; the hold stays as \
                     it is",
                    lasting(held),
                    lasting(self.days)
                ),
                format!(
                    "ask its owner ({}) to let it last longer: what it no longer holds is gone",
                    mailbox.litigation_hold_owner.as_deref().unwrap_or("not named")
                ),
            );
        }
    }

    fn state(&self, facts: &Facts) -> Judged<LitigationHold> {
        no_mailbox(of(facts, self.user, |person| person.mailbox().map(LitigationHold::of)))
    }

    /// What will be so is a hold that counts, and that is one which is some hours old.
    fn effect(&self, facts: &mut Facts) {
        let date = facts.as_of - CONFIRMED_AFTER;
        let wanted = self.wanted();
        let Some(mailbox) = facts.person_mut(self.user).mailbox_mut() else { return };
        if !mailbox.litigation_hold_enabled {
            mailbox.litigation_hold_days = wanted.days;
            mailbox.litigation_hold_owner = wanted.owner;
        }
        mailbox.litigation_hold_enabled = true;
        mailbox.litigation_hold_date = Some(mailbox.litigation_hold_date.map_or(date, |at| at.min(date)));
    }

    fn put_back(&self, facts: &mut Facts, before: &LitigationHold) {
        if let Some(mailbox) = facts.person_mut(self.user).mailbox_mut() {
            before.set_on(mailbox);
        }
    }

    /// Taken is not in effect: until then a deleted account would take the mail with it (G10). A hold that stood before is
    /// somebody's own; one that this step placed has the duration that this step wants.
    fn reached(&self, seen: &Seen<LitigationHold>) -> Reached {
        let stood = seen.before.is().is_some_and(|before| before.enabled);
        let held = seen
            .now
            .is()
            .filter(|now| now.enabled && (stood || now.days == self.days))
            .and_then(|now| now.date);
        match held.map(|date| date + CONFIRMED_AFTER) {
            Some(counts) if counts <= seen.at => Reached::Yes,
            Some(counts) => Reached::NotBefore(counts),
            None => Reached::NotYet,
        }
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<LitigationHold>) -> Result<(), Failure> {
        if before.is().is_some_and(|before| before.enabled) {
            // It is there and only has to come of age; writing would change whose hold it is, and for how long.
            return Ok(());
        }
        cx.receipt(cx.providers.mailboxes.set_litigation_hold(&cx.call, self.user, &self.wanted()).await?);
        Ok(())
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &LitigationHold,
        _now: &LitigationHold,
    ) -> Result<(), Failure> {
        if before.enabled {
            // It was somebody else's before, and is his still.
            return Ok(());
        }
        let hold = LitigationHoldState { enabled: false, days: before.days, owner: before.owner.clone() };
        cx.receipt(cx.providers.mailboxes.set_litigation_hold(&cx.call, self.user, &hold).await?);
        Ok(())
    }

    fn restored(&self, before: &LitigationHold, now: &LitigationHold) -> bool {
        (before.enabled, before.days, &before.owner) == (now.enabled, now.days, &now.owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Period;

    fn now() -> Timestamp {
        "2026-11-30T17:00:00Z".parse().unwrap()
    }

    fn hold(age: Option<Period>) -> LitigationHold {
        LitigationHold { enabled: true, date: age.map(|age| now() - age), days: None, owner: None }
    }

    fn reached(hold: LitigationHold) -> Reached {
        from(Judged::Is(hold.clone()), hold)
    }

    fn from(before: Judged<LitigationHold>, hold: LitigationHold) -> Reached {
        let seen = Seen { before, now: Judged::Is(hold), applied_at: None, at: now() };
        PlaceLitigationHold::example().reached(&seen)
    }

    #[test]
    fn a_hold_counts_when_it_has_had_its_time() {
        assert_eq!(reached(hold(Some(Period::minutes(300)))), Reached::Yes);
        let young = reached(hold(Some(Period::minutes(299))));
        assert_eq!(young, Reached::NotBefore(now() + Period::minutes(1)));
        assert_eq!(reached(hold(None)), Reached::NotYet, "nobody says since when");
        let off = LitigationHold { enabled: false, ..hold(Some(Period::days(9))) };
        assert_eq!(reached(off), Reached::NotYet);
    }

    #[test]
    fn a_hold_that_was_placed_lasts_as_long_as_was_wanted() {
        let old = || hold(Some(Period::days(9)));
        let short = || LitigationHold { days: Some(30), ..old() };
        let none = || Judged::Is(LitigationHold { enabled: false, ..hold(None) });
        assert_eq!(from(none(), old()), Reached::Yes);
        assert_eq!(from(none(), short()), Reached::NotYet, "it was to last without an end");
        let unread = Judged::Unknown(crate::failure::Failure::not_read());
        assert_eq!(from(unread, short()), Reached::NotYet);
        assert_eq!(from(Judged::Is(short()), short()), Reached::Yes, "it stood before, and stays as it is");
    }

    fn shorter(held: Option<u32>, wanted: Option<u32>, owner: &str) -> bool {
        let tenant = crate::id::TenantId::from_u128(1);
        let mut facts = Facts::new(tenant, crate::model::cloud::Cloud::Worldwide, EXAMPLE_USER, now());
        let text = serde_json::json!({
            "exchange_guid": "2f8b1c2d-3e4f-4051-9263-748596a7b8c9",
            "external_directory_object_id": EXAMPLE_USER,
            "name": "a", "recipient_type_details": "UserMailbox", "primary_smtp_address": "a@contoso.com",
            "forwarding_address": null, "forwarding_smtp_address": null,
            "deliver_to_mailbox_and_forward": false, "account_disabled": false,
            "litigation_hold_enabled": true, "litigation_hold_days": held, "litigation_hold_owner": owner,
            "in_place_holds": [], "compliance_tag_hold_applied": false, "delay_hold_applied": false,
            "delay_release_hold_applied": false, "has_archive": false,
            "auto_expanding_archive_enabled": false, "persisted_capabilities": [], "sku_assigned": true,
            "is_dir_synced": false, "is_exchange_cloud_managed": false,
        });
        let mailbox: Mailbox = serde_json::from_value(text).unwrap();
        facts.leaver.recipient =
            crate::facts::Fact::Known(crate::model::mailbox::Recipient::Cloud(Box::new(mailbox)));
        let mut findings = Findings::of("step", "R24", None);
        PlaceLitigationHold { user: EXAMPLE_USER, days: wanted }.check(&facts, &mut findings);
        let found = findings.into_vec();
        assert!(found.iter().all(|finding| finding.hint.contains(owner)), "{found:?}");
        !found.is_empty()
    }

    #[test]
    fn a_hold_that_stands_and_ends_sooner_is_said() {
        assert!(shorter(Some(30), None, "legal@contoso.com"));
        assert!(shorter(Some(30), Some(31), "legal@contoso.com"));
        assert!(!shorter(Some(30), Some(30), "legal@contoso.com"));
        assert!(!shorter(None, Some(30), "legal@contoso.com"));
        assert!(shorter(Some(30), None, OWNER), "an earlier run placed it");
        assert!(!shorter(Some(30), Some(30), OWNER));
    }

    #[test]
    fn the_date_is_no_part_of_what_is_put_back() {
        let (step, was) = (PlaceLitigationHold::example(), hold(None));
        assert!(step.restored(&was, &hold(Some(Period::days(1)))));
        assert!(!step.restored(&was, &LitigationHold { owner: Some("legal".to_owned()), ..hold(None) }));
        assert!(!step.restored(&was, &LitigationHold { days: Some(30), ..hold(None) }));
    }
}
