//! What a license removal takes away and what stays (CONTRACT B7, B8), for every guard that protects data from it.

use std::collections::BTreeSet;

use super::support::{Look, look};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{GroupId, SkuId, UserId};
use crate::model::license::{Brings, LicenseAssignment, Licenses, SubscribedSku, brought_by};
use crate::operation::Subject;

/// Everything a license can bring. A product that nobody here knows is taken for all of it when it goes, and for
/// nothing when it stays.
const EVERYTHING: [Brings; 5] =
    [Brings::Mailbox, Brings::MailboxPlan2, Brings::Archiving, Brings::OneDrive, Brings::Voice];

/// The operations that remove licenses: those assigned directly, and those that a group gives (E30).
const REMOVES: &[&str] = &["remove_licenses", LEAVES];
const LEAVES: &str = "leave_licensing_group";

/// A license removal, by what it means for the person.
#[derive(Debug)]
pub(super) struct Removal {
    goes: BTreeSet<Brings>,
    stays: BTreeSet<Brings>,
    /// Products that go and that are not among the bought ones.
    pub(super) strange: Vec<SkuId>,
    /// What could not be read; everything is taken to go then. G6 says it, the others need not repeat it.
    pub(super) unknown: Vec<(Facet, Failure)>,
}

/// Whether `step` removes licenses.
pub(super) fn removes(step: &Subject<'_>) -> bool {
    step.is_forward(REMOVES)
}

/// What must be read to know what a removal means.
pub(super) fn reads(of: UserId) -> Vec<Facet> {
    vec![Facet::Licenses(of), Facet::Skus]
}

/// The products that `step` names.
pub(super) fn skus(step: &Subject<'_>) -> BTreeSet<SkuId> {
    step.param("skus").unwrap_or_default()
}

/// The licensing group that `step` leaves.
fn left(step: &Subject<'_>) -> Option<GroupId> {
    step.is_forward(&[LEAVES]).then(|| step.param("group")).flatten()
}

/// Whether an assignment really brings something; one in error does not.
fn works(assignment: &LicenseAssignment) -> bool {
    assignment.state.starts_with("Active")
}

/// Whether licenses that bring this carry a hold (R23): Exchange Online Plan 2 does, and Archiving beside another plan.
pub(super) fn carry_holds(brings: &BTreeSet<Brings>) -> bool {
    brings.contains(&Brings::MailboxPlan2)
        || (brings.contains(&Brings::Mailbox) && brings.contains(&Brings::Archiving))
}

/// What the leaver's licenses bring now; `Err` is what could not be read.
pub(super) fn brought_now(facts: &Facts) -> Result<BTreeSet<Brings>, Box<(Facet, Failure)>> {
    let licenses = match look(facts.leaver.licenses.as_ref()) {
        Look::There(licenses) => licenses,
        Look::Nothing => return Ok(BTreeSet::new()),
        Look::Unknown(failure) => return Err(Box::new((Facet::Licenses(facts.leaver.id), failure))),
    };
    match look(facts.tenant.skus.as_ref()) {
        Look::There(skus) => Ok(brought_by(licenses.assignments.iter().filter(|a| works(a)), skus).0),
        Look::Nothing => Ok(BTreeSet::new()),
        Look::Unknown(failure) => Err(Box::new((Facet::Skus, failure))),
    }
}

impl Removal {
    /// What `step` takes away from the leaver: the direct assignments that it names, or everything that comes through the
    /// group it leaves. The same product by another way stays.
    pub(super) fn of(facts: &Facts, step: &Subject<'_>) -> Self {
        let (skus, left) = (skus(step), left(step));
        let none = Licenses::default();
        let licenses = match look(facts.leaver.licenses.as_ref()) {
            Look::There(licenses) => licenses,
            Look::Nothing => &none,
            Look::Unknown(failure) => return Self::unread(Facet::Licenses(step.leaver), failure),
        };
        let (go, stay): (Vec<_>, Vec<_>) = licenses.assignments.iter().partition(|a| match left {
            Some(group) => a.assigned_by_group == Some(group),
            None => a.assigned_by_group.is_none() && skus.contains(&a.sku_id),
        });
        if go.is_empty() {
            return Self { goes: BTreeSet::new(), stays: BTreeSet::new(), strange: vec![], unknown: vec![] };
        }
        let nothing_bought: Vec<SubscribedSku> = vec![];
        let bought = match look(facts.tenant.skus.as_ref()) {
            Look::There(bought) => bought,
            Look::Nothing => &nothing_bought,
            Look::Unknown(failure) => return Self::unread(Facet::Skus, failure),
        };
        let (mut goes, strange) = brought_by(go, bought);
        if !strange.is_empty() {
            goes.extend(EVERYTHING);
        }
        let (stays, _) = brought_by(stay.into_iter().filter(|a| works(a)), bought);
        Self { goes, stays, strange, unknown: vec![] }
    }

    fn unread(facet: Facet, failure: Failure) -> Self {
        let goes = EVERYTHING.into();
        Self { goes, stays: BTreeSet::new(), strange: vec![], unknown: vec![(facet, failure)] }
    }

    /// The last of `what` goes.
    pub(super) fn takes(&self, what: Brings) -> bool {
        self.goes.contains(&what) && !self.stays.contains(&what)
    }

    /// What allowed a mailbox of any size (Plan 2), or the last mailbox plan, goes (R27).
    pub(super) fn takes_size(&self) -> bool {
        self.takes(Brings::Mailbox) || self.takes(Brings::MailboxPlan2)
    }

    /// What allowed an archive and holds (Plan 2, or Plan 1 with Archiving), or the last mailbox plan, goes (R23).
    pub(super) fn takes_holds(&self) -> bool {
        let before = self.goes.union(&self.stays).copied().collect();
        self.takes(Brings::Mailbox) || (carry_holds(&before) && !carry_holds(&self.stays))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{
        ARCHIVING, E3, ONE_DRIVE, PLAN_1, PLAN_2, STRANGE, Trial, VOICE, assignment,
    };

    fn removal(trial: &Trial) -> Removal {
        trial.with_step(|step| Removal::of(&trial.facts, step))
    }

    #[test]
    fn what_comes_through_a_group_stays() {
        let direct = Trial::removing(&[PLAN_2]).licensed(&[PLAN_2]);
        assert!(removal(&direct).takes(Brings::Mailbox));
        let both = Trial::removing(&[PLAN_2]).licensed(&[PLAN_2]).inherits(PLAN_2);
        assert!(!removal(&both).takes(Brings::Mailbox));
        assert!(!removal(&both).takes_size());
    }

    #[test]
    fn what_a_group_gives_goes_with_the_group() {
        let group = Trial::of("leave_licensing_group");
        assert!(removal(&group).takes(Brings::Mailbox) && removal(&group).takes_holds());
        let direct_too = group.clone().with(|facts| {
            facts.leaver.licenses.known_mut().unwrap().assignments.push(assignment(PLAN_2, None));
        });
        assert!(!removal(&direct_too).takes(Brings::Mailbox));
        // A product that the group came to give since the plan was made goes as well.
        let more = group.inherits(VOICE);
        assert!(removal(&more).takes(Brings::Voice));
    }

    #[test]
    fn holds_need_plan_2_or_plan_1_with_archiving() {
        let to = |stays: &[SkuId]| {
            let mut all = vec![E3];
            all.extend(stays);
            removal(&Trial::removing(&[E3]).licensed(&all))
        };
        assert!(to(&[]).takes_holds());
        assert!(to(&[PLAN_1]).takes_holds());
        assert!(!to(&[PLAN_2]).takes_holds());
        assert!(!to(&[PLAN_1, ARCHIVING]).takes_holds());
        assert!(
            to(&[PLAN_1, ARCHIVING]).takes_size(),
            "Plan 1 with Archiving has no room for more than 50 GiB"
        );
        assert!(!to(&[PLAN_2]).takes_size());
    }

    #[test]
    fn a_second_plan_1_can_go_without_harm() {
        let removal = removal(&Trial::removing(&[PLAN_1]).licensed(&[PLAN_1]).inherits(PLAN_1));
        assert!(!removal.takes_holds() && !removal.takes_size());
    }

    #[test]
    fn a_staying_license_in_error_brings_nothing() {
        let fine = Trial::removing(&[E3]).licensed(&[E3]).inherits(PLAN_2);
        assert!(!removal(&fine).takes(Brings::Mailbox));
        let broken = fine.with(|facts| {
            for assignment in &mut facts.leaver.licenses.known_mut().unwrap().assignments {
                "Error".clone_into(&mut assignment.state);
            }
        });
        assert!(removal(&broken).takes(Brings::Mailbox));
    }

    #[test]
    fn a_product_nobody_knows_brings_everything_when_it_goes_and_nothing_when_it_stays() {
        let goes = removal(&Trial::removing(&[STRANGE]).licensed(&[STRANGE, PLAN_2]));
        assert_eq!(goes.strange, [STRANGE]);
        assert!(goes.takes(Brings::Voice) && !goes.takes(Brings::Mailbox));
        let stays = removal(&Trial::removing(&[PLAN_2]).licensed(&[STRANGE, PLAN_2]));
        assert!(stays.takes(Brings::Mailbox));
    }

    #[test]
    fn what_is_not_there_any_more_takes_nothing() {
        let gone = removal(&Trial::removing(&[E3, VOICE, ONE_DRIVE]).licensed(&[PLAN_1]));
        assert!(EVERYTHING.iter().all(|what| !gone.takes(*what)));
        assert!(!gone.takes_holds() && !gone.takes_size());
    }
}
