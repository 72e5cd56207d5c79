//! The same tenant over sockets.

use offboard_core::time::Timestamp;
use offboard_sim::{Fault, Matcher, SimClock, Tenant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn talk(origin: &str, request: String) -> String {
    let address = origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn token(tenant: &Tenant, origin: &str) -> String {
    let app = tenant.app();
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
        app.client_id, app.secret
    );
    let answer = talk(origin, format!(
        "POST /login/{}/oauth2/v2.0/token HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        app.tenant_id, &origin[7..], body.len()
    ))
    .await;
    let start = answer.find("access_token\":\"").unwrap() + 15;
    answer[start..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn one_origin_serves_all_three_services() {
    let tenant = Tenant::contoso_on(1, SimClock::wall(Timestamp::from_micros(1_796_000_000_000_000)));
    tenant.world(|world| world.timing.latency_max = world.timing.latency_min);
    let server = tenant.serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let origin = server.origin();
    let token = token(&tenant, &origin).await;
    let get = |path: &str| {
        format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n",
            &origin[7..]
        )
    };
    let users = talk(&origin, get("/graph/v1.0/users?$top=2&$select=id")).await;
    assert!(users.starts_with("HTTP/1.1 200"), "{users}");
    assert!(users.contains(&format!("\"@odata.nextLink\":\"{origin}/graph/v1.0/users?")), "{users}");
    assert!(talk(&origin, get("/nowhere")).await.starts_with("HTTP/1.1 404"));
    tenant.faults().once(Matcher::any(), Fault::DropAnswer);
    assert_eq!(talk(&origin, get("/graph/v1.0/organization")).await, "", "the connection broke");
}

#[tokio::test]
async fn over_https_it_is_trusted_by_its_own_authority_only() {
    use offboard_http::reqwest::{Options, ReqwestTransport};
    use offboard_http::transport::{Reached, Transport};

    let tenant = Tenant::empty(1);
    let server = tenant.serve_https("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let origin = server.origin();
    assert!(origin.starts_with("https://127.0.0.1:"), "{origin}");
    let discovery = format!("{origin}/{}/v2.0/.well-known/openid-configuration", tenant.app().tenant_id);
    let ask = |roots: &str| {
        let mut options = Options::default();
        options.extra_roots = roots.as_bytes().to_vec();
        let request = http::Request::get(&discovery).body(bytes::Bytes::new()).unwrap();
        async move { ReqwestTransport::new(options).unwrap().send(request).await }
    };
    let answer = ask(server.authority().unwrap()).await.unwrap();
    let document: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(document["issuer"], format!("{origin}/{}/v2.0", tenant.app().tenant_id));
    let other = tenant.serve_https("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let refused = ask(other.authority().unwrap()).await.unwrap_err();
    assert_eq!(refused.reached, Reached::NotSent, "{refused}");
}

#[tokio::test]
async fn only_loopback_is_served() {
    let tenant = Tenant::empty(1);
    assert!(tenant.serve("0.0.0.0:0".parse().unwrap()).await.is_err());
}
