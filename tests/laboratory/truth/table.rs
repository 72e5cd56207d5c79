//! For every operation: on whom it is tried, with what, and the writes by which it is done and taken back.

use http::Method;
use offboard_sim::{Matcher, Tenant};
use serde_json::{Value, json};

/// How an operation writes.
#[derive(Debug, Clone, Copy)]
pub enum Write {
    /// A Graph request: method, path, and a word of its body.
    Graph(Verb, &'static str, &'static str),
    /// A SharePoint request, its path behind the site.
    SharePoint(&'static str),
    /// An Exchange cmdlet, and one of its parameters.
    Cmdlet(&'static str, &'static str),
    /// There is none.
    None,
}

/// The methods of the table.
#[derive(Debug, Clone, Copy)]
pub enum Verb {
    Patch,
    Post,
    Delete,
}

impl Write {
    /// Exactly these requests.
    pub fn matcher(self) -> Option<Matcher> {
        match self {
            Self::Graph(method, path, word) => {
                let method = match method {
                    Verb::Patch => Method::PATCH,
                    Verb::Post => Method::POST,
                    Verb::Delete => Method::DELETE,
                };
                Some(Matcher::graph(&method, path).about(word))
            }
            Self::SharePoint(path) => {
                Some(Matcher::share_point(&Method::from_bytes(b"MERGE").unwrap(), path))
            }
            Self::Cmdlet(name, parameter) => Some(Matcher::cmdlet(name).about(parameter)),
            Self::None => None,
        }
    }
}

/// One way to try an operation.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub operation: &'static str,
    /// Who is leaving.
    pub leaver: &'static str,
    /// Parameters beside `user`.
    pub params: fn(&Tenant) -> Value,
    pub forward: Write,
    pub back: Write,
    /// Active Directory owns what it changes on this leaver.
    pub owned: bool,
}

use Verb::{Delete, Patch, Post};

const ENABLED: Write = Write::Graph(Patch, "/users/*", "accountEnabled");
const SET_FORWARDING: Write = Write::Cmdlet("Set-Mailbox", "Forwarding");
const SET_TYPE: Write = Write::Cmdlet("Set-Mailbox", "\"Type\"");
const SET_HOLD: Write = Write::Cmdlet("Set-Mailbox", "LitigationHoldEnabled");
const SET_DISABLED: Write = Write::Cmdlet("Set-Mailbox", "AccountDisabled");
const SET_PROTOCOLS: Write = Write::Cmdlet("Set-CASMailbox", "MAPIEnabled");
const CLEAR: Write = Write::Cmdlet("Clear-MobileDevice", "");
const BLOCKED: Write = Write::Cmdlet("Set-CASMailbox", "ActiveSyncBlockedDeviceIDs");
const SETTINGS: Write = Write::Graph(Patch, "/users/*/mailboxSettings", "");
const LICENSES: Write = Write::Graph(Post, "/users/*/assignLicense", "");
const DELETE: Write = Write::Graph(Delete, "/users/*", "");
const RESTORE: Write = Write::Graph(Post, "/directory/deletedItems/*/restore", "");
const ADD: Write = Write::Cmdlet("Add-MailboxPermission", "");
const REMOVE: Write = Write::Cmdlet("Remove-MailboxPermission", "");

const ADMINISTRATOR: Write = Write::SharePoint("/personal/*/_api/web/getuserbyid*");

const INVITE: Write = Write::Graph(Post, "/drives/*/root/invite", "");
const UNSHARE: Write = Write::Graph(Delete, "/drives/*/root/permissions/*", "");

const COPY: Write = Write::Graph(Post, "/drives/*/items/*/copy", "");

const LEAVE: Write = Write::Graph(Delete, "/groups/*/members/*/$ref", "");
const JOIN: Write = Write::Graph(Post, "/groups/*/members/$ref", "");

fn none(_: &Tenant) -> Value {
    json!({})
}

fn replies(_: &Tenant) -> Value {
    json!({ "internal": "Gone. Ask Megan.", "external": "Thank you; Megan will answer.", "audience": "all" })
}

/// A phone of Adele's.
fn phone(tenant: &Tenant, index: usize) -> Value {
    let owner = tenant.user_id("adele@contoso.com").unwrap();
    tenant.world(|world| {
        let phone = &world.mailbox_of(&owner).unwrap().mobile_devices[index];
        json!({ "device": phone.guid.to_string(), "device_id": phone.device_id })
    })
}

fn wiping(tenant: &Tenant, index: usize, wipe: &str) -> Value {
    json!({ "device": phone(tenant, index)["device"], "wipe": wipe, "wait": "P1D" })
}

/// The products that are assigned directly to somebody.
fn skus(tenant: &Tenant, upn: &str) -> Value {
    let id = tenant.user_id(upn).unwrap();
    let skus: Vec<String> = tenant.world(|world| {
        world.users.get(&id).unwrap().direct_licenses.keys().map(ToString::to_string).collect()
    });
    json!({ "skus": skus })
}

/// The mailbox of somebody, which is to become inactive.
fn kept(tenant: &Tenant, upn: &str) -> Value {
    let id = tenant.user_id(upn).unwrap();
    json!({ "mailbox": tenant.world(|world| world.mailbox_of(&id).unwrap().guid) })
}

/// The group of this name.
fn group(tenant: &Tenant, name: &str) -> Value {
    let id = tenant.world(|world| world.groups.values().find(|group| group.display_name == name).unwrap().id);
    json!({ "group": id })
}

/// The licensing group of this name.
fn licensing(tenant: &Tenant, name: &str) -> Value {
    let mut params = group(tenant, name);
    let skus = tenant.world(|world| {
        let group = world.groups.values().find(|group| group.display_name == name).unwrap();
        group.licenses.keys().map(ToString::to_string).collect::<Vec<_>>()
    });
    params["skus"] = json!(skus);
    params
}

const fn row(
    operation: &'static str,
    leaver: &'static str,
    params: fn(&Tenant) -> Value,
    forward: Write,
    back: Write,
) -> Row {
    Row { operation, leaver, params, forward, back, owned: false }
}

const fn owned(operation: &'static str, leaver: &'static str, forward: Write) -> Row {
    Row { operation, leaver, params: none, forward, back: forward, owned: true }
}

/// Every operation at least once. An operation that is missing here fails the suite.
pub const ROWS: &[Row] = &[
    row("block_sign_in", "alex@contoso.com", none, ENABLED, ENABLED),
    owned("block_sign_in", "diego@contoso.com", ENABLED),
    row(
        "reset_password",
        "alex@contoso.com",
        none,
        Write::Graph(Patch, "/users/*", "passwordProfile"),
        Write::None,
    ),
    row(
        "revoke_sign_in_sessions",
        "alex@contoso.com",
        none,
        Write::Graph(Post, "/users/*/revokeSignInSessions", ""),
        Write::None,
    ),
    row(
        "final_revoke",
        "alex@contoso.com",
        none,
        Write::Graph(Post, "/users/*/revokeSignInSessions", ""),
        Write::None,
    ),
    row("block_exchange_account", "alex@contoso.com", none, SET_DISABLED, SET_DISABLED),
    row(
        "cancel_meetings",
        "allan@contoso.com",
        |_| json!({ "days": 90 }),
        Write::Cmdlet("Remove-CalendarEvents", "CancelOrganizedMeetings"),
        Write::None,
    ),
    row("wipe_mobile_device", "adele@contoso.com", |tenant| wiping(tenant, 0, "app"), CLEAR, Write::None),
    row(
        "wipe_mobile_device",
        "adele@contoso.com",
        |tenant| wiping(tenant, 1, "account_only"),
        CLEAR,
        Write::None,
    ),
    row("block_mobile_device", "adele@contoso.com", |tenant| phone(tenant, 1), BLOCKED, BLOCKED),
    row("block_protocols", "alex@contoso.com", none, SET_PROTOCOLS, SET_PROTOCOLS),
    row("block_protocols", "debra@contoso.com", none, SET_PROTOCOLS, SET_PROTOCOLS),
    row("stop_forwarding", "patti@contoso.com", none, SET_FORWARDING, SET_FORWARDING),
    row("stop_forwarding", "pradeep@contoso.com", none, SET_FORWARDING, SET_FORWARDING),
    row(
        "stop_forwarding",
        "irvin@contoso.com",
        none,
        Write::Cmdlet("Disable-InboxRule", ""),
        Write::Cmdlet("Enable-InboxRule", ""),
    ),
    row(
        "set_forwarding",
        "alex@contoso.com",
        |tenant| json!({ "to": tenant.user_id("megan@contoso.com"), "keep_copy": true }),
        SET_FORWARDING,
        SET_FORWARDING,
    ),
    row(
        "set_forwarding",
        "pradeep@contoso.com",
        |tenant| json!({ "to": tenant.user_id("sales@contoso.com"), "keep_copy": false }),
        SET_FORWARDING,
        SET_FORWARDING,
    ),
    row(
        "end_forwarding",
        "patti@contoso.com",
        |tenant| json!({ "to": tenant.user_id("megan@contoso.com") }),
        SET_FORWARDING,
        SET_FORWARDING,
    ),
    row("place_litigation_hold", "alex@contoso.com", none, SET_HOLD, SET_HOLD),
    row("convert_to_shared", "alex@contoso.com", none, SET_TYPE, SET_TYPE),
    owned("convert_to_shared", "diego@contoso.com", SET_TYPE),
    row(
        "grant_full_access",
        "alex@contoso.com",
        |tenant| json!({ "to": tenant.user_id("megan@contoso.com"), "auto_mapping": true }),
        ADD,
        REMOVE,
    ),
    row(
        "remove_full_access",
        "zoe@contoso.com",
        |tenant| json!({ "from": tenant.user_id("adele@contoso.com") }),
        REMOVE,
        ADD,
    ),
    row(
        "grant_drive_access",
        "adele@contoso.com",
        |tenant| json!({ "to": tenant.user_id("megan@contoso.com") }),
        ADMINISTRATOR,
        ADMINISTRATOR,
    ),
    row(
        "end_drive_access",
        "zoe@contoso.com",
        |tenant| json!({ "from": tenant.user_id("adele@contoso.com") }),
        ADMINISTRATOR,
        ADMINISTRATOR,
    ),
    row(
        "share_drive",
        "adele@contoso.com",
        |tenant| json!({ "to": tenant.user_id("megan@contoso.com") }),
        INVITE,
        UNSHARE,
    ),
    row(
        "end_drive_sharing",
        "zoe@contoso.com",
        |tenant| json!({ "from": tenant.user_id("adele@contoso.com") }),
        UNSHARE,
        INVITE,
    ),
    row(
        "copy_drive",
        "adele@contoso.com",
        |tenant| json!({ "to": tenant.user_id("megan@contoso.com"), "folder": "Files of Adele (0001)" }),
        COPY,
        Write::None,
    ),
    row("set_automatic_replies", "alex@contoso.com", replies, SETTINGS, SETTINGS),
    row("set_automatic_replies", "zoe@contoso.com", replies, SETTINGS, SETTINGS),
    row("stop_automatic_replies", "zoe@contoso.com", none, SETTINGS, SETTINGS),
    row("leave_group", "alex@contoso.com", |tenant| group(tenant, "Project Falcon"), LEAVE, JOIN),
    row("leave_group", "irvin@contoso.com", |tenant| group(tenant, "Sales reports"), LEAVE, JOIN),
    row(
        "leave_distribution_group",
        "alex@contoso.com",
        |tenant| group(tenant, "Press"),
        Write::Cmdlet("Remove-DistributionGroupMember", ""),
        Write::Cmdlet("Add-DistributionGroupMember", ""),
    ),
    row(
        "unassign_phone_number",
        "enrico@contoso.com",
        |_| {
            let number = "+4930555012345";
            json!({ "number": { "telephone_number": number, "number_type": "callingPlan",
                                "assignment_category": "primary" } })
        },
        Write::Graph(Post, "/admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber", ""),
        Write::Graph(Post, "/admin/teams/telephoneNumberManagement/numberAssignments/assignNumber", ""),
    ),
    row(
        "leave_licensing_group",
        "gerhart@contoso.com",
        |tenant| licensing(tenant, "License E3"),
        LEAVE,
        JOIN,
    ),
    row("leave_licensing_group", "raul@contoso.com", |tenant| licensing(tenant, "License E3"), LEAVE, JOIN),
    row("remove_licenses", "alex@contoso.com", |tenant| skus(tenant, "alex@contoso.com"), LICENSES, LICENSES),
    row("remove_licenses", "raul@contoso.com", |tenant| skus(tenant, "raul@contoso.com"), LICENSES, LICENSES),
    row("delete_user", "alex@contoso.com", none, DELETE, RESTORE),
    row("delete_user", "delia@contoso.com", |tenant| kept(tenant, "delia@contoso.com"), DELETE, RESTORE),
    row("delete_user", "diego@contoso.com", none, Write::None, Write::None),
    row(
        "on_premises_task",
        "diego@contoso.com",
        |_| json!({ "task": "disable_account" }),
        Write::None,
        Write::None,
    ),
    row(
        "on_premises_task",
        "diego@contoso.com",
        |_| json!({ "task": "reset_password_twice" }),
        Write::None,
        Write::None,
    ),
    row(
        "on_premises_task",
        "diego@contoso.com",
        |_| json!({ "task": "convert_remote_mailbox" }),
        Write::None,
        Write::None,
    ),
    row(
        "on_premises_task",
        "diego@contoso.com",
        |_| json!({ "task": "keep_in_sync_scope" }),
        Write::None,
        Write::None,
    ),
];

impl Row {
    /// All parameters.
    pub fn params(&self, tenant: &Tenant) -> Value {
        let mut params = (self.params)(tenant);
        params["user"] = json!(tenant.user_id(self.leaver).unwrap());
        params
    }
}
