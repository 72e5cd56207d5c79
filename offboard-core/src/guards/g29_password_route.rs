//! G29: which way a password can be reset, and when there is none from here (R1, B3).

use super::support::{Look, look, look_certain, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::caller::{Caller, CallerKind};
use crate::model::intent::Intent;
use crate::model::organization::AuthenticationType;
use crate::model::role::{BuiltIn, Sensitive, roles_that_may};
use crate::model::user::UserType;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says why the password may not be reset from here, and who can. It never stops anything: block and revocation
/// must run in any case.
#[derive(Debug)]
pub struct PasswordRoute;

impl Guard for PasswordRoute {
    fn code(&self) -> &'static str {
        "G29"
    }

    fn requirement(&self) -> &'static str {
        "R1"
    }

    fn title(&self) -> &'static str {
        "A password is reset where it is kept, by somebody who may"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["reset_password"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let leaver = step.leaver;
        vec![Facet::User(leaver), Facet::SyncBehavior(leaver), Facet::LeaverDomain, Facet::Caller]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let user = match look(facts.leaver.user.as_ref()) {
            Look::There(user) => user,
            Look::Nothing => return,
            Look::Unknown(failure) => return unknown_warns(&Facet::User(step.leaver), &failure, findings),
        };
        if user.user_type == UserType::Guest {
            return findings.warn(
                "guest",
                "the leaver is a guest; the password is kept by another organisation",
                "block sign-in is what counts here; tell the guest's own organisation",
            );
        }
        if facts.leaver.ad_is_master().known() == Some(&true) {
            findings.warn(
                "synced",
                "Active Directory is the master of the password; a reset in the cloud fails or is not written back",
                "reset it twice in Active Directory, or have a person with a suitable role do it in Entra where \
                 password writeback is on",
            );
        }
        judge_domain(&user.domain(), facts, findings);
        match look_certain(facts.caller.as_ref()) {
            Ok(caller) => judge_caller(caller, findings),
            Err(failure) => unknown_warns(&Facet::Caller, &failure, findings),
        }
    }
}

fn judge_domain(domain: &str, facts: &Facts, findings: &mut Findings) {
    match look(facts.leaver_domain().as_ref()) {
        Look::There(AuthenticationType::Federated) => findings.warn(
            "federated",
            format!("the domain {domain} is federated: another system checks the password"),
            "block the account in that system too, and reset its password there",
        ),
        Look::There(AuthenticationType::Managed) | Look::Nothing => {}
        Look::Unknown(failure) => unknown_warns(&Facet::LeaverDomain, &failure, findings),
    }
}

/// Even against an ordinary user a permission is not enough (B3). Privileged leavers are judged by G24.
fn judge_caller(caller: &Caller, findings: &mut Findings) {
    use BuiltIn::{GlobalAdministrator, PrivilegedAuthenticationAdministrator, UserAdministrator};
    let (who, any_of) = match caller.kind {
        CallerKind::Application => (
            "application",
            vec![UserAdministrator, PrivilegedAuthenticationAdministrator, GlobalAdministrator],
        ),
        CallerKind::Person => ("person", roles_that_may(Sensitive::Password, None)),
    };
    let names: Vec<&str> = any_of.iter().map(|role| role.name()).collect();
    let (names, hint) = (names.join(" or "), "assign the role to the caller");
    match look_certain(caller.directory_roles.as_ref()) {
        Ok(held) if any_of.iter().any(|role| held.contains(&role.id())) => {}
        Ok(_) => findings.warn(
            "caller_role",
            format!("the {who} that runs this has no directory role that may reset a password"),
            format!("{hint}: {names}; until then the service refuses, and it is a task for such a person"),
        ),
        Err(failure) => findings.warn(
            "caller_role",
            format!("the directory roles of the {who} that runs this could not be read ({})", failure.kind),
            format!("{hint} if it is missing: {names}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::Trial;

    fn reset() -> Trial {
        Trial::of("reset_password")
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&PasswordRoute)
    }

    fn run_by(kind: CallerKind, roles: Fact<Vec<BuiltIn>>) -> Trial {
        reset().with(|facts| {
            let caller = facts.caller.known_mut().unwrap();
            caller.kind = kind;
            caller.directory_roles = roles.map(|roles| roles.into_iter().map(BuiltIn::id).collect());
        })
    }

    #[test]
    fn a_cloud_user_of_a_managed_domain_has_a_route() {
        assert!(keys(&reset()).is_empty());
    }

    #[test]
    fn each_reason_why_there_is_none_is_said() {
        assert_eq!(keys(&reset().synced()), ["warn synced"]);
        let moved = reset().synced().with(|facts| facts.leaver.cloud_managed = Fact::Known(true));
        assert!(keys(&moved).is_empty());
        let federated = reset().with(|facts| {
            let domain = facts.leaver.user.known().unwrap().domain();
            facts.tenant.domains.insert(domain, Fact::Known(AuthenticationType::Federated));
        });
        assert_eq!(keys(&federated), ["warn federated"]);
        let guest = reset().with(|facts| facts.leaver.user.known_mut().unwrap().user_type = UserType::Guest);
        assert_eq!(keys(&guest), ["warn guest"]);
    }

    #[test]
    fn an_application_needs_a_higher_role_than_a_person() {
        let helpdesk = || Fact::Known(vec![BuiltIn::HelpdeskAdministrator]);
        assert_eq!(keys(&run_by(CallerKind::Application, helpdesk())), ["warn caller_role"]);
        assert!(keys(&run_by(CallerKind::Person, helpdesk())).is_empty());
        assert_eq!(keys(&run_by(CallerKind::Person, Fact::Known(vec![]))), ["warn caller_role"]);
        assert_eq!(keys(&run_by(CallerKind::Person, Fact::default())), ["warn caller_role"]);
        let user = Fact::Known(vec![BuiltIn::UserAdministrator]);
        assert!(keys(&run_by(CallerKind::Application, user)).is_empty());
    }

    #[test]
    fn nothing_unknown_holds_it_up() {
        assert_eq!(keys(&reset().blank(Facet::User)), ["warn unknown:the directory object"]);
        assert_eq!(keys(&reset().blank(|_| Facet::LeaverDomain)), ["warn unknown:the leaver's domain"]);
        assert_eq!(keys(&reset().blank(|_| Facet::Caller)), ["warn unknown:the caller's own rights"]);
    }
}
