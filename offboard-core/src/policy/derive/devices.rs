//! Phones and tablets: each is wiped and kept out by steps of its own.

use serde_json::json;

use super::Way;
use crate::facts::Fact;
use crate::model::intent::MobileDisposition;
use crate::time::Period;

const KEY: &str = "devices.mobile";

/// How long a phone is waited for, unless the policy says otherwise.
const WAIT: Period = Period::days(7);

impl Way<'_> {
    pub(super) fn devices(&mut self) {
        let mobile = self.policy.mobile();
        if mobile == MobileDisposition::Keep {
            return;
        }
        let facts = self.facts;
        let devices = match &facts.leaver.mobile_devices {
            Fact::Known(devices) => devices,
            Fact::Absent | Fact::NotOffered(_) => return,
            Fact::Unknown(failure) => {
                return self.find(KEY, "R34", |findings| {
                    findings.unknown("which mobile devices there are", failure);
                });
            }
        };
        let wait = self.policy.file.devices.as_ref().and_then(|devices| devices.wait).unwrap_or(WAIT);
        let now = self.at(Period::ZERO);
        for device in devices {
            if mobile == MobileDisposition::WipeAndBlock {
                match device.wipe() {
                    Ok(wipe) => {
                        let params = json!({ "device": device.id, "wipe": wipe, "wait": wait });
                        self.draft(KEY, "wipe_mobile_device", &params, now);
                    }
                    Err(why) => self.find("G38", "R34", |findings| {
                        findings.warn(
                            format!("not_wiped:{}", device.id),
                            format!("{} is kept out and not wiped: {why}", device.name),
                            "a device that the organisation owns is wiped in its device management",
                        );
                    }),
                }
            }
            let params = json!({ "device": device.id, "device_id": device.device_id });
            self.draft(KEY, "block_mobile_device", &params, now);
        }
    }
}
