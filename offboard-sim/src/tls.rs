//! A certificate authority that is made for one server, and the server's certificate.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// What a server shows, and what its callers must trust.
pub(crate) struct Identity {
    pub(crate) authority: String,
    pub(crate) acceptor: TlsAcceptor,
}

type Broken = Box<dyn std::error::Error + Send + Sync>;

impl Identity {
    /// A new authority, which signs one certificate for the names of this machine and whose key is then forgotten.
    pub(crate) fn new() -> Result<Self, Broken> {
        let (authority_key, key) = (KeyPair::generate()?, KeyPair::generate()?);
        let mut authority = params(Vec::new(), "authority of a simulated tenant")?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = authority.self_signed(&authority_key)?.pem();
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut server = params(names.into(), "simulated tenant")?;
        server.use_authority_key_identifier_extension = true;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = server.signed_by(&key, &Issuer::new(authority, authority_key))?;
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
        Ok(Self { authority: pem, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

/// The machine's clock decides whether a certificate is good, whatever time the simulation has: it is good for long.
fn params(names: Vec<String>, name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    Ok(params)
}
