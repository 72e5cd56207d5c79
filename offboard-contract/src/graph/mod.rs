//! Graph requests and answers against the OpenAPI description of Graph v1.0.
//!
//! The description is closed: a misspelt property, an unknown path, a query option that an operation does not list are all
//! refused. What JSON Schema or the description leaves open is added here: success codes, read-only properties, the names in
//! `$select`, `$filter`, `$orderby` and `$expand`, required headers, error objects, and batches with all their parts.

mod answer;
mod batch;
mod body;
mod filter;
mod operation;
mod path;
mod query;
mod routes;
mod schema;
mod shape;

use std::sync::OnceLock;

use serde_json::Value;

use self::answer::Carrier;
use self::operation::Operation;
use self::path::{Target, target};
use self::routes::Routes;
use self::schema::Schemas;
use crate::message::{Answer, Headers, Request, header};
use crate::violation::{Findings, Violation};

const DESCRIPTION: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/contract/graph-v1.0-offboarding.openapi.json"
));

/// The description of Graph v1.0, read once for the process.
///
/// Validators are compiled when a schema is first met (some milliseconds each) and kept.
#[derive(Debug)]
pub struct Graph {
    /// Or why the embedded description cannot be used; every check then says so, rather than pass.
    known: Result<Known, String>,
}

#[derive(Debug)]
struct Known {
    schemas: Schemas,
    routes: Routes,
}

impl Graph {
    /// The description.
    pub fn load() -> &'static Self {
        static GRAPH: OnceLock<Graph> = OnceLock::new();
        GRAPH.get_or_init(|| Self { known: Known::read() })
    }

    /// Checks a request by itself. `url` is absolute or a path with its query; `content_type` is the header of that name.
    /// A batch is taken apart.
    pub fn check_request(
        &self,
        method: &str,
        url: &str,
        content_type: Option<&str>,
        body: Option<&Value>,
    ) -> Vec<Violation> {
        let mut found = Findings::at(place(method, url));
        match target(url) {
            Ok(target) => self.request_into(method, target, content_type, body, &mut found),
            Err(problem) => found.add(problem),
        }
        found.done()
    }

    /// Checks an answer. Of a batch, only the shape of the parts can be judged without the request: [`Graph::check`] knows it.
    pub fn check_answer(
        &self,
        method: &str,
        url: &str,
        status: u16,
        headers: &Headers,
        body: Option<&Value>,
    ) -> Vec<Violation> {
        let answer = Answer { status, headers, body };
        let mut found = Findings::at(format!("{} -> {status}", place(method, url)));
        match target(url) {
            Ok(target) => self.answer_into(method, target, &answer, None, Carrier::Http, &mut found),
            // A request that cannot be read is rightly refused.
            Err(_) if status >= 400 => self.failure_into(&answer, Carrier::Http, &mut found),
            Err(problem) => found.add(problem),
        }
        found.done()
    }

    /// Checks a request with all its headers, and its answer against it. The parts of a batch are matched by their ids.
    pub fn check(&self, request: &Request<'_>, answer: &Answer<'_>) -> Vec<Violation> {
        let content_type = header(request.headers, "content-type");
        let mut violations = self.check_request(request.method, request.url, content_type, request.body);
        let Ok(target) = target(request.url) else { return violations };
        let mut found = Findings::at(place(request.method, request.url));
        self.headers_into(request.method, target, request.headers, &mut found);
        violations.extend(found.done());
        let mut found = Findings::at(format!("{} -> {}", place(request.method, request.url), answer.status));
        self.answer_into(request.method, target, answer, request.body, Carrier::Http, &mut found);
        violations.extend(found.done());
        violations
    }

    fn request_into(
        &self,
        method: &str,
        target: Target<'_>,
        content_type: Option<&str>,
        body: Option<&Value>,
        found: &mut Findings,
    ) {
        match self.find(method, target.path) {
            Ok((known, operation)) => {
                query::check(&known.schemas, operation, target.query, found);
                body::check(&known.schemas, operation, content_type, body, found);
                if let (true, Some(body)) = (batch::is_batch(target.path), body) {
                    batch::check_requests(self, body, found);
                }
            }
            Err(problem) => found.add(problem),
        }
    }

    /// Advanced queries of the directory need `ConsistencyLevel: eventual` (CONTRACT (b), consistency).
    fn headers_into(&self, method: &str, target: Target<'_>, headers: &Headers, found: &mut Findings) {
        let Ok((_, operation)) = self.find(method, target.path) else { return };
        let Some(by) = query::needs_index(target.path, target.query).filter(|_| operation.advanced_queries)
        else {
            return;
        };
        let eventual =
            header(headers, "ConsistencyLevel").is_some_and(|level| level.eq_ignore_ascii_case("eventual"));
        found.require(eventual, || format!("{by} needs the header ConsistencyLevel: eventual"));
        let counted =
            query::options(target.query).is_ok_and(|o| o.iter().any(|(n, v)| n == "$count" && v == "true"));
        found.require(counted || !by.ends_with("$filter"), || format!("{by} needs $count=true"));
    }

    /// `sent` is the body of the request, where it is known: it says what the parts of a batch are answers to.
    fn answer_into(
        &self,
        method: &str,
        target: Target<'_>,
        answer: &Answer<'_>,
        sent: Option<&Value>,
        carrier: Carrier,
        found: &mut Findings,
    ) {
        match self.find(method, target.path) {
            Ok((known, operation)) => {
                answer::check(self, &known.schemas, operation, target, answer, carrier, found);
                if let (true, Some(body), 200) = (batch::is_batch(target.path), answer.body, answer.status) {
                    batch::check_answers(self, sent, body, found);
                }
            }
            // What is not known is rightly refused; the refusal has its shape all the same.
            Err(_) if answer.status >= 400 => self.failure_into(answer, carrier, found),
            Err(problem) => found.add(problem),
        }
    }

    fn failure_into(&self, answer: &Answer<'_>, carrier: Carrier, found: &mut Findings) {
        match &self.known {
            Ok(known) => answer::failure(&known.schemas, answer, carrier, found),
            Err(problem) => found.add(problem.clone()),
        }
    }

    fn find(&self, method: &str, path: &str) -> Result<(&Known, &Operation), String> {
        let known = self.known.as_ref().map_err(Clone::clone)?;
        Ok((known, known.routes.find(method, path)?))
    }

    fn operation(&self, method: &str, path: &str) -> Result<&Operation, String> {
        self.find(method, path).map(|(_, operation)| operation)
    }

    fn schemas(&self) -> Option<&Schemas> {
        self.known.as_ref().ok().map(|known| &known.schemas)
    }
}

impl Known {
    fn read() -> Result<Self, String> {
        static DOCUMENT: OnceLock<Value> = OnceLock::new();
        let parsed: Value =
            serde_json::from_str(DESCRIPTION).map_err(|e| format!("the description is not JSON: {e}"))?;
        let document = DOCUMENT.get_or_init(|| parsed);
        let schemas = Schemas::new(document)?;
        let routes = Routes::read(document, &schemas)?;
        Ok(Self { schemas, routes })
    }
}

/// Method and path without the query, which may be long.
fn place(method: &str, url: &str) -> String {
    format!("{method} {}", url.split('?').next().unwrap_or_default())
}
