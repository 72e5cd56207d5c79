//! The licenses: those that were assigned directly are removed. Those that come through groups stay; the guard G21
//! says so of the step, and it is said here where there is no step.

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
                if licenses.direct().next().is_some() {
                    self.direct(licenses);
                } else {
                    self.inherited(licenses);
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
        if !self.nothing_is_denied() {
            return;
        }
        let at = self.at(self.policy.file.licenses.after.unwrap_or_default());
        self.draft(KEY, "remove_licenses", &json!({ "skus": skus }), at);
    }

    /// What comes through a group goes with the group.
    fn inherited(&mut self, licenses: &Licenses) {
        let mut by_group: BTreeMap<GroupId, BTreeSet<SkuId>> = BTreeMap::new();
        for assignment in licenses.inherited() {
            if let Some(group) = assignment.assigned_by_group {
                by_group.entry(group).or_default().insert(assignment.sku_id);
            }
        }
        for (group, skus) in by_group {
            let products: Vec<String> = skus.into_iter().map(|sku| self.product(sku)).collect();
            self.find("G21", "R52", |findings| {
                findings.warn(
                    group.to_string(),
                    format!(
                        "no license is assigned directly; through the group {group} these stay: {}",
                        products.join(", ")
                    ),
                    format!("take the leaver out of the group {group} when the licenses are to go"),
                );
            });
        }
    }

    /// The product by the name the organisation knows it by, and its id.
    fn product(&self, sku: SkuId) -> String {
        let skus = self.facts.tenant.skus.known().map_or(&[][..], Vec::as_slice);
        skus.iter()
            .find(|bought| bought.sku_id == sku)
            .map_or_else(|| sku.to_string(), |bought| format!("{} ({sku})", bought.sku_part_number))
    }

    /// `mail.disposition = "none"` says that there is no mailbox. Where there is one, its license is not touched:
    /// nobody has said what becomes of the mail (R92).
    fn nothing_is_denied(&mut self) -> bool {
        if self.policy.file.mail.disposition != MailDisposition::None {
            return true;
        }
        let facts = self.facts;
        match &facts.leaver.recipient {
            Fact::Known(Recipient::Cloud(_)) => {
                self.find("mail.disposition", "R92", |findings| {
                    findings.block(
                        "mailbox",
                        "the policy says that there is no mailbox, and there is one; the licenses are not removed",
                        "choose what becomes of the mail: `shared` or `keep`",
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
