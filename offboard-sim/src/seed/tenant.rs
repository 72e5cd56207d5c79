//! What every tenant has: an organisation, domains, products, roles, and the application to sign in as.

use std::collections::BTreeMap;

use offboard_core::id::{CallerId, RoleId, TenantId};
use offboard_core::time::{Period, Timestamp};

use super::{guid_of, products, roles};
use crate::tenant::App;
use crate::world::{
    AppCertificate, AppRole, ClientSecret, Domain, ExchangeSettings, FederatedCredential, Fingerprint,
    Organization, Principal, Resource, RoleAssignment, RoleDefinition, ServicePrincipal, Settings, Table,
    Timing, World,
};

/// Application permissions that the application holds, with the ids of their app roles where CONTRACT B19
/// gives them.
const PERMISSIONS: [(&str, Option<&str>); 23] = [
    ("Application.Read.All", None),
    ("AuditLog.Read.All", Some("b0afded3-3588-46d8-8b3d-9842eff778da")),
    ("Calendars.ReadWrite", None),
    ("Directory.Read.All", Some("7ab1d382-f21e-4acd-a863-ba3e13f7da61")),
    ("Domain.Read.All", None),
    ("Files.ReadWrite.All", Some("75359482-378d-4052-8f01-80520e7db3cd")),
    ("Group.ReadWrite.All", Some("62a82d76-70ea-41e2-9197-370581804d09")),
    ("GroupMember.ReadWrite.All", Some("dbaae8cf-10b5-4b86-a4a1-f871c94c6695")),
    ("LicenseAssignment.ReadWrite.All", Some("5facf0c1-8979-4e95-abcf-ff3d079771c0")),
    ("MailboxSettings.ReadWrite", Some("6931bccd-447a-43d1-b442-00a195474933")),
    ("Organization.Read.All", None),
    ("RoleEligibilitySchedule.Read.Directory", None),
    ("RoleManagement.Read.Directory", None),
    ("SharePointTenantSettings.Read.All", None),
    ("Sites.FullControl.All", Some("a82116e5-55eb-4c41-a434-62fe8a61c773")),
    ("TeamsTelephoneNumber.ReadWrite.All", Some("0a42382f-155c-4eb1-9bdc-21548ccaa387")),
    ("User-LifeCycleInfo.Read.All", None),
    ("User-OnPremisesSyncBehavior.ReadWrite.All", None),
    ("User-PasswordProfile.ReadWrite.All", Some("cc117bb9-00cf-4eb8-b580-ea2a878fe8f7")),
    ("User.DeleteRestore.All", Some("eccc023d-eccf-4e7b-9683-8813ab36cecc")),
    ("User.EnableDisableAccount.All", Some("3011c876-62b7-4ada-afa2-506cbbecc68c")),
    ("User.Read.All", Some("df021288-bdef-4463-88db-98f22de89214")),
    ("User.RevokeSessions.All", Some("77f3a031-c388-4f99-b373-dc68676a979e")),
];

/// The application's certificate with its key. Everybody knows the key: it opens nothing but simulations.
const APPLICATION: &str = include_str!("application.pem");

const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";
const EXCHANGE_APP: &str = "00000002-0000-0ff1-ce00-000000000000";
const SHARE_POINT_APP: &str = "00000003-0000-0ff1-ce00-000000000000";

/// A world with nobody in it, and the application to sign in as.
pub(crate) fn build(seed: u64, now: Timestamp) -> (World, App) {
    let app = App {
        tenant_id: TenantId::from_u128(guid_of(seed, "tenant")),
        client_id: uuid::Uuid::from_u128(guid_of(seed, "application")).to_string(),
        object_id: CallerId::from_u128(guid_of(seed, "service principal")),
        secret: format!("sim~{:032x}", guid_of(seed, "secret")),
        certificate: APPLICATION.to_owned(),
        identity_header: format!("sim~{:032x}", guid_of(seed, "identity header")),
    };
    let founded = now - Period::days(2_500);
    let mut world = World {
        now,
        organization: Organization {
            id: app.tenant_id,
            display_name: "Contoso".to_owned(),
            country: "DE".to_owned(),
            created: founded,
            on_premises_sync_enabled: true,
        },
        domains: domains(),
        users: Table::default(),
        deleted_users: Table::default(),
        groups: Table::default(),
        role_definitions: roles::BUILT_IN.iter().map(role).collect(),
        role_assignments: Table::default(),
        service_principals: [
            program(&app, now),
            microsoft_graph(seed),
            exchange_online(seed),
            share_point_online(seed),
        ]
        .into_iter()
        .map(|app| (app.id, app))
        .collect(),
        skus: products::all().map(|sku| (sku.id, sku)).collect(),
        mailboxes: Table::default(),
        drives: Table::default(),
        copies: Table::default(),
        numbers: Table::default(),
        active_directory: Table::default(),
        settings: settings(&app),
        timing: Timing::default(),
        agenda: crate::world::Agenda::default(),
    };
    for name in ["User Administrator", "Exchange Administrator"] {
        assign(&mut world, seed, Principal::App(app.object_id), name, false);
    }
    (world, app)
}

/// Gives somebody a built-in role, or makes him eligible for it.
pub(crate) fn assign(world: &mut World, seed: u64, principal: Principal, role: &str, eligible: bool) {
    let id = format!("{:x}", guid_of(seed, &format!("assignment/{}/{role}/{eligible}", principal.id())));
    let since = world.now - Period::days(300);
    let role = roles::id_of(role);
    let row = RoleAssignment { id: id.clone(), principal, role, scope: "/".to_owned(), eligible, since };
    world.role_assignments.insert(id, row);
}

fn domains() -> Table<String, Domain> {
    let domain = |name: &str, is_federated, is_initial, is_default| {
        (name.to_owned(), Domain { name: name.to_owned(), is_federated, is_initial, is_default })
    };
    [
        domain("contoso.onmicrosoft.com", false, true, false),
        domain("contoso.com", false, false, true),
        domain("federated.contoso.com", true, false, false),
    ]
    .into_iter()
    .collect()
}

fn role((name, id): &(&str, u128)) -> (RoleId, RoleDefinition) {
    let id = RoleId::from_u128(*id);
    (id, RoleDefinition { id, display_name: (*name).to_owned(), is_built_in: true })
}

fn program(app: &App, now: Timestamp) -> ServicePrincipal {
    let graph =
        |(value, _): &(&str, Option<&str>)| AppRole { resource: Resource::Graph, value: (*value).to_owned() };
    let exchange = |value: &str| AppRole { resource: Resource::Exchange, value: value.to_owned() };
    let share_point = |value: &str| AppRole { resource: Resource::SharePoint, value: value.to_owned() };
    ServicePrincipal {
        id: app.object_id,
        app_id: app.client_id.clone(),
        display_name: "offboard".to_owned(),
        granted: PERMISSIONS
            .iter()
            .map(graph)
            .chain([exchange("Exchange.ManageAsApp"), share_point("Sites.FullControl.All")])
            .collect(),
        delegated: PERMISSIONS
            .iter()
            .map(graph)
            .chain([exchange("Exchange.Manage"), share_point("AllSites.FullControl")])
            .collect(),
        secrets: vec![ClientSecret {
            secret: Fingerprint::of(&app.secret),
            expires: now + Period::days(365),
        }],
        certificates: AppCertificate::from_pem(APPLICATION).into_iter().collect(),
        federated: federated().into_iter().collect(),
        public_client: true,
        sessions_valid_from: None,
        app_roles: BTreeMap::new(),
    }
}

/// The cluster whose workload is the application. It signs with the one key that this source holds.
fn federated() -> Option<FederatedCredential> {
    Some(FederatedCredential {
        issuer: "https://cluster.contoso.example".to_owned(),
        subject: "system:serviceaccount:people:offboard".to_owned(),
        audience: "api://AzureADTokenExchange".to_owned(),
        public_key: AppCertificate::from_pem(APPLICATION)?.public_key,
    })
}

fn microsoft_graph(seed: u64) -> ServicePrincipal {
    let id = |value: &str, known: Option<&str>| {
        known.map_or_else(
            || uuid::Uuid::from_u128(guid_of(0, &format!("app role/{value}"))).to_string(),
            str::to_owned,
        )
    };
    resource(
        seed,
        GRAPH_APP,
        "Microsoft Graph",
        PERMISSIONS.iter().map(|(value, known)| ((*value).to_owned(), id(value, *known))),
    )
}

fn exchange_online(seed: u64) -> ServicePrincipal {
    let role = ("Exchange.ManageAsApp".to_owned(), "dc50a0fb-09a3-484d-be87-e023b12c6440".to_owned());
    resource(seed, EXCHANGE_APP, "Office 365 Exchange Online", [role])
}

fn share_point_online(seed: u64) -> ServicePrincipal {
    let role = ("Sites.FullControl.All".to_owned(), "678536fe-1083-478a-9c59-b99265e6b0d3".to_owned());
    resource(seed, SHARE_POINT_APP, "Office 365 SharePoint Online", [role])
}

fn resource(
    seed: u64,
    app_id: &str,
    name: &str,
    app_roles: impl IntoIterator<Item = (String, String)>,
) -> ServicePrincipal {
    ServicePrincipal {
        id: CallerId::from_u128(guid_of(seed, name)),
        app_id: app_id.to_owned(),
        display_name: name.to_owned(),
        granted: std::collections::BTreeSet::new(),
        delegated: std::collections::BTreeSet::new(),
        secrets: Vec::new(),
        certificates: Vec::new(),
        federated: Vec::new(),
        public_client: false,
        sessions_valid_from: None,
        app_roles: app_roles.into_iter().collect(),
    }
}

fn settings(app: &App) -> Settings {
    Settings {
        one_drive_retention_days: 30,
        has_pim: true,
        exchange: ExchangeSettings {
            in_place_holds: Vec::new(),
            delayed_delicensing: false,
            auto_forwarding_mode: "Automatic".to_owned(),
            remote_domain_auto_forward: true,
            role_groups: BTreeMap::new(),
            invoke_command: true,
        },
        token_lifetime: Period::minutes(60),
        managed_identity: Some(app.object_id),
    }
}
