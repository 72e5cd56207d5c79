//! The licenses: those that were assigned directly are removed, and every group that gives some is left (B7, E30). Direct
//! ones first: plans of the two depend on each other (E31).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Way;
use crate::facts::Fact;
use crate::id::{GroupId, SkuId};
use crate::model::intent::MailDisposition;
use crate::model::license::Licenses;
use crate::model::mailbox::Recipient;

const KEY: &str = "licenses.disposition";

impl Way<'_> {
    pub(super) fn licenses(&mut self) {
        if !self.policy.removes_licenses() {
            return;
        }
        let facts = self.facts;
        match &facts.leaver.licenses {
            Fact::Known(licenses) => {
                let by_group = self.by_group(licenses);
                let direct = licenses.direct().next().is_some();
                if (direct || !by_group.is_empty()) && self.nothing_is_denied() {
                    self.direct(licenses);
                    self.inherited(by_group);
                }
            }
            Fact::Unknown(failure) => {
                self.find("G21", "R52", |findings| findings.unknown("which licenses there are", failure));
            }
            Fact::Absent | Fact::NotOffered(_) => {}
        }
    }

    fn direct(&mut self, licenses: &Licenses) {
        let skus: BTreeSet<SkuId> = licenses.direct().map(|assignment| assignment.sku_id).collect();
        if !skus.is_empty() {
            let at = self.at(self.policy.file.licenses.after.unwrap_or_default());
            self.draft(KEY, "remove_licenses", &json!({ "skus": skus }), at);
        }
    }

    /// What each group gives him, or would give him as soon as licensing has looked at him.
    fn by_group(&self, licenses: &Licenses) -> BTreeMap<GroupId, BTreeSet<SkuId>> {
        let mut by_group: BTreeMap<GroupId, BTreeSet<SkuId>> = BTreeMap::new();
        for assignment in licenses.inherited() {
            if let Some(group) = assignment.assigned_by_group {
                by_group.entry(group).or_default().insert(assignment.sku_id);
            }
        }
        let rows = self.facts.leaver.direct_groups.known().into_iter().flatten();
        for group in rows.filter_map(|row| row.group.known()).filter(|group| group.gives_licenses()) {
            by_group.entry(group.id).or_default().extend(&group.assigned_licenses);
        }
        by_group
    }

    /// What comes through a group goes with the group.
    fn inherited(&mut self, by_group: BTreeMap<GroupId, BTreeSet<SkuId>>) {
        let at = self.at(self.policy.file.licenses.after.unwrap_or_default());
        for (group, skus) in by_group {
            let exchange =
                self.facts.leaver.direct_group(group).known().is_some_and(|group| group.is_exchange_only());
            let mut params = self.leaving(group);
            params["skus"] = json!(skus);
            if exchange {
                params["exchange"] = json!(true);
            }
            self.draft(KEY, "leave_licensing_group", &params, at);
        }
    }

    /// `mail.disposition = "none"` says that there is no mailbox. Where there is one, neither its license nor its account is
    /// touched: nobody has said what becomes of the mail (R92).
    pub(super) fn nothing_is_denied(&mut self) -> bool {
        if self.policy.file.mail.disposition != MailDisposition::None {
            return true;
        }
        let facts = self.facts;
        let said = self.findings.iter().any(|finding| finding.code == "mail.disposition");
        match &facts.leaver.recipient {
            Fact::Known(Recipient::Cloud(_)) | Fact::Unknown(_) if said => false,
            Fact::Known(Recipient::Cloud(_)) => {
                self.find("mail.disposition", "R92", |findings| {
                    findings.block(
                        "mailbox",
                        "the policy says that there is no mailbox, and there is one; neither licenses nor account go",
                        "choose what becomes of the mail: `shared`, `let_go` or `keep`",
                    );
                });
                false
            }
            Fact::Unknown(failure) => {
                self.find("mail.disposition", "R92", |findings| {
                    findings.unknown("whether there is a mailbox", failure);
                });
                false
            }
            Fact::Known(Recipient::OnPremises { .. }) | Fact::Absent | Fact::NotOffered(_) => true,
        }
    }
}
