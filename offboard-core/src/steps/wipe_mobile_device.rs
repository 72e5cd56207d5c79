//! Wipe the organisation's data from one phone, and nothing else (R13, R34, R73, C5). The phone does it when it comes next,
//! which may be never: after its time the step lapses, and the rest goes on (E9, G41).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, mailbox_route, needs_state, no_mailbox, of};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::{Failure, Kind};
use crate::id::{MobileDeviceId, ObjectKey, UserId};
use crate::model::mobile_device::{MobileDevice, Wipe};
use crate::operation::{
    Class, Context, Door, Findings, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat,
    Reversal, Route, Seen, Spec,
};
use crate::time::{Period, Timestamp};

/// How long a phone may be waited for at most.
pub const LONGEST_WAIT: Period = Period::days(14);

/// Asks one device for a wipe that leaves everything private alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WipeMobileDevice {
    /// Who is leaving.
    pub user: UserId,
    /// Which device in his mailbox.
    pub device: MobileDeviceId,
    /// Which wipe its client understands.
    pub wipe: Wipe,
    /// How long it is waited for.
    pub wait: Period,
}

/// How far the wipe is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// None was asked for, or the phone has synchronised since.
    None,
    /// The device has not come since.
    Pending,
    /// The device says that it is done.
    Acknowledged,
}

/// What the service knows of wiping the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WipeState {
    /// How far it is.
    pub progress: Progress,
    /// When it was last asked for.
    pub requested_at: Option<Timestamp>,
    /// When it was last acknowledged.
    pub acknowledged_at: Option<Timestamp>,
}

impl WipeState {
    fn of(device: &MobileDevice) -> Self {
        let progress = match (device.wipe_is_pending(), device.wipe_acknowledged) {
            (true, _) => Progress::Pending,
            // What has come onto the phone since an earlier wipe is there again.
            (false, Some(done)) if device.last_success_sync.is_none_or(|sync| sync <= done) => {
                Progress::Acknowledged
            }
            (false, _) => Progress::None,
        };
        Self { progress, requested_at: device.wipe_requested, acknowledged_at: device.wipe_acknowledged }
    }
}

/// One device of a mailbox.
pub(super) fn device(facts: &Facts, user: UserId, id: MobileDeviceId) -> Fact<MobileDevice> {
    of(facts, user, |person| person.mobile_devices.clone()).and_then(|devices| {
        devices.into_iter().find(|device| device.id == id).map_or(Fact::Absent, Fact::Known)
    })
}

#[async_trait]
impl Operation for WipeMobileDevice {
    type State = WipeState;

    fn spec() -> Spec {
        Spec {
            name: "wipe_mobile_device",
            version: 1,
            title: "Wipe the organisation's data from a mobile device",
            phase: Phase::Devices,
            door: Door::Exchange,
            class: Class::Destructive,
            after: &[],
            before: &[],
            reversal: Reversal::Impossible { why: "what a phone has deleted is deleted".to_owned() },
            repeat: Repeat::Settle,
            latency: Period::days(1),
            give_up: Period::days(15),
            clock_fields: &["requested_at", "acknowledged_at"],
        }
    }

    fn example() -> Self {
        Self {
            user: EXAMPLE_USER,
            device: MobileDeviceId::from_u128(0x5c0f_f2b1_0000_4000_8000_0000_0000_00d1),
            wipe: Wipe::AccountOnly,
            wait: Period::days(7),
        }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::MobileDevices(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::other("mobile_device", &self.device.to_string())]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        let switch = if self.wipe == Wipe::AccountOnly { " -AccountOnly" } else { "" };
        let name = device(facts, self.user, self.device).known().map(|device| device.name.clone());
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "Exchange Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                "Clear-MobileDevice -Identity {}{switch} -Confirm:$false   # {}",
                self.device,
                name.unwrap_or_else(|| "look which device it is first".to_owned())
            )],
            shown_by: "Get-MobileDeviceStatistics shows when the wipe was acknowledged".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    /// A client that became another one since the plan was made would do something else.
    fn check(&self, facts: &Facts, findings: &mut Findings) {
        let Fact::Known(device) = device(facts, self.user, self.device) else { return };
        match device.wipe() {
            Ok(wipe) if wipe == self.wipe => {}
            Ok(other) => findings.never(
                "client",
                format!("{} takes the wipe {other:?}, and {:?} is planned", device.name, self.wipe),
                "make a new plan, which looks at the client again",
            ),
            Err(why) => findings.never(
                "client",
                format!("{} cannot be wiped without everything private on it: {why}", device.name),
                "block the device; a device that the organisation owns is wiped in its device management",
            ),
        }
    }

    fn state(&self, facts: &Facts) -> Judged<WipeState> {
        let device = device(facts, self.user, self.device).map(|device| WipeState::of(&device));
        match device {
            Fact::Absent => Judged::Nothing("the device is no longer in the mailbox".to_owned()),
            other => no_mailbox(other),
        }
    }

    fn effect(&self, facts: &mut Facts) {
        let now = facts.as_of;
        let devices = facts.person_mut(self.user).mobile_devices.known_mut();
        for device in devices.into_iter().flatten().filter(|device| device.id == self.device) {
            (device.wipe_requested, device.wipe_acknowledged) = (Some(now), Some(now));
        }
    }

    fn put_back(&self, _facts: &mut Facts, _before: &WipeState) {}

    fn reached(&self, seen: &Seen<WipeState>) -> Reached {
        if seen.now.is().is_some_and(|now| now.progress == Progress::Acknowledged) {
            return Reached::Yes;
        }
        // A phone stays away only from what waits for it: a request that is newer than any before is ours, whether or not its
        // answer came. Where none is seen, nobody asked the phone, whatever the service answered.
        let requested = |state: &Judged<WipeState>| state.is().and_then(|state| state.requested_at);
        let ours = requested(&seen.now).filter(|at| Some(*at) > requested(&seen.before));
        match ours {
            Some(asked) if seen.at >= asked + self.wait => Reached::Lapsed(format!(
                "the device did not say within {} that it is wiped; what is on it stays until it comes",
                self.wait
            )),
            _ => Reached::NotYet,
        }
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<WipeState>) -> Result<(), Failure> {
        before.is().ok_or_else(|| needs_state("which devices there are"))?;
        let port = &cx.providers.mobile_devices;
        cx.receipt(port.request_wipe(&cx.call, self.user, self.device, self.wipe).await?);
        Ok(())
    }

    async fn undo(&self, _cx: &Context<'_>, _before: &WipeState, _now: &WipeState) -> Result<(), Failure> {
        Err(Failure::new(Kind::Unsupported, "a wiped device is set up anew by whoever uses it"))
    }
}
