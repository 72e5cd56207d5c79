//! What the services say one application may ask for (CONTRACT d, SPEED 3.1).

use std::collections::BTreeMap;

use offboard_core::time::Period;

/// Directory reads and writes.
pub const IDENTITY: &str = "identity";
/// Audit logs, sign-ins and authentication methods, which are counted together.
pub const REPORTS: &str = "reports";
/// Conditional access and identity protection. They never say when to come back.
pub const RISK: &str = "risk";
/// Writes to devices in the directory.
pub const DEVICES: &str = "devices";
/// Device management.
pub const INTUNE: &str = "intune";
/// Mail, calendar, rules and mailbox settings: one pool per mailbox, `outlook/{user id}`.
pub const OUTLOOK: &str = "outlook";
/// Teams.
pub const TEAMS: &str = "teams";
/// OneDrive and SharePoint.
pub const FILES: &str = "files";
/// Exchange's administrative doors, which publish nothing.
pub const EXCHANGE: &str = "exchange";

/// So much in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How much.
    pub amount: u32,
    /// In what time.
    pub per: Period,
}

impl Rate {
    /// `amount` in `seconds`.
    pub const fn new(amount: u32, seconds: i64) -> Self {
        Self { amount, per: Period::seconds(seconds) }
    }
}

/// The limits of one pool. What is not limited is not paced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota {
    /// Units: resource units, or requests where the service counts those.
    pub units: Option<Rate>,
    /// Writes.
    pub writes: Option<Rate>,
    /// Requests in flight.
    pub at_most: Option<u32>,
}

/// How many users a tenant has: the directory grants more to the larger ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TenantSize {
    /// Fewer than 50, or not known.
    #[default]
    Small,
    /// 50 to 500.
    Medium,
    /// More than 500.
    Large,
}

/// The quotas of all pools, by family: `outlook/a` and `outlook/b` are two pools under one quota.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quotas(BTreeMap<String, Quota>);

impl Quotas {
    /// What Microsoft publishes for one application in one tenant. Exchange publishes nothing; three requests at a
    /// time is our own caution.
    pub fn published(size: TenantSize) -> Self {
        let directory = match size {
            TenantSize::Small => 3_500,
            TenantSize::Medium => 5_000,
            TenantSize::Large => 8_000,
        };
        let units = |amount, seconds| Quota { units: Some(Rate::new(amount, seconds)), ..Quota::default() };
        let writes = Some(Rate::new(3_000, 150));
        let all = Self::default();
        all.with(IDENTITY, Quota { writes, ..units(directory, 10) })
            .with(REPORTS, units(5, 10))
            .with(RISK, units(1, 1))
            .with(DEVICES, Quota { writes, ..Quota::default() })
            .with(INTUNE, Quota { writes: Some(Rate::new(100, 20)), ..units(1_000, 20) })
            .with(OUTLOOK, Quota { at_most: Some(4), ..units(10_000, 600) })
            .with(TEAMS, Quota { writes: Some(Rate::new(15, 1)), ..units(30, 1) })
            .with(FILES, units(1_200, 60))
            .with(EXCHANGE, Quota { at_most: Some(3), ..Quota::default() })
    }

    /// With another quota for a family of pools.
    #[must_use]
    pub fn with(mut self, family: &str, quota: Quota) -> Self {
        self.0.insert(family.to_owned(), quota);
        self
    }

    /// The quota of `pool`.
    pub fn of(&self, pool: &str) -> Quota {
        let family = pool.split('/').next().unwrap_or(pool);
        self.0.get(family).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_has_the_quota_of_its_family() {
        let quotas = Quotas::published(TenantSize::Medium);
        assert_eq!(quotas.of("outlook/0f8b1c2d").at_most, Some(4));
        assert_eq!(quotas.of(IDENTITY).units, Some(Rate::new(5_000, 10)));
        assert_eq!(quotas.of("somebody's own"), Quota::default());
    }
}
