//! From the URL that Graph gives for a site to a door: whether offboard sends anything there, and which token goes along.

use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::model::cloud::OneDrives;
use offboard_http::token::Audience;
use url::Url;

use crate::PROVIDER;

/// The site of a OneDrive, at a host of the cloud that is signed in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    url: Url,
    audience: Audience,
}

impl Site {
    /// The site at `text`, which came in an answer: so it is not believed, and a token is asked for its host only where that is
    /// one of the cloud's own.
    pub(crate) fn at(text: &str, one_drives: &OneDrives) -> Result<Self, ProviderError> {
        let foreign = || {
            let failure = Failure::new(Kind::Protocol, "the site of the OneDrive lies at no address of this cloud's SharePoint")
                .code("foreign_site")
                .hint("the address came from Graph: do not trust that answer, and see whether the cloud is configured right");
            ProviderError::new(PROVIDER, failure)
        };
        let url = Url::parse(text).map_err(|_| foreign())?;
        let mut audience = Audience::of(&url).map_err(|_| foreign())?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(foreign());
        }
        let path = match one_drives {
            OneDrives::AtHosts(ending) => {
                let name = audience.origin().host().strip_suffix(ending.as_str());
                // A host of one name: `x.y-my.sharepoint.com` is somebody else's certificate.
                if !name.is_some_and(|name| !name.is_empty() && !name.contains('.'))
                    || audience.origin().port() != 443
                {
                    return Err(foreign());
                }
                url.path().to_owned()
            }
            OneDrives::Below { url: base, resource } => {
                let base = Url::parse(base).map_err(|_| foreign())?;
                if !audience.origin().holds(&base) {
                    return Err(foreign());
                }
                audience = audience.with_scope(format!("{resource}/.default"));
                url.path().strip_prefix(base.path().trim_end_matches('/')).ok_or_else(foreign)?.to_owned()
            }
        };
        let owner = path.strip_prefix("/personal/").ok_or_else(foreign)?;
        if owner.is_empty() || owner.contains('/') {
            return Err(foreign());
        }
        Ok(Self { url, audience })
    }

    /// What its tokens are for.
    pub(crate) fn audience(&self) -> &Audience {
        &self.audience
    }

    /// `/_api/web` and what is below it.
    pub(crate) fn api(&self, below: &str) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(["_api", "web", below]);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worldwide(text: &str) -> Result<Site, ProviderError> {
        Site::at(text, &OneDrives::AtHosts("-my.sharepoint.com".to_owned()))
    }

    #[test]
    fn a_site_has_tokens_of_its_own() {
        let site = worldwide("https://contoso-my.sharepoint.com/personal/alex_contoso_com").unwrap();
        assert_eq!(site.audience().scope(), "https://contoso-my.sharepoint.com/.default");
        let url = "https://contoso-my.sharepoint.com/personal/alex_contoso_com/_api/web/getuserbyid(7)";
        assert_eq!(site.api("getuserbyid(7)").as_str(), url);
    }

    #[test]
    fn nothing_is_sent_to_another_host() {
        for foreign in [
            "",
            "http://contoso-my.sharepoint.com/personal/x",
            "https://contoso-my.sharepoint.com:8443/personal/x",
            "https://contoso-my.sharepoint.com.evil.example/personal/x",
            "https://evil.example/contoso-my.sharepoint.com/personal/x",
            "https://a.b-my.sharepoint.com/personal/x",
            "https://-my.sharepoint.com/personal/x",
            "https://user@contoso-my.sharepoint.com/personal/x",
            "https://contoso-my.sharepoint.us/personal/x",
            "https://contoso.sharepoint.com/sites/x",
            "https://contoso-my.sharepoint.com/personal/",
            "https://contoso-my.sharepoint.com/personal/x/Documents",
            "https://contoso-my.sharepoint.com/personal/x?y=z",
            "https://contoso-my.sharepoint.com/personal/../x",
        ] {
            let refused = worldwide(foreign).unwrap_err();
            assert_eq!(refused.kind(), Kind::Protocol, "{foreign}");
        }
    }

    #[test]
    fn a_simulated_tenant_has_them_below_one_address() {
        let below = OneDrives::Below {
            url: "http://127.0.0.1:8080/sharepoint".to_owned(),
            resource: "https://contoso-my.sharepoint.com".to_owned(),
        };
        let site = Site::at("http://127.0.0.1:8080/sharepoint/personal/x", &below).unwrap();
        assert_eq!(site.audience().scope(), "https://contoso-my.sharepoint.com/.default");
        for foreign in
            ["http://127.0.0.1:8081/sharepoint/personal/x", "http://127.0.0.1:8080/graph/personal/x"]
        {
            assert!(Site::at(foreign, &below).is_err(), "{foreign}");
        }
    }
}
