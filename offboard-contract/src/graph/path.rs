//! Reading a Graph path as OData does.
//!
//! A key stands after a slash or in parentheses, at every level (`/users/{id}` = `/users('{id}')`), and may be named where the
//! type has it as an alternate key (`/devices(deviceId='...')`). Segments are split first, `''` in a key is undoubled next, and
//! percent signs are decoded last.

use crate::text::{is_url_text, percent_decode};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A segment without parentheses: a name or a key.
    Word(String),
    /// What stood in quotes and parentheses: a key and never a name.
    Key(String),
    /// `name='value'` in parentheses: an alternate key or the parameter of a function.
    Named {
        /// The property or parameter.
        name: String,
        /// Its value, decoded.
        value: String,
    },
    /// `name()`: a function without parameters.
    Call(String),
}

/// A URL without its origin and version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// The path, without a leading slash.
    pub(crate) path: &'a str,
    /// What stands behind the question mark.
    pub(crate) query: &'a str,
}

/// Takes origin and version off a URL; a path that names no version is taken as relative to `v1.0`.
pub(crate) fn target(url: &str) -> Result<Target<'_>, String> {
    let path = match url.split_once("://") {
        Some((scheme @ ("https" | "http"), rest)) => {
            rest.find('/').map(|at| &rest[at..]).ok_or_else(|| format!("{scheme} URL without a path"))?
        }
        _ => url,
    };
    let path = path.trim_start_matches('/');
    let (version, rest) = path.split_at(path.find(['/', '?']).unwrap_or(path.len()));
    match version {
        "v1.0" => relative(rest),
        "beta" => Err("beta is not a version for production use".to_owned()),
        _ => relative(path),
    }
}

/// Splits a path that is relative to the version, as the parts of a batch carry it.
pub(crate) fn relative(path: &str) -> Result<Target<'_>, String> {
    if !is_url_text(path) {
        return Err("the URL holds characters that must be percent-encoded".to_owned());
    }
    if path.contains('#') {
        return Err("a request has no fragment".to_owned());
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Ok(Target { path: path.strip_prefix('/').unwrap_or(path), query })
}

/// Splits a path into its steps.
pub(crate) fn tokens(path: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    for segment in path.split('/') {
        match segment.strip_suffix(')').and_then(|inner| inner.split_once('(')) {
            None if segment.is_empty() => return Err("an empty segment: a key is missing".to_owned()),
            None => tokens.push(Token::Word(decode(segment)?)),
            Some((name, "")) => tokens.push(Token::Call(decode(name)?)),
            Some((name, inner)) => {
                tokens.push(Token::Word(decode(name)?));
                tokens.push(key(inner)?);
            }
        }
    }
    Ok(tokens)
}

/// What stands in parentheses behind a name.
fn key(inner: &str) -> Result<Token, String> {
    let (name, quoted) = match inner.split_once('=') {
        Some((name, value)) if name.bytes().all(|b| b.is_ascii_alphanumeric()) => (Some(name), value),
        _ => (None, inner),
    };
    let text = quoted
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
        .ok_or_else(|| "a key in parentheses stands in single quotes".to_owned())?;
    if text.replace("''", "").contains('\'') {
        return Err("a single quote inside a key is written twice".to_owned());
    }
    let value = decode(&text.replace("''", "'"))?;
    if value.is_empty() {
        return Err("an empty key".to_owned());
    }
    Ok(match name {
        Some(name) => Token::Named { name: name.to_owned(), value },
        None => Token::Key(value),
    })
}

fn decode(text: &str) -> Result<String, String> {
    percent_decode(text).ok_or_else(|| "a percent sign that does not encode UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Token {
        Token::Word(text.to_owned())
    }

    #[test]
    fn a_key_reads_the_same_after_a_slash_and_in_parentheses() {
        assert_eq!(tokens("users/o'neill@contoso.com/manager").unwrap()[1], word("o'neill@contoso.com"));
        let quoted = tokens("users('o''neill@contoso.com')/manager").unwrap();
        assert_eq!(quoted, [word("users"), Token::Key("o'neill@contoso.com".to_owned()), word("manager")]);
        assert_eq!(
            tokens("users('o%27neill%40contoso.com')").unwrap()[1],
            Token::Key("o'neill@contoso.com".to_owned())
        );
    }

    #[test]
    fn an_undoubled_quote_an_empty_key_and_an_empty_segment_are_refused() {
        for bad in ["users('o'neill')", "users('')", "users(6ea91a8d)", "users//manager", "users/%zz"] {
            assert!(tokens(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_named_key_keeps_its_name() {
        let named = Token::Named { name: "deviceId".to_owned(), value: "a b".to_owned() };
        assert_eq!(tokens("devices(deviceId='a%20b')").unwrap()[1], named);
        assert_eq!(tokens("users/delta()").unwrap()[1], Token::Call("delta".to_owned()));
        // A UPN may hold an equals sign; it is a key all the same.
        assert_eq!(tokens("users('a.b=c')").unwrap()[1], Token::Key("a.b=c".to_owned()));
    }

    #[test]
    fn origin_and_version_come_off() {
        for url in [
            "https://graph.microsoft.com/v1.0/users?$top=1",
            "/v1.0/users?$top=1",
            "/users?$top=1",
            "users?$top=1",
        ] {
            let target = target(url).unwrap();
            assert_eq!((target.path, target.query), ("users", "$top=1"), "{url}");
        }
        assert!(target("/beta/users").is_err());
        assert!(target("/users?$filter=a eq 1").is_err(), "a blank must be encoded");
    }
}
