//! What SharePoint answers: `SP.User`, of which no more is read than is needed, and its two shapes of an error.

use serde::Deserialize;
use serde_json::Value;

/// `SP.User`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UserBody {
    /// Its number in this site.
    pub(crate) id: u32,
    pub(crate) login_name: String,
    pub(crate) is_site_admin: bool,
}

/// A list of them.
#[derive(Debug, Deserialize)]
pub(crate) struct Users {
    pub(crate) value: Vec<UserBody>,
    /// There is more. The administrators of a site are few, so that a second page is not what was asked for.
    #[serde(rename = "odata.nextLink", default)]
    pub(crate) next: Option<Value>,
}

/// Code and words of an error body, in whichever shape it comes. The words are the service's own, and the code is one of its codes.
pub(crate) fn fault(body: Option<&Value>) -> (Option<&str>, Option<&str>) {
    let Some(body) = body else { return (None, None) };
    // Refusals before SharePoint itself is reached have no more than a description.
    if let Some(text) = body.get("error_description").and_then(Value::as_str) {
        return (None, Some(text));
    }
    let error = body.get("odata.error").or_else(|| body.get("error"));
    let text = |pointer: &str| error.and_then(|error| error.pointer(pointer)).and_then(Value::as_str);
    (text("/code").filter(|code| is_code(code)), text("/message/value").or_else(|| text("/message")))
}

/// Whether a refusal is SharePoint's own: its codes are a number and the name of a class.
///
/// That SharePoint says so of a site that is missing is assumed: no document says with which body it answers 404. Where it
/// says it otherwise, the site is unknown and not missing, which stops a step and loses nothing.
pub(crate) fn is_own(body: Option<&Value>) -> bool {
    fault(body).0.is_some()
}

/// `-2147024891, System.UnauthorizedAccessException`.
fn is_code(code: &str) -> bool {
    let name = |class: &str| class.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    code.len() <= 200
        && code.split_once(", ").is_some_and(|(number, class)| number.parse::<i64>().is_ok() && name(class))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_is_read_in_every_shape() {
        let denied = json!({ "code": "-2147024891, System.UnauthorizedAccessException",
                             "message": { "lang": "en-US", "value": "Access denied." } });
        for body in [json!({ "odata.error": denied.clone() }), json!({ "error": denied.clone() })] {
            let (code, text) = fault(Some(&body));
            assert!(code.unwrap().contains("UnauthorizedAccess"));
            assert_eq!(text, Some("Access denied."));
        }
        let own = json!({ "odata.error": denied });
        assert!(is_own(Some(&own)));
        for other in [
            json!({ "error": { "code": "itemNotFound", "message": "The resource could not be found." } }),
            json!({ "odata.error": { "code": "-1, <b>no class</b>" } }),
            json!({ "error_description": "Not found." }),
            json!("prose"),
        ] {
            assert!(!is_own(Some(&other)), "{other}");
        }
        assert!(!is_own(None));
        let early = json!({ "error_description": "Unsupported app only token." });
        assert_eq!(fault(Some(&early)), (None, Some("Unsupported app only token.")));
        assert_eq!(fault(Some(&json!("prose"))), (None, None));
        assert_eq!(fault(None), (None, None));
    }
}
