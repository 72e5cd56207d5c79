//! Every refusal, with its line, what was seen and what is allowed.

use serde_json::{Value, json};

use super::{WHOLE, parse, with};
use crate::operation::Catalog;
use crate::policy::{Policy, policy_schema};

/// The error of the whole policy with `instead` in place of `line`: its line and its text.
fn refused(line: &str, instead: &str) -> (usize, String) {
    let error = parse(&with(line, instead)).expect_err(instead);
    assert_eq!(error.source_name, "leaver.toml");
    (error.line, error.to_string())
}

#[track_caller]
fn assert_refused(line: &str, instead: &str, at: usize, words: &[&str]) {
    let (seen, text) = refused(line, instead);
    assert_eq!(seen, at, "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in: {text}");
    }
}

#[test]
fn the_whole_policy_is_right() {
    parse(WHOLE).unwrap();
}

#[test]
fn malformed_text() {
    assert_refused("[files]", "[files", 20, &["this is not TOML"]);
    assert_refused("name = \"whole\"", "name = \"whole", 2, &["this is not TOML"]);
    assert_eq!(Policy::parse(b"", "p", &Catalog::builtin()).unwrap_err().line, 1);
    assert_eq!(Policy::parse(b"[]", "p", &Catalog::builtin()).unwrap_err().line, 1);
    let twice = WHOLE.replace("applies_to", "name");
    assert_eq!(parse(&twice).unwrap_err().line, 3);
    let late = b"policy = \"offboard.policy/1\"\nname = \"\xff\"\n";
    assert_eq!(Policy::parse(late, "p", &Catalog::builtin()).unwrap_err().line, 2);
}

#[test]
fn unknown_keys_name_what_is_allowed() {
    assert_refused("sign_in = \"block\"", "signin = \"block\"", 5, &["`access`", "`signin`", "`sign_in`"]);
    assert_refused("[files]", "[file]", 20, &["`file`", "`files`", "`licenses`"]);
    assert_refused("text = \"gone\"", "txt = \"gone\"", 18, &["`mail.auto_reply`", "`txt`", "`text`"]);
    assert_refused("until = \"P90D\"", "till = \"P90D\"", 16, &["`mail.full_access`", "`till`", "`until`"]);
}

#[test]
fn unknown_values_name_what_is_allowed() {
    assert_refused(
        "sign_in = \"block\"",
        "sign_in = \"blocked\"",
        5,
        &["`access.sign_in`", "`blocked`", "`block`, `keep`"],
    );
    assert_refused(
        "disposition = \"shared\"",
        "disposition = \"share\"",
        13,
        &["`mail.disposition`", "`shared`", "`none`"],
    );
    assert_refused(
        "policy = \"offboard.policy/1\"",
        "policy = \"offboard.policy/2\"",
        1,
        &["`offboard.policy/2`", "`offboard.policy/1`"],
    );
    assert_refused("applies_to = \"member\"", "applies_to = \"robot\"", 3, &["`robot`", "`member`, `guest`"]);
    assert_refused(
        "until = \"P90D\"",
        "until = \"90 days\"",
        16,
        &["`mail.full_access.until`", "`90 days`", "P30D"],
    );
    assert_refused("until = \"P90D\"", "until = \"P3M\"", 16, &["`P3M`"]);
    assert_refused(
        "\"manager\"]",
        "\"boss\"]",
        15,
        &["`mail.full_access.to.[2]`", "`boss`", "`manager`, `successor`"],
    );
    assert_refused("\"manager\"]", "\"user:alex@contoso.com\"]", 15, &["GUID"]);
    assert_refused("\"manager\"]", "\"group:9f0c\"]", 15, &["not in this version"]);
}

#[test]
fn wrong_types_say_what_was_seen() {
    assert_refused(
        "sign_in = \"block\"",
        "sign_in = true",
        5,
        &["`access.sign_in`", "`true`", "`block`, `keep`"],
    );
    assert_refused("name = \"whole\"", "name = 3", 2, &["`name`", "the number 3", "a string"]);
    assert_refused("to = [\"successor\", \"manager\"]", "to = \"manager\"", 15, &["the text `manager`"]);
    assert_refused("text = \"gone\"", "text = 2026-11-30", 18, &["a date of TOML"]);
    assert_refused("text = \"gone\"", "text = [\"gone\"]", 18, &["a list"]);
    assert_refused("[files]", "[[files]]", 20, &["`files`", "a list", "a table"]);
}

#[test]
fn nothing_is_decided_by_leaving_it_out() {
    for (gone, section) in [
        (
            "[mail]\ndisposition = \"shared\"\n[mail.full_access]\nto = [\"successor\", \"manager\"]\nuntil = \"P90D\"\n[mail.auto_reply]\ntext = \"gone\"\nuntil = \"P30D\"\n",
            "mail",
        ),
        ("[files]\ndisposition = \"keep\"\n", "files"),
        ("[licenses]\ndisposition = \"remove\"\nafter = \"P7D\"\n", "licenses"),
    ] {
        let error = parse(&with(gone, "")).unwrap_err();
        assert_eq!((error.line, error.requirement), (1, Some("R92")), "{error}");
        assert!(error.to_string().contains(&format!("`{section}`: this is missing")), "{error}");
        assert!(error.hint.unwrap().contains("keep"));
    }
    let error = parse(&with("[files]\ndisposition = \"keep\"", "[files]")).unwrap_err();
    assert_eq!((error.line, error.requirement), (20, Some("R92")));
    assert_refused("password = \"reset\"\n", "", 4, &["`access.password`: this is missing"]);
    assert_refused("[account]\ndisposition = \"keep\"", "", 1, &["`account`: this is missing"]);
    assert_refused("[groups]\ndisposition = \"leave\"\n", "", 1, &["`groups`: this is missing"]);
    assert_refused("[voice]\nnumbers = \"keep\"\n", "", 1, &["`voice`: this is missing"]);
}

#[test]
fn access_given_to_a_person_must_end() {
    let error = parse(&with("until = \"P90D\"\n", "")).unwrap_err();
    assert_eq!((error.line, error.requirement), (14, Some("R95")));
    assert!(error.to_string().contains("`mail.full_access.until`"), "{error}");
    assert!(error.hint.unwrap().contains("must end"));
    assert_refused("until = \"P90D\"", "until = \"P0D\"", 16, &["no time at all"]);
}

#[test]
fn parts_that_are_impossible_alone() {
    assert_refused("name = \"whole\"", "name = \" \"", 2, &["`name` is empty"]);
    assert_refused("[\"successor\", \"manager\"]", "[]", 15, &["names nobody"]);
    assert_refused("[\"successor\", \"manager\"]", "[\n\"manager\",\n\"manager\"]", 17, &["`manager` twice"]);
    assert_refused("text = \"gone\"", "text = \"\"", 18, &["empty"]);
    assert_refused("text = \"gone\"", "text = \"standard\"", 18, &["not in this version"]);
    assert_refused("text = \"gone\"", "text = \"gone\"\ninternal = \"gone\"", 19, &["`text` and `internal`"]);
    assert_refused("text = \"gone\"", "external = \"gone\"", 17, &["R96", "inside"]);
    assert_refused("text = \"gone\"", "internal = \"gone\"\naudience = \"all\"", 19, &["no text for it"]);
    let nobody = "internal = \"gone\"\nexternal = \"gone\"\naudience = \"none\"";
    assert_refused("text = \"gone\"", nobody, 20, &["nobody gets"]);
    assert_refused("disposition = \"shared\"", "disposition = \"none\"", 14, &["`mail.full_access`", "R92"]);
    assert_refused("disposition = \"remove\"", "disposition = \"keep\"", 24, &["`licenses.after = \"P7D\"`"]);
    let at_once = "[account]\ndisposition = \"keep\"";
    let leave = "disposition = \"leave\"";
    assert_refused(leave, "disposition = \"keep\"\nafter = \"P1D\"", 29, &["`groups.after = \"P1D\"`"]);
    assert_refused(at_once, &format!("{at_once}\nafter = \"P1D\""), 27, &["`account.after = \"P1D\"`"]);
}

#[test]
fn what_is_not_in_this_version_is_named_and_never_ignored() {
    let later = "not in this version";
    assert_refused(
        "methods = \"keep\"",
        "methods = { do = \"remove\", after = \"P7D\" }",
        11,
        &["`access.methods`", later],
    );
    assert_refused(
        "methods = \"keep\"",
        "methods = \"remove\"",
        11,
        &["`access.methods = \"remove\"`", later],
    );
    assert_refused(
        "text = \"gone\"",
        "text = \"gone\"\nlanguage = \"mailbox\"",
        19,
        &["`mail.auto_reply.language`", later],
    );
    let variant = format!("{WHOLE}[[variant]]\nwhen = {{ mailbox_at_least_gib = 50 }}\n");
    let error = parse(&variant).unwrap_err();
    assert_eq!(error.line, 31);
    assert!(error.to_string().contains("`variant` is not in this version"), "{error}");
    let licenses = "disposition = \"remove\"\nafter = \"P7D\"";
    assert_refused(licenses, "disposition = \"keep_mailbox_plan\"", 23, &["keep_mailbox_plan", later]);
}

#[test]
fn what_follows_an_end_is_said_and_follows_something() {
    let shared = "disposition = \"shared\"";
    assert_refused(shared, &format!("{shared}\nthen = \"let_go\""), 14, &["does not say when"]);
    let kept = format!("{shared}\nuntil = \"P90D\"\nthen = \"let_go\"");
    assert_refused(shared, &kept, 15, &["R30", "the account stays"]);
    assert_refused(shared, &format!("{shared}\nuntil = \"P90D\"\nthen = \"shared\""), 15, &["let_go"]);
    let sequel = "disposition = \"let_go\"\nuntil = \"P90D\"\nthen = \"let_go\"";
    let account = "[account]\ndisposition = \"keep\"";
    let text = with(shared, sequel).replace(account, "[account]\ndisposition = \"delete\"\nafter = \"P90D\"");
    let text = text.replace("until = \"P90D\"\n[mail.auto", "until = \"P6D\"\n[mail.auto");
    let text = text.replace("until = \"P30D\"", "until = \"P6D\"");
    let error = parse(&text).unwrap_err();
    assert!(error.to_string().contains("has no end"), "{error}");
}

/// `[[step]]` after the whole policy; its first line is line 31.
fn step(rest: &str) -> (usize, String) {
    let error = parse(&format!("{WHOLE}[[step]]\n{rest}")).expect_err(rest);
    (error.line, error.to_string())
}

#[test]
fn steps_that_the_catalog_does_not_make() {
    for (rest, at, word) in [
        ("operation = \"water_the_plants\"\n", 32, "no operation is called `water_the_plants`"),
        ("operation = \"block_sign_in\"\n", 32, "has a key of its own"),
        ("operation = \"on_premises_task\"\nparams = { user = \"$leaver\" }\n", 33, "missing field `task`"),
        (
            "operation = \"on_premises_task\"\nparams = { user = \"alex\", task = \"disable_account\" }\n",
            33,
            "`alex`",
        ),
        ("operation = \"on_premises_task\"\n", 32, "do not fit"),
        ("params = { user = \"$leaver\" }\n", 31, "`step.[1].operation`: this is missing"),
        ("operation = \"on_premises_task\"\nwhen = 3\n", 33, "there is no key `when`"),
        (
            "operation = \"stop_automatic_replies\"\nparams = { user = \"$leaver\" }\nafter_steps = [\n\"block_sign_in\",\n\"nap\"]\n",
            36,
            "`nap`",
        ),
        (
            "operation = \"stop_automatic_replies\"\nparams = { user = \"$leaver\" }\nbefore_steps = [\"stop_automatic_replies\"]\n",
            34,
            "wait for itself",
        ),
        (
            "operation = \"stop_automatic_replies\"\nparams = { user = \"$leaver\" }\nafter_steps = [\"block_sign_in\"]\nbefore_steps = [\"block_sign_in\"]\n",
            34,
            "after and before `block_sign_in`",
        ),
    ] {
        let (line, text) = step(rest);
        // A missing `params` is missed where the step begins.
        let at = if rest == "operation = \"on_premises_task\"\n" { 31 } else { at };
        assert_eq!(line, at, "{text}");
        assert!(text.contains(word), "{word:?} is not in: {text}");
    }
}

#[test]
fn a_key_whose_operation_the_catalog_lacks_is_refused() {
    let error = Policy::parse(WHOLE.as_bytes(), "p", &Catalog::empty()).unwrap_err();
    assert_eq!(error.line, 5);
    assert!(error.to_string().contains("`access.sign_in` needs the operation `block_sign_in`"), "{error}");
}

/// The whole policy as JSON, one member a line.
fn json_text() -> String {
    let table: toml::Table = WHOLE.parse().unwrap();
    serde_json::to_string_pretty(&table).unwrap()
}

#[test]
fn json_is_read_like_toml_and_refused_with_its_lines() {
    let text = json_text();
    let (from_json, from_toml) = (parse(&text).unwrap(), parse(WHOLE).unwrap());
    assert_eq!(from_json.file, from_toml.file);
    let wrong = text.replace("\"sign_in\": \"block\"", "\"sign_in\": \"shut\"");
    let line = 1 + wrong.lines().position(|line| line.contains("shut")).unwrap();
    assert_eq!(parse(&wrong).unwrap_err().line, line);
    let cut = &text[..text.len() / 2];
    let error = parse(cut).unwrap_err();
    assert_eq!(error.line, cut.lines().count());
    assert!(error.to_string().contains("this is not JSON"), "{error}");
}

/// The tables that the schema describes, by the way to them in a policy.
fn tables(schema: &Value) -> Vec<(Vec<&'static str>, Vec<String>)> {
    let keys =
        |node: &Value| -> Vec<String> { node["properties"].as_object().unwrap().keys().cloned().collect() };
    let defined = |name: &str| keys(&schema["$defs"][name]);
    vec![
        (vec![], keys(schema)),
        (vec!["access"], defined("Access")),
        (vec!["mail"], defined("Mail")),
        (vec!["mail", "full_access"], defined("FullAccess")),
        (vec!["mail", "auto_reply"], defined("AutoReply")),
        (vec!["mail", "meetings"], defined("Meetings")),
        (vec!["devices"], defined("Devices")),
        (vec!["files"], defined("Files")),
        (vec!["licenses"], defined("Licenses")),
        (vec!["account"], defined("Account")),
        (vec!["groups"], defined("Groups")),
        (vec!["voice"], defined("Voice")),
    ]
}

#[test]
fn an_unknown_key_is_answered_with_the_keys_of_the_schema() {
    let schema = serde_json::to_value(policy_schema()).unwrap();
    let mut whole: Value = serde_json::from_str(&json_text()).unwrap();
    whole["mail"]["meetings"] = json!({ "do": "keep" });
    whole["devices"] = json!({ "mobile": "keep" });
    for (path, keys) in tables(&schema) {
        let mut wrong = whole.clone();
        let place = path.iter().fold(&mut wrong, |node, key| &mut node[*key]);
        place["wishes"] = json!("none");
        let error = parse(&wrong.to_string()).unwrap_err().to_string();
        let allowed = error.split("allowed are ").nth(1).unwrap();
        let mut allowed: Vec<&str> = allowed.split(", ").map(|key| key.trim_matches('`')).collect();
        allowed.sort_unstable();
        let mut keys = keys;
        keys.sort_unstable();
        assert_eq!(allowed, keys, "{path:?}");
    }
}

#[test]
fn a_word_of_the_schema_is_never_unknown() {
    let schema = serde_json::to_value(policy_schema()).unwrap();
    let whole: Value = serde_json::from_str(&json_text()).unwrap();
    let mut tried = 0;
    for (section, key, kind) in [
        ("access", "sign_in", "SignIn"),
        ("access", "password", "Password"),
        ("access", "sessions", "Sessions"),
        ("access", "exchange_account", "ExchangeAccount"),
        ("access", "forwarding", "Forwarding"),
        ("access", "protocols", "Protocols"),
        ("access", "methods", "Methods"),
        ("mail", "disposition", "MailDisposition"),
        ("files", "disposition", "FilesDisposition"),
        ("licenses", "disposition", "LicensesDisposition"),
        ("account", "disposition", "AccountDisposition"),
        ("groups", "disposition", "GroupsDisposition"),
        ("voice", "numbers", "Numbers"),
    ] {
        for word in schema["$defs"][kind]["oneOf"].as_array().unwrap() {
            let mut policy = whole.clone();
            policy[section][key] = word["const"].clone();
            tried += 1;
            if let Err(error) = parse(&policy.to_string()) {
                assert!(!error.to_string().contains("is no choice here"), "{error}");
            }
        }
    }
    assert_eq!(tried, 7 * 2 + 8 + 4 + 4 + 2 + 2 * 2);
}
