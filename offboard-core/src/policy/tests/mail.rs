//! What a policy says of the mailbox, refused with its line, and beside it what is right.

use super::{WHOLE, parse, with};

#[test]
fn forwarding_has_a_target_and_an_end() {
    let mail =
        "disposition = \"shared\"\n[mail.full_access]\nto = [\"successor\", \"manager\"]\nuntil = \"P90D\"\n";
    let kept = with("disposition = \"remove\"\nafter = \"P7D\"", "disposition = \"keep\"");
    let refused = |lines: &str| {
        let text = kept.replace(mail, lines);
        assert_ne!(text, kept);
        parse(&text).map_err(|error| (error.line, error.requirement, error.to_string()))
    };
    let whole = "disposition = \"forward\"\nforward_to = [\"manager\"]\nuntil = \"P90D\"\n";
    refused(whole).unwrap();
    refused(&format!("{whole}keep_copy = false\n")).unwrap();
    for (lines, at, requirement, words) in [
        ("disposition = \"forward\"\nuntil = \"P90D\"\n", 13, Some("R31"), "`mail.forward_to`"),
        ("disposition = \"forward\"\nforward_to = [\"manager\"]\n", 13, Some("R95"), "`mail.until`"),
        ("disposition = \"forward\"\nforward_to = []\nuntil = \"P90D\"\n", 14, None, "names nobody"),
        (
            "disposition = \"forward\"\nforward_to = [\"manager\", \"manager\"]\nuntil = \"P90D\"\n",
            14,
            None,
            "`manager` twice",
        ),
        ("disposition = \"shared\"\nforward_to = [\"manager\"]\n", 14, None, "forwards nothing"),
        ("disposition = \"keep\"\nkeep_copy = true\n", 14, None, "forwards nothing"),
        (
            "disposition = \"forward\"\nforward_to = [\"user:alex@fabrikam.com\"]\nuntil = \"P90D\"\n",
            14,
            None,
            "GUID",
        ),
    ] {
        let (line, seen, text) = refused(lines).unwrap_err();
        assert_eq!((line, seen), (at, requirement), "{text}");
        assert!(text.contains(words), "{words}: {text}");
    }
    // What is impossible is said before what is missing, and both together are judged by their rule.
    let license = with("disposition = \"shared\"", "disposition = \"forward\"");
    assert_eq!(parse(&license).unwrap_err().code, Some("G3"));
    let both = with("disposition = \"shared\"", "disposition = \"shared_and_forward\"");
    assert_eq!(parse(&both).unwrap_err().code, Some("G3"));
    let (_, _, text) = refused("disposition = \"shared_and_forward\"\n").unwrap_err();
    assert!(text.contains("not in this version"), "{text}");
}

#[test]
fn meetings_are_cancelled_for_a_number_of_days() {
    let cancel = |meetings: &str| with("[mail]\n", &format!("[mail]\nmeetings = {meetings}\n"));
    for right in
        ["{ do = \"cancel\", for = \"P1D\" }", "{ do = \"cancel\", for = \"P52W\" }", "{ do = \"keep\" }"]
    {
        parse(&cancel(right)).unwrap_or_else(|error| panic!("{right}: {error}"));
    }
    for (wrong, words) in [
        ("{ do = \"cancel\" }", "how far ahead"),
        ("{ do = \"cancel\", for = \"P366D\" }", "from 1 to 365"),
        ("{ do = \"cancel\", for = \"PT36H\" }", "from 1 to 365"),
        ("{ do = \"cancel\", for = \"P0D\" }", "from 1 to 365"),
        ("{ do = \"cancel\", for = \"P1Y\" }", "`P1Y`"),
        ("{ do = \"keep\", for = \"P30D\" }", "`do = \"keep\"`"),
        ("{ do = \"move\" }", "`cancel`, `keep`"),
        ("{ do = \"cancel\", for = \"P30D\", to = \"manager\" }", "`to`"),
    ] {
        let error = parse(&cancel(wrong)).unwrap_err();
        assert_eq!(error.line, 13, "{error}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}

#[test]
fn protocols_are_blocked_only_where_nobody_else_uses_the_mailbox() {
    let error = parse(&with("protocols = \"keep\"", "protocols = \"block\"")).unwrap_err();
    assert_eq!((error.line, error.code), (10, Some("G20")), "{error}");
    let alone = WHOLE
        .replace("protocols = \"keep\"", "protocols = \"block\"")
        .replace("disposition = \"shared\"\n[mail.full_access]\nto = [\"successor\", \"manager\"]\nuntil = \"P90D\"", "disposition = \"keep\"")
        .replace("disposition = \"remove\"\nafter = \"P7D\"", "disposition = \"keep\"");
    parse(&alone).unwrap();
}
