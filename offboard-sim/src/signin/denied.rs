//! A sign-in that is refused, in Microsoft's shape and with Microsoft's numbers.

use http::StatusCode;
use serde_json::json;

use crate::context::Context;
use crate::wire::Reply;

/// A sign-in that was refused, with the number Microsoft gives the reason.
#[derive(Debug)]
pub(super) struct Denied {
    status: StatusCode,
    error: &'static str,
    number: u32,
    text: String,
    suberror: Option<&'static str>,
}

impl Denied {
    pub(super) fn new(error: &'static str, number: u32, text: impl Into<String>) -> Self {
        let status =
            if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        Self { status, error, number, text: text.into(), suberror: None }
    }

    /// With the finer reason that some refusals carry.
    pub(super) fn with_suberror(mut self, suberror: &'static str) -> Self {
        self.suberror = Some(suberror);
        self
    }

    /// The request cannot be understood.
    pub(super) fn malformed(text: impl Into<String>) -> Self {
        Self::new("invalid_request", 9_002_313, text)
    }

    /// A parameter is missing.
    pub(super) fn missing(name: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        Self::new("invalid_request", 900_144, text)
    }

    pub(super) fn reply(self, cx: &Context<'_>) -> Reply {
        let (trace, correlation) = (cx.guid(), cx.guid());
        let time = cx.now().to_string().replace('T', " ");
        let number = self.number;
        let mut body = json!({
            "error": self.error,
            "error_description": format!(
                "AADSTS{number}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}", self.text
            ),
            "error_codes": [number],
            "timestamp": time,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
        });
        if let Some(suberror) = self.suberror {
            body["suberror"] = json!(suberror);
        }
        Reply::json(self.status, &body)
    }
}
