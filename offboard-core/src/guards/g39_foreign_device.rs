//! G39: only the leaver's own device is wiped or blocked (R34).

use super::support::{Look, look, unknown};
use crate::facts::{Facet, Facts};
use crate::id::MobileDeviceId;
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses a device that is not in the leaver's mailbox, and one that blocks by another id than its own.
#[derive(Debug)]
pub struct ForeignDevice;

impl Guard for ForeignDevice {
    fn code(&self) -> &'static str {
        "G39"
    }

    fn requirement(&self) -> &'static str {
        "R34"
    }

    fn title(&self) -> &'static str {
        "Only a device in the leaver's own mailbox is wiped or blocked"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["wipe_mobile_device", "block_mobile_device"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::MobileDevices(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let Some(id) = step.param::<MobileDeviceId>("device") else {
            return findings.never("nothing", "the step names no device", "name a device by its Guid");
        };
        let devices = match look(facts.leaver.mobile_devices.as_ref()) {
            Look::There(devices) => devices,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown(step, &Facet::MobileDevices(step.leaver), &failure, findings);
            }
        };
        let Some(device) = devices.iter().find(|device| device.id == id) else {
            return findings.block(
                format!("device:{id}"),
                format!("the device {id} is not in the leaver's mailbox: it is gone, or somebody else's"),
                "make a new plan, which lists the devices that are there",
            );
        };
        if step.param::<String>("device_id").is_some_and(|wanted| wanted != device.device_id) {
            findings.never(
                format!("device_id:{id}"),
                format!("{} has another DeviceID than the step would block", device.name),
                "make a new plan, which takes both ids from the same device",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::Trial;
    use serde_json::json;

    #[test]
    fn a_device_of_the_leaver_passes_and_another_does_not() {
        for name in ["wipe_mobile_device", "block_mobile_device"] {
            let trial = || Trial::of(name);
            assert!(trial().judge(&ForeignDevice).is_empty(), "{name}");
            let foreign = trial().params(|params| {
                params["device"] = json!("00000000-0000-4000-8000-000000000099");
            });
            assert_eq!(foreign.judge(&ForeignDevice), ["block device:00000000-0000-4000-8000-000000000099"]);
            assert_eq!(
                trial().blank(Facet::MobileDevices).judge(&ForeignDevice),
                ["block unknown:the mobile devices"]
            );
            let none = trial().with(|facts| facts.leaver.mobile_devices = Fact::Absent);
            assert!(none.judge(&ForeignDevice).is_empty(), "the step is skipped");
        }
    }

    #[test]
    fn both_ids_are_of_one_device() {
        let other = Trial::of("block_mobile_device").params(|params| params["device_id"] = json!("Other"));
        let [finding] = &other.judge(&ForeignDevice)[..] else { panic!() };
        assert!(finding.starts_with("never device_id:"), "{finding}");
    }
}
