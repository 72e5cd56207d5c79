//! Continuous access evaluation: a service no longer takes a token and says what the next one must satisfy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use offboard_core::time::Timestamp;
use serde_json::json;

/// Application id of Microsoft Graph.
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// Application id of Exchange Online.
pub(crate) const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

/// Application id of SharePoint Online.
pub(crate) const SHARE_POINT: &str = "00000003-0000-0ff1-ce00-000000000000";

/// `WWW-Authenticate` of a refused token. `issued_after` makes it a claims challenge: the next token must be younger.
pub(crate) fn header(client_id: &str, issued_after: Option<Timestamp>) -> String {
    let mut text = format!(
        "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"{client_id}\""
    );
    if let Some(at) = issued_after {
        let value = at.as_secs().to_string();
        let claims = json!({ "access_token": { "nbf": { "essential": true, "value": value } } });
        let claims = STANDARD.encode(claims.to_string());
        text.push_str(", error=\"insufficient_claims\", claims=\"");
        text.push_str(&claims);
        text.push('"');
    }
    text
}
