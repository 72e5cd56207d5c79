//! What needs no tenant: help, usage errors, configuration errors, schemas.

use crate::common::alone;
use serde_json::Value;

const COMMANDS: &[&str] = &[
    "demo", "contain", "plan", "show", "policy", "check", "approve", "standing", "apply", "resume", "cancel",
    "ack", "settle", "runs", "status", "report", "undo", "restore", "doctor", "sim", "schema",
];

#[test]
fn every_command_has_help_that_is_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let top = alone(folder.path(), &["--help"]).ends_with(0).says("Exit codes").says("never by a flag");
    assert_eq!(top.err, "");
    for command in COMMANDS {
        assert!(top.out.contains(&format!("\n  {command} ")), "{command} is not listed");
        let help = alone(folder.path(), &[command, "--help"]).ends_with(0).says("--json");
        assert_eq!(help.err, "");
        assert!(!help.out.to_lowercase().contains("--secret") && !help.out.contains("--client-secret"));
        for line in help.out.lines() {
            assert!(line.chars().count() <= 120, "{command}: {line}");
        }
    }
    let listed = top.out.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let listed = listed.filter_map(|line| line.split_whitespace().next()).filter(|word| *word != "help");
    let listed: Vec<&str> = listed.filter(|word| !word.starts_with('-')).collect();
    assert_eq!(listed, COMMANDS, "a command that this test does not know");
    alone(folder.path(), &["--version"]).ends_with(0).says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn what_cannot_be_understood_ends_with_2_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.json"), "{\"format\": \"offboard.plan/1\",\n  \"tenant\"")
        .unwrap();
    std::fs::write(folder.path().join("list.json"), "[1, 2]").unwrap();
    std::fs::write(folder.path().join("next.json"), "{\"format\": \"offboard.plan/9\"}").unwrap();
    std::fs::write(folder.path().join("bad.toml"), "policy = \"offboard.policy/1\"\nnaem = \"x\"\n").unwrap();
    for (args, words) in [
        (&["contian"][..], "contain"),
        (&["contain"], "WHO"),
        (&["contain", "a", "--employee-id", "7"], "cannot be used with"),
        (&["contain", "a", "--until", "later"], "contained"),
        (&["plan", "a"], "--policy"),
        (&["plan", "a", "--policy", "nope"], "come with offboard: containment, "),
        (&["policy", "check", "nope"], "there is no policy"),
        (&["policy", "check", "bad.toml"], "bad.toml:2:"),
        (&["policy", "show", "nope"], "policy list"),
        (&["approve", "plan.json"], "--output"),
        (&["approve", "absent.json", "-o", "x"], "absent.json"),
        (&["approve", ".", "-o", "x"], "is a folder"),
        (&["approve", "plan.json", "-o", "x"], "cut off at line 2"),
        (&["approve", "list.json", "-o", "x"], "format"),
        (&["approve", "next.json", "-o", "x"], "offboard.plan/9"),
        (&["approve", "plan.json", "-o", "x", "--waive", "a:b:c"], "--reason"),
        (&["settle", "run", "step"], "--happened"),
        (&["settle", "run", "step", "--happened", "--did-not-happen"], "cannot be used with"),
        (&["resume", "run", "--due"], "cannot be used with"),
        (&["undo", "run", "--yes", "-o", "x"], "cannot be used with"),
        (&["status", "0123456789abcdef"], "nothing was recorded yet"),
        (&["approve", "plan.json", "-o", "x", "--standing", "y", "--by", "ada"], "--by"),
        (&["standing", "propose", "shared", "-o", "x"], "--per-day"),
        (&["standing", "propose", "shared", "-o", "x", "--per-day", "0"], "0"),
        (&["standing", "propose", "nothing", "-o", "x", "--per-day", "1"], "nothing"),
        (&["standing", "propose", "shared", "-o", "x", "--per-day", "1", "--lasts", "P91D"], "P90D"),
        (
            &[
                "standing",
                "propose",
                "shared",
                "-o",
                "x",
                "--per-day",
                "1",
                "--expect",
                "G99",
                "--reason",
                "a",
            ],
            "G99",
        ),
        (&["standing", "propose", "shared", "-o", "x", "--per-day", "1", "--expect", "G45"], "--reason"),
        (&["schema", "world"], "plan"),
        (&["status", "abc"], "nothing was recorded yet"),
        (&["show", "plan.json"], "cut off at line 2"),
        (&["show", "/dev/zero"], "64 MiB"),
        (&["policy", "check", "/dev/zero"], "64 MiB"),
        (&["sim", "serve", "--port", "70000"], "70000"),
        (&["sim", "serve", "--fault", "rain=1"], "lost-answers"),
        (&["sim", "serve", "--lag", "soon"], "soon"),
        (&["--tenant", "contoso.com", "runs"], "contoso.com"),
        (&["--cloud", "mars", "runs"], "worldwide"),
        (&["--cloud", "china", "--sim", "http://127.0.0.1:1", "runs"], "cannot be used with"),
        (&["--sim", "http://example.com", "runs"], "offboard sim serve"),
        (&["--exchange", "pigeon", "runs"], "hand_off"),
        (&["--config", "absent.toml", "runs"], "absent.toml"),
        (&["contain", "a"], "the tenant is not configured"),
        (&["plan", "a", "--policy", "shared"], "offboard demo"),
    ] {
        let said = alone(folder.path(), args).ends_with(2).complains(words);
        assert_eq!(said.out, "", "{args:?}");
        assert!(!said.err.contains("panicked") && !said.err.contains("RUST_BACKTRACE"), "{args:?}");
    }
    assert!(!folder.path().join("x").exists());
}

#[test]
fn configuration_errors_name_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    for (text, words) in [
        ("jurnal = \"x\"\n", "offboard.toml:1: unknown field `jurnal`"),
        ("[connection]\nclient_secret = \"canary\"\n", "OFFBOARD_CLIENT_SECRET"),
        ("[tenant]\nprotect = []\n", "offboard.toml:2:"),
        (
            "[connection]\ncloud = \"germany\"\ntenant = \"0f8b1c2d-3e4f-4051-9263-748596a7b8c9\"\n",
            "credential",
        ),
    ] {
        std::fs::write(folder.path().join("offboard.toml"), text).unwrap();
        let said = alone(folder.path(), &["contain", "a"]).ends_with(2).complains(words);
        assert!(!said.err.contains("canary"));
    }
    let germany = "[connection]\ncloud = \"germany\"\ntenant = \"0f8b1c2d-3e4f-4051-9263-748596a7b8c9\"\nclient_id = \"x\"\n";
    std::fs::write(folder.path().join("offboard.toml"), germany).unwrap();
    let mut command = crate::common::bare(folder.path());
    let output = command.args(["contain", "a"]).env("OFFBOARD_CLIENT_SECRET", "canary").output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("G49") && err.contains("2021-10-29") && !err.contains("canary"), "{err}");
}

#[test]
fn answers_for_programs_are_one_versioned_object() {
    let folder = tempfile::tempdir().unwrap();
    for (args, command, code) in [
        (&["runs", "--json"][..], "runs", 0),
        (&["policy", "check", "shared", "--json"], "policy", 0),
        (&["policy", "list", "--json"], "policy", 0),
        (&["sim", "people", "--json"], "sim", 0),
        (&["status", "0123", "--json"], "status", 2),
        (&["plan", "a", "--policy", "nope", "--json"], "plan", 2),
    ] {
        let said = alone(folder.path(), args).ends_with(code);
        let json = said.json();
        assert_eq!(json["format"], "offboard.cli/1", "{args:?}");
        assert_eq!(json["command"], command, "{args:?}");
        assert_eq!(json["exit"], code, "{args:?}");
        assert_eq!(json["error"].is_object(), code != 0, "{args:?}");
    }
}

#[test]
fn every_schema_is_one_and_knows_its_document() {
    let folder = tempfile::tempdir().unwrap();
    for (document, field) in [
        ("plan", "steps"),
        ("approval", "waivers"),
        ("standing-approval", "per_day"),
        ("policy", "access"),
        ("profile", "tenant"),
        ("report", "counts"),
        ("roster", "members"),
        ("roster-report", "totals"),
    ] {
        let schema: Value = alone(folder.path(), &["schema", document]).ends_with(0).json();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{document}");
        assert!(schema["properties"][field].is_object(), "{document}");
        let json = alone(folder.path(), &["schema", document, "--json"]).ends_with(0).json();
        assert_eq!(json, schema, "{document}");
    }
}

#[test]
fn there_is_no_colour_where_nobody_looks() {
    let folder = tempfile::tempdir().unwrap();
    for args in [&["policy", "check", "shared"][..], &["demo", "-q"], &["contain"]] {
        let said = alone(folder.path(), args);
        assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{args:?}");
    }
}
