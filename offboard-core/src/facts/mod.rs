//! What is known of the leaver and of the people, groups and settings around him.
//!
//! Reading is async and lives in [`load`]; everything else is pure. A facet is a key; its value is a [`fact::Fact`].

mod drive;
pub mod facet;
pub mod fact;
pub mod load;
pub mod person;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use facet::{Agreement, Facet, Service};
pub use fact::{Fact, Why};
pub use person::Person;

use crate::id::{GroupId, TenantId, UserId};
use crate::model::caller::Caller;
use crate::model::cloud::Cloud;
use crate::model::group::GroupOwner;
use crate::model::license::SubscribedSku;
use crate::model::organization::{AuthenticationType, OrganizationConfig};
use crate::model::role::GlobalAdministrator;
use crate::time::Timestamp;

/// Settings of the organisation, as far as they were read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Which organisation.
    pub id: TenantId,
    /// Where it lives.
    pub cloud: Cloud,
    /// How each domain signs in, by its name in lower case.
    pub domains: BTreeMap<String, Fact<AuthenticationType>>,
    /// What was bought.
    pub skus: Fact<Vec<SubscribedSku>>,
    /// Exchange's settings.
    pub organization: Fact<OrganizationConfig>,
    /// Everybody who is a global administrator now, through groups too.
    pub global_administrators: Fact<Vec<GlobalAdministrator>>,
    /// Days a OneDrive is kept after its owner was deleted (R36).
    pub one_drive_retention_days: Fact<u32>,
}

/// What is known. It serialises: a plan can be made from a file, and a bug report can carry it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// When reading began.
    pub as_of: Timestamp,
    /// Who is leaving. In a box: facts travel through many futures, and a person is large.
    pub leaver: Box<Person>,
    /// Manager, successors and others, by id.
    pub people: BTreeMap<UserId, Person>,
    /// Who owns the groups that he owns too, by group (G30).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<GroupId, Fact<Vec<GroupOwner>>>,
    /// The organisation.
    pub tenant: Tenant,
    /// offboard itself.
    pub caller: Fact<Caller>,
    /// Everybody who leaves too: in this roster, and in open runs.
    pub leaving: BTreeSet<UserId>,
    /// Facets of other people's steps.
    pub custom: BTreeMap<String, Fact<Value>>,
}

impl Facts {
    /// Facts of which nothing has been read.
    pub fn new(tenant: TenantId, cloud: Cloud, leaver: UserId, as_of: Timestamp) -> Self {
        Self {
            as_of,
            leaver: Box::new(Person::new(leaver)),
            people: BTreeMap::new(),
            owners: BTreeMap::new(),
            tenant: Tenant {
                id: tenant,
                cloud,
                domains: BTreeMap::new(),
                skus: Fact::default(),
                organization: Fact::default(),
                global_administrators: Fact::default(),
                one_drive_retention_days: Fact::default(),
            },
            caller: Fact::default(),
            leaving: BTreeSet::new(),
            custom: BTreeMap::new(),
        }
    }

    /// What is known of `id`: the leaver or somebody around him. Of everybody else nothing is.
    pub fn person(&self, id: UserId) -> Option<&Person> {
        if id == self.leaver.id { Some(&self.leaver) } else { self.people.get(&id) }
    }

    /// The same, to change; somebody new starts with nothing known.
    pub fn person_mut(&mut self, id: UserId) -> &mut Person {
        if id == self.leaver.id {
            &mut self.leaver
        } else {
            self.people.entry(id).or_insert_with(|| Person::new(id))
        }
    }

    /// The same facts without the texts and request ids of failures: two readings that know the same are equal.
    #[must_use]
    pub fn stable(&self) -> Self {
        let mut facts = self.clone();
        facts.leaver.stabilise();
        facts.people.values_mut().for_each(Person::stabilise);
        facts.owners.values_mut().for_each(|owners| {
            owners.sort();
            owners.stabilise();
        });
        facts.tenant.domains.values_mut().for_each(Fact::stabilise);
        if let Some(skus) = facts.tenant.skus.known_mut() {
            skus.sort_by_key(|sku| sku.sku_id);
        }
        facts.tenant.global_administrators.sort();
        facts.tenant.skus.stabilise();
        facts.tenant.organization.stabilise();
        facts.tenant.global_administrators.stabilise();
        facts.tenant.one_drive_retention_days.stabilise();
        facts.caller.stabilise();
        if let Some(caller) = facts.caller.known_mut() {
            caller.exchange_permissions.stabilise();
            caller.directory_roles.stabilise();
        }
        facts.custom.values_mut().for_each(Fact::stabilise);
        facts
    }

    /// How the leaver's domain signs in.
    pub fn leaver_domain(&self) -> Fact<AuthenticationType> {
        match &self.leaver.user {
            Fact::Known(user) => self.tenant.domains.get(&user.domain()).cloned().unwrap_or_default(),
            other => other.as_ref().and_then(|_| Fact::Absent),
        }
    }
}
