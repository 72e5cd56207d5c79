//! What several steps need: the leaver's names for people, routes around mailboxes that are not ours, and the
//! rights that a privileged leaver asks for.

use crate::facts::{Fact, Facts, Person, Why};
use crate::failure::{Failure, Kind};
use crate::id::UserId;
use crate::model::mailbox::Recipient;
use crate::model::role::{BuiltIn, Privilege, Sensitive, roles_that_may};
use crate::operation::{Instructions, Judged, Permission, Route};
use crate::time::{Period, Timestamp};

/// How long the directory may take to show a write.
pub(super) const DIRECTORY_LATENCY: Period = Period::minutes(15);

/// How long the directory is read back: longer than two cycles of directory sync.
pub(super) const DIRECTORY_GIVE_UP: Period = Period::minutes(75);

/// How long Exchange may take to show a write (R82).
pub(super) const EXCHANGE_LATENCY: Period = Period::minutes(15);

/// The example leaver of the documentation.
pub(super) const EXAMPLE_USER: UserId = UserId::from_u128(0x5c0f_f2b1_0000_4000_8000_0000_0000_0001);

/// The example successor of the documentation.
pub(super) const EXAMPLE_SUCCESSOR: UserId = UserId::from_u128(0x5c0f_f2b1_0000_4000_8000_0000_0000_0002);

/// A facet of `id`'s person, or unknown where the person was never read.
pub(super) fn of<T: Clone>(facts: &Facts, id: UserId, facet: impl FnOnce(&Person) -> Fact<T>) -> Fact<T> {
    facts.person(id).map_or_else(Fact::default, facet)
}

/// Where the mailbox is not in Exchange Online, who does it instead. An unknown place changes nothing here: the
/// guards of the step judge it.
pub(super) fn mailbox_route(facts: &Facts, id: UserId, by_hand: impl FnOnce(&str) -> Instructions) -> Route {
    match of(facts, id, |person| person.recipient.clone()) {
        Fact::Known(Recipient::OnPremises { recipient_type_details }) => {
            let mut instructions = by_hand(&format!(
                "the mailbox lies on-premises ({recipient_type_details}); the cloud cannot change it"
            ));
            "Exchange Server on-premises".clone_into(&mut instructions.system);
            Route::HandOff(instructions)
        }
        Fact::Absent => Route::Skip("there is no mailbox".to_owned()),
        Fact::NotOffered(Why::Unused) => Route::Skip("Exchange Online is not used".to_owned()),
        Fact::NotOffered(_) => Route::HandOff(by_hand("offboard has no door to Exchange Online here")),
        Fact::Known(Recipient::Cloud(_)) | Fact::Unknown(_) => Route::Change,
    }
}

/// The mailbox half of a step's state.
pub(super) fn no_mailbox<S>(fact: Fact<S>) -> Judged<S> {
    Judged::from_fact(fact, "there is no mailbox in Exchange Online")
}

/// The directory half of a step's state.
pub(super) fn no_user<S>(fact: Fact<S>) -> Judged<S> {
    Judged::from_fact(fact, "there is no such user")
}

/// The directory role that the caller needs to do `action` to this leaver, beside a permission (B3.1). Nothing
/// where the leaver is an ordinary user, or where his roles are not known.
pub(super) fn role_for(action: Sensitive, facts: &Facts) -> Option<Permission> {
    let privileges = facts.leaver.privileges();
    let held: &[Privilege] = privileges.known().map_or(&[], Vec::as_slice);
    // Resetting a password asks for a role even against an ordinary user.
    let mut allowed =
        (held.is_empty() && action == Sensitive::Password).then(|| roles_that_may(action, None));
    for privilege in held {
        let may = roles_that_may(action, Some(privilege));
        allowed = Some(match allowed {
            Some(already) => already.into_iter().filter(|role| may.contains(role)).collect(),
            None => may,
        });
    }
    allowed.map(|roles| Permission::DirectoryRole { any_of: roles.into_iter().map(BuiltIn::id).collect() })
}

/// The names of the roles above, for instructions to people.
pub(super) fn role_names(action: Sensitive, facts: &Facts) -> String {
    // Roles for the whole tenant are refused there (G25).
    if facts.leaver.user.known().is_some_and(|user| user.is_management_restricted) {
        return "an administrator of the leaver's restricted management unit".to_owned();
    }
    match role_for(action, facts) {
        Some(Permission::DirectoryRole { any_of }) => {
            any_of.into_iter().filter_map(BuiltIn::of).map(BuiltIn::name).collect::<Vec<_>>().join(" or ")
        }
        _ => BuiltIn::UserAdministrator.name().to_owned(),
    }
}

/// A stamp that the service sets by its own clock has moved: it is later than before, or, where the state before
/// could not be read, not earlier than the service's own answer. Stamps have a precision of a second.
pub(super) fn stamp_moved(
    before: &Judged<Option<Timestamp>>,
    now: Option<Timestamp>,
    applied_at: Option<Timestamp>,
) -> bool {
    let Some(now) = now else { return false };
    match before {
        Judged::Is(Some(before)) => now > *before,
        Judged::Is(None) => true,
        Judged::Nothing(_) | Judged::Unknown(_) => applied_at.is_some_and(|at| now.as_secs() >= at.as_secs()),
    }
}

/// Directory sync has written the leaver since `applied_at`, so that what is read now is what stays. A leaver whom
/// no sync writes has nothing to wait for.
pub(super) fn sync_has_passed(
    synced: bool,
    last_sync: Option<Timestamp>,
    applied_at: Option<Timestamp>,
) -> bool {
    match (synced, applied_at) {
        (true, Some(applied_at)) => last_sync.is_some_and(|at| at > applied_at),
        _ => true,
    }
}

/// The failure of a step that needs a state which is not there. The driver does not let it come so far.
pub(super) fn needs_state(what: &str) -> Failure {
    Failure::new(Kind::Refused, format!("{what} is not known, and this step does not write blindly"))
}
