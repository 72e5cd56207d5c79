//! Keep one phone out of the mailbox (R34, R73, C5), after it was wiped or waited for (E9).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{MobileDeviceId, ObjectKey, UserId};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Puts one device on the list of those that are not let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockMobileDevice {
    /// Who is leaving.
    pub user: UserId,
    /// Which device in his mailbox.
    pub device: MobileDeviceId,
    /// Its `DeviceID`, by which Exchange blocks it.
    pub device_id: String,
}

/// Whether the device is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceAccess {
    /// It stands in `ActiveSyncBlockedDeviceIDs`.
    pub blocked: bool,
}

#[async_trait]
impl Operation for BlockMobileDevice {
    type State = DeviceAccess;

    fn spec() -> Spec {
        Spec {
            name: "block_mobile_device",
            version: 1,
            title: "Keep a mobile device out of the mailbox",
            phase: Phase::Devices,
            door: Door::Exchange,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: EXCHANGE_LATENCY,
            give_up: Spec::patience(EXCHANGE_LATENCY),
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        Self {
            user: EXAMPLE_USER,
            device: MobileDeviceId::from_u128(0x5c0f_f2b1_0000_4000_8000_0000_0000_00d1),
            device_id: "ApplDN6G8XYZ".to_owned(),
        }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::ClientAccess(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "Exchange Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                "Set-CASMailbox -Identity {} -ActiveSyncBlockedDeviceIDs @{{Add='{}'}}",
                self.user,
                self.device_id.replace('\'', "''")
            )],
            shown_by: "Get-CASMailbox lists the device in ActiveSyncBlockedDeviceIDs".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<DeviceAccess> {
        let access = of(facts, self.user, |person| person.client_access.clone());
        no_mailbox(access.map(|access| DeviceAccess {
            blocked: access.active_sync_blocked_device_ids.contains(&self.device_id),
        }))
    }

    fn effect(&self, facts: &mut Facts) {
        self.put_back(facts, &DeviceAccess { blocked: true });
    }

    fn put_back(&self, facts: &mut Facts, before: &DeviceAccess) {
        if let Some(access) = facts.person_mut(self.user).client_access.known_mut() {
            let list = &mut access.active_sync_blocked_device_ids;
            list.retain(|id| *id != self.device_id);
            if before.blocked {
                list.push(self.device_id.clone());
                list.sort();
            }
        }
    }

    fn reached(&self, seen: &Seen<DeviceAccess>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.blocked))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<DeviceAccess>) -> Result<(), Failure> {
        let port = &cx.providers.client_access;
        cx.receipt(port.set_device_blocked(&cx.call, self.user, &self.device_id, true).await?);
        Ok(())
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &DeviceAccess,
        _now: &DeviceAccess,
    ) -> Result<(), Failure> {
        let port = &cx.providers.client_access;
        cx.receipt(port.set_device_blocked(&cx.call, self.user, &self.device_id, before.blocked).await?);
        Ok(())
    }
}
