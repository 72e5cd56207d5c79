//! Contoso, and what every test against it is held to.

use std::sync::Arc;

use offboard_contract::ids::{self, Names};
use offboard_core::id::UserId;
use offboard_core::model::cloud::{Cloud, Hosts};
use offboard_core::model::mailbox::{Mailbox, Recipient};
use offboard_core::ports::{Call, Mailboxes};
use offboard_core::time::{Clock, Entropy, Host, Period};
use offboard_exchange::{Exchange, InvokeCommand};
use offboard_http::client::Wire;
use offboard_http::quota::{Quotas, TenantSize};
use offboard_http::throttle::Throttle;
use offboard_http::token::{ClientSecret, Secret, Tokens};
use offboard_sim::{Door, Tenant, contoso};
use url::Url;

/// Contoso, and Exchange as its port.
pub(crate) struct Bench {
    pub(crate) tenant: Tenant,
    pub(crate) exchange: Exchange,
}

impl Bench {
    /// At the addresses of the worldwide cloud.
    pub(crate) fn new() -> Self {
        Self::at(&Cloud::Worldwide.hosts().unwrap())
    }

    /// At other addresses.
    pub(crate) fn at(hosts: &Hosts) -> Self {
        let tenant = Tenant::contoso(1);
        let (app, transport) = (tenant.app(), tenant.transport());
        let authority = Url::parse(&hosts.authority).unwrap();
        let id = app.tenant_id.to_string();
        let secret = Secret::new("client secret", app.secret);
        let source = ClientSecret::new(transport.clone(), &authority, &id, &app.client_id, secret).unwrap();
        let host = Host { clock: tenant.clock(), entropy: tenant.entropy() };
        let wire = Wire {
            transport,
            tokens: Arc::new(Tokens::new(Arc::new(source), tenant.clock())),
            throttle: Arc::new(Throttle::new(host.clone(), Quotas::published(TenantSize::Small))),
            host,
            observer: None,
            tenant: id,
            app: app.client_id,
        };
        let channel = InvokeCommand::of(wire, hosts, app.tenant_id).unwrap();
        Self { tenant, exchange: Exchange::new(channel) }
    }

    pub(crate) fn id(&self, upn: &str) -> UserId {
        self.tenant.user_id(upn).unwrap()
    }

    pub(crate) fn call(&self) -> Call {
        let mut bytes = [0; 16];
        self.tenant.entropy().fill(&mut bytes);
        Call::new(UserId::from_u128(u128::from_be_bytes(bytes)).to_string())
    }

    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.tenant.clock().block_on(future)
    }

    pub(crate) fn mailbox(&self, id: UserId) -> Mailbox {
        match self.run(self.exchange.recipient(&self.call(), id)).unwrap() {
            Some(Recipient::Cloud(mailbox)) => *mailbox,
            other => panic!("{other:?}"),
        }
    }

    /// Lets the tenant's replicas catch up.
    pub(crate) fn settle(&self) {
        let clock = self.tenant.clock();
        self.run(clock.sleep_until(clock.now() + Period::hours(1)));
    }

    pub(crate) fn truth<T>(&self, id: UserId, look: impl FnOnce(&offboard_sim::world::Mailbox) -> T) -> T {
        self.tenant.world(|world| look(world.mailbox_of(&id).unwrap()))
    }
}

impl Drop for Bench {
    /// Whatever a test did: no cmdlet that Microsoft does not describe, and no name where an id belongs.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let people = contoso::PEOPLE.iter().flat_map(|person| [person.upn, person.name]);
        let names = Names::new(people.filter(|name| *name != "Sales" && *name != "Reception"));
        let mut requests = 0;
        for sent in self.tenant.recorder().all().iter().filter(|sent| sent.door == Door::Exchange) {
            let (method, body) = (sent.method.as_str(), sent.json());
            let contract = offboard_contract::Exchange::load();
            // On this machine all services lie below one origin.
            let url = sent.url.replacen("/exchange/adminapi/", "/adminapi/", 1);
            let found = contract.check_http(method, &url, &sent.headers, body.as_ref());
            assert!(found.is_empty(), "{found:?}");
            let found = ids::check_mutating(&names, method, &url, &sent.headers, body.as_ref());
            assert!(found.is_empty(), "{found:?}");
            requests += 1;
        }
        assert!(requests > 0, "nothing was asked");
    }
}
