//! A user among the deleted ones, and whoever has an address now.

use std::collections::BTreeSet;

use offboard_core::id::UserId;
use offboard_core::model::cloud::Cloud;
use offboard_core::model::deletion::DeletedUser;
use offboard_core::time::Timestamp;
use serde::Deserialize;

use super::Malformed;
use super::license::AssignedLicense;
use super::seen::Seen;
use super::user::{self, UserBody};

/// What is asked of a deleted user.
pub(crate) fn select(cloud: &Cloud) -> Vec<&'static str> {
    let more = ["deletedDateTime", "assignedLicenses", "proxyAddresses"];
    user::select(cloud).into_iter().chain(more).collect()
}

/// A deleted user as he comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DeletedBody {
    #[serde(flatten)]
    user: UserBody,
    deleted_date_time: Seen<Timestamp>,
    assigned_licenses: Seen<Vec<AssignedLicense>>,
    proxy_addresses: Seen<Vec<String>>,
}

/// A deleted user, and the mail addresses he had, without their kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Deleted {
    pub(crate) known: DeletedUser,
    pub(crate) addresses: Vec<String>,
}

impl DeletedBody {
    /// The user under the name he had.
    pub(crate) fn understood(self) -> Result<Deleted, Malformed> {
        let mut user = self.user.user()?;
        user.user_principal_name = without_id(&user.user_principal_name, user.id);
        let mut skus = BTreeSet::new();
        for license in self.assigned_licenses.required("assignedLicenses")? {
            skus.insert(license.sku_id.required("assignedLicenses/skuId")?);
        }
        let deleted_date_time = self.deleted_date_time.required("deletedDateTime")?;
        let addresses = addresses(&self.proxy_addresses.required("proxyAddresses")?);
        Ok(Deleted { known: DeletedUser { user, deleted_date_time, skus }, addresses })
    }
}

/// The service puts the object id, without its hyphens, before the name of whoever is deleted.
fn without_id(name: &str, id: UserId) -> String {
    let prefix = id.to_string().replace('-', "");
    match name.split_at_checked(prefix.len()) {
        Some((id, rest)) if id.eq_ignore_ascii_case(&prefix) => rest.to_owned(),
        _ => name.to_owned(),
    }
}

/// The mail addresses among proxy addresses: `SMTP:` is the primary one, `smtp:` any other. What is of another kind
/// (`SIP:`, `X500:`) nobody else is looked for by.
fn addresses(proxies: &[String]) -> Vec<String> {
    let mail = proxies.iter().filter_map(|proxy| proxy.split_once(':'));
    mail.filter(|(kind, _)| kind.eq_ignore_ascii_case("smtp"))
        .map(|(_, address)| address.to_owned())
        .collect()
}

/// Whoever may have an address: a user or a group.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AddressedBody {
    id: Seen<String>,
    user_principal_name: Seen<String>,
    proxy_addresses: Seen<Vec<String>>,
}

/// Whoever may have an address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Addressed {
    pub(crate) id: String,
    name: Option<String>,
    addresses: Vec<String>,
}

impl AddressedBody {
    pub(crate) fn understood(self) -> Result<Addressed, Malformed> {
        Ok(Addressed {
            id: self.id.required("id")?,
            name: self.user_principal_name.shown(),
            addresses: addresses(&self.proxy_addresses.required("proxyAddresses")?),
        })
    }
}

impl Addressed {
    /// Signs in under this name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name))
    }

    /// Gets mail to this address.
    pub(crate) fn has(&self, address: &str) -> bool {
        self.addresses.iter().any(|own| own.eq_ignore_ascii_case(address))
    }
}
