//! A program that talks to the tenant; every exchange is held against Microsoft's description.

use bytes::Bytes;
use http::Method;
use offboard_contract::{Answer, Graph, Request};
use offboard_core::id::UserId;
use offboard_http::transport::TransportError;
use offboard_sim::{Door, Exchanged, Tenant, contoso};
use serde_json::{Value, json};

/// Somebody with a token.
pub(crate) struct Desk {
    pub(crate) tenant: Tenant,
    pub(crate) token: String,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
}

impl Seen {
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn rows(&self) -> &[Value] {
        self.body["value"].as_array().map_or(&[], Vec::as_slice)
    }
}

impl Desk {
    /// At Contoso, signed in as the application, with reads that do not lag.
    pub(crate) fn new() -> Self {
        Self::at(Tenant::contoso(1))
    }

    pub(crate) fn at(tenant: Tenant) -> Self {
        tenant.world(|world| world.timing.read_lag = vec![offboard_core::time::Period::ZERO]);
        Self::as_is(tenant)
    }

    /// With the lags that the tenant has by itself.
    pub(crate) fn as_is(tenant: Tenant) -> Self {
        let app = tenant.app();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &app.client_id),
            ("client_secret", &app.secret),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let token = token(&tenant, &form).unwrap();
        Self { tenant, token }
    }

    /// The same tenant, signed in as a person.
    pub(crate) fn signed_in(&self, upn: &str) -> Self {
        let app = self.tenant.app();
        let form = [
            ("grant_type", "password"),
            ("client_id", &*app.client_id),
            ("username", upn),
            ("password", contoso::PASSWORD),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        Self { tenant: self.tenant.clone(), token: token(&self.tenant, &form).unwrap() }
    }

    pub(crate) fn id(&self, upn: &str) -> UserId {
        self.tenant.user_id(upn).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Seen {
        self.send(Method::GET, path, None)
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Seen {
        self.send(Method::POST, path, Some(body))
    }

    pub(crate) fn patch(&self, path: &str, body: Value) -> Seen {
        self.send(Method::PATCH, path, Some(body))
    }

    pub(crate) fn delete(&self, path: &str) -> Seen {
        self.send(Method::DELETE, path, None)
    }

    pub(crate) fn send(&self, method: Method, path: &str, body: Option<Value>) -> Seen {
        self.try_send(method, path, body).unwrap()
    }

    pub(crate) fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Seen, TransportError> {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("https://graph.microsoft.com/v1.0{path}")
        };
        let mut request = http::Request::builder().method(method).uri(url);
        request = request.header("authorization", format!("Bearer {}", self.token));
        let bytes = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        self.raw(request.body(bytes).unwrap())
    }

    pub(crate) fn raw(&self, request: http::Request<Bytes>) -> Result<Seen, TransportError> {
        let transport = self.tenant.transport();
        let answer = self.tenant.clock().block_on(transport.send(request))?;
        let body = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
        Ok(Seen { status: answer.status().as_u16(), headers: answer.headers().clone(), body })
    }
}

/// A request in-process: its status, headers and JSON.
pub(crate) fn send(tenant: &Tenant, request: http::Request<Bytes>) -> (u16, http::HeaderMap, Value) {
    let answer = tenant.clock().block_on(tenant.transport().send(request)).unwrap();
    let body = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
    (answer.status().as_u16(), answer.headers().clone(), body)
}

/// A form to an endpoint of the sign-in service.
pub(crate) fn form(tenant: &Tenant, endpoint: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let url = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/{endpoint}", tenant.app().tenant_id);
    let request = http::Request::post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body))
        .unwrap();
    let (status, _, body) = send(tenant, request);
    (status, body)
}

pub(crate) fn token(tenant: &Tenant, form: &[(&str, &str)]) -> Result<String, Value> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let url = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", tenant.app().tenant_id);
    let request = http::Request::post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body))
        .unwrap();
    let answer = tenant.clock().block_on(tenant.transport().send(request)).unwrap();
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    match body["access_token"].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => Err(body),
    }
}

/// Holds every exchange with Graph that no fault touched against Microsoft's description.
impl Drop for Desk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for row in self.tenant.recorder().all() {
            // On loopback the same answers carry another origin, which the description does not know.
            let real = row.url.starts_with("https://graph.microsoft.com/");
            if real && row.door == Door::Graph && !row.is_faulted() && row.part_of.is_none() {
                hold(&row);
            }
        }
    }
}

fn hold(row: &Exchanged) {
    let Some(status) = row.status else { return };
    let url = &format!("{}?{}", row.path, row.query);
    let (sent, got) = (row.json(), row.answer_json());
    let request = Request { method: row.method.as_str(), url, headers: &row.headers, body: sent.as_ref() };
    let answer = Answer { status, headers: &row.answer_headers, body: got.as_ref() };
    // A request that was refused may be as wrong as it likes; the refusal itself has to be right.
    let graph = Graph::load();
    let found = if status < 400 {
        graph.check(&request, &answer)
    } else {
        let known = graph.check_request(request.method, url, Some("application/json"), sent.as_ref());
        if known.is_empty() {
            graph.check_answer(request.method, url, status, &row.answer_headers, got.as_ref())
        } else {
            Vec::new()
        }
    };
    assert!(found.is_empty(), "{} {}: {found:?}\n{}", row.method, row.url, got.unwrap_or(json!(null)));
}
