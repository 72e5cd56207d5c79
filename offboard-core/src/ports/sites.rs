//! Sites of SharePoint: who may do everything in one.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};

/// Site-collection administrators, through SharePoint's own REST (CONTRACT B11: Graph has no such call). `site` is the URL that
/// Graph gives for the site (`sharePointIds.siteUrl`).
///
/// Where this sign-in cannot ask SharePoint, every answer is [`Kind::Unsupported`](crate::failure::Kind::Unsupported): an
/// application without a certificate, a cloud whose SharePoint is not known. Whoever may not read who administers the site gets
/// [`Kind::PermissionDenied`](crate::failure::Kind::PermissionDenied).
#[async_trait]
pub trait Sites: Debug + Send + Sync {
    /// The login names of the site's administrators; nothing where there is no such site.
    async fn administrators(&self, call: &Call, site: &str) -> Answer<Option<Vec<String>>>;

    /// Makes whoever signs in by this name one of them. Safe to repeat.
    async fn add_administrator(&self, call: &Call, site: &str, login_name: &str) -> Answer<Receipt>;

    /// Makes him none of them; nothing else of his is touched. Safe to repeat; whoever is none already is `Ok`.
    async fn remove_administrator(&self, call: &Call, site: &str, login_name: &str) -> Answer<Receipt>;
}
