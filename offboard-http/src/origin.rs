//! Where a request goes: scheme, host and port, compared exactly. A token belongs to one of these (P20).

use std::fmt;

use url::{Host, Url};

/// The scheme, host and port of a service. Two origins are the same only if all three are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

/// A URL that offboard will not send anything to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// It is no absolute URL.
    #[error("it is not an absolute URL")]
    NotAbsolute,
    /// Neither https, nor http to this machine.
    #[error("only https is used, and http to this machine")]
    Scheme,
    /// It is plain http to this machine, where that is not taken either.
    #[error("it is plain http, and this way of signing in takes https alone")]
    Plain,
    /// It has a user name or password in it.
    #[error("it carries a user name or a password")]
    UserInfo,
    /// It has no host, or one whose name ends in a dot.
    #[error("its host is not written in its usual form")]
    Host,
}

impl Origin {
    /// The origin of `url`.
    pub fn of(url: &Url) -> Result<Self, OriginError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::UserInfo);
        }
        let host = url.host().ok_or(OriginError::NotAbsolute)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            _ => return Err(OriginError::Scheme),
        }
        let port = url.port_or_known_default().ok_or(OriginError::Scheme)?;
        let host = host.to_string();
        if host.is_empty() || host.ends_with('.') {
            return Err(OriginError::Host);
        }
        Ok(Self { scheme: url.scheme().to_owned(), host, port })
    }

    /// The origin of the URL that `text` holds.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        Self::of(&Url::parse(text).map_err(|_| OriginError::NotAbsolute)?)
    }

    /// Whether `url` lies at exactly this origin.
    pub fn holds(&self, url: &Url) -> bool {
        Self::of(url).is_ok_and(|origin| origin == *self)
    }

    /// The host's name, in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also where the scheme implies it.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => Ok(()),
            (_, port) => write!(f, ":{port}"),
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Only what cannot be made to point elsewhere by a name server: addresses of this machine, and `localhost`.
pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Plain http to an address that no router carries further, and nothing in it that names somebody.
#[cfg(feature = "reqwest")]
pub(crate) fn is_on_this_link(url: &Url) -> bool {
    let bare = url.username().is_empty() && url.password().is_none();
    bare && url.scheme() == "http"
        && matches!(url.host(), Some(Host::Ipv4(address)) if address.is_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_compared_exactly() {
        let graph = Origin::parse("https://graph.microsoft.com").unwrap();
        for same in [
            "https://graph.microsoft.com/v1.0/users",
            "https://GRAPH.microsoft.com:443/",
            "HTTPS://graph.microsoft.com",
        ] {
            assert!(graph.holds(&Url::parse(same).unwrap()), "{same}");
        }
        for other in [
            "http://graph.microsoft.com/",
            "https://graph.microsoft.com:444/",
            "https://graph.microsoft.com./",
            "https://graph.microsoft.com@evil.example/",
            "https://user@graph.microsoft.com/",
            "https://graph.microsoft.com.evil.example/",
            "https://graph.microsoft.us/",
            "data:text/plain,x",
        ] {
            assert!(!graph.holds(&Url::parse(other).unwrap()), "{other}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:9", "https://contoso.example"]
        {
            assert!(Origin::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["http://contoso.example", "http://0.0.0.0", "http://localhost.evil.example", "ftp://x", "x"]
        {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Origin::parse("http://127.0.0.1:8080/x").unwrap().to_string(), "http://127.0.0.1:8080");
        assert_eq!(
            Origin::parse("https://contoso.example:443/x").unwrap().to_string(),
            "https://contoso.example"
        );
    }
}
