//! What came back for one request, alone or in a batch.

use http::StatusCode;
use offboard_core::ports::{Call, Receipt};
use offboard_core::time::{Period, Timestamp};
use offboard_http::answer::{Answer, Body};
use offboard_http::retry_after;
use serde_json::Value;

use crate::wire::batch::PartReply;
use crate::wire::fault::Fault;

/// A final answer.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: StatusCode,
    /// The body, if it is JSON.
    pub(crate) body: Option<Value>,
    /// There is a body and it is not JSON: a proxy's page, a truncated answer.
    pub(crate) garbled: bool,
    /// The service's id of the request.
    pub(crate) request_id: Option<String>,
    /// The service's own time.
    pub(crate) date: Option<Timestamp>,
    /// `Location`: where to ask after what was taken and is not over.
    pub(crate) location: Option<String>,
    /// How long to wait before trying again, where a part of a batch says so.
    pub(crate) wait: Option<Period>,
    /// An earlier attempt may have been carried out, so that "not there any more" may be our own doing.
    pub(crate) repeated: bool,
    /// It came with others in a batch, one of which carried a secret: what the service says of any may repeat it.
    pub(crate) muted: bool,
}

impl Reply {
    /// The answer to a request that travelled alone.
    pub(crate) fn alone(answer: &Answer) -> Self {
        Self {
            status: answer.status(),
            body: answer.as_json().cloned(),
            garbled: matches!(answer.body(), Body::Other(..)),
            request_id: answer.request_id(),
            date: answer.date(),
            location: answer.header("location").map(str::to_owned),
            wait: None,
            repeated: answer.repeated(),
            muted: false,
        }
    }

    /// The answer to one part of the batch that `outer` answers.
    pub(crate) fn part(part: PartReply, outer: &Answer) -> Self {
        let header = |name: &str| part.headers.get(name).map(String::as_str);
        let wait = header("retry-after")
            .and_then(|text| retry_after::parse(text, outer.date().unwrap_or(outer.received_at())));
        let request_id = header("request-id")
            .filter(|id| !id.is_empty() && id.len() <= 128)
            .map(str::to_owned)
            .or_else(|| Fault::of(part.body.as_ref()).request_id)
            .or_else(|| outer.request_id());
        Self {
            status: part.status,
            // What is no JSON comes as a text of base64.
            garbled: part.body.as_ref().is_some_and(Value::is_string),
            body: part.body.filter(|body| !body.is_string()),
            request_id,
            date: outer.date(),
            location: None,
            wait,
            repeated: outer.repeated(),
            muted: false,
        }
    }

    /// What its error body says.
    pub(crate) fn fault(&self) -> Fault {
        Fault::of(self.body.as_ref())
    }

    /// That the service accepted a write.
    pub(crate) fn receipt(&self, call: &Call) -> Receipt {
        Receipt {
            call: call.id.clone(),
            request_id: self.request_id.clone(),
            date: self.date,
            warnings: Vec::new(),
        }
    }
}
