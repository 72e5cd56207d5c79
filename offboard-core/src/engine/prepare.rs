//! From a name to a plan: whom is meant, what is known of him, what the policy makes of it.

use std::collections::BTreeSet;

use futures_util::future::join;

use super::host::Engine;
use super::reader::Reading;
use crate::document;
use crate::error::{Error, ErrorKind};
use crate::facts::load::load;
use crate::facts::{Facet, Fact, Facts};
use crate::id::{StepId, UserId};
use crate::model::intent::Intent;
use crate::model::user::User;
use crate::operation::guard::Direction;
use crate::operation::{Finding, Subject};
use crate::plan::document::Source;
use crate::plan::judge::{judge, reads, wrong_person};
use crate::plan::planner::{Wanted, plan};
use crate::plan::{Approval, ApprovedPlan, Plan, Waiver};
use crate::policy::{Derived, Policy, Request as PolicyRequest};
use crate::ports::{Call, Priority, Selector};
use crate::time::{Timestamp, random_guid};

/// Whom a plan is for.
pub type Person = Selector;

/// What a plan is asked for, beside the policy.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who is leaving.
    pub leaver: Person,
    /// Who takes over, where the policy speaks of a successor.
    pub successor: Option<Person>,
    /// The last working moment; now, if nothing is said.
    pub leaves_at: Option<Timestamp>,
    /// Who asks, as he calls himself.
    pub made_by: String,
}

/// A plan, and what was read for it: applied at once, that need not be read again.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// What was read.
    pub reading: Reading,
}

/// What is the same for every leaver, and when it was read.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    tenant: crate::facts::Tenant,
    facets: BTreeSet<Facet>,
    read_at: Timestamp,
}

/// What several plans that are made together have in common.
#[derive(Debug)]
pub(super) struct Shared {
    /// Everybody who leaves: of these plans, and of open runs.
    pub leaving: BTreeSet<UserId>,
    /// What is the same for all.
    pub settings: Settings,
}

impl Engine {
    /// Makes a plan. Nothing is changed.
    ///
    /// # Errors
    /// Nobody or several people are called like that, the directory could not be asked, or the policy does not fit.
    pub async fn plan(&self, policy: &Policy, request: &Request) -> Result<Planned, Error> {
        self.plan_among(policy, request, None).await
    }

    /// The same; `shared` is what several plans have in common.
    pub(super) async fn plan_among(
        &self,
        policy: &Policy,
        request: &Request,
        shared: Option<&Shared>,
    ) -> Result<Planned, Error> {
        let containment = policy.contains_only(&self.catalog);
        let call = self.reading_call(if containment { Priority::Containment } else { Priority::Normal });
        let now = self.now();
        // What does not depend on who the leaver is is read beside everything that does.
        let settings = async {
            match shared {
                Some(shared) => shared.settings.clone(),
                None => self.settings(containment, &call).await,
            }
        };
        // Before anything is asked: how long a journal on the disk takes would else decide which readings travel together.
        let leaving = match shared {
            Some(shared) => shared.leaving.clone(),
            None => self.leaving().await?,
        };
        let (read, settings) =
            join(self.read_leaver(policy, request, leaving, containment, &call), settings).await;
        let (mut reading, asked) = read?;
        reading.facts.tenant =
            crate::facts::Tenant { domains: reading.facts.tenant.domains, ..settings.tenant };
        reading.mark_read(settings.facets, settings.read_at);

        // What the steps and their guards want to know depends on the steps, and those on what is known so far.
        let derived = policy.derive(&reading.facts, &self.profile, &asked, &self.catalog);
        let mut wanted = self.wanted_by(&derived, reading.facts.leaver.id)?;
        self.read(&mut reading, &mut wanted, containment, &call).await;
        let derived = policy.derive(&reading.facts, &self.profile, &asked, &self.catalog);
        let source = Source {
            policy: policy.name().to_owned(),
            policy_digest: policy.digest().clone(),
            profile_digest: self.profile.digest.clone(),
            undoes: None,
        };
        let wanted = Wanted { derived, source, made_at: now, made_by: request.made_by.clone() };
        let plan = plan(&reading.facts, wanted, &self.catalog, &self.guards)?;
        Ok(Planned { plan, reading })
    }

    /// Reads what is the same for every leaver.
    pub(super) async fn settings(&self, containment: bool, call: &Call) -> Settings {
        let read_at = self.now();
        let mut known = Facts::new(self.tenant, self.cloud.clone(), UserId::from_u128(0), read_at);
        let mut facets = BTreeSet::from([Facet::GlobalAdministrators]);
        if !containment {
            facets.extend([Facet::Skus, Facet::Organization, Facet::OneDriveRetention]);
        }
        load(&mut known, &facets, &self.providers, &self.profile.unused, call, None).await;
        Settings { tenant: known.tenant, facets, read_at }
    }

    /// Looks the leaver up, and reads what his policy wants to know of him and of those who take over.
    async fn read_leaver(
        &self,
        policy: &Policy,
        request: &Request,
        leaving: BTreeSet<UserId>,
        containment: bool,
        call: &Call,
    ) -> Result<(Reading, PolicyRequest), Error> {
        let now = self.now();
        let user = self.find(call, &request.leaver, "leaver").await?;
        let successor = match &request.successor {
            Some(person) => Some(self.find(call, person, "successor").await?.id),
            None => None,
        };
        let id = user.id;
        let mut reading = Reading::of(Facts::new(self.tenant, self.cloud.clone(), id, now));
        reading.facts.leaver.user = Fact::Known(user);
        reading.facts.leaver.deleted = Fact::Known(false);
        reading.mark_read([Facet::User(id)], now);
        reading.facts.leaving = leaving;

        let asked = PolicyRequest { leaves_at: request.leaves_at.unwrap_or(now), successor };
        let mut wanted = policy.reads(id);
        wanted.insert(Facet::Caller);
        if containment {
            // All at once: what the steps and guards may want to know, as long as nothing is known of him.
            wanted.extend(
                self.wanted_by(&policy.derive(&reading.facts, &self.profile, &asked, &self.catalog), id)?,
            );
            wanted.remove(&Facet::GlobalAdministrators);
        }
        self.read(&mut reading, &mut wanted, containment, call).await;
        let mut wanted: BTreeSet<Facet> = policy
            .people(&reading.facts, asked.successor)
            .into_iter()
            .flat_map(|id| policy.person_reads(id))
            .collect();
        self.read(&mut reading, &mut wanted, containment, call).await;
        Ok((reading, asked))
    }

    /// Judges a plan against fresh readings: what speaks against it now. Nothing is changed.
    pub async fn check(&self, plan: &Plan) -> Result<Vec<Finding>, Error> {
        self.same_tenant(plan)?;
        plan.check_against(&self.catalog)?;
        let call = self.reading_call(Priority::Normal);
        let mut facts = plan.facts.clone();
        facts.as_of = self.now();
        let mut operations = Vec::new();
        for step in &plan.steps {
            operations.push((step, self.catalog.load(&step.operation, step.version, &step.params)?));
        }
        let subjects: Vec<Subject<'_>> = operations
            .iter()
            .map(|(step, operation)| Subject {
                id: &step.id,
                operation: operation.as_ref(),
                params: &step.params,
                direction: step.direction,
                leaver: plan.leaver.id,
                at: step.not_before.unwrap_or(facts.as_of),
            })
            .collect();
        let wanted: BTreeSet<Facet> =
            subjects.iter().flat_map(|subject| reads(subject, &self.guards)).collect();
        load(&mut facts, &wanted, &self.providers, &self.profile.unused, &call, None).await;
        let deleted_too = operations.iter().any(|(_, operation)| operation.concerns_the_deleted());
        if let Some(message) = plan.leaver.denied_by(&facts.leaver, deleted_too) {
            return Ok(vec![wrong_person(plan, None, message)]);
        }
        let intent = self.wanted(plan);
        // What is about the plan as a whole is judged when it is made: only a new plan can be without it.
        let mut found: Vec<Finding> = plan.findings.iter().filter(|f| f.step.is_none()).cloned().collect();
        for (subject, (step, operation)) in subjects.iter().zip(&operations) {
            if matches!(step.action, crate::plan::Action::Skip { .. }) {
                continue;
            }
            found.extend(judge(&facts, subject, &intent, &self.guards, subject.at));
            if subject.direction == Direction::Forward {
                operation.effect(&mut facts);
            }
        }
        Ok(found)
    }

    /// Somebody accepts a plan, and the findings that `waivers` name.
    ///
    /// # Errors
    /// The bytes are no plan, or what is applied later with this approval would be refused: see
    /// [`Engine::approved`]. It is refused now, while whoever can mend it is here.
    pub fn approve(
        &self,
        plan_bytes: &[u8],
        by: &str,
        ticket: Option<String>,
        waivers: Vec<Waiver>,
        irreversible: bool,
    ) -> Result<Approval, Error> {
        let digest = document::digest(plan_bytes);
        let approval = Approval::of(digest, by, self.now(), ticket, waivers, irreversible);
        self.approved(plan_bytes, &approval.to_bytes())?;
        Ok(approval)
    }

    /// Puts a plan and its approval together.
    ///
    /// # Errors
    /// They do not fit, or the plan is for another organisation.
    pub fn approved(&self, plan_bytes: &[u8], approval_bytes: &[u8]) -> Result<ApprovedPlan, Error> {
        let approved = ApprovedPlan::new(plan_bytes, approval_bytes, self.now())?;
        self.same_tenant(approved.plan())?;
        approved.plan().check_against(&self.catalog)?;
        Ok(approved)
    }

    pub(super) fn same_tenant(&self, plan: &Plan) -> Result<(), Error> {
        if plan.tenant == self.tenant {
            return Ok(());
        }
        Err(ErrorKind::Usage(format!(
            "this plan is for the tenant {}, and this is {}",
            plan.tenant, self.tenant
        ))
        .into())
    }

    /// What `plan` wants, by itself and by this host's tenant profile, whichever is stricter. What is taken back is not
    /// held up: somebody may be protected now because he was contained by mistake.
    pub(super) fn wanted(&self, plan: &Plan) -> Intent {
        match plan.direction {
            Direction::Forward => self.profile.tighten(plan.intent.clone()),
            Direction::Undo => plan.intent.clone(),
        }
    }

    pub(super) fn reading_call(&self, priority: Priority) -> Call {
        Call::new(random_guid(self.host.entropy.as_ref())).priority(priority)
    }

    /// Exactly one person, or an error that says who else.
    async fn find(&self, call: &Call, person: &Person, role: &str) -> Result<User, Error> {
        exactly_one(self.find_all(call, person).await?, person, role)
    }

    /// Everybody who is called like that.
    pub(super) async fn find_all(&self, call: &Call, person: &Person) -> Result<Vec<User>, Error> {
        let found = self.providers.directory.find(call, person).await;
        Ok(found.map_err(|error| ErrorKind::Provider(error.into()))?)
    }

    /// Everybody who has an open run.
    pub(super) async fn leaving(&self) -> Result<BTreeSet<UserId>, Error> {
        Ok(self
            .runs()
            .await?
            .into_iter()
            .filter(|run| run.status == crate::journal::RunStatus::Open)
            .map(|run| run.leaver)
            .collect())
    }

    /// Reads `wanted`. Cutting access waits for nothing outside the directory (E3).
    async fn read(
        &self,
        reading: &mut Reading,
        wanted: &mut BTreeSet<Facet>,
        containment: bool,
        call: &Call,
    ) {
        if containment {
            wanted.retain(|facet| facet.service().is_none());
        }
        reading.refresh(self, wanted, &std::collections::BTreeMap::new(), call, None).await;
    }

    fn wanted_by(&self, derived: &Derived, leaver: UserId) -> Result<BTreeSet<Facet>, Error> {
        let mut wanted = BTreeSet::from([Facet::User(leaver)]);
        for draft in &derived.drafts {
            let operation = self.catalog.make(&draft.operation, &draft.params)?;
            let id = StepId::new(draft.operation.clone());
            let subject = Subject {
                id: &id,
                operation: operation.as_ref(),
                params: &draft.params,
                direction: Direction::Forward,
                leaver,
                at: self.now(),
            };
            wanted.extend(reads(&subject, &self.guards));
        }
        Ok(wanted)
    }
}

/// The one who was found, or an error that says who else is called like that.
pub(super) fn exactly_one(mut found: Vec<User>, person: &Person, role: &str) -> Result<User, Error> {
    let asked = person;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(ErrorKind::Leaver(format!("nobody is called `{asked}` (looking for the {role})")).into()),
        n => {
            let names: Vec<String> = found
                .iter()
                .take(5)
                .map(|u| format!("{} <{}> {}", u.display_name, u.user_principal_name, u.id))
                .collect();
            Err(ErrorKind::Ambiguous(format!(
                "{n} people are called `{asked}` (looking for the {role}): {}; name one by his id",
                names.join("; ")
            ))
            .into())
        }
    }
}
