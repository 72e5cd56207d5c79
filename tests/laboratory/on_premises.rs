//! A door to Active Directory that the host of the engine brings: what it did is `done` when directory sync has shown it, what it
//! only says is not, and what it cannot do is for a person.

use std::sync::Arc;

use crate::common::{Lab, policy};
use async_trait::async_trait;
use offboard::core::failure::{Failure, Kind, ProviderError};
use offboard::core::model::on_premises::Task;
use offboard::core::ports::{Answer, Call, OnPremises, Receipt};
use offboard::core::tenant::OnPremisesLock;
use offboard::{Engine, Report, TenantProfile, Until, UserId};
use offboard_sim::Tenant;

/// What the door does when it is asked to disable an account.
#[derive(Debug, Clone, Copy)]
enum Manner {
    Does,
    OnlySaysSo,
    Fails,
}

/// A door to the Active Directory of a simulated tenant. It can disable accounts and nothing else.
#[derive(Debug)]
struct Door(Tenant, Manner);

#[async_trait]
impl OnPremises for Door {
    async fn carry_out(&self, call: &Call, user: UserId, task: Task) -> Answer<Receipt> {
        let failed = |kind| Err(ProviderError::new("ldap", Failure::new(kind, "not from here")));
        match (task, self.1) {
            (Task::DisableAccount, Manner::Fails) => failed(Kind::PermissionDenied),
            (Task::DisableAccount, manner) => {
                if matches!(manner, Manner::Does) {
                    self.0.world(|world| world.active_directory.get_mut(&user).unwrap().enabled = false);
                }
                Ok(Receipt::nothing(call))
            }
            _ => failed(Kind::Unsupported),
        }
    }
}

/// Contains somebody synced, through a door of this manner.
fn contained(manner: Manner, lock: OnPremisesLock) -> (Lab, Report) {
    let mut lab = Lab::contoso(11);
    let mut providers = lab.engine.providers().clone();
    providers.on_premises = Arc::new(Door(lab.tenant.clone(), manner));
    let old = &lab.engine;
    let profile = TenantProfile { on_premises_lock: lock, ..TenantProfile::default() }.sealed();
    let cloud = offboard::core::model::cloud::Cloud::Worldwide;
    lab.engine = Engine::new(old.tenant(), cloud, providers, lab.journal.clone(), old.host().clone(), "test")
        .with_profile(profile);
    let containment = policy("containment");
    let report = lab.block_on(async {
        let plan = lab.plan(&containment, "diego@contoso.com", None).await.unwrap().plan;
        let (run, _) = lab.apply(&plan, &containment, Until::Done).await.unwrap();
        lab.report(&run).await.unwrap()
    });
    assert_eq!(lab.contradictions(&report), Vec::<String>::new());
    (lab, report)
}

fn outcome(report: &Report, task: &str) -> String {
    let of = |step: &&offboard::core::report::StepReport| {
        step.operation == "on_premises_task" && step.params["task"] == task
    };
    report.steps.iter().find(of).unwrap().outcome.name().to_owned()
}

#[test]
fn what_the_door_did_is_done_when_sync_has_shown_it() {
    let (lab, report) = contained(Manner::Does, OnPremisesLock::Provider);
    assert_eq!(outcome(&report, "disable_account"), "done");
    // This door does not reset passwords: that is for a person, with the commands.
    assert_eq!(outcome(&report, "reset_password_twice"), "handed_off");
    let seen = report.steps.iter().find(|step| step.params["task"] == "disable_account").unwrap().seen_at;
    let user = lab.tenant.world(|world| world.user_by_upn("diego@contoso.com").unwrap().clone());
    assert!(!user.account_enabled);
    assert!(user.on_premises_last_sync_date_time <= seen, "seen before sync could show it");
}

#[test]
fn what_the_door_only_says_is_never_done() {
    let (_, report) = contained(Manner::OnlySaysSo, OnPremisesLock::Provider);
    assert_eq!(outcome(&report, "disable_account"), "unknown");
}

#[test]
fn what_the_door_cannot_do_is_for_a_person() {
    let (_, report) = contained(Manner::Fails, OnPremisesLock::Provider);
    assert_eq!(outcome(&report, "disable_account"), "handed_off");
    // And where the organisation wants people to do it, the door is not asked.
    let (lab, report) = contained(Manner::Does, OnPremisesLock::HandOff);
    assert_eq!(outcome(&report, "disable_account"), "handed_off");
    let enabled = lab.tenant.world(|world| {
        let id = world.user_by_upn("diego@contoso.com").unwrap().id;
        world.active_directory.get(&id).unwrap().enabled
    });
    assert!(enabled);
}
