//! G6: what a shared mailbox needs, when it is converted and when its license goes (R27, N3).

use super::removal::{self, Removal, brought_now, removes};
use super::support::{Look, look, seen_mailbox, size, unknown, unused_and_licensed};
use crate::facts::{Facet, Facts, Service};
use crate::failure::Failure;
use crate::model::intent::{Intent, MailDisposition};
use crate::model::license::Brings;
use crate::model::mailbox::{Mailbox, UNLICENSED_SHARED_LIMIT};
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses a conversion without a license or of unknown size, and the removal of the license that a shared mailbox
/// needs for its size or its archive.
#[derive(Debug)]
pub struct SharedMailboxLimits;

fn converts(step: &Subject<'_>) -> bool {
    step.is_forward(&["convert_to_shared"])
}

impl Guard for SharedMailboxLimits {
    fn code(&self) -> &'static str {
        "G6"
    }

    fn requirement(&self) -> &'static str {
        "R27"
    }

    fn title(&self) -> &'static str {
        "A shared mailbox is licensed when it is converted, and afterwards if it is large or has an archive"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        converts(step) || removes(step)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = removal::reads(step.leaver);
        facets.extend([Facet::Recipient(step.leaver), Facet::MailboxSize(step.leaver)]);
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let removal = removes(step).then(|| Removal::of(facts, step));
        if let Some(removal) = &removal {
            judge_products(removal, step, findings);
            if removal.takes(Brings::Mailbox) {
                unused_and_licensed(&facts.leaver.recipient, Service::Exchange, findings);
            }
            if !removal.takes_size() && !removal.takes_holds() {
                return;
            }
        }
        let Some(mailbox) = seen_mailbox(facts, step, findings) else { return };
        match removal {
            Some(removal) => judge_removal(&removal, mailbox, facts, step, intent, findings),
            None => judge_conversion(mailbox, facts, step, findings),
        }
    }
}

/// Every other guard of the removal takes an unknown product for the worst; here it is said, once.
fn judge_products(removal: &Removal, step: &Subject<'_>, findings: &mut Findings) {
    for (facet, failure) in &removal.unknown {
        unknown(step, facet, failure, findings);
    }
    for sku in &removal.strange {
        findings.block(
            sku.to_string(),
            format!("the product {sku} is not among the bought ones, so what its removal takes is unknown"),
            "look in the admin center what the product brings, and waive exactly this product",
        );
    }
}

fn judge_conversion(mailbox: &Mailbox, facts: &Facts, step: &Subject<'_>, findings: &mut Findings) {
    if mailbox.is_shared() {
        return;
    }
    match licensed(mailbox, facts) {
        Ok(true) => {}
        Ok(false) => findings.block(
            "unlicensed",
            "the mailbox has no Exchange license now; it must have one at the moment of conversion",
            "assign a license that brings a mailbox, convert, and remove it after the conversion was seen",
        ),
        Err(unread) => unknown(step, &unread.0, &unread.1, findings),
    }
    // No statistics means that nobody has ever opened it.
    if let Look::Unknown(failure) = look(facts.leaver.mailbox_size.as_ref()) {
        unknown(step, &Facet::MailboxSize(step.leaver), &failure, findings);
    }
}

/// Whether the mailbox has a license now. Exchange's own word counts; where it does not say, the licenses do.
fn licensed(mailbox: &Mailbox, facts: &Facts) -> Result<bool, Box<(Facet, Failure)>> {
    if let Some(assigned) = mailbox.sku_assigned {
        return Ok(assigned);
    }
    Ok(brought_now(facts)?.contains(&Brings::Mailbox))
}

fn judge_removal(
    removal: &Removal,
    mailbox: &Mailbox,
    facts: &Facts,
    step: &Subject<'_>,
    intent: &Intent,
    findings: &mut Findings,
) {
    let wanted_shared = matches!(intent.mail, MailDisposition::Shared | MailDisposition::SharedAndForward);
    if wanted_shared && !mailbox.is_shared() && removal.takes(Brings::Mailbox) {
        findings.block(
            "not_shared",
            format!(
                "the mailbox is to be shared and is {} still; without a license it would be turned off",
                mailbox.recipient_type_details
            ),
            "convert first and remove the license after the conversion was seen",
        );
    }
    if !wanted_shared && !mailbox.is_shared() {
        return;
    }
    if removal.takes_size() {
        judge_size(facts, step, intent, findings);
    }
    if removal.takes_holds() && mailbox.has_archive {
        findings.block(
            "archive",
            "the mailbox has an archive, and no Exchange Online Plan 2 (or Plan 1 with Archiving) stays for it",
            "keep such a license, or export and disable the archive first",
        );
    }
}

fn judge_size(facts: &Facts, step: &Subject<'_>, intent: &Intent, findings: &mut Findings) {
    let limit = UNLICENSED_SHARED_LIMIT.saturating_sub(intent.mailbox_margin);
    match look(facts.leaver.mailbox_size.as_ref()) {
        Look::There(now) if now.total_item_size >= limit => findings.block(
            format!("size:{limit}"),
            format!(
                "the mailbox holds {}; without Exchange Online Plan 2 a shared one must stay below {}",
                size(now.total_item_size),
                size(limit)
            ),
            "keep the license with Exchange Online Plan 2 (licenses.disposition = \"keep\"), or make it smaller",
        ),
        // No statistics means that nobody has ever opened it.
        Look::There(_) | Look::Nothing => {}
        Look::Unknown(failure) => unknown(step, &Facet::MailboxSize(step.leaver), &failure, findings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{ARCHIVING, E3, PLAN_1, PLAN_2, STRANGE, Trial, VISIO};
    use crate::model::license::Licenses;
    use crate::model::mailbox::GIB;

    fn shared() -> Trial {
        Trial::removing(&[E3]).wanting(|intent| intent.mail = MailDisposition::Shared).shared()
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&SharedMailboxLimits)
    }

    #[test]
    fn the_limit_is_exactly_fifty_gib() {
        let limit = 50 * GIB;
        assert_eq!(keys(&shared().holding(limit)), ["block size:53687091200"]);
        assert!(keys(&shared().holding(limit - 1)).is_empty());
    }

    #[test]
    fn a_margin_lowers_the_limit() {
        let careful = |bytes| shared().wanting(|intent| intent.mailbox_margin = GIB).holding(bytes);
        assert_eq!(keys(&careful(49 * GIB)), ["block size:52613349376"]);
        assert!(keys(&careful(49 * GIB - 1)).is_empty());
        let absurd = shared().wanting(|intent| intent.mailbox_margin = u64::MAX).holding(0);
        assert_eq!(keys(&absurd), ["block size:0"]);
    }

    #[test]
    fn only_plan_2_makes_room() {
        let large = || shared().holding(62 * GIB);
        assert_eq!(keys(&large().licensed(&[E3, PLAN_1])), ["block size:53687091200"]);
        assert!(keys(&large().licensed(&[E3, PLAN_2])).is_empty());
    }

    #[test]
    fn an_archive_needs_plan_2_or_archiving() {
        let archive = || shared().mailbox(|mailbox| mailbox.has_archive = true);
        assert_eq!(keys(&archive()), ["block archive"]);
        assert_eq!(keys(&archive().licensed(&[E3, PLAN_1])), ["block archive"]);
        assert!(keys(&archive().licensed(&[E3, PLAN_1, ARCHIVING])).is_empty());
        assert!(keys(&shared()).is_empty());
    }

    #[test]
    fn the_license_goes_only_after_the_conversion() {
        assert_eq!(
            keys(&shared().mailbox(|m| Mailbox::USER.clone_into(&mut m.recipient_type_details))),
            ["block not_shared"]
        );
        assert!(keys(&shared()).is_empty());
        let let_go = Trial::removing(&[E3]).wanting(|intent| intent.mail = MailDisposition::LetGo);
        assert!(keys(&let_go.holding(62 * GIB)).is_empty());
    }

    #[test]
    fn other_licenses_may_go() {
        let visio = Trial::removing(&[VISIO]).licensed(&[E3, VISIO]).shared().holding(62 * GIB);
        assert!(keys(&visio).is_empty());
    }

    #[test]
    fn unknown_products_and_sizes_stop_it() {
        assert_eq!(keys(&Trial::removing(&[STRANGE]).licensed(&[STRANGE])), [format!("block {STRANGE}")]);
        assert_eq!(keys(&shared().blank(|_| Facet::Skus)), ["block unknown:the bought products"]);
        assert_eq!(keys(&shared().blank(Facet::Licenses)), ["block unknown:the licenses"]);
        assert_eq!(keys(&shared().blank(Facet::MailboxSize)), ["block unknown:the mailbox's size"]);
        assert_eq!(keys(&shared().blank(Facet::Recipient)), ["block unknown:the mailbox"]);
    }

    #[test]
    fn a_conversion_needs_a_license_and_a_size() {
        let convert = || Trial::of("convert_to_shared");
        assert!(keys(&convert()).is_empty());
        assert_eq!(keys(&convert().mailbox(|m| m.sku_assigned = Some(false))), ["block unlicensed"]);
        let silent = || convert().mailbox(|m| m.sku_assigned = None);
        assert!(keys(&silent()).is_empty());
        let nothing = silent().with(|facts| facts.leaver.licenses = Fact::Known(Licenses::default()));
        assert_eq!(keys(&nothing), ["block unlicensed"]);
        assert_eq!(keys(&silent().blank(Facet::Licenses)), ["block unknown:the licenses"]);
        assert_eq!(keys(&silent().blank(|_| Facet::Skus)), ["block unknown:the bought products"]);
        assert_eq!(keys(&convert().blank(Facet::MailboxSize)), ["block unknown:the mailbox's size"]);
        assert!(keys(&convert().shared().mailbox(|m| m.sku_assigned = Some(false))).is_empty());
    }
}
