//! Who may know whom: between the crates, between the modules of the core, and what the core never pulls in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says what it saw"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Each member with the members it stands on, and those that its tests may use beside them. `docs/architecture.md` draws
/// the same.
const CRATES: &[(&str, &[&str], &[&str])] = &[
    ("offboard-core", &[], &[]),
    ("offboard-contract", &[], &[]),
    ("offboard-http", &["core"], &[]),
    ("offboard-graph", &["core", "http"], &["contract", "sim"]),
    ("offboard-exchange", &["core", "http"], &["contract", "sim"]),
    ("offboard-sharepoint", &["core", "http"], &["sim"]),
    ("offboard-journal", &["core"], &["sim"]),
    ("offboard-sim", &["core", "http"], &["contract"]),
    ("offboard", &["core", "exchange", "graph", "http", "journal", "sharepoint"], &["contract", "sim"]),
    ("offboard-cli", &["", "core", "journal", "sim"], &["contract", "http"]),
    ("offboard-py", &["", "core", "sim"], &[]),
];

/// Modules of the core that look up, each for a reason. An entry that nothing needs any more fails too.
const LOOKS_UP: &[(&str, &str)] = &[
    // An element of a list may be unknown, and that is what a fact is.
    ("model/caller.rs", "facts"),
    ("model/group.rs", "facts"),
    // The list of the operations that come with offboard stands where they do.
    ("operation/catalog.rs", "steps"),
    // What follows from a plan as a whole is judged as guards are, and kept as the plan keeps it.
    ("guards/coverage.rs", "plan"),
    ("guards/deadlines.rs", "plan"),
    ("guards/residual_risks.rs", "plan"),
    // Whoever asks the engine what became of a run gets its report.
    ("engine/control.rs", "report"),
    ("engine/roster/report.rs", "report"),
];

/// The sum of what can go wrong knows everybody below the engine, and is known from the plan up.
const SUM: &str = "error";

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file below a folder of the project, without what was built.
fn rust_files(below: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(ROOT).join(below)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                if !name.starts_with('.') && name != "target" && name != ".venv" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The members that a manifest names in its ordinary and in its other dependencies, without `offboard-`.
fn members(manifest: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut normal, mut tests, mut section) = (BTreeSet::new(), BTreeSet::new(), "");
    for line in manifest.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        }
        let Some(rest) = line.strip_prefix("offboard") else { continue };
        let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        let name = name.trim_start_matches('-').to_owned();
        match section.rsplit('.').next().unwrap_or_default() {
            "dependencies" if !section.starts_with("workspace") => drop(normal.insert(name)),
            "dev-dependencies" | "build-dependencies" => drop(tests.insert(name)),
            _ => {}
        }
    }
    (normal, tests)
}

#[test]
fn crates_stand_on_the_crates_of_the_table() {
    let mut wrong = Vec::new();
    for (name, may, tests_may) in CRATES {
        let folder = if *name == "offboard" { "." } else { name };
        let manifest = Path::new(folder).join("Cargo.toml");
        if !Path::new(ROOT).join(&manifest).exists() {
            assert_eq!(*name, "offboard-py", "{name} is not there");
            continue;
        }
        let (normal, tests) = members(&read(manifest));
        let known = |list: &[&str], other: &String| list.contains(&other.as_str());
        let own = name.trim_start_matches("offboard").trim_start_matches('-');
        wrong.extend(
            normal.iter().filter(|other| !known(may, other)).map(|other| format!("{name} -> {other:?}")),
        );
        let beside =
            tests.iter().filter(|other| !known(may, other) && !known(tests_may, other) && *other != own);
        wrong.extend(beside.map(|other| format!("tests of {name} -> {other:?}")));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_table_knows_every_member() {
    let root = read("Cargo.toml");
    let list = root.split_once("members = [").unwrap().1.split_once(']').unwrap().0;
    let listed: BTreeSet<&str> =
        list.split('"').skip(1).step_by(2).map(|m| if m == "." { "offboard" } else { m }).collect();
    let table: BTreeSet<&str> = CRATES.iter().map(|(name, ..)| *name).collect();
    assert!(listed.is_subset(&table), "{:?}", listed.difference(&table));
    assert!(members(&root).0.contains("core"), "the manifest is not read as it is written");
}

/// `id, time → … → report`, as `docs/architecture.md` says it: each module with its place.
fn layers() -> BTreeMap<String, usize> {
    let text = read("docs/architecture.md");
    let line = text.lines().find(|line| line.starts_with("`id, time →")).expect("the line of the layers");
    let places = line.trim_matches('`').split('→').enumerate();
    places
        .flat_map(|(place, names)| names.split(',').map(move |name| (name.trim().to_owned(), place)))
        .collect()
}

/// Every use of another module, as (file, module used), in what is no test.
fn uses() -> Vec<(String, String, String)> {
    let sources = Path::new(ROOT).join("offboard-core/src");
    let mut uses = Vec::new();
    for path in rust_files("offboard-core/src") {
        let file = path.strip_prefix(&sources).unwrap().to_string_lossy().into_owned();
        let for_tests = ["tests", "testing", "properties", "conformance"];
        if Path::new(&file).iter().any(|part| for_tests.iter().any(|t| part.to_string_lossy().starts_with(t)))
        {
            continue;
        }
        let module = file.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for line in code.lines().map(|line| line.split("//").next().unwrap_or_default()) {
            assert!(
                !line.contains("use crate::{"),
                "{file}: one `use` for each module, so that this test can read it"
            );
            for other in line.split("crate::").skip(1) {
                let other: String =
                    other.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if !other.is_empty() && other != module {
                    uses.push((file.clone(), module.clone(), other));
                }
            }
        }
    }
    uses
}

#[test]
fn modules_of_the_core_look_down() {
    let layers = layers();
    let place = |module: &str| layers.get(module).copied();
    let mut used = BTreeSet::new();
    let mut wrong = BTreeSet::new();
    for (file, module, other) in uses() {
        if module == "lib" {
            continue;
        }
        let fine = match (place(&module), place(&other)) {
            (Some(from), Some(to)) => to <= from,
            // The sum of errors knows what is below the engine, and is known from the plan up.
            (None, Some(to)) if module == SUM => Some(to) < place("engine"),
            (Some(from), None) if other == SUM => Some(from) >= place("plan"),
            _ => false,
        };
        if fine {
            continue;
        }
        match LOOKS_UP.iter().find(|(f, o)| *f == file && *o == other) {
            Some(entry) => drop(used.insert(entry)),
            None => drop(wrong.insert(format!("{file} -> {other}"))),
        }
    }
    assert!(wrong.is_empty(), "docs/architecture.md does not allow: {wrong:#?}");
    let unused: Vec<_> = LOOKS_UP.iter().filter(|entry| !used.contains(entry)).collect();
    assert!(unused.is_empty(), "nobody needs these any more: {unused:?}");
}

#[test]
fn every_module_of_the_core_has_its_place() {
    let layers = layers();
    let text = read("offboard-core/src/lib.rs");
    let modules: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ").or(line.strip_prefix("mod "))?.strip_suffix(';'))
        .filter(|module| *module != SUM)
        .collect();
    let placed: BTreeSet<&str> = layers.keys().map(String::as_str).collect();
    assert_eq!(modules, placed);
}

#[test]
fn every_file_is_under_400_lines() {
    let long: Vec<String> = rust_files(".")
        .into_iter()
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines >= 400)
        .map(|(lines, path)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

/// The crates that a member pulls in, without those of tests, each with its version.
fn versions_pulled_in(member: &str) -> BTreeSet<(String, String)> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", member])
        .current_dir(ROOT)
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8(tree.stdout).unwrap();
    let named = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        Some((words.next()?, words.next()?))
    };
    text.lines().filter_map(named).collect()
}

fn pulled_in(member: &str) -> BTreeSet<String> {
    versions_pulled_in(member).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn the_core_pulls_in_no_network_no_database_and_no_runtime() {
    let core = pulled_in("offboard-core");
    assert!(core.contains("serde_json"), "the tree is not read as it is written: {core:?}");
    for stranger in ["reqwest", "hyper", "http", "sqlx", "sqlx-core", "pyo3", "tokio", "rustls"] {
        assert!(!core.contains(stranger), "offboard-core pulls in {stranger}");
    }
    let contract = pulled_in("offboard-contract");
    assert!(!contract.iter().any(|name| name.starts_with("offboard-") && name != "offboard-contract"));
}

#[test]
fn only_who_asks_for_it_pulls_in_microsofts_sign_in_library_and_nobody_a_second_client() {
    // What it would bring along by itself: an HTTP client that is not ours, and TLS that is not rustls.
    let never = ["openssl", "openssl-sys", "native-tls", "ureq"];
    for (member, azure) in
        [("offboard-http", false), ("offboard", false), ("offboard-sim", false), ("offboard-cli", true)]
    {
        let pulled = versions_pulled_in(member);
        let versions = |name: &str| pulled.iter().filter(|(other, _)| other == name).count();
        assert_eq!(
            versions("azure_identity") + versions("azure_core"),
            if azure { 2 } else { 0 },
            "{member}"
        );
        assert!(versions("reqwest") <= 1 && versions("rustls") <= 1, "{member}: {pulled:?}");
        assert!(never.iter().all(|name| versions(name) == 0), "{member}: {pulled:?}");
    }
}
