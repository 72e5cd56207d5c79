//! Tenant profiles as people write them.

use serde_json::Value;

use super::{ExchangeDoor, TenantProfile, has_profile, profile_schema};
use crate::facts::Service;
use crate::id::{GroupId, UserId};
use crate::model::mailbox::GIB;
use crate::time::Period;

const WHOLE: &str = r#"# belongs to the command line
[connection]
cloud = "worldwide"

[tenant]
unused = ["phone", "one_drive"]
protected = ["00000000-0000-0000-0000-000000000001"]
protected_groups = ["00000000-0000-0000-0000-000000000002"]
caps = { per_roster = 5, per_day = 10 }
mailbox_margin_gib = 2
lease = "PT2M"
exchange = "hand_off"
on_premises_lock = "hand_off"
"#;

fn parse(text: &str) -> Result<TenantProfile, super::ProfileError> {
    TenantProfile::parse(text.as_bytes(), "offboard.toml")
}

#[test]
fn every_key_is_read() {
    let profile = parse(WHOLE).unwrap();
    assert_eq!(profile.unused, [Service::Phone, Service::OneDrive].into());
    assert_eq!(profile.protected, [UserId::from_u128(1)].into());
    assert_eq!(profile.protected_groups, [GroupId::from_u128(2)].into());
    assert_eq!((profile.caps.per_roster, profile.caps.per_day), (5, 10));
    assert_eq!(profile.mailbox_margin, 2 * GIB);
    assert_eq!(profile.lease, Period::minutes(2));
    assert_eq!(profile.exchange, ExchangeDoor::HandOff);
}

#[test]
fn an_empty_section_is_the_default() {
    assert_eq!(parse("[tenant]\n").unwrap(), TenantProfile::default());
    assert!(has_profile(b"[tenant]\n"));
    assert!(!has_profile(b"[connection]\n"));
}

#[test]
fn the_digest_is_that_of_the_profile_alone() {
    let profile = parse(WHOLE).unwrap();
    let elsewhere = WHOLE.replace("cloud = \"worldwide\"", "cloud = \"china\"");
    assert_eq!(parse(&elsewhere).unwrap().digest, profile.digest);
    assert_ne!(parse(&WHOLE.replace("PT2M", "PT3M")).unwrap().digest, profile.digest);
    let bytes = profile.to_bytes();
    assert_eq!(crate::document::digest(&bytes), profile.digest);
    assert_eq!(TenantProfile::parse(&bytes, "journal").unwrap(), profile);
}

#[test]
fn what_is_wrong_names_its_line() {
    for (line, instead, at, words) in [
        ("[tenant]", "[tenants]", 1, "no section [tenant]"),
        ("[tenant]", "[tenant", 5, "not TOML"),
        (
            "unused = [\"phone\", \"one_drive\"]",
            "unused = [\"phone\",\n\"fax\"]",
            7,
            "`exchange`, `one_drive`, `phone`",
        ),
        ("00000000-0000-0000-0000-000000000001", "alex@contoso.com", 7, "`alex@contoso.com`"),
        ("protected = ", "protect = ", 7, "there is no key `protect`"),
        ("per_day = 10", "per_year = 10", 9, "`per_roster`, `per_day`"),
        ("per_day = 10", "per_day = -1", 9, "the number -1"),
        (", per_day = 10", "", 9, "`tenant.caps.per_day`: this is missing"),
        ("mailbox_margin_gib = 2", "mailbox_margin_gib = 51", 10, "51"),
        ("mailbox_margin_gib = 2", "mailbox_margin_gib = 1.5", 10, "the number 1.5"),
        ("lease = \"PT2M\"", "lease = \"PT1S\"", 11, "PT10S"),
        ("lease = \"PT2M\"", "lease = 120", 11, "`tenant.lease`"),
        ("exchange = \"hand_off\"", "exchange = \"powershell\"", 12, "`invoke_command`, `hand_off`"),
        ("on_premises_lock = \"hand_off\"", "on_premises_lock = \"agent\"", 13, "`hand_off`, `provider`"),
        ("exchange = \"hand_off\"", "privileged = \"hand_off\"", 12, "not in this version"),
    ] {
        assert_eq!(WHOLE.matches(line).count(), 1, "{line}");
        let error = parse(&WHOLE.replace(line, instead)).expect_err(instead);
        assert_eq!(error.line, at, "{error}");
        assert!(error.to_string().contains(words), "{words:?} is not in: {error}");
    }
}

#[test]
fn an_unknown_key_is_answered_with_the_keys_of_the_schema() {
    let schema = serde_json::to_value(profile_schema()).unwrap();
    let mut keys: Vec<&String> =
        schema["$defs"]["Section"]["properties"].as_object().unwrap().keys().collect();
    keys.sort_unstable();
    let error = parse("[tenant]\nwishes = 1\n").unwrap_err().to_string();
    let allowed = error.split("allowed are ").nth(1).unwrap();
    let mut allowed: Vec<&str> = allowed.split(", ").map(|key| key.trim_matches('`')).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, keys);
    assert_eq!(schema["$defs"]["Section"]["additionalProperties"], Value::Bool(false));
}
