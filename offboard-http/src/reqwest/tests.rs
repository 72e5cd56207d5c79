//! Against real sockets on loopback.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

/// Answers each request on each connection with `answer`, and counts the connections.
async fn serve(answer: Vec<u8>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/x", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(talk(stream, answer.clone()));
        }
    });
    (url, connections)
}

/// Reads requests without bodies, and answers them until the other side has had enough.
async fn talk<S: AsyncReadExt + AsyncWriteExt + Unpin>(mut stream: S, answer: Vec<u8>) {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        while let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
            seen.drain(..end + 4);
            if stream.write_all(&answer).await.is_err() {
                return;
            }
            if !answer.windows(16).any(|part| part.eq_ignore_ascii_case(b"content-length: ")) {
                return;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => seen.extend_from_slice(&buffer[..count]),
        }
    }
}

fn http_answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn transport() -> ReqwestTransport {
    let options = Options { connect: Period::seconds(30), total: Period::seconds(30), ..Options::default() };
    ReqwestTransport::new(options).unwrap()
}

fn get(url: &str) -> http::Request<Bytes> {
    http::Request::get(url).body(Bytes::new()).unwrap()
}

async fn reached(url: &str) -> (Reached, String) {
    let error = transport().send(get(url)).await.unwrap_err();
    (error.reached, format!("{error} {error:?}"))
}

#[tokio::test]
async fn redirects_are_answers() {
    let (other, reached) = serve(http_answer("200 OK", "", b"")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let (url, _) = serve(http_answer(status, &format!("location: {other}\r\n"), b"")).await;
        let answer = transport().send(get(&url)).await.unwrap();
        assert_eq!(answer.status().as_str(), &status[..3]);
        assert_eq!(answer.headers()["location"], *other);
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn connections_are_kept_unless_a_fresh_one_is_wanted() {
    let (url, connections) = serve(http_answer("200 OK", "", b"{}")).await;
    let transport = transport();
    for _ in 0..5 {
        transport.send(get(&url)).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    for _ in 0..3 {
        let mut request = get(&url);
        request.extensions_mut().insert(Fresh);
        transport.send(request).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn only_a_failure_to_connect_proves_that_nothing_left() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = format!("http://{}/canary?canary", nobody.local_addr().unwrap());
    drop(nobody);
    let (url, shown) = (refused.as_str(), "could not connect");
    let (far, text) = reached(url).await;
    assert_eq!(far, Reached::NotSent);
    assert!(text.contains(shown) && !text.contains("canary"), "{text}");

    let (closing, _) = serve(Vec::new()).await;
    let (cut, _) = serve(b"HTTP/1.1 200 OK\r\ncontent-length:50\r\n\r\nabc".to_vec()).await;
    let (garbage, _) = serve(b"SSH-2.0-x\r\n\r\n".to_vec()).await;
    for url in [closing, garbage] {
        assert_eq!(reached(&format!("{url}?canary")).await.0, Reached::MaybeSent, "{url}");
    }
    let (far, text) = reached(&format!("{cut}?canary")).await;
    assert_eq!(far, Reached::MaybeSent);
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn a_service_that_says_nothing_is_left() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let options = Options { total: Period::millis(100), ..Options::default() };
    let error = ReqwestTransport::new(options).unwrap().send(get(&url)).await.unwrap_err();
    assert_eq!(error.reached, Reached::MaybeSent);
    assert!(error.message.contains("in time"), "{error}");
}

#[tokio::test]
async fn plain_http_leaves_to_this_machine_only() {
    for url in ["http://contoso.example/", "http://192.0.2.1/", "http://localhost.evil.example/", "/relative"]
    {
        let (far, text) = reached(url).await;
        assert_eq!(far, Reached::NotSent, "{url}");
        assert!(text.contains("URL"), "{text}");
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_was_never_reached() {
    assert_eq!(reached("https://nobody.invalid/").await.0, Reached::NotSent);
}

#[tokio::test]
async fn long_answers_are_not_read_to_their_end() {
    let options = || Options { body_limit: 1_000, ..Options::default() };
    let chunk = "3e8\r\n".to_owned() + &"x".repeat(1_000) + "\r\n";
    let endless = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(50));
    for (answer, good) in [
        (http_answer("200 OK", "", &[b'x'; 1_000]), true),
        (http_answer("200 OK", "", &[b'x'; 1_001]), false),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\nabc".to_vec(), false),
        (endless.into_bytes(), false),
        (http_answer("200 OK", "content-encoding: gzip\r\n", &gzip(&[b'x'; 1_001])), false),
    ] {
        let (url, _) = serve(answer).await;
        let outcome = ReqwestTransport::new(options()).unwrap().send(get(&url)).await;
        assert_eq!(outcome.is_ok(), good);
        if let Err(error) = outcome {
            assert_eq!(error.reached, Reached::Answered, "{error}");
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn packed_answers_are_unpacked_and_liars_are_survived() {
    let packed = http_answer("200 OK", "Content-Encoding: GZIP\r\n", &gzip(br#"{"a":1}"#));
    let (url, _) = serve(packed).await;
    let answer = transport().send(get(&url)).await.unwrap();
    assert_eq!(answer.body(), r#"{"a":1}"#);
    assert!(!answer.headers().contains_key(CONTENT_ENCODING));

    let (url, _) = serve(http_answer("403 Forbidden", "content-encoding: gzip\r\n", b"\0\0garbage")).await;
    let answer = transport().send(get(&url)).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (403, &b"\0\0garbage"[..]));
}

/// A certificate for `name` by a new authority, valid until `until`; and the authority's certificate.
fn certificate(name: &str, until: (i32, u8)) -> (ServerConfig, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "an authority for one test");
    let root = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let own = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(until.0, until.1, 1);
    let leaf = params.signed_by(&own, &issuer).unwrap();
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(own.serialize_der()).unwrap())
        .unwrap();
    (config, root.pem().into_bytes())
}

async fn serve_tls(config: ServerConfig) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    talk::<tokio_rustls::server::TlsStream<TcpStream>>(
                        stream,
                        http_answer("200 OK", "", b"{}"),
                    )
                    .await;
                }
            });
        }
    });
    format!("https://localhost:{port}/")
}

#[tokio::test]
async fn only_a_certificate_that_verifies_is_spoken_to() {
    for (name, until, trusted, good) in [
        ("localhost", (2200, 1), true, true),
        ("localhost", (2200, 1), false, false),
        ("localhost", (2020, 1), true, false),
        ("graph.microsoft.com", (2200, 1), true, false),
    ] {
        let (config, root) = certificate(name, until);
        let url = serve_tls(config).await;
        let extra_roots = if trusted { root } else { certificate("other", until).1 };
        let transport = ReqwestTransport::new(Options { extra_roots, ..Options::default() }).unwrap();
        match transport.send(get(&url)).await {
            Ok(answer) => assert!(good && answer.status() == 200, "{name} {until:?} {trusted}"),
            Err(error) => {
                assert!(!good, "{name} {until:?} {trusted}: {error}");
                assert_eq!(error.reached, Reached::NotSent, "{error}");
            }
        }
    }
}

#[test]
fn roots_that_are_no_certificates_are_refused() {
    let pem = b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n".to_vec();
    assert!(ReqwestTransport::new(Options { extra_roots: pem, ..Options::default() }).is_err());
}

#[tokio::test]
async fn plain_http_goes_to_this_link_only_for_the_machines_own_identity() {
    let options = Options { connect: Period::millis(50), ..Options::default() };
    let transport = ReqwestTransport::new(options).unwrap();
    let said = async |url: &str, on_this_link: bool| {
        let mut request = get(url);
        if on_this_link {
            request.extensions_mut().insert(OnThisLink);
        }
        transport.send(request).await.map_or_else(|error| error.message, |_| "answered".to_owned())
    };
    let metadata = "http://169.254.169.254:9/metadata";
    assert!(said(metadata, false).await.contains("is not used"));
    assert!(!said(metadata, true).await.contains("is not used"));
    for elsewhere in [
        "http://169.253.169.254/",
        "http://10.0.0.1/",
        "http://metadata.example/",
        "http://a@169.254.169.254/",
    ] {
        assert!(said(elsewhere, true).await.contains("is not used"), "{elsewhere}");
    }
}
