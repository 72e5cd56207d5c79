//! The handle of a simulated tenant.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use offboard_core::id::{CallerId, MailboxId, TenantId, UserId};
use offboard_core::time::{Clock, Period, Timestamp};
use offboard_http::transport::{Transport, TransportError};

use crate::carry;
use crate::clock::SimClock;
use crate::core::Core;
use crate::entropy::SimEntropy;
use crate::faults::Faults;
use crate::recorder::Recorder;
use crate::seed;
use crate::world::{Version, World};

/// A Microsoft 365 tenant in memory. Copies are handles of the same tenant.
///
/// ```
/// let tenant = offboard_sim::Tenant::contoso(1);
/// assert!(tenant.user_id("o'neill@contoso.com").is_some());
/// assert!(tenant.world(|world| world.users.len() >= 30));
/// ```
#[derive(Debug, Clone)]
pub struct Tenant {
    core: Arc<Core>,
}

/// The application that a program under test signs in as. It holds every permission and role it needs.
#[derive(Debug, Clone)]
pub struct App {
    /// The tenant.
    pub tenant_id: TenantId,
    /// `client_id`.
    pub client_id: String,
    /// Object id of its service principal.
    pub object_id: CallerId,
    /// Its secret, of this simulation only.
    pub secret: String,
    /// Its certificate and the key that belongs to it (PEM). The key is in the source: it proves nothing elsewhere.
    pub certificate: String,
    /// `IDENTITY_HEADER` of the endpoint that App Service offers to a managed identity.
    pub identity_header: String,
}

impl Tenant {
    /// When virtual clocks begin: a Monday morning.
    pub const BEGIN: &str = "2026-11-30T09:00:00Z";

    /// Contoso, with everybody of [`crate::contoso::PEOPLE`], on a virtual clock.
    pub fn contoso(seed: u64) -> Self {
        Self::contoso_on(seed, SimClock::starting_at(Self::begin()))
    }

    /// Contoso on a clock of the caller's choice.
    pub fn contoso_on(seed: u64, clock: SimClock) -> Self {
        Self::with(seed, clock, seed::contoso::build)
    }

    /// Contoso, and `ordinary` people more (`worker0001@contoso.com` and so on, each with a license, a mailbox, a manager and
    /// an employee id), on a virtual clock.
    pub fn contoso_and(seed: u64, ordinary: usize) -> Self {
        Self::with(seed, SimClock::starting_at(Self::begin()), |world, seed| {
            seed::contoso::build(world, seed);
            seed::contoso::move_in(world, seed, ordinary);
        })
    }

    /// A tenant with its domains, products, roles and one application, and nobody in it.
    pub fn empty(seed: u64) -> Self {
        Self::with(seed, SimClock::starting_at(Self::begin()), |_, _| {})
    }

    /// A second tenant that goes on from here by itself: the same truth with the same past, the same chance, the same
    /// record, on a virtual clock of its own that shows the same time. What is being asked right now is not answered
    /// there, as if every caller had died.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { core: Arc::new(self.core.fork()) }
    }

    fn begin() -> Timestamp {
        Self::BEGIN.parse().unwrap_or_else(|_| Timestamp::from_micros(0))
    }

    fn with(seed: u64, clock: SimClock, fill: impl FnOnce(&mut World, u64)) -> Self {
        let (mut world, app) = seed::tenant::build(seed, clock.now());
        fill(&mut world, seed);
        world.start_directory_sync();
        Self { core: Arc::new(Core::new(seed, Arc::new(clock), world, app)) }
    }

    /// The clock to lend to the program under test.
    pub fn clock(&self) -> Arc<SimClock> {
        Arc::clone(&self.core.clock)
    }

    /// Chance to lend to the program under test.
    pub fn entropy(&self) -> Arc<SimEntropy> {
        Arc::clone(&self.core.entropy)
    }

    /// The way in without sockets. It serves `graph.microsoft.com`, `outlook.office365.com`,
    /// `contoso-my.sharepoint.com` and `login.microsoftonline.com`, and any other host by the first segment of the path:
    /// `/graph`, `/exchange`, `/sharepoint`, `/login`.
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(InProcess { core: Arc::clone(&self.core) })
    }

    /// Looks at the truth, or changes it. A change makes a version, like any other.
    pub fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let mut state = self.core.state();
        let found = look(&mut state.world);
        let state = &mut *state;
        state.history.record("set up", &state.world);
        found
    }

    /// The truth at an earlier time.
    pub fn world_at(&self, at: Timestamp) -> Arc<World> {
        self.core.state().history.at(at)
    }

    /// Every version of the truth, oldest first.
    pub fn versions(&self) -> Vec<Version> {
        self.core.state().history.versions().to_vec()
    }

    /// What goes wrong.
    pub fn faults(&self) -> Faults {
        self.core.faults.clone()
    }

    /// What went over the wire.
    pub fn recorder(&self) -> Recorder {
        self.core.recorder.clone()
    }

    /// The application to sign in as.
    pub fn app(&self) -> App {
        self.core.app.clone()
    }

    /// A token of the cluster that the application trusts, as a workload of it finds it in a file
    /// (`AZURE_FEDERATED_TOKEN_FILE`), good from now for `life`. Nothing if no federated credential is left.
    pub fn federated_token(&self, life: Period) -> Option<String> {
        crate::signin::federated_token(&self.core, &self.core.state().world, life)
    }

    /// User codes of device sign-ins that wait for somebody.
    pub fn device_codes(&self) -> Vec<String> {
        let now = self.core.state().world.now;
        self.core.sessions.waiting(now)
    }

    /// Somebody enters a user code on another device and signs in there; false if nothing waits for it.
    pub fn approve_device(&self, user_code: &str, upn: &str) -> bool {
        let state = self.core.state();
        let user = state.world.user_by_upn(upn).map(|user| user.id);
        user.is_some_and(|user| self.core.sessions.approve(user_code, user, state.world.now))
    }

    /// Somebody enters a user code on another device and refuses; false if nothing waits for it.
    pub fn decline_device(&self, user_code: &str) -> bool {
        let now = self.core.state().world.now;
        self.core.sessions.decline(user_code, now)
    }

    /// Revokes the tokens that the application holds. A client that understands continuous access evaluation is told
    /// by a claims challenge; every other token is good until its end.
    pub fn revoke_app_sessions(&self) {
        let id = self.core.app.object_id;
        self.world(|world| {
            let now = world.now;
            if let Some(app) = world.service_principals.get_mut(&id) {
                app.sessions_valid_from = Some(now);
            }
        });
    }

    /// Object id of the user with this user principal name.
    pub fn user_id(&self, upn: &str) -> Option<UserId> {
        self.core.state().world.user_by_upn(upn).map(|user| user.id)
    }

    /// `ExchangeGuid` of a user's mailbox.
    pub fn mailbox_id(&self, upn: &str) -> Option<MailboxId> {
        let state = self.core.state();
        let owner = state.world.user_by_upn(upn)?.id;
        state.world.mailbox_id_of(&owner)
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }
}

#[derive(Debug)]
struct InProcess {
    core: Arc<Core>,
}

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        carry::send(&self.core, request, true).await
    }
}
