use std::convert::Infallible;

use serde_json::json;

use super::*;

const NEXT: &str = "https://graph.microsoft.com/v1.0/users?$skiptoken=x";

fn graph() -> Origin {
    Origin::parse("https://graph.microsoft.com").unwrap()
}

fn pages(limits: Limits) -> Pages {
    Pages::new(graph(), &Url::parse("https://graph.microsoft.com/v1.0/users").unwrap(), limits)
}

#[test]
fn a_link_of_the_service_itself_is_followed() {
    for link in [
        NEXT,
        "https://graph.microsoft.com:443/v1.0/users?$skiptoken=x",
        "https://GRAPH.MICROSOFT.COM/v1.0/users?$skiptoken=m~AQAnOzE&$top=5",
        "https://graph.microsoft.com/v1.0/users('a%40b')/memberOf?$skiptoken=RFNwdAIAAQ%3d%3d",
        "https://graph.microsoft.com/v1.0/users/a.b..c/messages?x=../../..",
        "https://graph.microsoft.com/v1.0/users/AAMk%2FAD%3D/messages",
    ] {
        assert!(pinned(&graph(), link).is_ok(), "{link}");
    }
}

#[test]
fn no_link_leads_anywhere_else() {
    let hostile = [
        // another scheme
        "http://graph.microsoft.com/v1.0/users",
        "ftp://graph.microsoft.com/v1.0/users",
        "ws://graph.microsoft.com/v1.0/users",
        "wss://graph.microsoft.com/v1.0/users",
        "file:///etc/passwd",
        "data:application/json,{}",
        "javascript:alert(1)",
        "blob:https://graph.microsoft.com/x",
        "view-source:https://graph.microsoft.com/x",
        // another host
        "https://evil.example/v1.0/users",
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "https://evilgraph.microsoft.com/v1.0/users",
        "https://graph-microsoft.com/v1.0/users",
        "https://graph.microsoft.us/v1.0/users",
        "https://microsoft.com/v1.0/users",
        "https://graph.microsoft.com./v1.0/users",
        "https://.graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com%2eevil.example/v1.0/users",
        "https://graph.microsoft.com%00.evil.example/v1.0/users",
        "https://graph.microsoft.com%2f@evil.example/v1.0/users",
        "https://gr\u{0430}ph.microsoft.com/v1.0/users",
        "https://graph.m\u{0131}crosoft.com/v1.0/users",
        "https://graph.microsoft.com\u{3002}evil.example/",
        "https://\u{ff47}raph.microsoft.com/v1.0/users",
        "https://xn--grph-53d.microsoft.com/v1.0/users",
        "https://127.0.0.1/v1.0/users",
        "https://2130706433/v1.0/users",
        "https://0x7f.1/v1.0/users",
        "https://[::1]/v1.0/users",
        "https://[::ffff:127.0.0.1]/v1.0/users",
        "https://169.254.169.254/metadata/instance",
        // another port
        "https://graph.microsoft.com:444/v1.0/users",
        "https://graph.microsoft.com:80/v1.0/users",
        "https://graph.microsoft.com:0/v1.0/users",
        "https://graph.microsoft.com:65536/v1.0/users",
        // a user
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://graph.microsoft.com:443@evil.example/v1.0/users",
        "https://evil.example@graph.microsoft.com/v1.0/users",
        "https://user:secret@graph.microsoft.com/v1.0/users",
        "https://@graph.microsoft.com/v1.0/users",
        "https://:@graph.microsoft.com/v1.0/users",
        "https://evil.example\\@graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com\\@evil.example/v1.0/users",
        "https://graph.microsoft.com#@evil.example/v1.0/users",
        "https://graph.microsoft.com?@evil.example/v1.0/users#x",
        // not absolute
        "",
        "/v1.0/users",
        "//evil.example/v1.0/users",
        "//graph.microsoft.com/v1.0/users",
        "v1.0/users",
        "https:",
        "https://",
        "https:///v1.0/users",
        "https:/graph.microsoft.com/v1.0/users",
        "https:graph.microsoft.com/v1.0/users",
        "https:\\\\graph.microsoft.com\\v1.0\\users",
        // characters that parsers drop
        " https://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com/v1.0/users\r\nAuthorization: x",
        "https://graph.microsoft.com/v1.0/us\ters",
        "ht\ntps://graph.microsoft.com/v1.0/users",
        "https://graph.micro\tsoft.com/v1.0/users",
        "https://graph.microsoft.com/v1.0/users\0",
        "https://graph.microsoft.com/v1.0/users?a=\u{2028}",
        // ways up
        "https://graph.microsoft.com/v1.0/../beta/users",
        "https://graph.microsoft.com/v1.0/./users",
        "https://graph.microsoft.com/v1.0/%2e%2e/beta/users",
        "https://graph.microsoft.com/v1.0/%2E./beta/users",
        "https://graph.microsoft.com/v1.0/%252e%252e/beta/users",
        "https://graph.microsoft.com/v1.0/a%2f..%2fbeta/users",
        "https://graph.microsoft.com/v1.0/%5c..%5cbeta/users",
        "https://graph.microsoft.com/v1.0/a%0d%0ab/users",
        "https://graph.microsoft.com/v1.0/a%00b/users",
        "https://graph.microsoft.com/v1.0/%25252525252e/users",
        "https://graph.microsoft.com/v1.0\\..\\beta/users",
        // the rest
        "https://graph.microsoft.com/v1.0/users#fragment",
    ];
    for link in hostile {
        assert!(pinned(&graph(), link).is_err(), "{link:?}");
    }
    let long = format!("{NEXT}{}", "x".repeat(40_000));
    assert_eq!(pinned(&graph(), &long), Err(PageError::Malformed));
}

#[test]
fn a_list_ends() {
    let mut endless = pages(Limits::default());
    let mut count = 1_u32;
    let error = loop {
        match endless.next(1, Some(&format!("{NEXT}{count}"))) {
            Ok(_) => count += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((count, error), (10_000, PageError::TooLong));

    let mut round = pages(Limits::default());
    round.next(1, Some(NEXT)).unwrap();
    assert_eq!(round.next(1, Some(NEXT)), Err(PageError::Cycle));
    let mut back = pages(Limits::default());
    assert_eq!(back.next(1, Some("https://graph.microsoft.com/v1.0/users")), Err(PageError::Cycle));

    let mut empty = pages(Limits { empty_pages: 2, ..Limits::default() });
    empty.next(0, Some(&format!("{NEXT}1"))).unwrap();
    empty.next(0, Some(&format!("{NEXT}2"))).unwrap();
    assert_eq!(empty.next(0, Some(&format!("{NEXT}3"))), Err(PageError::Empty));

    let mut heavy = pages(Limits { items: 100_000, ..Limits::default() });
    assert_eq!(heavy.next(100_000, None), Ok(None));
    assert_eq!(heavy.next(1, None), Err(PageError::TooLong));
}

async fn read(script: Vec<Value>) -> (Result<Vec<Value>, CollectError<Infallible>>, Vec<Option<String>>) {
    let mut asked = Vec::new();
    let mut script = script.into_iter();
    let fetch = |url: Option<Url>| {
        asked.push(url.map(String::from));
        let page = script.next().unwrap();
        async move { Ok(page) }
    };
    let result = collect(pages(Limits::default()), fetch).await;
    (result, asked)
}

#[tokio::test]
async fn pages_are_read_in_order_empty_ones_too() {
    let (items, asked) = read(vec![
        json!({ "value": [1, 2], "@odata.nextLink": format!("{NEXT}1") }),
        json!({ "value": [], "@odata.nextLink": format!("{NEXT}2") }),
        json!({ "value": [3], "@odata.nextLink": null }),
    ])
    .await;
    assert_eq!(items.unwrap(), [json!(1), json!(2), json!(3)]);
    assert_eq!(asked, [None, Some(format!("{NEXT}1")), Some(format!("{NEXT}2"))]);
}

#[tokio::test]
async fn a_page_without_a_list_is_never_an_empty_list() {
    for page in [json!({}), json!([]), json!(null), json!({ "value": null }), json!({ "value": {} })] {
        let (result, _) = read(vec![page.clone()]).await;
        assert!(matches!(result, Err(CollectError::Shape)), "{page}");
    }
    let (result, _) = read(vec![json!({ "value": [], "@odata.nextLink": 5 })]).await;
    assert!(matches!(result, Err(CollectError::Page(PageError::Malformed))));
}
