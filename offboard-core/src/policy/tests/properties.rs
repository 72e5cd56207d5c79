//! Whatever is read, reading ends in a policy or in an error with a line of the text.

use proptest::prelude::*;

use super::{LEAVER, MANAGER, SUCCESSOR, WHOLE, facts, now, parse, whole};
use crate::facts::Fact;
use crate::failure::Failure;
use crate::operation::Catalog;
use crate::policy::{Policy, Request};
use crate::tenant::TenantProfile;
use crate::time::Period;

/// Reads, and looks at what an error promises.
fn judge(bytes: &[u8]) {
    if let Err(error) = Policy::parse(bytes, "p", &Catalog::builtin()) {
        let lines = bytes.split(|byte| *byte == b'\n').count();
        assert!((1..=lines).contains(&error.line), "{error}");
        assert!(!error.message.is_empty());
    }
}

/// The whole policy with pieces cut out, doubled, or replaced by other words of the format.
fn mutated() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "",
        "\n",
        "\"",
        "=",
        "[",
        "]",
        "[[",
        "{",
        "}",
        "'''",
        "#",
        "keep",
        "delete",
        "forward",
        "inactive",
        "P0D",
        "then",
        "[[step]]",
        "until",
        "0x7fffffffffffffffff",
        "nan",
        "-inf",
        "2026-11-30",
        "\u{fffd}",
        "$leaver",
    ]);
    prop::collection::vec((0..WHOLE.len(), 0_usize..12, word), 1..6).prop_map(|cuts| {
        let mut text = WHOLE.to_owned();
        for (at, length, word) in cuts {
            let at = at.min(text.len());
            let start = (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap();
            let end = (start + length).min(text.len());
            let end = (end..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap();
            text.replace_range(start..end, word);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        judge(&bytes);
        let _ = TenantProfile::parse(&bytes, "p");
    }

    #[test]
    fn any_text_of_the_two_formats_is_read_or_refused(text in "[\\[\\]{}\"'=.,:#a-c0-9\n \\\\-]{0,200}") {
        judge(text.as_bytes());
        let json = format!("{{{text}");
        judge(json.as_bytes());
        let _ = TenantProfile::parse(text.as_bytes(), "p");
    }

    #[test]
    fn any_mutated_policy_is_read_or_refused(text in mutated()) {
        judge(text.as_bytes());
    }

    #[test]
    fn what_is_read_from_a_mutated_policy_is_derived_alike_twice(
        text in mutated(), days in -100_i64..100, named in any::<bool>()
    ) {
        if let Ok(policy) = parse(&text) {
            let leaves_at = now() + Period::days(days);
            let request = Request { leaves_at, successor: named.then_some(SUCCESSOR) };
            let (profile, catalog) = (TenantProfile::default(), Catalog::builtin());
            let once = policy.derive(&facts(), &profile, &request, &catalog);
            prop_assert_eq!(&once, &policy.derive(&facts(), &profile, &request, &catalog));
            for draft in &once.drafts {
                prop_assert!(catalog.make(&draft.operation, &draft.params).is_ok(), "{:?}", draft);
                prop_assert!(draft.not_before.is_none_or(|at| at > facts().as_of));
            }
        }
    }

    /// Containment has its drafts whatever could not be read, and every draft fits its operation.
    #[test]
    fn containment_is_derived_from_whatever_facts(holes in any::<[bool; 7]>(), leaving in any::<bool>()) {
        let mut facts = facts();
        let unknown = Failure::not_read;
        if holes[0] { facts.leaver.user = Fact::Unknown(unknown()); }
        if holes[1] { facts.leaver.cloud_managed = Fact::Unknown(unknown()); }
        if holes[2] { facts.leaver.manager = Fact::Absent; }
        if holes[3] { facts.leaver.licenses = Fact::Unknown(unknown()); }
        if holes[4] { facts.leaver.recipient = Fact::Absent; }
        if holes[5] { facts.people.remove(&SUCCESSOR); }
        if holes[6] { facts.person_mut(MANAGER).user = Fact::Unknown(unknown()); }
        if leaving { facts.leaving.extend([LEAVER, MANAGER]); }
        let request = Request { leaves_at: now(), successor: Some(SUCCESSOR) };
        let catalog = Catalog::builtin();
        let derived = whole().derive(&facts, &TenantProfile::default(), &request, &catalog);
        for operation in ["block_sign_in", "reset_password", "revoke_sign_in_sessions", "block_exchange_account", "stop_forwarding"] {
            prop_assert_eq!(derived.drafts.iter().filter(|d| d.operation == operation).count(), 1);
        }
        for draft in &derived.drafts {
            prop_assert!(catalog.make(&draft.operation, &draft.params).is_ok(), "{:?}", draft);
        }
        // A part without drafts has a finding in their place.
        let part = |name: &str| derived.drafts.iter().any(|d| d.operation == name);
        prop_assert!(part("grant_full_access") || derived.findings.iter().any(|f| f.code == "G16"));
        prop_assert!(part("remove_licenses") || derived.findings.iter().any(|f| f.code == "G21"));
    }
}
