//! The tenant itself: its people, its clock, its truth.

use std::net::{Ipv4Addr, SocketAddr};

use offboard::core::operation::guard::Direction;
use offboard::core::report::StepReport;
use offboard::{Catalog, Clock as _, Error, Period, Report, SystemClock, UserId};
use offboard_sim as sim;
use offboard_sim::judge::{Claim, diff, judge};
use offboard_sim::world::{Mailbox, RecipientType, World};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::faults::Faults;
use super::period;
use super::server::Server;
use crate::errors::Told;
use crate::runner::Runner;
use crate::work::{Halt, Out, Work};

/// A simulated Microsoft 365 tenant.
#[pyclass(frozen, subclass, module = "offboard._offboard")]
pub(crate) struct Tenant {
    inner: sim::Tenant,
    runner: Runner,
}

impl Tenant {
    fn on(inner: sim::Tenant) -> Self {
        let runner = Runner::of(inner.clock());
        Self { inner, runner }
    }

    pub(crate) fn inner(&self) -> &sim::Tenant {
        &self.inner
    }

    pub(crate) fn runner(&self) -> Runner {
        self.runner.clone()
    }

    fn user(&self, upn: &str) -> Result<UserId, Told> {
        self.inner.user_id(upn).ok_or_else(|| {
            Told::usage(format!("nobody at this tenant is called `{upn}`"))
                .hint("`offboard sim people` lists everybody at Contoso")
        })
    }

    fn contradiction(&self, report: &Report, step: &StepReport) -> Option<String> {
        // What the judge has never heard of is nobody's claim here.
        Catalog::builtin().spec(&step.operation)?;
        let claim = Claim {
            operation: step.operation.clone(),
            params: step.params.clone(),
            undo: report.direction == Direction::Undo,
            before: None,
            outcome: step.outcome.name().to_owned(),
            leaver: report.leaver.id,
            since: report.opened_at,
            seen_at: step.seen_at,
            twin: report.has_twin(step),
        };
        judge(&self.inner, &claim).err().map(|contradiction| format!("{}: {contradiction}", step.id))
    }
}

/// Where the ids of those who are hired begin.
const HIRED: u128 = 0x0ff0_a4d0_0000_4000_8000_0000_0000_0000;

/// One more ordinary person: like the model, with a mailbox of his own.
fn hire(world: &mut World, number: usize) -> Option<String> {
    let model = world.user_by_upn("alex@contoso.com")?.clone();
    let id = UserId::from_u128(HIRED + number as u128 * 2);
    let upn = format!("person{number:03}@contoso.com");
    let mut user = model;
    user.id = id;
    user.display_name = format!("Person {number:03}");
    user.given_name = Some("Person".to_owned());
    user.surname = Some(format!("{number:03}"));
    user.mail = Some(upn.clone());
    user.mail_nickname = format!("person{number:03}");
    user.proxy_addresses = vec![format!("SMTP:{upn}")];
    user.user_principal_name.clone_from(&upn);
    user.employee_id = Some(format!("9{number:04}"));
    let guid = offboard::core::id::MailboxId::from_u128(HIRED + number as u128 * 2 + 1);
    let mut mailbox = Mailbox::new(guid, id, RecipientType::UserMailbox, user.created);
    mailbox.total_item_size = 1 << 30;
    world.users.insert(id, user);
    world.mailboxes.insert(guid, mailbox);
    world.licenses_changed(&id);
    Some(upn)
}

#[pymethods]
impl Tenant {
    /// Contoso.
    #[new]
    fn contoso(seed: u64, clock: &str) -> PyResult<Self> {
        let inner = match clock {
            "virtual" => sim::Tenant::contoso(seed),
            "machine" => {
                let clock = sim::SimClock::wall(SystemClock.now());
                sim::Tenant::contoso_on(seed, clock)
            }
            other => {
                return Err(Told::usage(format!("there is no clock `{other}`"))
                    .hint("it is virtual, where waiting costs nothing, or machine")
                    .into());
            }
        };
        Ok(Self::on(inner))
    }

    /// Everybody who is known at Contoso, as JSON.
    #[staticmethod]
    fn _people() -> String {
        let rows = sim::contoso::PEOPLE.iter().map(|person| {
            json!({ "user_principal_name": person.upn, "display_name": person.name, "special": person.special })
        });
        json!(rows.collect::<Vec<_>>()).to_string()
    }

    #[getter]
    fn tenant_id(&self) -> String {
        self.inner.app().tenant_id.to_string()
    }

    #[getter]
    fn client_id(&self) -> String {
        self.inner.app().client_id
    }

    #[getter]
    fn client_secret(&self) -> String {
        self.inner.app().secret
    }

    /// The time at the tenant.
    fn _now(&self) -> String {
        self.inner.clock().now().to_string()
    }

    /// Moves a virtual clock on.
    fn _advance(&self, by: &str) -> PyResult<()> {
        self.inner.clock().advance(period(by)?);
        Ok(())
    }

    /// What goes wrong.
    #[getter]
    fn faults(&self) -> Faults {
        Faults(self.inner.faults())
    }

    /// The object id of somebody.
    fn user_id(&self, upn: &str) -> PyResult<String> {
        Ok(self.user(upn)?.to_string())
    }

    /// The truth about somebody, as JSON.
    fn _person(&self, upn: &str) -> PyResult<String> {
        let id = self.user(upn)?;
        let found = self.inner.world(|world| {
            json!({
                "user": world.users.get(&id),
                "mailbox": world.mailbox_of(&id),
                "active_directory": world.active_directory.get(&id),
            })
        });
        Ok(found.to_string())
    }

    /// Changes the truth about somebody: `attributes` of the account or of the mailbox, as JSON.
    fn _change(&self, upn: &str, user: &str, mailbox: &str) -> PyResult<()> {
        let id = self.user(upn)?;
        let (user, mailbox) = (fields(user)?, fields(mailbox)?);
        let changed = self.inner.world(|world| -> Result<(), Told> {
            if let Some(row) = world.users.get_mut(&id) {
                *row = merged(row, &user)?;
            }
            if !mailbox.is_empty() {
                let row =
                    world.mailbox_of_mut(&id).ok_or_else(|| Told::usage(format!("{upn} has no mailbox")))?;
                *row = merged(row, &mailbox)?;
            }
            Ok(())
        });
        Ok(changed?)
    }

    /// More people, ordinary ones.
    fn _hire(&self, count: usize) -> PyResult<Vec<String>> {
        let hired = self.inner.world(|world| -> Option<Vec<String>> {
            let begin = world.users.len();
            (begin..begin + count).map(|number| hire(world, number)).collect()
        });
        Ok(hired.ok_or_else(|| Told::usage("only Contoso hires people"))?)
    }

    /// Somebody else deletes a person.
    fn _delete(&self, upn: &str) -> PyResult<()> {
        let gone = self.inner.world(|world| {
            let id = world.user_by_upn(upn)?.id;
            world.delete_user(&id).then_some(())
        });
        Ok(gone.ok_or_else(|| Told::usage(format!("nobody is called {upn}")))?)
    }

    /// Speeds and lags; what is not named stays.
    #[pyo3(signature = (*, latency, read_lag, conversion, directory_sync, sync_for))]
    fn _timing(
        &self,
        latency: Option<&str>,
        read_lag: Option<&str>,
        conversion: Option<&str>,
        directory_sync: Option<&str>,
        sync_for: Option<&str>,
    ) -> PyResult<()> {
        let read = |text: Option<&str>| text.map(period).transpose();
        let (latency, read_lag, conversion) = (read(latency)?, read(read_lag)?, read(conversion)?);
        let (sync, sync_for) = (read(directory_sync)?, read(sync_for)?);
        self.inner.world(|world| {
            let timing = &mut world.timing;
            if let Some(latency) = latency {
                (timing.latency_min, timing.latency_max) = (latency, latency);
            }
            if let Some(lag) = read_lag {
                timing.read_lag = vec![lag];
            }
            if let Some(conversion) = conversion {
                timing.conversion = conversion;
            }
            if let Some(every) = sync {
                hurry(world, every, sync_for);
            }
        });
        Ok(())
    }

    /// How many requests were sent, and how many of them could change something.
    fn requests(&self) -> (usize, usize) {
        let recorder = self.inner.recorder();
        (recorder.len(), recorder.mutating().len())
    }

    /// Every request that could change something, as JSON.
    fn _writes(&self) -> String {
        let rows = self.inner.recorder().mutating().into_iter().map(|row| {
            json!({
                "at": row.at, "method": row.method.as_str(), "path": row.path, "cmdlet": row.cmdlet,
                "body": row.json(), "status": row.status, "faults": row.faults,
            })
        });
        json!(rows.collect::<Vec<_>>()).to_string()
    }

    /// Whether a fault met a request.
    fn was_faulted(&self) -> bool {
        self.inner.recorder().all().iter().any(|row| row.is_faulted())
    }

    /// Everything in a report that the truth contradicts.
    fn _judge(&self, report: &[u8]) -> PyResult<Vec<String>> {
        let read = offboard::core::document::from_bytes::<Report>(report, "report", Report::FORMAT);
        let report = read.map_err(|error| Told::from(Error::from(error)))?;
        Ok(report.steps.iter().filter_map(|step| self.contradiction(&report, step)).collect())
    }

    /// What differs between this truth and another's.
    fn _diff(&self, other: PyRef<'_, Self>) -> Vec<String> {
        let theirs = other.inner.world(|world| world.clone());
        self.inner.world(|ours| diff(ours, &theirs))
    }

    /// Serves it on loopback.
    fn _serve(&self, port: u16) -> Work {
        let tenant = self.inner.clone();
        let job = async move {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let server = tenant
                .serve(address)
                .await
                .map_err(|error| Told::environment(format!("{address} cannot be listened on: {error}")))?;
            Ok(Out::Server(Server::new(server)))
        };
        Work::new(&Runner::machine(), Halt::Drop, Box::pin(job))
    }
}

/// Directory sync runs so often, for so long; then as usual.
fn hurry(world: &mut World, every: Period, lasts: Option<Period>) {
    let usual = std::mem::replace(&mut world.timing.directory_sync, every);
    let Some(lasts) = lasts else { return };
    world.later(lasts, "set up", move |world| world.timing.directory_sync = usual);
    let passes = (lasts.as_micros() / every.as_micros().max(1)).max(1);
    for pass in 1..=passes {
        world.later(every.times(pass), "directory sync", World::sync_now);
    }
}

fn fields(text: &str) -> Result<serde_json::Map<String, Value>, Told> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Told::usage("attributes are named, each with its value")),
    }
}

/// The row with these fields changed. A field that it does not have is refused.
fn merged<T: serde::Serialize + serde::de::DeserializeOwned>(
    row: &T,
    fields: &serde_json::Map<String, Value>,
) -> Result<T, Told> {
    let wrong = |error: serde_json::Error| Told::usage(format!("this cannot be so: {error}"));
    let mut value = serde_json::to_value(row).map_err(wrong)?;
    for (name, field) in fields {
        match value.get_mut(name) {
            Some(old) => *old = field.clone(),
            None => return Err(Told::usage(format!("there is no attribute `{name}`"))),
        }
    }
    serde_json::from_value(value).map_err(wrong)
}
