//! How Exchange says no: the JSON of a failed cmdlet, and the answers that are no JSON at all.

use http::StatusCode;
use offboard_core::time::Timestamp;
use serde_json::{Value, json};

use super::reply::json_reply;
use crate::signin::challenge;
use crate::wire::Reply;

/// A cmdlet that was refused. Clients branch on [`Refusal::exception`]; the text is for people (PEERS C5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    /// The .NET type of the exception, with its namespace.
    exception: &'static str,
    text: String,
    /// A refused parameter value has no `details`: its type stands in the internal exception only.
    details: bool,
}

pub(super) const NOT_FOUND: &str = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
pub(super) const AMBIGUOUS_OBJECT: &str =
    "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException";
pub(super) const AMBIGUOUS_SET: &str =
    "Microsoft.Exchange.Management.PSDirectInvoke.AmbiguousParameterSetException";
pub(super) const BINDING: &str = "System.Management.Automation.ParameterBindingException";
pub(super) const TRANSFORMATION: &str =
    "Microsoft.Exchange.Management.PSDirectInvoke.ParameterTransformationException";
pub(super) const RECIPIENT_TASK: &str = "Microsoft.Exchange.Management.Tasks.RecipientTaskException";
pub(super) const WRITE_SCOPE: &str = "Microsoft.Exchange.Data.Directory.ADObjectOutOfWriteScopeException";
pub(super) const HOLD_LICENSE: &str = "Microsoft.Exchange.Management.Tasks.LitigationHoldLicenseException";
pub(super) const NOT_SIMULATED: &str = "Offboard.Simulation.NotSimulatedException";
pub(super) const STALE_PAGE: &str = "Microsoft.Exchange.Admin.OData.Core.PaginationException";
pub(super) const MALFORMED: &str = "Microsoft.OData.ODataException";

impl Refusal {
    fn new(status: u16, code: &'static str, exception: &'static str, text: impl Into<String>) -> Self {
        Self { status, code, exception, text: text.into(), details: true }
    }

    /// 404: no such object, or none that this replica knows yet.
    pub(super) fn not_found(identity: &str, server: &str) -> Self {
        let text = format!(
            "The operation couldn't be performed because object '{identity}' couldn't be found on '{server}'."
        );
        Self::new(404, "NotFound", NOT_FOUND, text)
    }

    /// 400: several objects answer to the name.
    pub(super) fn ambiguous_object(identity: &str) -> Self {
        let text =
            format!("The operation couldn't be performed because '{identity}' matches multiple entries.");
        Self::new(400, "BadRequest", AMBIGUOUS_OBJECT, text)
    }

    /// 400: the parameters given belong to no one set, or one of them does not exist.
    pub(super) fn ambiguous_set(seen: &str) -> Self {
        let text = format!("Parameter set cannot be resolved using the specified named parameters: {seen}.");
        Self::new(400, "BadRequest", AMBIGUOUS_SET, text)
    }

    /// 400: a mandatory parameter is missing.
    pub(super) fn missing(parameters: &[&str]) -> Self {
        let text = format!(
            "Cannot process command because of one or more missing mandatory parameters: {}.",
            parameters.join(" ")
        );
        Self::new(400, "BadRequest", BINDING, text)
    }

    /// 400 without details: the value does not convert to the parameter's type.
    pub(super) fn transformation(parameter: &str, kind: &str, value: &Value) -> Self {
        let text = format!(
            "Cannot process argument transformation on parameter '{parameter}'. Cannot convert value \"{value}\" to type \"{kind}\"."
        );
        Self { details: false, ..Self::new(400, "BadRequest", TRANSFORMATION, text) }
    }

    /// 400: a rule of Exchange's speaks against it.
    pub(super) fn rule(exception: &'static str, text: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", exception, text)
    }

    /// 400: Exchange can do this, the simulation cannot; better refused than claimed.
    pub(super) fn not_simulated(cmdlet: &str, parameter: &str) -> Self {
        let text =
            format!("The simulated tenant does not carry out the parameter '{parameter}' of {cmdlet}.");
        Self::new(400, "BadRequest", NOT_SIMULATED, text)
    }

    /// The attribute belongs to the on-premises Active Directory (CONTRACT C9).
    pub(super) fn synchronized(cmdlet: &str, parameter: &str, object: &str) -> Self {
        let text = format!(
            "The operation on mailbox \"{object}\" failed because it's out of the current user's write scope. The action \
             '{cmdlet}', '{parameter}', can't be performed on the object '{object}' because the object is being synchronized \
             from your on-premises organization. This action should be performed on the object in your on-premises organization."
        );
        Self::new(400, "BadRequest", WRITE_SCOPE, text)
    }

    #[cfg(test)]
    pub(super) fn exception(&self) -> &'static str {
        self.exception
    }

    /// As the service sends it.
    pub(super) fn reply(&self) -> Reply {
        let inner = json!({
            "message": "Error executing cmdlet",
            "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            "stacktrace": "   at Microsoft.Exchange.Admin.OData.Core.CmdletExecutor.Execute()",
            "internalexception": {
                "message": self.line(),
                "type": self.exception,
                "stacktrace": "   at Microsoft.Exchange.Admin.OData.Core.PSDirectInvoke.Invoke()",
            },
        });
        let mut error = json!({
            "code": self.code,
            "message": "Error executing cmdlet",
            "innererror": inner,
            "adminapi.warnings@odata.type": "#Collection(String)",
            "@adminapi.warnings": [],
        });
        if self.details {
            error["details"] = json!([{ "code": "Client", "target": "", "message": self.line() }]);
        }
        let short = self.exception.rsplit('.').next().unwrap_or_default();
        json_reply(self.status, &json!({ "error": error })).with("x-exceptiontype", short)
    }

    /// `ExCode|Type|text`; the code is a hash of the message and means nothing.
    fn line(&self) -> String {
        let hash = self
            .text
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        format!("Ex{:06X}|{}|{}", hash & 0x00ff_ffff, self.exception, self.text)
    }
}

/// 403 for a cmdlet that the caller's roles do not show, which is how an unknown one looks too: a body that says
/// gzip and is none.
pub(super) fn unknown_cmdlet() -> Reply {
    const GARBAGE: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\xed\xbd\x07\x60\0\0\0\0";
    Reply::bytes(StatusCode::FORBIDDEN, "application/octet-stream", GARBAGE).with("content-encoding", "gzip")
}

/// 401: no token, one for somebody else, or one without the permission (PEERS C8).
pub(super) fn unauthorized(why: &str, revoked: Option<Timestamp>) -> Reply {
    let challenge = match revoked {
        Some(_) => challenge::header(challenge::EXCHANGE, revoked),
        None => format!(
            "Bearer client_id=\"{}\", error=\"invalid_token\", error_description=\"{why}\"",
            challenge::EXCHANGE
        ),
    };
    Reply::empty(StatusCode::UNAUTHORIZED).with("www-authenticate", &challenge)
}

/// The answer to a token that the service no longer takes, with what the next one must satisfy.
pub(crate) fn claims_challenge(now: Timestamp) -> Reply {
    unauthorized("", Some(now))
}

/// The per-tenant limit of commands that run at once, said in prose (CONTRACT D6).
pub(super) fn too_many_at_once() -> Reply {
    let text =
        "You have reached the maximum number of concurrent requests per tenant. Please wait and try again";
    Reply::bytes(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", text)
}

/// The body that goes with a status when no cmdlet was run.
pub(crate) fn bare(status: StatusCode) -> Reply {
    let code = status.canonical_reason().unwrap_or("Error").replace(' ', "");
    let message = "The request could not be carried out.";
    let inner = json!({ "message": message, "type": "", "stacktrace": "" });
    json_reply(
        status.as_u16(),
        &json!({ "error": { "code": code, "message": message, "innererror": inner } }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_type_between_bars() {
        let reply = Refusal::not_found("x", "EURPR01A").reply();
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        let message = body["error"]["details"][0]["message"].as_str().unwrap();
        let parts: Vec<_> = message.splitn(3, '|').collect();
        assert!(parts[0].starts_with("Ex") && parts[0].len() == 8, "{message}");
        assert_eq!(parts[1], NOT_FOUND);
        assert!(parts[2].contains("'x'"), "{message}");
        assert_eq!(reply.headers["x-exceptiontype"], "ManagementObjectNotFoundException");
    }

    #[test]
    fn a_value_that_does_not_convert_has_no_details() {
        let body: Value =
            serde_json::from_slice(&Refusal::transformation("Type", "T", &json!("x")).reply().body).unwrap();
        assert!(body["error"].get("details").is_none());
        assert_eq!(body["error"]["innererror"]["internalexception"]["type"], TRANSFORMATION);
    }

    #[test]
    fn an_unknown_cmdlet_is_answered_with_bytes_that_are_no_text() {
        let reply = unknown_cmdlet();
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert!(std::str::from_utf8(&reply.body).is_err());
        assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
    }
}
