//! The table of cmdlets as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

/// All cmdlets by name.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    pub(crate) cmdlets: BTreeMap<String, Cmdlet>,
}

/// One cmdlet.
#[derive(Debug, Deserialize)]
pub(crate) struct Cmdlet {
    /// Codes of the products that have it; `exo` is Exchange Online.
    products: Vec<String>,
    /// What the text says: `only-module` cannot be sent over REST.
    stated: Option<String>,
    /// Does its page refuse sign-in as an application?
    pub(crate) refused_app_only: bool,
    /// Its endpoint in the Admin API v2.0, if it has one.
    pub(crate) admin_api_v2: Option<AdminApi>,
    should_process: ShouldProcess,
    pub(crate) sets: Vec<Set>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
}

/// Where the Admin API v2.0 takes a cmdlet.
#[derive(Debug, Deserialize)]
pub(crate) struct AdminApi {
    pub(crate) endpoint: String,
    /// All that it takes there; `None` where the documentation names none.
    pub(crate) parameters: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct ShouldProcess {
    confirm: bool,
}

/// A set of parameters that go together.
#[derive(Debug, Deserialize)]
pub(crate) struct Set {
    pub(crate) name: String,
    /// Those it cannot do without. What the page itself disputes is not among them.
    pub(crate) mandatory: Vec<String>,
    /// Can it be used online? Not if it needs a parameter that only the product on premises has.
    pub(crate) mandatory_online: bool,
}

/// A parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct Parameter {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Names of the sets that hold it.
    pub(crate) sets: Vec<String>,
    #[serde(rename = "where")]
    place: String,
    stated: Option<String>,
    /// Words it may be; empty where the page names none.
    pub(crate) values: Vec<String>,
    flags: Vec<String>,
    default: Vec<Default>,
}

/// What holds where nothing is said.
#[derive(Debug, Deserialize)]
struct Default {
    value: String,
}

impl Cmdlet {
    /// Why it cannot be sent to Exchange Online by an application; `None` if it can.
    pub(crate) fn refusal(&self) -> Option<&'static str> {
        if !self.products.iter().any(|product| product == "exo") {
            Some("not a cmdlet of Exchange Online")
        } else if self.stated.as_deref() == Some("only-module") {
            Some("lives in the PowerShell module only; send its plain twin")
        } else if self.refused_app_only {
            Some("is refused to an application")
        } else {
            None
        }
    }

    /// Does it ask before it acts, so that it must be told not to?
    ///
    /// PEERS C7 and CONTRACT (c): whatever destroys, and the granting of Send As. A first call that is not told answers with a
    /// question and does nothing.
    pub(crate) fn asks(&self, name: &str) -> bool {
        let destroys = ["Remove-", "Clear-", "Disable-"].iter().any(|verb| name.starts_with(verb));
        self.should_process.confirm && (destroys || name == "Add-RecipientPermission")
    }
}

impl Parameter {
    /// Does `$null` stand for its default?
    pub(crate) fn may_be_null(&self) -> bool {
        self.default.iter().any(|default| default.value == "$null")
    }

    /// Why it cannot be sent to Exchange Online; `None` if it can.
    pub(crate) fn refusal(&self) -> Option<&'static str> {
        let stated = self.stated.as_deref().unwrap_or_default();
        let flagged = |flag: &str| self.flags.iter().any(|given| given == flag);
        if self.place == "on-premises"
            || matches!(stated, "only-on-premises" | "functional-only-on-premises" | "functional-only-ex2010")
        {
            Some("works on premises only")
        } else if flagged("reserved") {
            Some("is reserved for Microsoft")
        } else if flagged("deprecated") || flagged("deprecated-in-cloud") {
            Some("is deprecated")
        } else {
            None
        }
    }
}
