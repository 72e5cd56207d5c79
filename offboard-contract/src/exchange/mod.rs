//! Cmdlet calls against the table of Microsoft's cmdlet reference, and the envelope they travel in.
//!
//! The reference covers all products at once and contradicts itself in places. What it disputes is not held against a call;
//! what it says to be on premises only, reserved or deprecated is.

mod answer;
mod http;
mod table;
mod value;

use std::sync::OnceLock;

use serde_json::{Map, Value};

use self::table::{Cmdlet, Set, Table};
use crate::text::hint;
use crate::violation::{Findings, Violation};

const TABLE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/contract/exchange-cmdlets.json"));

/// The cmdlets of Exchange Online, read once for the process.
#[derive(Debug)]
pub struct Exchange {
    /// Or why the embedded table cannot be used; every check then says so, rather than pass.
    known: Result<Table, String>,
}

impl Exchange {
    /// The table.
    pub fn load() -> &'static Self {
        static EXCHANGE: OnceLock<Exchange> = OnceLock::new();
        EXCHANGE.get_or_init(|| Self {
            known: serde_json::from_str(TABLE).map_err(|error| format!("the table cannot be read: {error}")),
        })
    }

    /// Checks one call: the cmdlet, each parameter by itself, and whether one parameter set holds them all.
    ///
    /// Names are compared exactly: whether REST is as lenient about case as PowerShell is not known.
    pub fn check_call(&self, cmdlet: &str, parameters: &Map<String, Value>) -> Vec<Violation> {
        let mut found = Findings::at(cmdlet);
        match self.cmdlet(cmdlet) {
            Ok(known) => {
                if let Some(why) = known.refusal() {
                    found.add(why);
                } else {
                    check_parameters(cmdlet, known, parameters, &mut found);
                }
            }
            Err(problem) => found.add(problem),
        }
        found.done()
    }

    /// Checks an HTTP request that carries a call: method, path, headers, envelope, and the call itself.
    ///
    /// The path is that of `InvokeCommand` (undocumented, `beta` only), of its `$batch`, or of an endpoint of the Admin API v2.0.
    /// The anchor must be an object id with the tenant (`MBX:`, `OID:`) or the application form.
    pub fn check_http(
        &self,
        method: &str,
        url: &str,
        headers: &crate::Headers,
        body: Option<&Value>,
    ) -> Vec<Violation> {
        http::check(self, method, url, headers, body)
    }

    /// Checks the envelope of an answer (PEERS C3, C5): of success a `value` of objects beside annotations, of failure an error object
    /// whose first detail reads `code|type|text`. A failure that is not JSON passes: the gateway answers so too.
    pub fn check_http_answer(
        &self,
        status: u16,
        headers: &crate::Headers,
        body: Option<&Value>,
    ) -> Vec<Violation> {
        answer::check(status, headers, body)
    }

    fn cmdlet(&self, name: &str) -> Result<&Cmdlet, String> {
        let table = self.known.as_ref().map_err(Clone::clone)?;
        table.cmdlets.get(name).ok_or_else(|| {
            let hint = hint(name, table.cmdlets.keys().map(String::as_str));
            format!("no such cmdlet in the table{hint}")
        })
    }
}

fn check_parameters(name: &str, cmdlet: &Cmdlet, given: &Map<String, Value>, found: &mut Findings) {
    let mut known = Vec::new();
    for (parameter, value) in given {
        if let Some((owner, "odata.type")) = parameter.split_once('@') {
            // The type of a list of hash tables stands beside the list.
            let typed = given.contains_key(owner) && value.as_str().is_some_and(|kind| kind.starts_with('#'));
            found.require(typed, || format!("-{parameter} types no parameter of the call"));
            continue;
        }
        let Some(described) = cmdlet.parameters.get(parameter) else {
            let hint = hint(parameter, cmdlet.parameters.keys().map(String::as_str));
            found.add(format!("-{parameter} is not a parameter{hint}"));
            continue;
        };
        if let Some(why) = described.refusal() {
            found.add(format!("-{parameter} {why}"));
            continue;
        }
        known.push(parameter.as_str());
        if let Some(why) = value::check(described, value) {
            found.add(format!("-{parameter} {why}"));
        } else if matches!(parameter.as_str(), "Identity" | "Mailbox") && is_blank(value) {
            // An empty identity means every object there is (CONTRACT C2).
            found.add(format!("-{parameter} is empty: Exchange would take all objects"));
        }
    }
    check_sets(cmdlet, &known, given, found);
    for preview in ["Confirm", "WhatIf"] {
        found.require(given.get(preview) != Some(&Value::Bool(true)), || {
            format!("-{preview} asks and does not act")
        });
    }
    found.require(!cmdlet.asks(name) || given.contains_key("Confirm"), || {
        "-Confirm must be false: without it the service asks and does not act".to_owned()
    });
}

/// Some parameter set holds all parameters and has all it cannot do without.
fn check_sets(cmdlet: &Cmdlet, known: &[&str], given: &Map<String, Value>, found: &mut Findings) {
    let holds = |set: &&Set| known.iter().all(|name| cmdlet.parameters[*name].sets.contains(&set.name));
    let missing = |set: &Set| -> Vec<String> {
        set.mandatory.iter().filter(|name| given.get(*name).is_none_or(is_blank)).cloned().collect()
    };
    let closest =
        cmdlet.sets.iter().filter(|set| set.mandatory_online).filter(holds).map(missing).min_by_key(Vec::len);
    match closest {
        None => found.add(format!("no parameter set holds all of these: {}", known.join(", "))),
        Some(missing) => {
            found.require(missing.is_empty(), || format!("missing or empty: -{}", missing.join(", -")));
        }
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
