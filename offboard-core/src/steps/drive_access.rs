//! What giving and ending access to a OneDrive share: whether somebody has it, who can change it here, and the commands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{needs_state, of};
use super::drive::{self, name_of, quoted};
use crate::facts::{Fact, Facts};
use crate::failure::{Failure, Kind};
use crate::id::UserId;
use crate::model::drive::{DriveAdministrator, LoginOwner};
use crate::operation::{Context, Instructions, Judged, Permission, Route};

/// Whether one person may do everything in the OneDrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveAccess {
    /// He is a site-collection administrator by himself, not through a group.
    pub administrator: bool,
}

/// Whether `who` may do everything in the OneDrive of `user`. Unknown where somebody may who may be him, and where there is
/// a OneDrive that does not say it to this sign-in.
pub(super) fn access(facts: &Facts, user: UserId, who: UserId) -> Judged<DriveAccess> {
    let all = of(facts, user, |person| person.drive_administrators.clone());
    let hint = "sign in with a certificate; or look with Get-SPOUser";
    let all = drive::told(facts, user, all, "who may do everything in the OneDrive", hint);
    Judged::from_fact(all.and_then(|all| among(&all, who)), "there is no OneDrive")
}

fn among(all: &[DriveAdministrator], who: UserId) -> Fact<DriveAccess> {
    if all.iter().any(|one| one.owner == LoginOwner::Person(who)) {
        return Fact::Known(DriveAccess { administrator: true });
    }
    let Some(unclear) = all.iter().find(|one| one.owner == LoginOwner::Unclear) else {
        return Fact::Known(DriveAccess { administrator: false });
    };
    let message = format!(
        "`{}` is an administrator of the OneDrive, and the directory knows nobody by this name",
        unclear.login_name
    );
    Fact::Unknown(Failure::new(Kind::Protocol, message).code("unclear_administrator").hint(format!(
        "look who `{}` is (Get-SPOUser), and take away the right of whoever is gone or has no business there",
        unclear.login_name
    )))
}

/// Changes the facts to whether `who` may do everything there.
pub(super) fn set_access(facts: &mut Facts, user: UserId, who: UserId, administrator: bool) {
    let name =
        facts.person(who).and_then(|person| person.user.known()).map(|user| user.user_principal_name.clone());
    let Some(all) = facts.person_mut(user).drive_administrators.known_mut() else { return };
    let there = all.iter().any(|one| one.owner == LoginOwner::Person(who));
    match (administrator, there, name) {
        (true, false, Some(name)) => {
            let login_name = DriveAdministrator::login_name_of(&name);
            all.push(DriveAdministrator { login_name, owner: LoginOwner::Person(who) });
            all.sort();
        }
        (false, ..) => all.retain(|one| one.owner != LoginOwner::Person(who)),
        _ => {}
    }
}

/// The login names under which `who` may do everything there.
fn login_names(facts: &Facts, user: UserId, who: UserId) -> Vec<String> {
    let all = of(facts, user, |person| person.drive_administrators.clone());
    let his = |one: &&DriveAdministrator| one.owner == LoginOwner::Person(who);
    all.known().into_iter().flatten().filter(his).map(|one| one.login_name.clone()).collect()
}

/// The login name by which `who` gets access: his sign-in name as it is now.
pub(super) fn login_name(facts: &Facts, who: UserId) -> Result<String, Failure> {
    let user = of(facts, who, |person| person.user.clone());
    let user = user.known().ok_or_else(|| needs_state("how the successor signs in"))?;
    Ok(DriveAdministrator::login_name_of(&user.user_principal_name))
}

/// The site of the OneDrive.
pub(super) fn site(facts: &Facts, user: UserId) -> Result<String, Failure> {
    let drive = of(facts, user, |person| person.drive.clone());
    drive
        .known()
        .and_then(|drive| drive.site_url.clone())
        .ok_or_else(|| needs_state("where the OneDrive lies"))
}

/// Takes it from `who`, under every name of his that has it.
pub(super) async fn take(cx: &Context<'_>, user: UserId, who: UserId) -> Result<(), Failure> {
    let site = site(cx.facts, user)?;
    for login in login_names(cx.facts, user, who) {
        cx.receipt(cx.providers.sites.remove_administrator(&cx.call, &site, &login).await?);
    }
    Ok(())
}

pub(super) fn permissions() -> Vec<Permission> {
    vec![Permission::graph(&["Files.Read.All", "Files.ReadWrite.All"]), Permission::share_point()]
}

/// Who does it here (B11, G44). What could not be read changes nothing: the state says so.
pub(super) fn route(facts: &Facts, user: UserId, by_hand: impl Fn(&str) -> Instructions) -> Route {
    let by_hand = &by_hand;
    match drive::route(facts, user, by_hand) {
        Route::Change => {}
        decided => return decided,
    }
    let person = facts.person(user);
    match person.map(|person| &person.drive_administrators) {
        Some(Fact::NotOffered(_)) => Route::HandOff(by_hand(
            "Graph cannot do this, and SharePoint does not let this sign-in do it: it takes an application with a certificate and \
             `Sites.FullControl.All`, and a person who is an administrator of the site",
        )),
        // Whoever may not even see who administers a site does not change it: a person does.
        Some(Fact::Unknown(refusal)) if refusal.kind == Kind::PermissionDenied => {
            Route::HandOff(by_hand(&format!(
                "Graph cannot do this, and this sign-in may not see who administers the OneDrive ({}): it takes an application \
                 with `Sites.FullControl.All`, and a person who is an administrator of the site",
                refusal.message
            )))
        }
        _ => Route::Change,
    }
}

/// How a person does it.
pub(super) fn by_hand(
    facts: &Facts,
    user: UserId,
    who: UserId,
    administrator: bool,
    why: &str,
) -> Instructions {
    let (site, mut commands) = drive::site(facts, user);
    let name = quoted(&name_of(facts, who));
    commands
        .push(format!("Set-SPOUser -Site {site} -LoginName {name} -IsSiteCollectionAdmin ${administrator}"));
    let shown = if administrator { "True" } else { "False" };
    Instructions {
        system: "SharePoint Online Management Shell".to_owned(),
        role: "SharePoint Administrator".to_owned(),
        why: why.to_owned(),
        commands,
        shown_by: format!("Get-SPOUser -Site {site} -LoginName {name} says IsSiteAdmin {shown}"),
        deadline: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Why;
    use crate::id::TenantId;
    use crate::model::cloud::Cloud;
    use crate::model::drive::Drive;
    use crate::time::Timestamp;

    const LEAVER: UserId = UserId::from_u128(1);
    const MEGAN: UserId = UserId::from_u128(2);

    fn seen(all: &[(&str, LoginOwner)]) -> Judged<DriveAccess> {
        let mut facts =
            Facts::new(TenantId::from_u128(3), Cloud::Worldwide, LEAVER, Timestamp::from_micros(0));
        let all = all
            .iter()
            .map(|(name, owner)| DriveAdministrator { login_name: (*name).to_owned(), owner: *owner });
        facts.person_mut(LEAVER).drive_administrators = Fact::Known(all.collect());
        access(&facts, LEAVER, MEGAN)
    }

    #[test]
    fn whoever_may_be_him_is_not_said_to_be_somebody_else() {
        let has = |administrator| Judged::Is(DriveAccess { administrator });
        let (leaver, group) = (("a", LoginOwner::Person(LEAVER)), ("c:0t.c|tenant|1", LoginOwner::NoPerson));
        assert_eq!(seen(&[leaver, group]), has(false));
        assert_eq!(seen(&[leaver, ("m", LoginOwner::Person(MEGAN)), ("x", LoginOwner::Unclear)]), has(true));
        let Judged::Unknown(failure) =
            seen(&[leaver, ("i:0#.f|membership|old@contoso.com", LoginOwner::Unclear)])
        else {
            panic!("it is said to be somebody else")
        };
        assert!(failure.message.contains("old@contoso.com") && failure.hint.is_some(), "{failure:?}");
    }

    #[test]
    fn a_drive_that_does_not_say_it_is_not_said_to_be_none() {
        let drive = |locked| Drive {
            id: "b!1".to_owned(),
            web_url: "https://contoso-my.sharepoint.com/personal/adele".to_owned(),
            site_url: None,
            used: None,
            remaining: None,
            locked,
        };
        let state = |drive, administrators| {
            let mut facts =
                Facts::new(TenantId::from_u128(3), Cloud::Worldwide, LEAVER, Timestamp::from_micros(0));
            facts.person_mut(LEAVER).drive = drive;
            facts.person_mut(LEAVER).drive_administrators = administrators;
            access(&facts, LEAVER, MEGAN)
        };
        for locked in [true, false] {
            let seen = state(Fact::Known(drive(locked)), Fact::NotOffered(Why::Cloud));
            assert!(matches!(seen, Judged::Unknown(failure) if failure.hint.is_some()), "{locked}");
        }
        let none = state(Fact::NotOffered(Why::Cloud), Fact::NotOffered(Why::Cloud));
        assert!(matches!(none, Judged::Nothing(_)), "{none:?}");
    }

    #[test]
    fn a_locked_drive_is_looked_for_in_every_cloud() {
        let facts = Facts::new(TenantId::from_u128(3), Cloud::UsGovDod, LEAVER, Timestamp::from_micros(0));
        let commands = by_hand(&facts, LEAVER, MEGAN, true, "locked").commands;
        let filter = commands[0].split("-like '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
        for host in ["contoso-my.sharepoint.com", "contoso-my.sharepoint-mil.us", "contoso-my.sharepoint.cn"]
        {
            assert!(host.contains(filter), "{host} is not found by {filter}");
        }
    }

    #[test]
    fn a_quote_in_a_name_ends_no_text() {
        assert_eq!(quoted("o'neill@contoso.com"), "'o''neill@contoso.com'");
        assert_eq!(quoted("x\u{2019}; Remove-SPOSite\n"), "'x\u{2019}\u{2019}; Remove-SPOSite '");
    }
}
