//! The engine as its host builds it: doors, journal, time, operations, guards and the tenant profile.

use std::fmt;
use std::sync::Arc;

use super::claim::Claims;
use super::objects::Objects;
use crate::guards;
use crate::id::TenantId;
use crate::journal::Journal;
use crate::model::cloud::Cloud;
use crate::operation::{Catalog, Guard};
use crate::ports::Providers;
use crate::tenant::TenantProfile;
use crate::time::{Host, Timestamp};

/// Carries plans out in one tenant. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(super) tenant: TenantId,
    pub(super) cloud: Cloud,
    pub(super) providers: Providers,
    pub(super) journal: Arc<dyn Journal>,
    pub(super) host: Host,
    pub(super) catalog: Catalog,
    pub(super) guards: Arc<Vec<Box<dyn Guard>>>,
    pub(super) profile: Arc<TenantProfile>,
    pub(super) profile_bytes: Arc<Vec<u8>>,
    pub(super) owner: String,
    pub(super) claims: Arc<Claims>,
    pub(super) objects: Arc<Objects>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("tenant", &self.tenant)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine with the operations and guards that come with offboard, and the most careful tenant profile.
    /// `owner` names this process in leases; two engines of one process are told apart all the same.
    pub fn new(
        tenant: TenantId,
        cloud: Cloud,
        providers: Providers,
        journal: Arc<dyn Journal>,
        host: Host,
        owner: impl Into<String>,
    ) -> Self {
        let (profile, owner) = (TenantProfile::default(), owner.into());
        Self {
            tenant,
            cloud,
            providers,
            journal,
            catalog: Catalog::builtin(),
            guards: Arc::new(guards::all()),
            profile_bytes: Arc::new(profile.to_bytes()),
            profile: Arc::new(profile),
            claims: Arc::new(Claims::new(&owner, host.entropy.as_ref())),
            objects: Arc::default(),
            owner,
            host,
        }
    }

    /// With this tenant profile.
    #[must_use]
    pub fn with_profile(mut self, profile: TenantProfile) -> Self {
        self.profile_bytes = Arc::new(profile.to_bytes());
        self.profile = Arc::new(profile);
        self
    }

    /// With these operations.
    #[must_use]
    pub fn with_catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = catalog;
        self
    }

    /// With another set of guards. Leaving one out is a decision for tests: it shows that the guard is what refuses.
    #[must_use]
    pub fn with_guards(mut self, guards: Vec<Box<dyn Guard>>) -> Self {
        self.guards = Arc::new(guards);
        self
    }

    /// The organisation.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The operations.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The doors.
    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// The journal.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// Time and chance.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The tenant profile.
    pub fn profile(&self) -> &TenantProfile {
        &self.profile
    }

    pub(super) fn now(&self) -> Timestamp {
        self.host.clock.now()
    }
}
