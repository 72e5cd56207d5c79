use offboard_contract::Exchange as Contract;
use offboard_core::id::{GroupId, MailboxId, MobileDeviceId, UserId};
use offboard_core::model::client_access::Protocols;
use offboard_core::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience, InboxRule};
use offboard_core::model::mobile_device::Wipe;
use offboard_core::ports::{ForwardingState, LitigationHoldState};
use serde_json::json;

use super::*;

const ID: &str = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
const OTHER: &str = "1f8b1c2d-3e4f-4051-9263-748596a7b8c9";

const PHONE: &str = "5f8b1c2d-3e4f-4051-9263-748596a7b8c9";

fn phone() -> MobileDeviceId {
    PHONE.parse().unwrap()
}

fn id() -> UserId {
    ID.parse().unwrap()
}

fn other() -> UserId {
    OTHER.parse().unwrap()
}

fn group() -> GroupId {
    OTHER.parse().unwrap()
}

fn rule() -> RuleIdentity {
    RuleIdentity::of(&InboxRule {
        identity: "18446744073709551615".into(),
        name: "x".into(),
        enabled: true,
        hidden: true,
        sends_to: Vec::new(),
    })
    .unwrap()
}

fn replies(state: AutoReplyState) -> AutomaticReplies {
    AutomaticReplies {
        state,
        internal_message: "<p>It's over</p>".into(),
        external_message: String::new(),
        external_audience: ExternalAudience::Known,
        start_time: Some("2026-11-30T17:00:00Z".parse().unwrap()),
        end_time: Some("2026-12-31T17:00:00Z".parse().unwrap()),
    }
}

fn forwarding() -> ForwardingState {
    ForwardingState {
        forwarding_address: Some("sales".into()),
        forwarding_smtp_address: None,
        deliver_to_mailbox_and_forward: true,
    }
}

fn protocols() -> Protocols {
    Protocols { mapi_enabled: true, smtp_client_authentication_disabled: None, ..Protocols::BLOCKED }
}

/// Every cmdlet with every way to call it, its parameters on the wire, and its line of PowerShell.
fn all() -> Vec<(Cmdlet, Value, &'static str)> {
    vec![
        (
            recipient::get(id()),
            json!({ "Identity": ID }),
            "Get-Recipient -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             | Select-Object ExternalDirectoryObjectId, RecipientTypeDetails",
        ),
        (mailbox::get(id()), json!({ "Identity": ID }), "Get-Mailbox -Identity '0f8b1c2d-"),
        (
            statistics::get(id()),
            json!({ "Identity": ID }),
            "Get-MailboxStatistics -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             | Select-Object ItemCount, TotalItemSize",
        ),
        (
            inbox_rule::get(id(), true),
            json!({ "Mailbox": ID, "IncludeHidden": true, "ResultSize": "Unlimited" }),
            "Get-InboxRule -Mailbox '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -IncludeHidden:$true -ResultSize 'Unlimited' ",
        ),
        (
            inbox_rule::get(id(), false),
            json!({ "Mailbox": ID, "ResultSize": "Unlimited" }),
            "Get-InboxRule -Mailbox '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -ResultSize 'Unlimited' ",
        ),
        (
            permission::get(id()),
            json!({ "Identity": ID, "ResultSize": "Unlimited" }),
            "Get-MailboxPermission -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -ResultSize 'Unlimited' ",
        ),
        (
            auto_reply::get(id()),
            json!({ "Identity": ID }),
            "Get-MailboxAutoReplyConfiguration -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' ",
        ),
        (
            organization::get(),
            json!({}),
            "Get-OrganizationConfig | Select-Object DelayedDelicensingEnabled, InPlaceHolds",
        ),
        (
            mailbox::set_account_disabled(id(), true),
            json!({ "Identity": ID, "AccountDisabled": true, "Confirm": false }),
            "Set-Mailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -AccountDisabled:$true -Confirm:$false",
        ),
        (
            mailbox::set_shared(id(), true),
            json!({ "Identity": ID, "Type": "Shared", "Confirm": false }),
            "Set-Mailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -Type 'Shared' -Confirm:$false",
        ),
        (
            mailbox::set_shared(id(), false),
            json!({ "Identity": ID, "Type": "Regular", "Confirm": false }),
            "Set-Mailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -Type 'Regular' -Confirm:$false",
        ),
        (
            mailbox::get_ended(OTHER.parse::<MailboxId>().unwrap(), mailbox::Among::Inactive),
            json!({ "Identity": OTHER, "InactiveMailboxOnly": true }),
            "Get-Mailbox -Identity '1f8b1c2d-3e4f-4051-9263-748596a7b8c9' -InactiveMailboxOnly:$true \
             | Select-Object ExchangeGuid, IsInactiveMailbox",
        ),
        (
            mailbox::get_ended(OTHER.parse::<MailboxId>().unwrap(), mailbox::Among::SoftDeleted),
            json!({ "Identity": OTHER, "SoftDeletedMailbox": true }),
            "Get-Mailbox -Identity '1f8b1c2d-3e4f-4051-9263-748596a7b8c9' -SoftDeletedMailbox:$true ",
        ),
        (
            mailbox::set_litigation_hold(
                id(),
                &LitigationHoldState { enabled: true, days: None, owner: Some("offboard".into()) },
            ),
            json!({
                "Identity": ID,
                "LitigationHoldEnabled": true,
                "LitigationHoldDuration": "Unlimited",
                "LitigationHoldOwner": "offboard",
                "Confirm": false,
            }),
            "Set-Mailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -LitigationHoldEnabled:$true \
             -LitigationHoldDuration 'Unlimited' -LitigationHoldOwner 'offboard' -Confirm:$false",
        ),
        (
            mailbox::set_forwarding(id(), &ForwardingState::default()),
            json!({
                "Identity": ID,
                "ForwardingAddress": null,
                "ForwardingSmtpAddress": null,
                "DeliverToMailboxAndForward": false,
                "Confirm": false,
            }),
            "Set-Mailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -ForwardingAddress $null \
             -ForwardingSmtpAddress $null -DeliverToMailboxAndForward:$false -Confirm:$false",
        ),
        (
            mailbox::end_forwarding(id()),
            json!({
                "Identity": ID,
                "ForwardingAddress": null,
                "DeliverToMailboxAndForward": false,
                "Confirm": false,
            }),
            "Set-Mailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -ForwardingAddress $null \
             -DeliverToMailboxAndForward:$false -Confirm:$false",
        ),
        (
            mailbox::set_forwarding(id(), &forwarding()),
            json!({
                "Identity": ID,
                "ForwardingAddress": "sales",
                "ForwardingSmtpAddress": null,
                "DeliverToMailboxAndForward": true,
                "Confirm": false,
            }),
            "Set-Mailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -ForwardingAddress 'sales' \
             -ForwardingSmtpAddress $null -DeliverToMailboxAndForward:$true -Confirm:$false",
        ),
        (
            calendar::cancel_organized_meetings(id(), 365),
            json!({ "Identity": ID, "CancelOrganizedMeetings": true, "QueryWindowInDays": 365, "Confirm": false }),
            "Remove-CalendarEvents -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -CancelOrganizedMeetings:$true \
             -QueryWindowInDays 365 -Confirm:$false",
        ),
        (
            mobile_device::clients(id()),
            json!({ "Mailbox": ID, "ResultSize": "Unlimited" }),
            "Get-MobileDevice -Mailbox '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -ResultSize 'Unlimited' ",
        ),
        (
            mobile_device::statistics(id()),
            json!({ "Mailbox": ID }),
            "Get-MobileDeviceStatistics -Mailbox '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' ",
        ),
        (
            mobile_device::clear(id(), phone(), Wipe::AccountOnly),
            json!({ "Identity": PHONE, "AccountOnly": true, "Confirm": false }),
            "Clear-MobileDevice -Identity '5f8b1c2d-3e4f-4051-9263-748596a7b8c9' -AccountOnly:$true -Confirm:$false",
        ),
        (
            mobile_device::clear(id(), phone(), Wipe::App),
            json!({ "Identity": PHONE, "Confirm": false }),
            "Clear-MobileDevice -Identity '5f8b1c2d-3e4f-4051-9263-748596a7b8c9' -Confirm:$false",
        ),
        (
            cas_mailbox::set_device_blocked(id(), "ApplDN6'8XYZ", true),
            json!({
                "Identity": ID,
                "ActiveSyncBlockedDeviceIDs": {
                    "@odata.type": "#Exchange.GenericHashTable", "add": ["ApplDN6'8XYZ"],
                },
                "Confirm": false,
            }),
            "Set-CASMailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -ActiveSyncBlockedDeviceIDs @{Add='ApplDN6''8XYZ'} -Confirm:$false",
        ),
        (
            cas_mailbox::set_device_blocked(id(), "ApplDN6G8XYZ", false),
            json!({
                "Identity": ID,
                "ActiveSyncBlockedDeviceIDs": {
                    "@odata.type": "#Exchange.GenericHashTable", "remove": ["ApplDN6G8XYZ"],
                },
                "Confirm": false,
            }),
            "Set-CASMailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -ActiveSyncBlockedDeviceIDs @{Remove='ApplDN6G8XYZ'} -Confirm:$false",
        ),
        (cas_mailbox::get(id()), json!({ "Identity": ID }), "Get-CASMailbox -Identity '0f8b1c2d-"),
        (
            cas_mailbox::set_protocols(id(), &protocols()),
            json!({
                "Identity": ID,
                "ActiveSyncEnabled": false,
                "OWAEnabled": false,
                "OWAforDevicesEnabled": false,
                "MAPIEnabled": true,
                "EwsEnabled": false,
                "ImapEnabled": false,
                "PopEnabled": false,
                "OutlookMobileEnabled": false,
                "MacOutlookEnabled": false,
                "OneWinNativeOutlookEnabled": false,
                "UniversalOutlookEnabled": false,
                "SmtpClientAuthenticationDisabled": null,
                "Confirm": false,
            }),
            "Set-CASMailbox -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -ActiveSyncEnabled:$false \
             -OWAEnabled:$false -OWAforDevicesEnabled:$false -MAPIEnabled:$true -EwsEnabled:$false -ImapEnabled:$false \
             -PopEnabled:$false -OutlookMobileEnabled:$false -MacOutlookEnabled:$false \
             -OneWinNativeOutlookEnabled:$false -UniversalOutlookEnabled:$false \
             -SmtpClientAuthenticationDisabled $null -Confirm:$false",
        ),
        (
            auto_reply::set(id(), &replies(AutoReplyState::Enabled)),
            json!({
                "Identity": ID,
                "AutoReplyState": "Enabled",
                "InternalMessage": "<p>It's over</p>",
                "ExternalMessage": "",
                "ExternalAudience": "Known",
                "Confirm": false,
            }),
            "Set-MailboxAutoReplyConfiguration -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -AutoReplyState 'Enabled' -InternalMessage '<p>It''s over</p>' -ExternalMessage '' \
             -ExternalAudience 'Known' -Confirm:$false",
        ),
        (
            auto_reply::set(id(), &replies(AutoReplyState::Scheduled)),
            json!({
                "Identity": ID,
                "AutoReplyState": "Scheduled",
                "InternalMessage": "<p>It's over</p>",
                "ExternalMessage": "",
                "ExternalAudience": "Known",
                "StartTime": "2026-11-30T17:00:00.0000000Z",
                "EndTime": "2026-12-31T17:00:00.0000000Z",
                "Confirm": false,
            }),
            "Set-MailboxAutoReplyConfiguration -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -AutoReplyState 'Scheduled' ",
        ),
        (
            inbox_rule::set_enabled(id(), rule(), false),
            json!({ "Mailbox": ID, "Identity": "18446744073709551615", "Force": true, "Confirm": false }),
            "Disable-InboxRule -Mailbox '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -Identity '18446744073709551615' -Force:$true -Confirm:$false",
        ),
        (
            inbox_rule::set_enabled(id(), rule(), true),
            json!({ "Mailbox": ID, "Identity": "18446744073709551615", "Force": true, "Confirm": false }),
            "Enable-InboxRule -Mailbox '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' ",
        ),
        (
            permission::add_full_access(id(), other(), false),
            json!({
                "Identity": ID,
                "User": OTHER,
                "AccessRights": ["FullAccess"],
                "InheritanceType": "All",
                "AutoMapping": false,
                "Confirm": false,
            }),
            "Add-MailboxPermission -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -User '1f8b1c2d-3e4f-4051-9263-748596a7b8c9' -AccessRights 'FullAccess' -InheritanceType 'All' \
             -AutoMapping:$false -Confirm:$false",
        ),
        (
            permission::remove_full_access(id(), other()),
            json!({
                "Identity": ID,
                "User": OTHER,
                "AccessRights": ["FullAccess"],
                "InheritanceType": "All",
                "Confirm": false,
            }),
            "Remove-MailboxPermission -Identity '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -User '1f8b1c2d-3e4f-4051-9263-748596a7b8c9' -AccessRights 'FullAccess' -InheritanceType 'All' \
             -Confirm:$false",
        ),
        (
            distribution_group::remove_member(group(), id()),
            json!({ "Identity": OTHER, "Member": ID, "BypassSecurityGroupManagerCheck": true, "Confirm": false }),
            "Remove-DistributionGroupMember -Identity '1f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -Member '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -BypassSecurityGroupManagerCheck:$true -Confirm:$false",
        ),
        (
            distribution_group::add_member(group(), id()),
            json!({ "Identity": OTHER, "Member": ID, "BypassSecurityGroupManagerCheck": true, "Confirm": false }),
            "Add-DistributionGroupMember -Identity '1f8b1c2d-3e4f-4051-9263-748596a7b8c9' \
             -Member '0f8b1c2d-3e4f-4051-9263-748596a7b8c9' -BypassSecurityGroupManagerCheck:$true -Confirm:$false",
        ),
    ]
}

#[test]
fn each_cmdlet_is_exactly_what_it_is_meant_to_be() {
    for (cmdlet, parameters, line) in all() {
        let body = cmdlet.to_json();
        let wanted = json!({
            "CmdletInput": { "CmdletName": cmdlet.name().as_str(), "Parameters": parameters }
        });
        assert_eq!(body, wanted);
        let shown = cmdlet.to_powershell();
        assert!(shown.starts_with(line), "{shown}\n{line}");
        // What changes something is given here to its end.
        if cmdlet.name().writes() && !line.ends_with(' ') {
            assert_eq!(shown, line);
        }
    }
}

#[test]
fn each_cmdlet_is_one_that_microsoft_describes() {
    let mut seen = std::collections::BTreeSet::new();
    for (cmdlet, ..) in all() {
        let body = cmdlet.to_json();
        let parameters = body["CmdletInput"]["Parameters"].as_object().unwrap();
        let found = Contract::load().check_call(cmdlet.name().as_str(), parameters);
        assert!(found.is_empty(), "{found:?}");
        seen.insert(cmdlet.name());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), Name::ALL, "every name is made by some function");
}

#[test]
fn whatever_is_about_a_mailbox_says_which() {
    for (cmdlet, ..) in all() {
        let none = [
            Name::GetOrganizationConfig,
            Name::AddDistributionGroupMember,
            Name::RemoveDistributionGroupMember,
        ];
        // After its account only its own id leads to a mailbox.
        let ended = cmdlet.select().contains(&"IsInactiveMailbox");
        let named = if ended { OTHER.parse::<MailboxId>().unwrap().into() } else { Identity::from(id()) };
        let wanted = (!none.contains(&cmdlet.name())).then_some(named);
        assert_eq!(cmdlet.mailbox(), wanted, "{}", cmdlet.name());
    }
}
