//! Restoring an account, whoever deleted it: a deletion is taken back without the run that did it (R37, R55, R69, CONTRACT
//! B10). The step is the way back of `delete_user`, with all that is looked at before it and read after it.

use super::host::Engine;
use super::undo::{one, subject};
use crate::document;
use crate::error::{Error, ErrorKind};
use crate::facts::load::load;
use crate::facts::{Facet, Facts};
use crate::guards::not_judged;
use crate::id::StepId;
use crate::model::deletion::{DeletedUser, Return};
use crate::model::intent::Intent;
use crate::model::trustee::is_address;
use crate::operation::guard::Direction;
use crate::operation::{AnyOperation, Judged, Operation, Reversal};
use crate::plan::document::Source;
use crate::plan::identity::Identity;
use crate::plan::judge::reads;
use crate::plan::step::{Deadline, ResidualRisk};
use crate::plan::{Action, Plan, Step};
use crate::ports::{Priority, Selector};
use crate::steps::delete_user::{DeleteUser, Whereabouts};

/// What stands in a plan and a run in the place of a policy's name: no policy asked for it.
pub const NAME: &str = "restore";

/// The bytes that are kept in the place of a policy: none.
pub const POLICY: &[u8] = &[];

/// Whom to restore, and as what.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whom, by what he was called.
    pub who: Selector,
    /// As what he comes back.
    pub back: Return,
    /// Who asks, as he calls himself.
    pub made_by: String,
}

impl Engine {
    /// Everybody who lies among the deleted users, the latest first.
    ///
    /// # Errors
    /// The directory could not be asked.
    pub async fn deleted_users(&self) -> Result<Vec<DeletedUser>, Error> {
        let call = self.reading_call(Priority::Normal);
        let mut all = self.providers.deletions.deleted_users(&call).await.map_err(provider)?;
        all.sort_by_key(|deleted| (std::cmp::Reverse(deleted.deleted_date_time), deleted.user.id));
        Ok(all)
    }

    /// Makes the plan that restores somebody. Nothing is changed.
    ///
    /// # Errors
    /// Nobody or several people among the deleted are called like that, the new name belongs to somebody, or the directory
    /// could not be asked.
    pub async fn restore_plan(&self, request: &Request) -> Result<Plan, Error> {
        let deleted = self.find_deleted(&request.who).await?;
        let (id, now) = (deleted.user.id, self.now());
        if let Some(name) = &request.back.user_principal_name {
            self.refuse_a_taken_name(name, &deleted).await?;
        }
        let params = DeleteUser { user: id, mailbox: None, way_back: request.back.clone() };
        let params = serde_json::to_value(params).map_err(|error| ErrorKind::Usage(error.to_string()))?;
        let operation = self.catalog.make(DeleteUser::spec().name, &params)?;
        let step = template(operation.as_ref(), &request.back);
        let mut plan = Plan {
            format: Plan::FORMAT.to_owned(),
            tenant: self.tenant,
            leaver: Identity::of(&deleted.user),
            source: Source {
                policy: NAME.to_owned(),
                policy_digest: document::digest(POLICY),
                profile_digest: self.profile.digest.clone(),
                undoes: None,
            },
            direction: Direction::Undo,
            made_at: now,
            made_by: request.made_by.clone(),
            intent: Intent::keep_everything(now),
            facts: Facts::new(self.tenant, self.cloud.clone(), id, now),
            steps: Vec::new(),
            findings: Vec::new(),
            deadlines: vec![Deadline {
                at: deleted.kept_until(),
                what: "If the account is not restored by then, it is deleted for good with its data."
                    .to_owned(),
                requirement: "R69".to_owned(),
            }],
            residual_risks: Vec::new(),
            not_judged: not_judged(),
        };
        let mut wanted = reads(&subject(&plan, &step, operation.as_ref(), now), &self.guards);
        wanted.insert(Facet::Caller);
        let mut facts = plan.facts.clone();
        let call = self.reading_call(Priority::Normal);
        load(&mut facts, &wanted, &self.providers, &self.profile.unused, &call, None).await;
        plan.facts = facts.stable();
        plan.residual_risks = risks(operation.as_ref(), &plan.facts);
        let goal = serde_json::to_value(Whereabouts {
            exists: true,
            deleted: false,
            name: request.back.user_principal_name.clone(),
            mailbox: None,
        })
        .map_err(|error| ErrorKind::Usage(error.to_string()))?;
        let mut future = plan.facts.clone();
        let (mut back, findings) =
            one(&plan, (&step, true), operation.as_ref(), &goal, &mut future, &self.guards, now);
        back.title.clone_from(&step.title);
        plan.findings = findings;
        plan.steps = vec![back];
        Ok(plan)
    }

    /// Exactly one deleted person, or an error that says who else.
    async fn find_deleted(&self, who: &Selector) -> Result<DeletedUser, Error> {
        let all = self.deleted_users().await?;
        // What looks like the name that somebody signs in with may be his mail address.
        let who = match who {
            Selector::UserPrincipalName(name) if !all.iter().any(|deleted| who.names(&deleted.user)) => {
                Selector::Text(name.clone())
            }
            who => who.clone(),
        };
        let mut found: Vec<DeletedUser> =
            all.into_iter().filter(|deleted| who.names(&deleted.user)).collect();
        let asked = &who;
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(ErrorKind::Leaver(format!(
                "nobody among the deleted users is called `{asked}`; whoever was deleted more than {} days ago is gone for \
                 good, and whoever was not deleted needs no restoring",
                DeletedUser::KEPT.as_secs() / 86_400
            ))
            .into()),
            n => {
                let names: Vec<String> = found.iter().take(5).map(line).collect();
                Err(ErrorKind::Ambiguous(format!(
                    "{n} of the deleted users are called `{asked}`: {}; name one by his id",
                    names.join("; ")
                ))
                .into())
            }
        }
    }

    async fn refuse_a_taken_name(&self, name: &str, deleted: &DeletedUser) -> Result<(), Error> {
        if !is_address(name) {
            return Err(ErrorKind::Usage(format!("`{name}` is no user principal name")).into());
        }
        let call = self.reading_call(Priority::Normal);
        let selector = Selector::UserPrincipalName(name.to_owned());
        let holders = self.find_all(&call, &selector).await?;
        match holders.first() {
            Some(holder) => Err(ErrorKind::Usage(format!(
                "the name {name} belongs to {} ({}) now: {} needs another one",
                holder.display_name, holder.id, deleted.user.display_name
            ))
            .into()),
            None => Ok(()),
        }
    }
}

fn provider(error: crate::failure::ProviderError) -> Error {
    ErrorKind::Provider(error.into()).into()
}

/// A deleted user for people.
fn line(deleted: &DeletedUser) -> String {
    let user = &deleted.user;
    format!(
        "{} <{}> {} (deleted {})",
        user.display_name,
        user.user_principal_name,
        user.id,
        deleted.deleted_date_time.date()
    )
}

/// The step as it would have stood in the plan that deleted the account.
fn template(operation: &dyn AnyOperation, back: &Return) -> Step {
    let spec = operation.spec();
    let mut title = "Restore the account".to_owned();
    if let Some(name) = &back.user_principal_name {
        title = format!("{title} as {name}");
    }
    if back.without_taken_addresses {
        title.push_str(", without the addresses that others have now");
    }
    Step {
        id: StepId::new(spec.name),
        operation: spec.name.to_owned(),
        version: spec.version,
        title,
        params: operation.params(),
        direction: Direction::Forward,
        phase: spec.phase,
        door: spec.door,
        class: spec.class,
        needs: std::collections::BTreeMap::new(),
        not_before: None,
        action: Action::Change {},
        before: Judged::Nothing("it is read when the plan is made".to_owned()),
        goal: Judged::Nothing("it is read when the plan is made".to_owned()),
        reversal: spec.reversal.clone(),
        repeat: spec.repeat,
        latency: spec.latency,
        permissions: Vec::new(),
    }
}

/// What does not come back, and what comes back that somebody may not expect.
fn risks(operation: &dyn AnyOperation, facts: &Facts) -> Vec<ResidualRisk> {
    let mut said = Vec::new();
    let mut risk = |what: &str, requirement: &str| {
        said.push(ResidualRisk { what: what.to_owned(), requirement: requirement.to_owned() });
    };
    if let Reversal::Partial { why } = &operation.spec().reversal {
        risk(&format!("The account comes back in part: {why}."), "R55");
    }
    risk("Licenses that came by a group follow the group, minutes to hours later, if its seats last.", "R55");
    match facts.leaver.deleted_user.known().map(|deleted| deleted.user.account_enabled) {
        Some(true) => risk(
            "The account was enabled when it was deleted: whoever knows its password can sign in once it is back. Reset the \
             password, or run `offboard contain`.",
            "B10",
        ),
        Some(false) => risk(
            "The account was blocked when it was deleted; enable it, with a new password, if its owner comes back.",
            "B10",
        ),
        None => risk(
            "Whether the account was blocked when it was deleted could not be read; look at it when it is back.",
            "B10",
        ),
    }
    said
}
