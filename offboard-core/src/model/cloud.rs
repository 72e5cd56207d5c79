//! Microsoft's clouds: hosts, and what each has (CONTRACT (e)).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a tenant lives. Tokens of one cloud never work in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Cloud {
    /// Worldwide, GCC included.
    #[default]
    Worldwide,
    /// US Government L4, GCC High.
    UsGovHigh,
    /// US Government L5, DoD.
    UsGovDod,
    /// China, operated by 21Vianet.
    China,
    /// Germany, closed on 2021-10-29: parses, because old configuration has it, and is refused (G49).
    Germany,
    /// Another cloud, or a simulated tenant, by its hosts.
    Custom(Hosts),
}

/// The origins of a cloud, each a URL without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hosts {
    /// Where tokens come from.
    pub authority: String,
    /// Microsoft Graph, without the version.
    pub graph: String,
    /// Exchange Online's admin API, without `/adminapi`.
    pub exchange: String,
    /// The name by which sign-in knows Graph, where that is not its own origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph_resource: Option<String>,
    /// The name by which sign-in knows Exchange Online, where that is not its own origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_resource: Option<String>,
    /// Where OneDrives lie; nothing where that is not known, and then SharePoint is asked nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_drives: Option<OneDrives>,
}

/// Where the OneDrives of a cloud lie. Every organisation has hosts of its own there, whose names only Graph tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OneDrives {
    /// At hosts of one name before this ending: `-my.sharepoint.com`.
    AtHosts(String),
    /// All below one URL, without a trailing slash.
    Below {
        /// The URL.
        url: String,
        /// The name by which sign-in knows it.
        resource: String,
    },
}

impl Hosts {
    /// Everything below one origin of this machine, as a simulated tenant serves it: sign-in knows the services by
    /// their worldwide names.
    pub fn on_loopback(origin: &str) -> Self {
        Self {
            authority: format!("{origin}/login"),
            graph: format!("{origin}/graph"),
            exchange: format!("{origin}/exchange"),
            graph_resource: Some("https://graph.microsoft.com".to_owned()),
            exchange_resource: Some("https://outlook.office365.com".to_owned()),
            one_drives: Some(OneDrives::Below {
                url: format!("{origin}/sharepoint"),
                resource: "https://contoso-my.sharepoint.com".to_owned(),
            }),
        }
    }
}

/// A cloud that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Microsoft Cloud Germany was closed on 2021-10-29; its tenants were moved to the worldwide cloud: set `cloud = \"worldwide\"`"
)]
pub struct ClosedCloud;

impl Cloud {
    /// The hosts of this cloud.
    pub fn hosts(&self) -> Result<Hosts, ClosedCloud> {
        let hosts = |authority: &str, graph: &str, exchange: &str, one_drives: &str| {
            Ok(Hosts {
                authority: authority.into(),
                graph: graph.into(),
                exchange: exchange.into(),
                graph_resource: None,
                exchange_resource: None,
                one_drives: Some(OneDrives::AtHosts(one_drives.into())),
            })
        };
        match self {
            Self::Worldwide => hosts(
                "https://login.microsoftonline.com",
                "https://graph.microsoft.com",
                "https://outlook.office365.com",
                "-my.sharepoint.com",
            ),
            Self::UsGovHigh => hosts(
                "https://login.microsoftonline.us",
                "https://graph.microsoft.us",
                "https://outlook.office365.us",
                "-my.sharepoint.us",
            ),
            Self::UsGovDod => hosts(
                "https://login.microsoftonline.us",
                "https://dod-graph.microsoft.us",
                "https://outlook-dod.office365.us",
                "-my.sharepoint-mil.us",
            ),
            // Two Microsoft pages disagree about the Exchange host (CONTRACT h.5); the PowerShell pages are many.
            Self::China => hosts(
                "https://login.chinacloudapi.cn",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://partner.outlook.cn",
                "-my.sharepoint.cn",
            ),
            Self::Germany => Err(ClosedCloud),
            Self::Custom(hosts) => Ok(hosts.clone()),
        }
    }

    /// Telephone numbers can be read and written through Graph.
    pub fn has_phone_numbers(&self) -> bool {
        matches!(self, Self::Worldwide | Self::Custom(_))
    }

    /// Graph tells what a mailbox is for, and lists inbox rules.
    pub fn has_inbox_rules(&self) -> bool {
        !matches!(self, Self::China | Self::Germany)
    }

    /// `createdDateTime` may be selected on users; an unknown name in `$select` fails the whole request.
    pub fn has_created_date_time(&self) -> bool {
        !matches!(self, Self::Germany)
    }
}
