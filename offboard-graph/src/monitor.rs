//! Where the service may say that it tells how far a copy is. The address comes in an answer, so it is not believed: it must lie
//! at the SharePoint of the cloud that is signed in to, or where Graph itself does (CONTRACT B11).

use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::model::cloud::{Cloud, OneDrives};
use offboard_http::origin::Origin;
use url::Url;

use crate::PROVIDER;

/// What stands for such an address in messages and logs.
pub(crate) const TEMPLATE: &str = "the monitor of the copy";

/// The addresses that are taken.
pub(crate) struct Place<'a> {
    one_drives: Option<OneDrives>,
    graph: &'a Url,
}

impl<'a> Place<'a> {
    pub(crate) fn of(cloud: &Cloud, graph: &'a Url) -> Self {
        Self { one_drives: cloud.hosts().ok().and_then(|hosts| hosts.one_drives), graph }
    }

    pub(crate) fn takes(&self, text: &str) -> bool {
        self.address(text).is_some()
    }

    /// The URL and its origin, if it is one of these.
    pub(crate) fn address(&self, text: &str) -> Option<(Url, Origin)> {
        let url = Url::parse(text).ok()?;
        let origin = Origin::of(&url).ok()?;
        if url.fragment().is_some() || !url.path().split('/').any(|segment| segment == "monitor") {
            return None;
        }
        let own = match &self.one_drives {
            // `contoso.sharepoint.com` and `contoso-my.sharepoint.com`: a host of one name, never `x.y.sharepoint.com`.
            Some(OneDrives::AtHosts(ending)) => {
                let domain = ending.trim_start_matches("-my");
                let name = origin.host().strip_suffix(domain);
                origin.port() == 443 && name.is_some_and(|name| !name.is_empty() && !name.contains('.'))
            }
            Some(OneDrives::Below { url: base, .. }) => {
                let below = |base: &Url| {
                    origin.holds(base) && url.path().starts_with(base.path().trim_end_matches('/'))
                };
                Url::parse(base).is_ok_and(|base| below(&base))
            }
            None => false,
        };
        (own || origin.holds(self.graph)).then_some((url, origin))
    }
}

/// It lies elsewhere.
pub(crate) fn foreign() -> ProviderError {
    let message = format!("{TEMPLATE} lies at no address of this cloud");
    ProviderError::new(PROVIDER, Failure::new(Kind::Protocol, message).code("foreign_monitor"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use offboard_core::model::cloud::Hosts;

    fn takes(cloud: &Cloud, graph: &str, text: &str) -> bool {
        Place::of(cloud, &Url::parse(graph).unwrap()).takes(text)
    }

    #[test]
    fn only_this_clouds_own_addresses_are_asked() {
        let worldwide = |text| takes(&Cloud::Worldwide, "https://graph.microsoft.com/v1.0", text);
        for good in [
            "https://contoso.sharepoint.com/_api/v2.0/monitor/4A3407B5",
            "https://contoso-my.sharepoint.com/personal/alex/_api/v2.1/monitor/4711?tempauth=x",
            "https://graph.microsoft.com/v1.0/monitor/1",
        ] {
            assert!(worldwide(good), "{good}");
        }
        for bad in [
            "http://contoso.sharepoint.com/_api/v2.0/monitor/1",
            "https://contoso.sharepoint.com:444/_api/v2.0/monitor/1",
            "https://a.b.sharepoint.com/_api/v2.0/monitor/1",
            "https://sharepoint.com/_api/v2.0/monitor/1",
            "https://evilsharepoint.com/_api/v2.0/monitor/1",
            "https://contoso.sharepoint.us/_api/v2.0/monitor/1",
            "https://contoso.sharepoint.com.evil.example/monitor/1",
            "https://x@contoso.sharepoint.com/monitor/1",
            "https://contoso.sharepoint.com/_api/web/siteusers",
            "https://169.254.169.254/monitor/1",
            "/monitor/1",
        ] {
            assert!(!worldwide(bad), "{bad}");
        }
    }

    #[test]
    fn a_simulated_tenant_has_it_beside_its_graph() {
        let cloud = Cloud::Custom(Hosts::on_loopback("http://127.0.0.1:8080"));
        let here = |text| takes(&cloud, "http://127.0.0.1:8080/graph/v1.0", text);
        assert!(here("http://127.0.0.1:8080/sharepoint/_api/v2.0/monitor/1"));
        assert!(!here("http://127.0.0.1:8081/sharepoint/_api/v2.0/monitor/1"));
    }
}
