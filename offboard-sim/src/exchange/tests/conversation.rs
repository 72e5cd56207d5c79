//! Pages, batches, questions, headers and faults.

use http::StatusCode;
use offboard_core::time::Period;
use serde_json::{Value, json};

use super::{Desk, add_person};
use crate::faults::{Fault, Matcher};

fn crowd(desk: &Desk, people: usize) {
    desk.tenant.world(|world| {
        for number in 0..people {
            add_person(world, &format!("person{number}"));
        }
    });
}

fn all() -> Value {
    json!({ "CmdletInput": { "CmdletName": "Get-Mailbox", "Parameters": { "ResultSize": "Unlimited" } } })
}

#[test]
fn pages_go_on_by_posting_the_same_body_again() {
    let desk = Desk::new();
    crowd(&desk, 8);
    let size = [("prefer", "odata.maxpagesize=4")];
    let mut seen = Vec::new();
    let mut url = format!("{}?$select=ExternalDirectoryObjectId", desk.url());
    loop {
        let page = desk.post_with(&url, &all(), &size);
        seen.extend(
            page.rows().iter().map(|row| row["ExternalDirectoryObjectId"].as_str().unwrap().to_owned()),
        );
        assert!(page.rows().iter().all(|row| row.get("DisplayName").is_none()));
        match page.body.get("@odata.nextLink").and_then(Value::as_str) {
            Some(next) => next.clone_into(&mut url),
            None => break,
        }
    }
    assert_eq!(seen.len(), 10);
    seen.dedup();
    assert_eq!(seen.len(), 10);
}

#[test]
fn an_old_link_or_another_body_is_refused() {
    let desk = Desk::new();
    crowd(&desk, 3);
    let size = [("prefer", "odata.maxpagesize=2")];
    let first = desk.post_with(&desk.url(), &all(), &size);
    let next = first.body["@odata.nextLink"].as_str().unwrap();
    let other = json!({ "CmdletInput": { "CmdletName": "Get-Mailbox", "Parameters": {} } });
    assert_eq!(desk.post_with(next, &other, &size).exception(), "PaginationException");
    assert_eq!(desk.post_with(next, &all(), &size).status, StatusCode::OK);
    desk.advance(Period::minutes(31));
    let late = desk.post_with(next, &all(), &size);
    assert_eq!((late.status, late.exception().as_str()), (StatusCode::BAD_REQUEST, "PaginationException"));
}

#[test]
fn a_result_size_cuts_with_a_warning() {
    let desk = Desk::new();
    let answer = desk.run("Get-Mailbox", json!({ "ResultSize": 1 }));
    assert_eq!(answer.rows().len(), 1);
    assert_eq!(answer.warnings().len(), 1);
}

#[test]
fn confirm_asks_and_changes_nothing() {
    let desk = Desk::new();
    let id = desk.id("alex").to_string();
    let ask = desk.run("Set-Mailbox", json!({ "Identity": id, "AccountDisabled": true, "Confirm": true }));
    assert_eq!(ask.status, StatusCode::OK);
    assert!(ask.body["@adminapi.confirmationmessage"].as_str().unwrap().contains("Set-Mailbox"));
    assert!(!desk.mailbox("alex").account_disabled);
    // The question checks all that the answer would: rights, binding, the object.
    let nobody = json!({ "Identity": "nobody", "AccountDisabled": true, "Confirm": true });
    assert_eq!(desk.run("Set-Mailbox", nobody).status, StatusCode::NOT_FOUND);
    let done = desk.run("Set-Mailbox", json!({ "Identity": id, "AccountDisabled": true, "Confirm": false }));
    assert!(done.body.get("@adminapi.confirmationmessage").is_none());
    assert!(desk.mailbox("alex").account_disabled);
}

fn part(desk: &Desk, id: &str, cmdlet: &str, parameters: Value) -> Value {
    json!({
        "id": id, "method": "POST", "url": desk.url(),
        "headers": { "Authorization": format!("Bearer {}", desk.token), "parameter-based-routing": true },
        "body": { "CmdletInput": { "CmdletName": cmdlet, "Parameters": parameters } },
    })
}

#[test]
fn a_batch_answers_each_part_by_itself() {
    let desk = Desk::new();
    let url = desk.url().replace("InvokeCommand", "$batch");
    let alex = desk.id("alex").to_string();
    let parts = json!([
        part(&desk, "a", "Set-Mailbox", json!({ "Identity": alex, "AccountDisabled": true })),
        part(&desk, "b", "Get-Mailbox", json!({ "Identity": "nobody" })),
        part(&desk, "c", "Get-Nothing", json!({})),
        part(&desk, "d", "Get-CASMailbox", json!({ "Identity": alex })),
    ]);
    desk.tenant.faults().once(Matcher::cmdlet("Get-CASMailbox"), Fault::MissingPart);
    let answer = desk.post(&url, &json!({ "requests": parts }));
    assert_eq!(answer.status, StatusCode::OK);
    let responses = answer.body["responses"].as_array().unwrap();
    let statuses: Vec<_> =
        responses.iter().map(|row| (row["id"].as_str().unwrap(), row["status"].as_u64().unwrap())).collect();
    assert_eq!(statuses, [("a", 200), ("b", 404), ("c", 403)]);
    assert!(responses[1]["body"]["error"]["details"][0]["message"].as_str().unwrap().contains('|'));
    assert!(desk.mailbox("alex").account_disabled);
}

#[test]
fn a_batch_of_eleven_or_with_a_foreign_url_is_refused_whole() {
    let desk = Desk::new();
    let url = desk.url().replace("InvokeCommand", "$batch");
    let alex = desk.id("alex").to_string();
    let block = |id: usize| {
        part(&desk, &id.to_string(), "Set-Mailbox", json!({ "Identity": alex, "AccountDisabled": true }))
    };
    let eleven: Vec<_> = (0..11).map(block).collect();
    assert_eq!(desk.post(&url, &json!({ "requests": eleven })).status, StatusCode::BAD_REQUEST);
    let mut foreign = block(0);
    foreign["url"] = json!("https://example.com/adminapi/beta/x/InvokeCommand");
    assert_eq!(desk.post(&url, &json!({ "requests": [block(1), foreign] })).status, StatusCode::BAD_REQUEST);
    assert_eq!(desk.post(&url, &json!({ "requests": [block(1), block(1)] })).status, StatusCode::BAD_REQUEST);
    assert!(!desk.mailbox("alex").account_disabled);
}

#[test]
fn answers_carry_the_limits_and_the_callers_id() {
    let desk = Desk::new();
    let answer = desk.post_with(&desk.url(), &all(), &[("client-request-id", "11-22")]);
    for name in
        ["request-id", "rate-limit-remaining", "rate-limit-reset", "x-concurrencycount", "odata-version"]
    {
        assert!(answer.headers.contains_key(name), "{name}");
    }
    assert_eq!(answer.headers["client-request-id"], "11-22");
}

#[test]
fn throttling_comes_with_a_wait_without_one_and_in_prose() {
    let desk = Desk::new();
    let faults = desk.tenant.faults();
    let get = || desk.post(&desk.url(), &all());
    faults.once(Matcher::cmdlet("Get-Mailbox"), Fault::throttled(Some("17")));
    let answer = get();
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["retry-after"]),
        (429, &http::HeaderValue::from_static("17"))
    );
    faults.once(Matcher::cmdlet("Get-Mailbox"), Fault::throttled(None));
    let answer = get();
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!answer.headers.contains_key("retry-after"));
    assert_eq!(get().status, StatusCode::OK);
}

#[test]
fn too_many_at_once_are_told_so_in_plain_text() {
    use futures_util::FutureExt;
    let desk = Desk::new();
    desk.tenant.world(|world| world.timing.quotas = true);
    let bearer = format!("Bearer {}", desk.token);
    let transport = desk.tenant.transport();
    let request = || {
        http::Request::post(desk.url())
            .header("authorization", &bearer)
            .header("content-type", "application/json")
            .body(bytes::Bytes::from(all().to_string()))
            .unwrap()
    };
    let mut waiting: Vec<_> = (0..12).map(|_| Box::pin(transport.send(request()))).collect();
    let mut texts = Vec::new();
    while !waiting.is_empty() {
        waiting.retain_mut(|answer| match answer.as_mut().now_or_never() {
            Some(answer) => {
                let answer = answer.unwrap();
                texts.push((answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned()));
                false
            }
            None => true,
        });
        desk.advance(Period::millis(10));
    }
    let refused = texts.iter().filter(|(status, _)| *status == 503).count();
    assert!((1..12).contains(&refused), "{refused} of 12");
    assert!(
        texts.iter().any(|(_, text)| text.starts_with("You have reached the maximum number of concurrent"))
    );
}

#[test]
fn a_lost_answer_does_not_undo_the_write() {
    let desk = Desk::new();
    desk.tenant.faults().once(Matcher::cmdlet("Set-Mailbox"), Fault::DropAnswer);
    let body = json!({ "CmdletInput": { "CmdletName": "Set-Mailbox",
        "Parameters": { "Identity": desk.id("alex").to_string(), "AccountDisabled": true } } });
    let bearer = format!("Bearer {}", desk.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let lost = super::send(&desk.tenant, &http::Method::POST, &desk.url(), &headers, body.to_string());
    assert!(lost.is_err());
    assert!(desk.mailbox("alex").account_disabled);
}
