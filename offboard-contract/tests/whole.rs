//! The description as a whole: every operation is found under its own path, every schema compiles, and no text makes a check fail.

use std::fs;
use std::path::Path;

use offboard_contract::ids::{Names, check_mutating};
use offboard_contract::{Exchange, Graph};
use serde_json::{Value, json};

fn document(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/contract").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap_or_default()).unwrap_or_default()
}

/// A template with something in place of its parameters.
fn sample(template: &str) -> String {
    let mut path = template.replace("{period}", "D7");
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        path.replace_range(from..=to, "some-id");
    }
    path
}

#[test]
fn every_operation_is_found_and_every_schema_compiles() {
    let document = document("graph-v1.0-offboarding.openapi.json");
    let mut operations = 0;
    let json_type =
        [("Content-Type".to_owned(), "application/json".to_owned()), ("Location".to_owned(), "x".to_owned())];
    for (template, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, described) in methods.as_object().into_iter().flatten() {
            operations += 1;
            let method = method.to_uppercase();
            let mut spellings = vec![sample(template)];
            spellings.extend(described["x-upstream-path"].as_str().map(sample));
            // A body of the wrong type meets every schema and is refused by it.
            let wrong = json!(true);
            for path in spellings {
                let request =
                    Graph::load().check_request(&method, &path, Some("application/json"), Some(&wrong));
                let status = described["x-success-codes"][0]
                    .as_str()
                    .and_then(|code| code.parse().ok())
                    .unwrap_or_default();
                let answer = Graph::load().check_answer(&method, &path, status, &json_type, Some(&wrong));
                assert!(!request.is_empty() && !answer.is_empty(), "{method} {path}: `true` is never a body");
                for violation in request.iter().chain(&answer) {
                    let told = violation.to_string();
                    let usable = [
                        "no such path",
                        "the method is not",
                        "/$ref is missing",
                        "cannot be used",
                        "not described",
                    ];
                    assert!(usable.iter().all(|broken| !told.contains(broken)), "{told}");
                }
            }
        }
    }
    assert_eq!(operations, 284);
}

#[test]
fn every_cmdlet_of_the_table_is_judged() {
    let table = document("exchange-cmdlets.json");
    let mut passed = 0;
    for (name, _) in table["cmdlets"].as_object().into_iter().flatten() {
        let found = Exchange::load().check_call(name, &serde_json::Map::new());
        assert!(found.iter().all(|violation| !violation.what.contains("no such cmdlet")), "{found:?}");
        passed += usize::from(found.is_empty());
    }
    // Cmdlets that can be called with nothing at all: the reads of everything.
    assert!(passed > 10, "{passed}");
}

#[test]
fn no_text_makes_a_check_fail() {
    let seeds = [
        "https://graph.microsoft.com/v1.0/users('o''neill%40contoso.com')/memberOf?$select=id,manager/displayName&$top=5",
        "/v1.0/users?$filter=assignedLicenses/any(l:l/skuId%20eq%20null)%20and%20not(startsWith(displayName,'x'))",
        "/v1.0/users/x?$expand=manager($select=id;$expand=manager($levels=max)),memberOf",
        "https://outlook.office365.com/adminapi/beta/72f988bf-86f1-41af-91ab-2d7cd011db47/InvokeCommand?%24select=Guid",
    ];
    let names = Names::new(["Änne Groß", "adele"]);
    let body = json!({ "CmdletInput": { "CmdletName": "Set-Mailbox", "Parameters": {} } });
    for seed in seeds {
        for at in 0..=seed.len() {
            for more in ["", "'", "(", ")", "%", "%c3", "=", "/", "?", "&", "ß", ":", ",", "$"] {
                for url in [format!("{}{more}", &seed[..at]), format!("{}{more}{}", &seed[..at], &seed[at..])]
                {
                    let _ = Graph::load().check_request("GET", &url, None, None);
                    let _ = Exchange::load().check_http("POST", &url, &[], Some(&body));
                    let _ = check_mutating(
                        &names,
                        "PATCH",
                        &url,
                        &[("X-AnchorMailbox".to_owned(), url.clone())],
                        Some(&body),
                    );
                }
            }
        }
    }
}
