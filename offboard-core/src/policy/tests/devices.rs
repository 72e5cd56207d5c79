//! Phones and tablets in a policy: what is refused, and what each means for one leaver.

use serde_json::{Value, json};

use super::{LEAVER, facts, now, parse, with};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::Failure;
use crate::id::MobileDeviceId;
use crate::model::mobile_device::MobileDevice;
use crate::operation::{Catalog, Severity};
use crate::policy::{Derived, Policy, Request};
use crate::tenant::TenantProfile;

fn derive(policy: &Policy, facts: &Facts) -> Derived {
    let request = Request { leaves_at: now(), successor: None };
    policy.derive(facts, &TenantProfile::default(), &request, &Catalog::builtin())
}

fn drafts<'a>(derived: &'a Derived, operation: &str) -> Vec<&'a Value> {
    derived.drafts.iter().filter(|draft| draft.operation == operation).map(|draft| &draft.params).collect()
}

fn found<'a>(derived: &'a Derived, code: &str) -> Vec<(Severity, &'a str)> {
    derived.findings.iter().filter(|f| f.code == code).map(|f| (f.severity, f.key.as_str())).collect()
}

#[test]
fn each_phone_has_steps_of_its_own() {
    let phone = |number: u128, version: &str| MobileDevice {
        id: MobileDeviceId::from_u128(number),
        device_id: format!("Appl{number}"),
        name: format!("phone {number}"),
        device_type: "iPhone".to_owned(),
        client_type: "EAS".to_owned(),
        client_version: version.to_owned(),
        last_success_sync: None,
        wipe_requested: None,
        wipe_acknowledged: None,
    };
    let mut facts = facts();
    facts.leaver.mobile_devices = Fact::Known(vec![phone(1, "16.1"), phone(2, "14.1")]);
    let policy = |mobile: &str| {
        parse(&with("[files]\n", &format!("[devices]\nmobile = \"{mobile}\"\n[files]\n"))).unwrap()
    };
    let derived = derive(&policy("wipe_and_block"), &facts);
    let id = MobileDeviceId::from_u128;
    assert_eq!(
        drafts(&derived, "wipe_mobile_device"),
        [&json!({ "user": LEAVER, "device": id(1), "wipe": "account_only", "wait": "P7D" })]
    );
    assert_eq!(
        drafts(&derived, "block_mobile_device"),
        [
            &json!({ "user": LEAVER, "device": id(1), "device_id": "Appl1" }),
            &json!({ "user": LEAVER, "device": id(2), "device_id": "Appl2" }),
        ]
    );
    assert_eq!(found(&derived, "G38"), [(Severity::Warn, format!("not_wiped:{}", id(2)).as_str())]);
    assert!(!derived.intent.containment_only);
    let block = derive(&policy("block"), &facts);
    assert_eq!(
        (drafts(&block, "wipe_mobile_device").len(), drafts(&block, "block_mobile_device").len()),
        (0, 2)
    );
    assert!(drafts(&derive(&policy("keep"), &facts), "block_mobile_device").is_empty());
    facts.leaver.mobile_devices = Fact::Unknown(Failure::not_read());
    let unread = derive(&policy("block"), &facts);
    assert_eq!(
        found(&unread, "devices.mobile"),
        [(Severity::Block, "unknown:which mobile devices there are")]
    );
    assert!(policy("block").reads(LEAVER).contains(&Facet::MobileDevices(LEAVER)));
}

#[test]
fn devices_are_waited_for_in_vain_only_so_long() {
    let devices = |lines: &str| with("[files]\n", &format!("[devices]\n{lines}\n[files]\n"));
    for right in ["mobile = \"keep\"", "mobile = \"block\"", "mobile = \"wipe_and_block\"\nwait = \"P14D\""] {
        parse(&devices(right)).unwrap_or_else(|error| panic!("{right}: {error}"));
    }
    for (wrong, at, words) in [
        ("mobile = \"wipe\"", 21, "`wipe_and_block`, `block`, `keep`"),
        ("wait = \"P7D\"", 20, "`devices.mobile`: this is missing"),
        ("mobile = \"block\"\nwait = \"P7D\"", 22, "waits for no device"),
        ("mobile = \"wipe_and_block\"\nwait = \"P0D\"", 22, "no time at all"),
        ("mobile = \"wipe_and_block\"\nwait = \"P15D\"", 22, "longer than P14D"),
        ("mobile = \"keep\"\nentra = \"disable\"", 22, "`entra`"),
    ] {
        let error = parse(&devices(wrong)).unwrap_err();
        assert_eq!(error.line, at, "{error}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}
