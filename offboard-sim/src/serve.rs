//! The tenant as a server on loopback, over HTTP/1.1, with or without TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::carry;
use crate::core::Core;
use crate::tenant::Tenant;
use crate::tls;

/// A request body longer than this is refused with 413.
const LARGEST_BODY: usize = 4 << 20;

/// A server that ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// The authority that its certificate is from (PEM), where it speaks TLS.
    authority: Option<String>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Where it listens: `http://127.0.0.1:12345`. The services are below it: `/graph/v1.0`,
    /// `/exchange/adminapi/beta`, `/login/{tenant}/oauth2/v2.0/token`; sign-in also without `/login`.
    pub fn origin(&self) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate authority that whoever calls it must trust (PEM); none over plain HTTP.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Serves until the process ends.
    pub async fn forever(mut self) {
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Tenant {
    /// Serves this tenant on an address of this machine only; anything but loopback is refused. Needs a tokio
    /// runtime. On a virtual clock answers come at once, on the wall they take the tenant's time.
    pub async fn serve(&self, address: SocketAddr) -> io::Result<Server> {
        self.listen(address, None).await
    }

    /// The same over https, with a certificate for this machine from an authority of its own, which is made now and
    /// whose key is forgotten ([`Server::authority`]).
    pub async fn serve_https(&self, address: SocketAddr) -> io::Result<Server> {
        self.listen(address, Some(tls::Identity::new().map_err(io::Error::other)?)).await
    }

    async fn listen(&self, address: SocketAddr, identity: Option<tls::Identity>) -> io::Result<Server> {
        if !address.ip().is_loopback() {
            let text = "a simulated tenant listens on loopback only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (authority, acceptor) = identity.map(|it| (it.authority, it.acceptor)).unzip();
        let accepting = tokio::spawn(accept(listener, acceptor, address, Arc::clone(self.core())));
        Ok(Server { address, authority, accepting })
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, address: SocketAddr, core: Arc<Core>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (core, acceptor) = (Arc::clone(&core), acceptor.clone());
        tokio::spawn(async move {
            match acceptor {
                None => connection(stream, "http", address, core).await,
                // Who does not trust the authority goes away; that is his answer.
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        connection(stream, "https", address, core).await;
                    }
                }
            }
        });
    }
}

/// One connection. A fault that breaks it ends it without an answer, which is what the caller then sees.
async fn connection<S>(stream: S, scheme: &'static str, address: SocketAddr, core: Arc<Core>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let core = Arc::clone(&core);
        async move { answer(&core, scheme, address, request).await }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    core: &Core,
    scheme: &str,
    address: SocketAddr,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, io::Error> {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        let mut response = http::Response::new(Full::new(Bytes::new()));
        *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(response);
    };
    // Links in answers carry the origin that the caller knows.
    let host = parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    let host = host.map_or_else(|| address.to_string(), str::to_owned);
    let target = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let uri = format!("{scheme}://{host}{target}").parse::<http::Uri>();
    parts.uri = uri.map_err(|_| io::Error::other("the request's address cannot be read"))?;
    let request = http::Request::from_parts(parts, body.to_bytes());
    let not_found = || {
        let mut response = http::Response::new(Full::new(Bytes::new()));
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        response
    };
    if !crate::wire::has_door(request.uri()) {
        return Ok(not_found());
    }
    match carry::send(core, request, core.clock.is_wall()).await {
        Ok(response) => Ok(response.map(Full::new)),
        Err(broken) => Err(io::Error::other(broken)),
    }
}
