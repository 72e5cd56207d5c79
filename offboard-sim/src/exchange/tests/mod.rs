//! The door from outside: requests through the tenant's transport.

mod admission;
mod conversation;
mod devices;
mod reading;
mod sharing;
mod writing;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Method, StatusCode};
use offboard_core::id::{MailboxId, UserId};
use offboard_core::time::Timestamp;
use serde_json::{Value, json};

use crate::tenant::Tenant;
use crate::world::{DirectLicense, Mailbox, RecipientType, User};

/// Somebody with a program that runs cmdlets.
pub(crate) struct Desk {
    pub(crate) tenant: Tenant,
    token: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: http::HeaderMap,
    bytes: Bytes,
    pub(crate) body: Value,
}

impl Answer {
    /// The exception type of a refusal: the second field, as clients read it.
    fn exception(&self) -> String {
        let error = &self.body["error"];
        let line = error["details"][0]["message"].as_str();
        let line = line.or(error["innererror"]["internalexception"]["message"].as_str()).unwrap_or_default();
        let kind = line.split('|').nth(1).unwrap_or_default();
        kind.rsplit('.').next().unwrap_or_default().to_owned()
    }

    fn rows(&self) -> &[Value] {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body["value"].as_array().unwrap()
    }

    fn one(&self) -> &Value {
        assert_eq!(self.rows().len(), 1, "{}", self.body);
        &self.rows()[0]
    }

    fn warnings(&self) -> Vec<&str> {
        self.body["@adminapi.warnings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect()
    }
}

impl Desk {
    /// Contoso's shell with Alex and Blake in it, and a token of the application.
    pub(crate) fn new() -> Self {
        let tenant = Tenant::empty(7);
        tenant.world(|world| {
            world.timing.read_lag = vec![offboard_core::time::Period::ZERO];
            for name in ["alex", "blake"] {
                add_person(world, name);
            }
        });
        let token = token(&tenant);
        Self { tenant, token }
    }

    pub(crate) fn id(&self, name: &str) -> UserId {
        self.tenant.user_id(&format!("{name}@contoso.com")).unwrap()
    }

    pub(crate) fn mailbox(&self, name: &str) -> Mailbox {
        let id = self.id(name);
        self.tenant.world(|world| world.mailbox_of(&id).unwrap().clone())
    }

    pub(crate) fn change(&self, name: &str, edit: impl FnOnce(&mut Mailbox)) {
        let id = self.id(name);
        self.tenant.world(|world| edit(world.mailbox_of_mut(&id).unwrap()));
    }

    fn url(&self) -> String {
        format!("https://outlook.office365.com/adminapi/beta/{}/InvokeCommand", self.tenant.app().tenant_id)
    }

    pub(crate) fn run(&self, cmdlet: &str, parameters: Value) -> Answer {
        self.post(&self.url(), &json!({ "CmdletInput": { "CmdletName": cmdlet, "Parameters": parameters } }))
    }

    fn post(&self, url: &str, body: &Value) -> Answer {
        self.post_with(url, body, &[])
    }

    fn post_with(&self, url: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut all =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json; charset=utf-8")];
        all.extend_from_slice(headers);
        send(&self.tenant, &Method::POST, url, &all, body.to_string()).unwrap()
    }

    /// Calls Graph v1.0.
    pub(crate) fn graph(&self, method: &Method, path: &str, body: &Value) -> Answer {
        let token = token_for(&self.tenant, "https://graph.microsoft.com/.default");
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        send(&self.tenant, method, &format!("https://graph.microsoft.com/v1.0{path}"), &headers, body)
            .unwrap()
    }

    /// Signs in anew: a token lasts an hour.
    pub(crate) fn sign_in_again(&mut self) {
        self.token = token(&self.tenant);
    }

    pub(crate) fn advance(&self, by: offboard_core::time::Period) {
        self.tenant.clock().advance(by);
    }
}

fn add_person(world: &mut crate::World, name: &str) {
    let number = 0xA11CE + world.users.len() as u128;
    let id = UserId::from_u128(number << 64 | 1);
    let mut user = person(id, name, world.now);
    let sku =
        world.skus.values().find(|sku| sku.plans.iter().any(crate::world::ServicePlan::is_exchange_plan_2));
    let sku = sku.unwrap().id;
    user.direct_licenses
        .insert(sku, DirectLicense { disabled_plans: std::collections::BTreeSet::new(), updated: world.now });
    let guid = MailboxId::from_u128(number << 64 | 2);
    world.users.insert(id, user);
    world.mailboxes.insert(guid, Mailbox::new(guid, id, RecipientType::UserMailbox, world.now));
    world.licenses_changed(&id);
}

fn person(id: UserId, name: &str, now: Timestamp) -> User {
    User {
        id,
        user_principal_name: format!("{name}@contoso.com"),
        display_name: format!("{name} of Contoso"),
        given_name: None,
        surname: None,
        mail: Some(format!("{name}@contoso.com")),
        mail_nickname: name.to_owned(),
        proxy_addresses: vec![format!("SMTP:{name}@contoso.com"), format!("smtp:{name}.old@contoso.com")],
        other_mails: Vec::new(),
        user_type: "Member".to_owned(),
        account_enabled: true,
        on_premises_sync_enabled: None,
        is_cloud_managed: false,
        on_premises_immutable_id: None,
        on_premises_last_sync_date_time: None,
        on_premises_domain_name: None,
        on_premises_sam_account_name: None,
        direct_licenses: std::collections::BTreeMap::new(),
        inherited_licenses: Vec::new(),
        usage_location: Some("DE".to_owned()),
        employee_type: None,
        employee_id: None,
        department: None,
        job_title: None,
        sign_in_sessions_valid_from: now,
        last_password_change: now,
        password: crate::world::Fingerprint::of(name),
        force_change_password: false,
        password_policies: None,
        is_management_restricted: false,
        is_resource_account: false,
        external_user_state: None,
        creation_type: None,
        business_phones: Vec::new(),
        mobile_phone: None,
        created: now,
        manager: None,
        sponsors: std::collections::BTreeSet::new(),
        employee_leave_date_time: None,
        service_provisioning_errors: Vec::new(),
    }
}

/// A token of the machine's own identity, which is as good as a certificate; `resource` as it stands in a query.
pub(crate) fn machine_token(tenant: &Tenant, resource: &str) -> String {
    let url = format!(
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource={resource}"
    );
    let answer = send(tenant, &Method::GET, &url, &[("metadata", "true")], String::new()).unwrap();
    answer.body["access_token"].as_str().unwrap().to_owned()
}

/// Sends a request and moves the clock on until its answer is there.
pub(crate) fn send(
    tenant: &Tenant,
    method: &Method,
    url: &str,
    headers: &[(&str, &str)],
    body: String,
) -> Result<Answer, offboard_http::transport::TransportError> {
    let mut request = http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let transport = tenant.transport();
    let mut answer = Box::pin(transport.send(request.body(Bytes::from(body)).unwrap()));
    let response = loop {
        match answer.as_mut().now_or_never() {
            Some(response) => break response?,
            None => tenant.clock().advance(offboard_core::time::Period::millis(50)),
        }
    };
    let bytes = response.body().clone();
    Ok(Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        bytes,
    })
}

fn token(tenant: &Tenant) -> String {
    token_for(tenant, "https://outlook.office365.com/.default")
}

fn token_for(tenant: &Tenant, scope: &str) -> String {
    let app = tenant.app();
    let url = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", app.tenant_id);
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &app.client_id)
        .append_pair("client_secret", &app.secret)
        .append_pair("grant_type", "client_credentials")
        .append_pair("scope", scope)
        .finish();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = send(tenant, &Method::POST, &url, &headers, form).unwrap();
    answer.body["access_token"].as_str().unwrap().to_owned()
}
