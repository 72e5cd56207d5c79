//! Tokens of a developer's tools: the Azure CLI, and the Azure Developer CLI.

use std::fmt;
use std::sync::Arc;

use azure_core::credentials::{AccessToken, TokenCredential};
use azure_core::error::Error;
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, Executor, new_executor,
};
use futures_util::future::{Either, select};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::TenantId;
use offboard_core::time::{Clock, Period};

use crate::token::{PROVIDER, refusal};

/// How long a tool may take. The Azure CLI needs a few seconds to start; one that asks its user something never ends.
const PATIENCE: Period = Period::minutes(1);

/// The tools, for one tenant. The library's own list of them takes whatever tenant they are in.
#[derive(Clone)]
pub(super) struct Tools {
    tenant: TenantId,
    executor: Arc<dyn Executor>,
}

/// Why one tool gave nothing.
#[derive(Debug, PartialEq, Eq)]
enum Why {
    Missing,
    Slow,
    Said(String),
}

impl Tools {
    pub(super) fn new(tenant: TenantId) -> Self {
        Self::run_by(tenant, new_executor())
    }

    pub(super) fn run_by(tenant: TenantId, executor: Arc<dyn Executor>) -> Self {
        Self { tenant, executor }
    }

    fn azure_cli(&self) -> azure_core::Result<Arc<dyn TokenCredential>> {
        Ok(AzureCliCredential::new(Some(AzureCliCredentialOptions {
            tenant_id: Some(self.tenant.to_string()),
            executor: Some(self.executor.clone()),
            ..AzureCliCredentialOptions::default()
        }))?)
    }

    fn developer_cli(&self) -> azure_core::Result<Arc<dyn TokenCredential>> {
        Ok(AzureDeveloperCliCredential::new(Some(AzureDeveloperCliCredentialOptions {
            tenant_id: Some(self.tenant.to_string()),
            executor: Some(self.executor.clone()),
        }))?)
    }

    /// A token of the first tool that has one.
    pub(super) async fn token(&self, scope: &str, clock: &dyn Clock) -> Result<AccessToken, ProviderError> {
        // A program is nothing that a simulated clock can see.
        let _hold = clock.hold();
        let first = match ask(self.azure_cli(), scope, clock).await {
            Ok(token) => return Ok(token),
            Err(why) => why,
        };
        match ask(self.developer_cli(), scope, clock).await {
            Ok(token) => Ok(token),
            // Who has both is signed in to the first; who has only the second is told of that.
            Err(second) if first == Why::Missing && second != Why::Missing => Err(Self::failure(
                "Azure Developer CLI",
                &format!("azd auth login --tenant-id {}", self.tenant),
                second,
            )),
            Err(_) => Err(Self::failure("Azure CLI", &format!("az login --tenant {}", self.tenant), first)),
        }
    }

    fn failure(tool: &str, login: &str, why: Why) -> ProviderError {
        let failure = match why {
            Why::Missing => Failure::new(
                Kind::Unauthenticated,
                "neither the Azure CLI nor the Azure Developer CLI is installed",
            )
            .code("tool_missing")
            .hint("install one of them (`az` or `azd` must be on PATH), or sign in in another way"),
            Why::Slow => {
                let message = format!("the {tool} gave no answer within {} seconds", PATIENCE.as_secs());
                Failure::new(Kind::Unavailable, message)
                    .code("tool_slow")
                    .hint(format!("run it by hand and see what it waits for; then sign in: {login}"))
            }
            Why::Said(text) => match refusal::described(&text) {
                Some(number) => refusal::numbered(number).unwrap_or_else(|| {
                    Failure::new(Kind::Unauthenticated, format!("the {tool} was refused a token"))
                        .code(format!("AADSTS{number}"))
                        .hint(format!("sign in again: {login}"))
                }),
                None => {
                    Failure::new(Kind::Unauthenticated, format!("the {tool} gave no token for this tenant"))
                        .code("tool_refused")
                        .hint(format!("sign in: {login}"))
                }
            },
        };
        ProviderError::new(PROVIDER, failure)
    }
}

async fn ask(
    tool: azure_core::Result<Arc<dyn TokenCredential>>,
    scope: &str,
    clock: &dyn Clock,
) -> Result<AccessToken, Why> {
    let why = |error: Error| {
        let text = error.to_string();
        let missing = text.contains("not found on PATH") || text.contains("wasn't found on PATH");
        if missing { Why::Missing } else { Why::Said(text) }
    };
    let tool = tool.map_err(why)?;
    let scopes = [scope];
    let (token, limit) = (tool.get_token(&scopes, None), clock.sleep_until(clock.now() + PATIENCE));
    match select(token, limit).await {
        Either::Left((token, _)) => token.map_err(why),
        Either::Right(_) => Err(Why::Slow),
    }
}

impl fmt::Debug for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "developer tools for {}", self.tenant)
    }
}
