//! What several guards share: one way to look at a fact, and one way to say that it could not be read.

use crate::facts::{Facet, Fact, Facts, Service, Why};
use crate::failure::{Failure, Kind};
use crate::id::UserId;
use crate::model::hold::{Hold, holds_on};
use crate::model::mailbox::Mailbox;
use crate::model::organization::OrganizationConfig;
use crate::model::size::rounded;
use crate::operation::{Findings, Subject};

/// A fact as a rule sees it.
#[derive(Debug)]
pub(super) enum Look<'a, T> {
    /// It is there.
    There(&'a T),
    /// There is none, or the organisation does not use such things.
    Nothing,
    /// Nobody can tell.
    Unknown(Failure),
}

/// Looks at a fact. A reading that this cloud does not offer is unknown and not "none": what cannot be listed may
/// well be there.
pub(super) fn look<T>(fact: Fact<&T>) -> Look<'_, T> {
    match fact {
        Fact::Known(value) => Look::There(value),
        Fact::Absent | Fact::NotOffered(Why::License | Why::Unused) => Look::Nothing,
        Fact::NotOffered(Why::Cloud) => Look::Unknown(
            Failure::new(
                Kind::Unsupported,
                "neither this cloud nor the chosen door to Exchange offers the reading",
            )
            .hint("look by hand, in the portal or with PowerShell, and waive exactly this finding"),
        ),
        Fact::Unknown(failure) => Look::Unknown(failure),
    }
}

/// Looks at something that always exists, such as the caller: "none" is a reading that went wrong.
pub(super) fn look_certain<T>(fact: Fact<&T>) -> Result<&T, Failure> {
    match look(fact) {
        Look::There(value) => Ok(value),
        Look::Nothing => Err(Failure::not_read()),
        Look::Unknown(failure) => Err(failure),
    }
}

/// Looks at the leaver's mailbox in Exchange Online. One that lies on-premises is none (G17 says so).
pub(super) fn look_mailbox(facts: &Facts) -> Look<'_, Mailbox> {
    look(facts.leaver.mailbox())
}

/// The leaver's mailbox in Exchange Online; nothing where there is none, or, with a finding, where nobody can tell.
pub(super) fn seen_mailbox<'a>(
    facts: &'a Facts,
    step: &Subject<'_>,
    findings: &mut Findings,
) -> Option<&'a Mailbox> {
    match look_mailbox(facts) {
        Look::There(mailbox) => Some(mailbox),
        Look::Nothing => None,
        Look::Unknown(failure) => {
            unknown(step, &Facet::Recipient(step.leaver), &failure, findings);
            None
        }
    }
}

/// The holds on `mailbox`. Its own are told even where those of the organisation could not be read; then the failure is there
/// too, and the guard says what it means.
pub(super) fn seen_holds(facts: &Facts, mailbox: &Mailbox) -> (Vec<Hold>, Option<Failure>) {
    let nothing = OrganizationConfig::default();
    let (organization, unread) = match look(facts.tenant.organization.as_ref()) {
        Look::There(organization) => (organization, None),
        Look::Nothing => (&nothing, None),
        Look::Unknown(failure) => (&nothing, Some(failure)),
    };
    (holds_on(mailbox, organization), unread)
}

/// How the key of a finding begins by which mail would go outside (G15).
pub(crate) const EXTERNAL: &str = "external:";
/// How the key of a finding begins by which a guest would get something (G16).
pub(crate) const GUEST: &str = "guest:";

/// Who is to get `what` by `step`. Nobody, with a finding, where it does not say, or says the leaver; whoever is leaving
/// too is said, and judged on.
pub(super) fn receiver(
    facts: &Facts,
    step: &Subject<'_>,
    what: &str,
    findings: &mut Findings,
) -> Option<UserId> {
    let Some(to) = step.param::<UserId>("to") else {
        findings.never(
            "nobody",
            format!("the step does not say who is to get {what}"),
            "name somebody by his object id",
        );
        return None;
    };
    if to == step.leaver {
        findings.never(to.to_string(), format!("the leaver himself would get {what}"), "name somebody else");
        return None;
    }
    if facts.leaving.contains(&to) {
        findings.block(
            format!("leaving:{to}"),
            format!("{to}, who is to get {what}, is leaving too"),
            "name somebody who stays",
        );
    }
    Some(to)
}

/// Says that `facet` could not be read. Cutting access does not wait for a reading, so there it is only said aloud;
/// everything else is stopped.
pub(super) fn unknown(step: &Subject<'_>, facet: &Facet, failure: &Failure, findings: &mut Findings) {
    if step.contains() {
        unknown_warns(facet, failure, findings);
    } else {
        findings.unknown(&facet.to_string(), failure);
    }
}

/// The same for a rule that only ever warns.
pub(super) fn unknown_warns(facet: &Facet, failure: &Failure, findings: &mut Findings) {
    let hint = failure.hint.clone().unwrap_or_else(|| format!("make {facet} readable, or look by hand"));
    let (message, hint) = if failure.is_not_read() {
        let message = format!("{facet} is not read before access is cut, so this rule is not judged here");
        (message, "nothing: cutting access waits for no reading; the report says what was found".to_owned())
    } else {
        let message =
            format!("{facet} could not be read ({}), so this rule could not be judged", failure.kind);
        (message, hint)
    };
    findings.warn(format!("unknown:{facet}"), message, hint);
}

/// Says that a license goes whose service the tenant profile calls unused: nobody looked whether this person used it.
pub(super) fn unused_and_licensed<T>(fact: &Fact<T>, service: Service, findings: &mut Findings) {
    if matches!(fact, Fact::NotOffered(Why::Unused)) {
        findings.warn(
            format!("unused:{}", service.name()),
            format!(
                "the license that goes brings {0}, and the tenant profile says that {0} is not used: nobody looked \
                 what is in it, and nothing of it is kept",
                service.name()
            ),
            "if this person used it, take it out of `unused` in the tenant profile and plan again",
        );
    }
}

/// A size for people, with the exact bytes.
pub(super) fn size(bytes: u64) -> String {
    format!("{} ({bytes} bytes)", rounded(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_organisation_does_without_counts_as_none() {
        let why = |why| look::<u8>(Fact::NotOffered(why));
        assert!(matches!(why(Why::Unused), Look::Nothing));
        assert!(matches!(why(Why::License), Look::Nothing));
        assert!(matches!(why(Why::Cloud), Look::Unknown(_)));
        assert!(matches!(look::<u8>(Fact::Absent), Look::Nothing));
        assert!(look_certain::<u8>(Fact::Absent).is_err());
        assert_eq!(look_certain(Fact::Known(&7)), Ok(&7));
    }

    #[test]
    fn a_size_is_never_rounded_up_over_a_limit() {
        use crate::model::mailbox::GIB;
        assert_eq!(size(50 * GIB), "50.00 GiB (53687091200 bytes)");
        assert_eq!(size(50 * GIB - 1), "49.99 GiB (53687091199 bytes)");
    }
}
