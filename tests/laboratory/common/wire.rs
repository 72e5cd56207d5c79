//! Everything that went over the wire, held against Microsoft's own descriptions and against promise P1.

use std::sync::Arc;

use offboard_contract::ids::{self, Names};
use offboard_contract::{Answer, Exchange, Graph, Request};
use offboard_sim::{Door, Exchanged, Tenant};

/// Everything in a tenant's record that speaks against the program under test or against the simulation: requests always,
/// answers where no fault made them. Batches are judged whole, so their parts are passed over.
pub fn check(tenant: &Tenant) -> Vec<String> {
    check_rows(&tenant.recorder().all(), &names(tenant))
}

/// The same for rows of a record.
pub fn check_rows(rows: &[Arc<Exchanged>], names: &Names) -> Vec<String> {
    let whole = rows.iter().filter(|row| row.part_of.is_none() && row.door != Door::SignIn);
    whole.flat_map(|row| check_row(row, names)).collect()
}

/// Panics with every violation. A test that panics already is left to its own message.
pub fn hold(tenant: &Tenant) {
    if !std::thread::panicking() {
        let found = check(tenant);
        assert!(found.is_empty(), "the wire, {} violations:\n{}", found.len(), found.join("\n"));
    }
}

fn check_row(row: &Exchanged, names: &Names) -> Vec<String> {
    let (method, sent, got) = (row.method.as_str(), row.json(), row.answer_json());
    let url = if row.query.is_empty() { row.path.clone() } else { format!("{}?{}", row.path, row.query) };
    // An answer that a fault made or bent, or that never came, says nothing about the simulation.
    let answered = row.status.filter(|_| !row.is_faulted());
    let mut found = ids::check_mutating(names, method, &url, &row.headers, sent.as_ref());
    match row.door {
        Door::Graph => {
            let request = Request { method, url: &url, headers: &row.headers, body: sent.as_ref() };
            if let Some(status) = answered {
                let answer = Answer { status, headers: &row.answer_headers, body: got.as_ref() };
                found.extend(Graph::load().check(&request, &answer));
            } else {
                let header = |(name, value): &(String, String)| {
                    name.eq_ignore_ascii_case("content-type").then(|| value.clone())
                };
                let content_type = row.headers.iter().find_map(header);
                found.extend(Graph::load().check_request(
                    method,
                    &url,
                    content_type.as_deref(),
                    sent.as_ref(),
                ));
            }
        }
        Door::Exchange => {
            found.extend(Exchange::load().check_http(method, &url, &row.headers, sent.as_ref()));
            if let Some(status) = answered {
                found.extend(Exchange::load().check_http_answer(status, &row.answer_headers, got.as_ref()));
            }
        }
        // Microsoft describes neither of them in a form that could be checked here.
        Door::SharePoint | Door::SignIn => {}
    }
    found.iter().map(|violation| format!("request {}: {violation}", row.number)).collect()
}

/// What everybody and every group is called: display names, UPNs and addresses. A name of one word is left out where it is
/// nothing but a word (`Sales`): the rule that keys are GUIDs holds it.
pub fn names(tenant: &Tenant) -> Names {
    tenant.world(|world| {
        let people = world.users.values().flat_map(|user| {
            let addresses = user.proxy_addresses.iter().map(|address| {
                address.split_once(':').map_or(address.as_str(), |(_, address)| address).to_owned()
            });
            [user.display_name.clone(), user.user_principal_name.clone()].into_iter().chain(addresses)
        });
        let groups = world.groups.values().map(|group| group.display_name.clone());
        Names::new(people.chain(groups).filter(|name| name.contains([' ', '@'])).collect::<Vec<_>>())
    })
}
