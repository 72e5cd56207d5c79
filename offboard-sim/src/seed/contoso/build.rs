//! Contoso's directory: people, groups, roles, products, numbers.

use std::collections::BTreeSet;

use offboard_core::id::{GroupId, MailboxId, UserId};
use offboard_core::time::Period;

use super::people::{PEOPLE, Person};
use super::{PASSWORD, files, mail};
use crate::seed::{guid_of, products, tenant};
use crate::world::{
    ActiveDirectoryUser, DirectLicense, Drive, Fingerprint, Grant, Group, ItemRole, Mailbox, OwnedAttributes,
    PhoneNumber, Principal, RecipientType, SiteUser, User, World,
};

/// Who is synced from Active Directory.
const SYNCED: [&str; 3] = ["diego@contoso.com", "joni@contoso.com", "christie@federated.contoso.com"];
/// Accounts with a mailbox that needs no license.
const UNLICENSED: [(&str, RecipientType); 2] =
    [("sales@contoso.com", RecipientType::SharedMailbox), ("adams@contoso.com", RecipientType::RoomMailbox)];

/// Moves everybody in.
pub(crate) fn build(world: &mut World, seed: u64) {
    for person in PEOPLE {
        let user = user(world, seed, person);
        world.users.insert(user.id, user);
    }
    for person in PEOPLE {
        let manager = world.user_by_upn(person.manager).map(|user| user.id);
        change(world, person.upn, |user| user.manager = manager);
    }
    set_apart(world);
    groups(world, seed);
    roles(world, seed);
    sponsored(world);
    for id in world.users.keys() {
        world.process_group_licenses(&id);
    }
    belongings(world, seed);
    helped(world);
    active_directory(world);
    numbers(world);
    mail::specials(world, seed);
    for id in world.users.keys() {
        world.licenses_changed(&id);
    }
}

fn change(world: &mut World, upn: &str, change: impl FnOnce(&mut User)) {
    let id = world.user_by_upn(upn).map(|user| user.id);
    if let Some(user) = id.and_then(|id| world.users.get_mut(&id)) {
        change(user);
    }
}

fn user(world: &World, seed: u64, person: &Person) -> User {
    let number = guid_of(seed, person.upn);
    let now = world.now;
    let nickname = person.upn.split('@').next().unwrap_or_default();
    let address = person.upn.replace("#EXT#", "");
    let (given, surname) = person.name.split_once(' ').unwrap_or((person.name, ""));
    let has_mail = person.mail > 0.0 || person.upn == "joni@contoso.com";
    let days = i64::try_from(number % 1_500).unwrap_or(0) + 200;
    let created = now - Period::days(days);
    let licensed = DirectLicense { disabled_plans: BTreeSet::new(), updated: created };
    User {
        id: UserId::from_u128(number),
        user_principal_name: person.upn.to_owned(),
        display_name: person.name.to_owned(),
        given_name: Some(given.to_owned()),
        surname: Some(surname.to_owned()).filter(|name| !name.is_empty()),
        mail: has_mail.then(|| address.clone()),
        mail_nickname: nickname.to_owned(),
        proxy_addresses: if has_mail {
            vec![format!("SMTP:{address}"), format!("smtp:{nickname}@contoso.onmicrosoft.com")]
        } else {
            Vec::new()
        },
        other_mails: Vec::new(),
        user_type: "Member".to_owned(),
        account_enabled: true,
        on_premises_sync_enabled: None,
        is_cloud_managed: false,
        on_premises_immutable_id: None,
        on_premises_last_sync_date_time: None,
        on_premises_domain_name: None,
        on_premises_sam_account_name: None,
        direct_licenses: person
            .licenses
            .iter()
            .map(|name| (products::id_of(name), licensed.clone()))
            .collect(),
        inherited_licenses: Vec::new(),
        usage_location: Some("DE".to_owned()),
        employee_type: Some("Employee".to_owned()).filter(|_| !person.department.is_empty()),
        employee_id: Some(format!("{:05}", number % 90_000 + 10_000))
            .filter(|_| !person.department.is_empty()),
        department: Some(person.department.to_owned()).filter(|name| !name.is_empty()),
        job_title: None,
        sign_in_sessions_valid_from: created,
        last_password_change: now - Period::days(40),
        password: Fingerprint::of(PASSWORD),
        force_change_password: false,
        password_policies: None,
        is_management_restricted: false,
        is_resource_account: false,
        external_user_state: None,
        creation_type: None,
        business_phones: Vec::new(),
        mobile_phone: None,
        created,
        manager: None,
        sponsors: BTreeSet::new(),
        employee_leave_date_time: None,
        service_provisioning_errors: Vec::new(),
    }
}

fn set_apart(world: &mut World) {
    change(world, "chris_fabrikam.com#EXT#@contoso.onmicrosoft.com", |user| {
        "Guest".clone_into(&mut user.user_type);
        user.mail = Some("chris@fabrikam.com".to_owned());
        user.other_mails = vec!["chris@fabrikam.com".to_owned()];
        user.external_user_state = Some("Accepted".to_owned());
        user.creation_type = Some("Invitation".to_owned());
    });
    change(world, "stella@contoso.com", |user| user.is_management_restricted = true);
    change(world, "robin@contoso.com", |user| user.account_enabled = false);
    change(world, "reception@contoso.com", |user| user.is_resource_account = true);
    for (upn, _) in UNLICENSED {
        change(world, upn, |user| user.account_enabled = false);
    }
    change(world, "alex@contoso.com", |user| {
        if let Some(license) = user.direct_licenses.get_mut(&products::id_of("ENTERPRISEPACK")) {
            license.disabled_plans.insert(products::plan_id_of("YAMMER_ENTERPRISE"));
        }
    });
}

/// A guest has two people and a group who answer for him, and one of the people has been blocked since.
fn sponsored(world: &mut World) {
    let team = world.groups.values().find(|group| group.display_name == "Project Falcon");
    let team = team.map(|group| Principal::Group(group.id));
    let people = ["robin", "megan"].map(|name| principal(world, name));
    change(world, "chris_fabrikam.com#EXT#@contoso.onmicrosoft.com", |user| {
        user.sponsors = people.into_iter().chain(team).collect();
    });
}

fn groups(world: &mut World, seed: u64) {
    let team = ["Unified"].map(str::to_owned).to_vec();
    let dynamic = ["DynamicMembership"].map(str::to_owned).to_vec();
    let marketing = ["megan", "alex", "patti", "zoe"];
    let mut project = group(world, seed, "Project Falcon", &marketing);
    project.group_types = team;
    project.mail_enabled = true;
    project.security_enabled = false;
    project.mail = Some("falcon@contoso.com".to_owned());
    project.resource_provisioning_options = vec!["Team".to_owned()];
    project.owners =
        project.members.iter().filter(|one| **one == principal(world, "megan")).copied().collect();
    let mut licensing = group(world, seed, "License E3", &["gerhart", "raul"]);
    licensing.licenses.insert(products::id_of("ENTERPRISEPACK"), BTreeSet::new());
    let mut privileged = group(world, seed, "Service desk", &["grady"]);
    privileged.is_assignable_to_role = true;
    let mut everybody = group(world, seed, "All employees", &["alex", "adele", "megan"]);
    everybody.group_types = dynamic;
    everybody.membership_rule = Some("(user.employeeType -eq \"Employee\")".to_owned());
    let mut finance = group(world, seed, "Finance", &["diego", "ben", "delia"]);
    finance.on_premises_sync_enabled = Some(true);
    let mut press = group(world, seed, "Press", &["alex", "megan"]);
    press.mail_enabled = true;
    press.mail = Some("press@contoso.com".to_owned());
    press.security_enabled = false;
    let mut reports = group(world, seed, "Sales reports", &["irvin", "patti", "o'neill"]);
    reports.owners = [principal(world, "patti")].into();
    for group in [project, licensing, privileged, everybody, finance, press, reports] {
        world.groups.insert(group.id, group);
    }
}

pub(super) fn group(world: &World, seed: u64, name: &str, members: &[&str]) -> Group {
    Group {
        id: GroupId::from_u128(guid_of(seed, &format!("group/{name}"))),
        display_name: name.to_owned(),
        mail: None,
        mail_nickname: name.to_lowercase().replace(' ', "-"),
        group_types: Vec::new(),
        mail_enabled: false,
        security_enabled: true,
        is_assignable_to_role: false,
        on_premises_sync_enabled: None,
        membership_rule: None,
        is_management_restricted: false,
        resource_provisioning_options: Vec::new(),
        licenses: std::collections::BTreeMap::new(),
        members: members.iter().map(|name| principal(world, name)).collect(),
        owners: BTreeSet::new(),
        created: world.now - Period::days(900),
    }
}

fn principal(world: &World, name: &str) -> Principal {
    let id = world.user_by_upn(&format!("{name}@contoso.com")).map(|user| user.id);
    Principal::User(id.unwrap_or(UserId::from_u128(0)))
}

fn roles(world: &mut World, seed: u64) {
    for (name, role, eligible) in [
        ("nestor", "Global Administrator", false),
        ("isaiah", "Global Administrator", false),
        ("lee", "User Administrator", false),
        ("lynne", "Privileged Role Administrator", true),
    ] {
        tenant::assign(world, seed, principal(world, name), role, eligible);
    }
    let desk = world.groups.values().find(|group| group.is_assignable_to_role).map(|group| group.id);
    if let Some(desk) = desk {
        tenant::assign(world, seed, Principal::Group(desk), "Helpdesk Administrator", false);
    }
    let upn = "Sync_DC01_a1b2c3d4e5f6@contoso.onmicrosoft.com";
    if let Some(id) = world.user_by_upn(upn).map(|user| user.id) {
        tenant::assign(world, seed, Principal::User(id), "Directory Synchronization Accounts", false);
    }
}

/// Gigabytes to bytes, exact to a tenth.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, positive, rounded")]
fn bytes(gigabytes: f64) -> u64 {
    ((gigabytes * 10.0).round() as u64) * (1 << 30) / 10
}

fn belongings(world: &mut World, seed: u64) {
    for person in PEOPLE {
        let Some(user) = world.user_by_upn(person.upn).cloned() else { continue };
        let unlicensed = UNLICENSED.iter().find(|(upn, _)| *upn == person.upn).map(|(_, kind)| *kind);
        let kind = unlicensed.or(world.has_mailbox_plan(&user.id).then_some(RecipientType::UserMailbox));
        let kind = if person.upn == "joni@contoso.com" { Some(RecipientType::MailUser) } else { kind };
        if let Some(kind) = kind {
            let guid = MailboxId::from_u128(guid_of(seed, &format!("mailbox/{}", person.upn)));
            let mut mailbox = Mailbox::new(guid, user.id, kind, user.created);
            mailbox.total_item_size = bytes(person.mail);
            world.mailboxes.insert(guid, mailbox);
        }
        if let Some(used) = person.files {
            world.drives.insert(user.id, files::drive(seed, (user.id, person.upn), bytes(used)));
        }
    }
}

/// Whoever may read Zoe's mail may do everything in her OneDrive too, and was invited to it.
fn helped(world: &mut World) {
    let helper =
        world.user_by_upn("adele@contoso.com").map(|user| (user.id, user.user_principal_name.clone()));
    let zoe = world.user_by_upn("zoe@contoso.com").map(|user| user.id);
    if let (Some((id, upn)), Some(drive)) = (helper, zoe.and_then(|zoe| world.drives.get_mut(&zoe))) {
        drive.site_users.push(SiteUser { is_site_admin: true, ..SiteUser::member(8, id, &upn) });
        drive.share(None, Grant::to_user(id, &upn, ItemRole::Write));
    }
    let alex = world.user_by_upn("alex@contoso.com").map(|user| (user.id, user.user_principal_name.clone()));
    if let (Some(alex), Some(drive)) = (alex, helper_drive(world)) {
        files::share_one_by_one(drive, alex);
    }
}

fn helper_drive(world: &mut World) -> Option<&mut Drive> {
    let adele = world.user_by_upn("adele@contoso.com")?.id;
    world.drives.get_mut(&adele)
}

fn active_directory(world: &mut World) {
    let last = world.now - Period::minutes(12);
    for upn in SYNCED {
        change(world, upn, |user| {
            let name = user.mail_nickname.clone();
            user.on_premises_sync_enabled = Some(true);
            user.on_premises_immutable_id = Some(format!("{name}-anchor=="));
            user.on_premises_last_sync_date_time = Some(last);
            user.on_premises_domain_name = Some("corp.contoso.com".to_owned());
            user.on_premises_sam_account_name = Some(name);
        });
        let Some(user) = world.user_by_upn(upn).cloned() else { continue };
        let mailbox_type = world.mailbox_of(&user.id).map(|mailbox| mailbox.recipient_type);
        world.active_directory.insert(
            user.id,
            ActiveDirectoryUser {
                user: user.id,
                distinguished_name: format!("CN={},OU=People,DC=corp,DC=contoso,DC=com", user.display_name),
                enabled: true,
                attributes: OwnedAttributes {
                    display_name: user.display_name,
                    user_principal_name: user.user_principal_name,
                    mail: user.mail,
                    proxy_addresses: user.proxy_addresses,
                    department: user.department,
                    job_title: user.job_title,
                    business_phones: user.business_phones,
                    mobile_phone: user.mobile_phone,
                    hidden_from_address_lists: false,
                },
                in_scope: true,
                mailbox_type,
            },
        );
    }
}

fn numbers(world: &mut World) {
    let mut add = |number: &str, upn: &str, kind: &str| {
        let assigned_to = world.user_by_upn(upn).map(|user| user.id);
        world.numbers.insert(
            number.to_owned(),
            PhoneNumber {
                number: number.to_owned(),
                number_type: kind.to_owned(),
                assigned_to,
                category: "primary".to_owned(),
                location_id: None,
            },
        );
    };
    add("+4930555012345", "enrico@contoso.com", "callingPlan");
    add("+4930555010000", "reception@contoso.com", "directRouting");
    add("+4930555012399", "", "callingPlan");
}
