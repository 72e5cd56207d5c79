//! A wire that remembers every secret that goes over it, and can make the service repeat what it was sent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use offboard::http::transport::{Transport, TransportError};
use offboard_sim::Tenant;
use serde_json::{Value, json};

use super::leak::Leaks;

/// Which refusals repeat the whole request, its token and its secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// Graph, of writes, with this status: alone and in batches.
    Graph(u16),
    /// Exchange, of every cmdlet.
    Exchange(u16),
    /// Signing in.
    SignIn(u16),
}

/// The wire.
pub struct Tap {
    inner: Arc<dyn Transport>,
    echo: Option<Echo>,
    secret: String,
    passwords: Mutex<Vec<String>>,
    tokens: Mutex<Vec<String>>,
    /// What signing in was proved with.
    proofs: Mutex<Vec<String>>,
    echoed: AtomicUsize,
}

impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tap")
    }
}

impl Tap {
    pub fn on(tenant: &Tenant, echo: Option<Echo>) -> Self {
        Self {
            inner: tenant.transport(),
            echo,
            secret: tenant.app().secret,
            passwords: Mutex::default(),
            tokens: Mutex::default(),
            proofs: Mutex::default(),
            echoed: AtomicUsize::new(0),
        }
    }

    pub fn passwords(&self) -> usize {
        self.passwords.lock().unwrap().len()
    }

    pub fn tokens(&self) -> usize {
        self.tokens.lock().unwrap().len()
    }

    pub fn proofs(&self) -> usize {
        self.proofs.lock().unwrap().len()
    }

    pub fn echoed(&self) -> usize {
        self.echoed.load(Ordering::SeqCst)
    }

    /// Everything secret that has gone over it.
    pub fn leaks(&self) -> Leaks {
        let mut leaks = Leaks::default();
        leaks.add("the client's secret", &self.secret);
        for password in self.passwords.lock().unwrap().iter() {
            leaks.add("a password", password);
        }
        for token in self.tokens.lock().unwrap().iter() {
            leaks.add("a token", token);
        }
        for proof in self.proofs.lock().unwrap().iter() {
            leaks.add("what signing in was proved with", proof);
        }
        leaks
    }

    /// The refusal that repeats `said`, if this request is to get one.
    fn refusal(&self, request: &Request<Bytes>, said: &str) -> Option<Response<Bytes>> {
        let (host, path) = (request.uri().host().unwrap_or_default(), request.uri().path());
        let batch = path.ends_with("/$batch");
        let writes = batch || request.method() != http::Method::GET;
        let (status, body) = match self.echo? {
            Echo::SignIn(status) if host.starts_with("login.") => {
                (status, json!({ "error": "invalid_client", "error_description": said }))
            }
            Echo::Graph(status) if host.starts_with("graph.") && writes => {
                let error = json!({ "error": { "code": "Request_BadRequest", "message": said } });
                match batch.then(|| written_parts(request, status, &error)) {
                    Some(None) => return None,
                    Some(Some(parts)) => (200, parts),
                    None => (status, error),
                }
            }
            Echo::Exchange(status) if host.starts_with("outlook.") => {
                let details =
                    [json!({ "code": "Context", "target": "", "message": format!("Ex1|A.B.C|{said}") })];
                let error = json!({ "code": "BadRequest", "message": said, "details": details });
                (status, json!({ "error": error }))
            }
            _ => return None,
        };
        self.echoed.fetch_add(1, Ordering::SeqCst);
        let answer = Response::builder().status(status).header("content-type", "application/json");
        Some(answer.body(Bytes::from(body.to_string())).unwrap())
    }
}

/// Every part refused; nothing for a batch that only reads.
fn written_parts(request: &Request<Bytes>, status: u16, error: &Value) -> Option<Value> {
    let sent: Value = serde_json::from_slice(request.body()).ok()?;
    let parts = sent["requests"].as_array()?;
    if parts.iter().all(|part| part["method"] == "GET") {
        return None;
    }
    let refused = parts.iter().map(|part| {
        json!({ "id": part["id"], "status": status, "headers": { "Content-Type": "application/json" }, "body": error })
    });
    Some(json!({ "responses": refused.collect::<Vec<_>>() }))
}

/// Every password in a body, at whatever depth.
fn passwords(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(text) if name.to_lowercase().ends_with("password") => vec![text.clone()],
                other => passwords(other),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(passwords).collect(),
        _ => Vec::new(),
    }
}

/// Every secret in the form of a sign-in.
fn proofs(form: &[u8]) -> Vec<String> {
    let secret = ["client_secret", "client_assertion", "device_code", "refresh_token", "password"];
    let fields = url::form_urlencoded::parse(form).into_owned();
    fields.filter(|(name, _)| secret.contains(&name.as_str())).map(|(_, value)| value).collect()
}

fn keep(list: &Mutex<Vec<String>>, secret: Option<&str>) {
    let mut list = list.lock().unwrap();
    if let Some(secret) = secret.filter(|secret| !list.iter().any(|known| known == secret)) {
        list.push(secret.to_owned());
    }
}

#[async_trait]
impl Transport for Tap {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        keep(&self.tokens, authorization.and_then(|value| value.strip_prefix("Bearer ")));
        let sent = passwords(&serde_json::from_slice(request.body()).unwrap_or(Value::Null));
        for password in &sent {
            keep(&self.passwords, Some(password));
        }
        if request.uri().host().is_some_and(|host| host.starts_with("login.")) {
            for proof in proofs(request.body()) {
                keep(&self.proofs, Some(&proof));
            }
        }
        // The secrets first: a long message may be cut off.
        let (token, body) = (authorization.unwrap_or_default(), String::from_utf8_lossy(request.body()));
        let said = format!("{} {token} {body}", sent.concat());
        match self.refusal(&request, &said) {
            Some(refusal) => Ok(refusal),
            None => self.inner.send(request).await,
        }
    }
}
