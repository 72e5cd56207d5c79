//! A thousand checks: validators are compiled once. The test runner shows how long it took; nothing is asserted about time.

use offboard_contract::{Exchange, Graph};
use serde_json::json;

#[test]
fn a_thousand_graph_and_a_thousand_exchange_checks() {
    let graph = Graph::load();
    let headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    let answer = json!({ "id": "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0", "displayName": "Adele Vance", "accountEnabled": true });
    let parameters = json!({ "Identity": "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0", "Type": "Shared" });
    for n in 0..500 {
        let url =
            format!("/v1.0/users/6ea91a8d-e32e-41a1-b7bd-{n:012}?$select=id,displayName,accountEnabled");
        assert_eq!(graph.check_request("GET", &url, None, None), []);
        assert_eq!(graph.check_answer("GET", &url, 200, &headers, Some(&answer)), []);
        assert_eq!(Exchange::load().check_call("Set-Mailbox", parameters.as_object().unwrap()), []);
        assert_eq!(Exchange::load().check_call("Get-Mailbox", &serde_json::Map::new()), []);
    }
}
