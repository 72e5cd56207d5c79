//! The world of the guards' tests: Contoso with one leaver, one successor and a price list.

use std::collections::{BTreeMap, BTreeSet};

use super::{ARCHIVING, E3, LEAVER, ONE_DRIVE, PLAN_1, PLAN_2, SUCCESSOR, VISIO, VOICE, now};
use crate::facts::{Fact, Facts, Person};
use crate::id::{CallerId, GroupId, MailboxId, MobileDeviceId, ServicePlanId, SkuId, TenantId, UserId};
use crate::model::caller::{Caller, CallerKind};
use crate::model::client_access::{ClientAccess, Protocols};
use crate::model::cloud::Cloud;
use crate::model::drive::Drive;
use crate::model::drive_sharing::OwnPermissions;
use crate::model::group::{Group, Membership, Tie};
use crate::model::intent::{Intent, LicensesDisposition, MailDisposition};
use crate::model::license::{LicenseAssignment, Licenses, ServicePlan, SubscribedSku};
use crate::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience, GIB};
use crate::model::mailbox::{Mailbox, MailboxSize, Recipient};
use crate::model::meeting::Meetings;
use crate::model::mobile_device::MobileDevice;
use crate::model::organization::{AuthenticationType, OrganizationConfig};
use crate::model::role::{BuiltIn, GlobalAdministrator};
use crate::model::user::{User, UserType};
use crate::operation::Operation;
use crate::steps::copy_drive::CopyDrive;
use crate::time::Period;

/// The folder that the copies go to.
pub(in crate::guards) fn copies() -> String {
    CopyDrive::example().folder
}

/// An assignment of `sku`, directly or through a group.
pub(in crate::guards) fn assignment(sku_id: SkuId, assigned_by_group: Option<GroupId>) -> LicenseAssignment {
    LicenseAssignment {
        sku_id,
        assigned_by_group,
        disabled_plans: BTreeSet::new(),
        state: "Active".to_owned(),
    }
}

/// A membership in an ordinary group of Entra.
pub(in crate::guards) fn row(id: GroupId) -> Membership {
    let group = Group {
        id,
        display_name: "Sales".to_owned(),
        dynamic: false,
        unified: false,
        mail_enabled: false,
        security_enabled: true,
        is_assignable_to_role: false,
        synced: false,
        is_management_restricted: false,
        assigned_licenses: vec![],
    };
    Membership { id, tie: Tie::Member, group: Fact::Known(group) }
}

/// Licenses are removed, and nobody needs the mailbox.
pub(super) fn intent() -> Intent {
    Intent {
        mail: MailDisposition::LetGo,
        licenses: LicensesDisposition::Remove,
        ..Intent::keep_everything(now())
    }
}

fn bought(sku_id: SkuId, sku_part_number: &str, plans: &[&str]) -> SubscribedSku {
    let plan = |name: &&str| ServicePlan {
        id: ServicePlanId::from_u128(name.len() as u128),
        name: (*name).to_owned(),
        applies_to_user: true,
    };
    SubscribedSku {
        sku_id,
        sku_part_number: sku_part_number.to_owned(),
        enabled: 25,
        consumed: 20,
        service_plans: plans.iter().map(plan).collect(),
    }
}

fn person(id: UserId, name: &str) -> Person {
    let address = format!("{}@contoso.com", name.to_ascii_lowercase());
    let user = User {
        id,
        user_principal_name: address.clone(),
        display_name: name.to_owned(),
        mail: Some(address.clone()),
        user_type: UserType::Member,
        account_enabled: true,
        created_date_time: Some(now() - Period::days(900)),
        employee_id: Some("1017".to_owned()),
        on_premises_sync_enabled: None,
        on_premises_last_sync_date_time: None,
        on_premises_sam_account_name: None,
        is_resource_account: false,
        is_management_restricted: false,
        is_agent: false,
        sign_in_sessions_valid_from_date_time: None,
        last_password_change_date_time: None,
    };
    let mailbox = Mailbox {
        exchange_guid: MailboxId::from_u128(9),
        external_directory_object_id: id,
        name: id.to_string(),
        recipient_type_details: Mailbox::USER.to_owned(),
        primary_smtp_address: address,
        forwarding_address: None,
        forwarding_smtp_address: None,
        deliver_to_mailbox_and_forward: false,
        account_disabled: false,
        litigation_hold_enabled: false,
        litigation_hold_date: None,
        litigation_hold_days: None,
        litigation_hold_owner: None,
        in_place_holds: vec![],
        compliance_tag_hold_applied: false,
        delay_hold_applied: false,
        delay_release_hold_applied: false,
        has_archive: false,
        auto_expanding_archive_enabled: false,
        persisted_capabilities: vec!["BPOS_S_Enterprise".to_owned()],
        sku_assigned: Some(true),
        is_dir_synced: false,
        is_exchange_cloud_managed: false,
    };
    Person {
        id,
        user: Fact::Known(user),
        deleted: Fact::Known(false),
        deleted_user: Fact::Absent,
        restore_conflicts: Fact::Absent,
        cloud_managed: Fact::Absent,
        manager: Fact::Absent,
        sponsors: Fact::Known(vec![]),
        licenses: Fact::Known(Licenses { assignments: vec![assignment(E3, None)] }),
        memberships: Fact::Known(vec![]),
        direct_groups: Fact::Known(vec![]),
        roles: Fact::Known(vec![]),
        recipient: Fact::Known(Recipient::Cloud(Box::new(mailbox))),
        ended_mailbox: Fact::Absent,
        mailbox_size: Fact::Known(MailboxSize { total_item_size: GIB, item_count: 9 }),
        inbox_rules: Fact::Known(vec![]),
        automatic_replies: Fact::Known(AutomaticReplies {
            state: AutoReplyState::Disabled,
            internal_message: String::new(),
            external_message: String::new(),
            external_audience: ExternalAudience::None,
            start_time: None,
            end_time: None,
        }),
        mailbox_rights: Fact::Known(vec![]),
        client_access: Fact::Known(ClientAccess {
            protocols: Protocols {
                active_sync_enabled: true,
                mapi_enabled: true,
                smtp_client_authentication_disabled: None,
                ..Protocols::BLOCKED
            },
            active_sync_blocked_device_ids: vec![],
        }),
        mobile_devices: Fact::Known(vec![MobileDevice {
            id: MobileDeviceId::from_u128(0x5c0f_f2b1_0000_4000_8000_0000_0000_00d1),
            device_id: "ApplDN6G8XYZ".to_owned(),
            name: "iPhone of Avery".to_owned(),
            device_type: "iPhone".to_owned(),
            client_type: "EAS".to_owned(),
            client_version: "16.1".to_owned(),
            last_success_sync: None,
            wipe_requested: None,
            wipe_acknowledged: None,
        }]),
        meetings: Fact::Known(Meetings { organized: vec![], days: 365 }),
        drive: Fact::Known(Drive {
            id: "b!1".to_owned(),
            web_url: "https://contoso-my.sharepoint.com/personal/avery".to_owned(),
            site_url: Some("https://contoso-my.sharepoint.com/personal/avery".to_owned()),
            used: Some(0),
            remaining: Some(GIB),
            locked: false,
        }),
        drive_administrators: Fact::Known(vec![]),
        drive_permissions: Fact::Known(vec![]),
        drive_apart: Fact::Known(OwnPermissions::default()),
        drive_items: Fact::Known(vec![]),
        drive_folders: BTreeMap::from([(copies(), Fact::Absent)]),
        phone_numbers: Fact::Known(vec![]),
    }
}

/// Everything is known, and nothing speaks against anything.
pub(super) fn facts() -> Facts {
    let tenant = TenantId::from_u128(0x00c1);
    let mut facts = Facts::new(tenant, Cloud::Worldwide, LEAVER, now());
    *facts.leaver = person(LEAVER, "Avery");
    facts.people.insert(SUCCESSOR, person(SUCCESSOR, "Blake"));
    facts.tenant.domains.insert("contoso.com".to_owned(), Fact::Known(AuthenticationType::Managed));
    facts.tenant.skus = Fact::Known(vec![
        bought(E3, "SPE_E3", &["EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE"]),
        bought(PLAN_1, "EXCHANGESTANDARD", &["EXCHANGE_S_STANDARD"]),
        bought(PLAN_2, "EXCHANGEENTERPRISE", &["EXCHANGE_S_ENTERPRISE"]),
        bought(ARCHIVING, "EXCHANGEARCHIVE_ADDON", &["EXCHANGE_S_ARCHIVE_ADDON"]),
        bought(ONE_DRIVE, "WACONEDRIVESTANDARD", &["SHAREPOINTSTANDARD"]),
        bought(VOICE, "MCOEV", &["MCOEV"]),
        bought(VISIO, "VISIOCLIENT", &["VISIO_CLIENT_SUBSCRIPTION"]),
    ]);
    facts.tenant.organization = Fact::Known(OrganizationConfig::default());
    let administrator = GlobalAdministrator { id: UserId::from_u128(0x00ad), account_enabled: true };
    facts.tenant.global_administrators = Fact::Known(vec![administrator]);
    facts.tenant.one_drive_retention_days = Fact::Known(30);
    facts.caller = Fact::Known(Caller {
        id: CallerId::from_u128(0x00ca),
        kind: CallerKind::Application,
        tenant,
        graph_permissions: BTreeSet::new(),
        exchange_permissions: Fact::Absent,
        directory_roles: Fact::Known(BTreeSet::from([BuiltIn::UserAdministrator.id()])),
    });
    facts
}
