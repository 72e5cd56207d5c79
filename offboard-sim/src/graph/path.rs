//! Reading a path: keys after slashes or in parentheses, actions with or without their namespace.

use percent_encoding::percent_decode_str;

/// The segments of a path behind the version, decoded; a key in parentheses is a segment of its own. A named
/// key (`servicePrincipals(appId='…')`) becomes `appId=…`.
///
/// Percent signs are decoded last, so that an encoded slash, quote or parenthesis stays inside its key.
pub(super) fn segments(path: &str) -> Result<Vec<String>, String> {
    let mut segments = Vec::new();
    for raw in path.trim_start_matches('/').split('/') {
        match raw.split_once('(') {
            Some((name, key)) if !name.is_empty() => {
                let key = key.strip_suffix(')').ok_or_else(|| format!("Bad Request: '{raw}'"))?;
                segments.push(decode(name)?);
                if !key.is_empty() {
                    segments.push(key_of(key)?);
                }
            }
            _ => segments.push(decode(raw)?),
        }
    }
    Ok(segments.into_iter().map(without_namespace).collect())
}

fn key_of(key: &str) -> Result<String, String> {
    let decoded = decode(key)?;
    if let Some(text) = quoted(&decoded) {
        return Ok(text);
    }
    match decoded.split_once('=') {
        Some((name, value)) => Ok(format!("{name}={}", quoted(value).unwrap_or_else(|| value.to_owned()))),
        None => Ok(decoded),
    }
}

fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

fn decode(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| "The path is not UTF-8.".to_owned())
}

/// Bound actions and functions may carry their namespace; type casts keep theirs.
fn without_namespace(segment: String) -> String {
    const ACTIONS: [&str; 6] =
        ["revokeSignInSessions", "assignLicense", "reprocessLicenseAssignment", "restore", "cancel", "copy"];
    match segment.strip_prefix("microsoft.graph.") {
        Some(action) if ACTIONS.contains(&action) => action.to_owned(),
        _ => segment,
    }
}

/// The path as fault rules see it: without the version, decoded, keys after slashes.
pub(crate) fn canonical(path: &str) -> String {
    let behind = path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
    segments(behind).map_or_else(|_| path.to_owned(), |segments| format!("/{}", segments.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_every_spelling() {
        for (path, wanted) in [
            ("users/a/memberOf", vec!["users", "a", "memberOf"]),
            ("users('a')/memberOf", vec!["users", "a", "memberOf"]),
            ("users/o'neill%40contoso.com", vec!["users", "o'neill@contoso.com"]),
            ("users('o''neill%40contoso.com')", vec!["users", "o'neill@contoso.com"]),
            ("users/a%2Fmanager", vec!["users", "a/manager"]),
            ("servicePrincipals(appId='1-2')", vec!["servicePrincipals", "appId=1-2"]),
            ("users/a/microsoft.graph.revokeSignInSessions", vec!["users", "a", "revokeSignInSessions"]),
            (
                "users/a/memberOf/microsoft.graph.group",
                vec!["users", "a", "memberOf", "microsoft.graph.group"],
            ),
        ] {
            assert_eq!(segments(path).unwrap(), wanted, "{path}");
        }
        assert_eq!(canonical("/v1.0/users('a')/drive"), "/users/a/drive");
    }
}
