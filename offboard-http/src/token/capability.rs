//! What offboard says it can do when it asks for a token.

use serde_json::{Map, Value, json};

/// The claims to ask a token with: what the service demanded, if it did, and that offboard understands such demands
/// (`cp1`, continuous access evaluation). A service sends them only to who says so.
pub(super) fn announced(demanded: Option<&str>) -> String {
    let parsed = demanded.and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let mut claims = parsed.unwrap_or_default();
    let about_access = claims.entry("access_token").or_insert_with(|| json!({}));
    if !about_access.is_object() {
        *about_access = json!({});
    }
    about_access["xms_cc"] = json!({ "values": ["cp1"] });
    Value::Object(claims).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capability_stands_beside_what_was_demanded() {
        let plain: Value = serde_json::from_str(&announced(None)).unwrap();
        assert_eq!(plain, json!({ "access_token": { "xms_cc": { "values": ["cp1"] } } }));
        let demanded = r#"{"access_token":{"nbf":{"essential":true,"value":"1702682181"}}}"#;
        let both: Value = serde_json::from_str(&announced(Some(demanded))).unwrap();
        assert_eq!(both["access_token"]["nbf"]["value"], "1702682181");
        assert_eq!(both["access_token"]["xms_cc"]["values"], json!(["cp1"]));
        for odd in ["", "[]", "null", r#"{"access_token":7}"#] {
            let claims: Value = serde_json::from_str(&announced(Some(odd))).unwrap();
            assert_eq!(claims["access_token"]["xms_cc"]["values"], json!(["cp1"]), "{odd}");
        }
    }
}
