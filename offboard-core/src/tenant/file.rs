//! The profile as it is written: the section `[tenant]` of `offboard.toml`, or of a file of its own.

use std::collections::BTreeSet;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use super::{Caps, ExchangeDoor, OnPremisesLock, ProfileError, TenantProfile};
use crate::document;
use crate::document::lined::{Misfit, Node};
use crate::facts::Service;
use crate::id::{GroupId, UserId};
use crate::model::mailbox::{GIB, UNLICENSED_SHARED_LIMIT};
use crate::time::Period;

/// The keys of the section. What is left out has the value that stops nothing which a guard does not stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table of keys")]
struct Section {
    /// Services that the organisation does not use: not asked for, and not missed.
    unused: BTreeSet<Service>,
    /// Object ids of people whom nobody may off-board (break-glass accounts, service accounts).
    protected: BTreeSet<UserId>,
    /// Object ids of groups whose members nobody may off-board.
    protected_groups: BTreeSet<GroupId>,
    /// How many people may be off-boarded at once, and in a day.
    caps: Caps,
    /// How many GiB a shared mailbox must stay below the 50 GiB at which it needs a license.
    #[schemars(range(min = 0, max = 50))]
    mailbox_margin_gib: u64,
    /// How long a lease lives without being renewed: ten seconds to one hour.
    lease: Period,
    /// The door to Exchange Online.
    exchange: ExchangeDoor,
    /// How accounts in Active Directory are locked.
    on_premises_lock: OnPremisesLock,
}

impl Default for Section {
    fn default() -> Self {
        Self {
            unused: BTreeSet::new(),
            protected: BTreeSet::new(),
            protected_groups: BTreeSet::new(),
            caps: Caps::default(),
            mailbox_margin_gib: 0,
            lease: Period::seconds(60),
            exchange: ExchangeDoor::default(),
            on_premises_lock: OnPremisesLock::default(),
        }
    }
}

/// A file with the section. Other sections belong to others.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "offboard.toml: tenant profile")]
struct File {
    /// What the organisation says of itself.
    tenant: Section,
}

/// Keys of a later version.
const LATER: &[(&str, &str)] =
    &[("privileged", "privileged leavers are contained as far as the caller may; the rest is handed off")];

impl TenantProfile {
    /// Reads the section `[tenant]` of TOML or JSON; other sections belong to others.
    ///
    /// # Errors
    /// There is no such section, or something in it is wrong, with its line. A profile that is meant and not found
    /// would leave protected people without protection, so that its absence is an error ([`has_profile`] asks).
    pub fn parse(bytes: &[u8], source_name: &str) -> Result<Self, ProfileError> {
        read(bytes).map(Self::from).map_err(|misfit| ProfileError {
            source_name: source_name.to_owned(),
            line: misfit.line(),
            message: misfit.to_string(),
        })
    }

    /// The profile as a document of its own, whatever else stood in the file: the same profile gives the same
    /// bytes, and [`TenantProfile::parse`] reads them.
    pub fn to_bytes(&self) -> Vec<u8> {
        document::to_bytes(&File {
            tenant: Section {
                unused: self.unused.clone(),
                protected: self.protected.clone(),
                protected_groups: self.protected_groups.clone(),
                caps: self.caps.clone(),
                mailbox_margin_gib: self.mailbox_margin.div_ceil(GIB),
                lease: self.lease,
                exchange: self.exchange,
                on_premises_lock: self.on_premises_lock,
            },
        })
    }

    /// With the digest of what it says now.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.digest = document::digest(&self.to_bytes());
        self
    }
}

impl From<Section> for TenantProfile {
    fn from(section: Section) -> Self {
        Self {
            unused: section.unused,
            protected: section.protected,
            protected_groups: section.protected_groups,
            caps: section.caps,
            mailbox_margin: section.mailbox_margin_gib.saturating_mul(GIB),
            lease: section.lease,
            exchange: section.exchange,
            on_premises_lock: section.on_premises_lock,
            digest: document::digest(b""),
        }
        .sealed()
    }
}

/// Whether the file has the section `[tenant]`. A file that cannot be read has none; reading it says why.
pub fn has_profile(bytes: &[u8]) -> bool {
    Node::read(bytes).is_ok_and(|tree| tree.at(&["tenant"]).is_some())
}

fn read(bytes: &[u8]) -> Result<Section, Misfit> {
    let mut tree = Node::read(bytes)?;
    for (key, instead) in LATER {
        if let Some(entry) = tree.take(&["tenant", key]) {
            return Err(Misfit::on(entry.line, format!("`tenant.{key}` is not in this version: {instead}")));
        }
    }
    let Some(table) = tree.at(&["tenant"]) else {
        return Err(Misfit::on(
            1,
            "there is no section [tenant]; write it, empty if there is nothing to say".to_owned(),
        ));
    };
    let section: Section = table.to().map_err(|misfit| misfit.under("tenant"))?;
    let on = |key: &str| tree.line_of(&["tenant", key]);
    let most = UNLICENSED_SHARED_LIMIT / GIB;
    if section.mailbox_margin_gib > most {
        return Err(Misfit::on(
            on("mailbox_margin_gib"),
            format!(
                "`tenant.mailbox_margin_gib`: {} is more than the {most} GiB that a shared mailbox may have at all",
                section.mailbox_margin_gib
            ),
        ));
    }
    if section.lease < Period::seconds(10) || section.lease > Period::hours(1) {
        return Err(Misfit::on(
            on("lease"),
            format!("`tenant.lease`: {} is not between PT10S and PT1H", section.lease),
        ));
    }
    Ok(section)
}

/// The JSON Schema of a file with a tenant profile.
pub fn profile_schema() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File>()
}
