//! An application's certificate and the key that belongs to it, read from PEM.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use offboard_core::time::Timestamp;
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_cert::der::Decode;
use zeroize::Zeroize;

/// A certificate with its key. Copies share the key; what it was read from is wiped.
#[derive(Clone)]
pub struct Certificate {
    key: Arc<RsaKeyPair>,
    thumbprint: [u8; 32],
    not_before: Timestamp,
    not_after: Timestamp,
}

/// A certificate that nobody can sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// There is no PEM in the file; binary files are PKCS#12 or DER.
    #[error("it is not PEM")]
    NotPem,
    /// There is a PEM section that cannot be read.
    #[error("its PEM is damaged")]
    Damaged,
    /// There is no certificate.
    #[error("there is no certificate in it")]
    NoCertificate,
    /// There is no private key.
    #[error("there is no private key in it")]
    NoKey,
    /// The key is protected by a password.
    #[error("its private key is protected by a password")]
    Protected,
    /// The key is no RSA key.
    #[error("its private key is not an RSA key")]
    NotRsa,
    /// The key is no RSA key that is taken: too short, too long, or damaged.
    #[error("its RSA key is not taken: {0}")]
    Rejected(&'static str),
    /// The certificate is another key's.
    #[error("the private key does not belong to the certificate")]
    Mismatch,
}

impl CertificateError {
    /// What to do.
    pub fn hint(self) -> &'static str {
        match self {
            Self::NotPem => {
                "convert a PKCS#12 file once: openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem; a DER certificate: openssl x509 -inform der"
            }
            Self::Damaged => "export the certificate and its key again",
            Self::NoCertificate => "put the certificate (BEGIN CERTIFICATE) into the file, beside its key",
            Self::NoKey => {
                "put the private key (BEGIN PRIVATE KEY) into the same file, or name its own file in the configuration"
            }
            Self::Protected => {
                "offboard asks for no password: take it off once by `openssl pkey -in KEY -out FILE`, and let only the owner read the file"
            }
            Self::NotRsa => "Entra takes RSA keys for signed assertions: make a certificate with an RSA key",
            Self::Rejected(_) => "make a certificate with an RSA key of 2048 to 4096 bits",
            Self::Mismatch => "name the key that the certificate was made for",
        }
    }
}

impl Certificate {
    /// Reads a certificate from `certificate` and its key from `key`, or both from the first. Of several certificates
    /// it is the one that the key belongs to; the others may be its issuers.
    pub fn from_pem(certificate: &[u8], key: Option<&[u8]>) -> Result<Self, CertificateError> {
        if !contains(certificate, b"-----BEGIN ") {
            return Err(CertificateError::NotPem);
        }
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| CertificateError::Damaged)?;
        if certificates.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        let key = read_key(key.unwrap_or(certificate))?;
        let ours = |der: &&CertificateDer<'static>| belongs(der, key.public().as_ref());
        let der = certificates.iter().find(ours).ok_or(CertificateError::Mismatch)?;
        let read = x509_cert::Certificate::from_der(der).map_err(|_| CertificateError::Damaged)?;
        let validity = read.tbs_certificate().validity();
        let at = |time: x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX / 1_000_000);
            Timestamp::from_micros(seconds.saturating_mul(1_000_000))
        };
        let mut thumbprint = [0; 32];
        thumbprint.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
        Ok(Self {
            key: Arc::new(key),
            thumbprint,
            not_before: at(validity.not_before),
            not_after: at(validity.not_after),
        })
    }

    /// SHA-256 of the certificate, as a signed assertion names it (`x5t#S256`).
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.thumbprint)
    }

    /// From when it is good.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// When it ends.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Signs by RSASSA-PSS with SHA-256 (`PS256`); nothing only if the key is too short for it, which it is not.
    pub(super) fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
        Some(signature)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, until {})", self.thumbprint(), self.not_after)
    }
}

fn read_key(pem: &[u8]) -> Result<RsaKeyPair, CertificateError> {
    // The older form says so in a header, and the bytes below it look like any key's.
    if contains(pem, b"BEGIN ENCRYPTED PRIVATE KEY") || contains(pem, b"Proc-Type: 4,ENCRYPTED") {
        return Err(CertificateError::Protected);
    }
    let mut der = PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
        rustls_pki_types::pem::Error::NoItemsFound => CertificateError::NoKey,
        _ => CertificateError::Damaged,
    })?;
    let key = match &der {
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        _ => return Err(CertificateError::NotRsa),
    };
    der.zeroize();
    key.map_err(|rejected| match rejected.to_string().as_str() {
        "WrongAlgorithm" => CertificateError::NotRsa,
        "TooSmall" => CertificateError::Rejected("it is shorter than 2048 bits"),
        "TooLarge" => CertificateError::Rejected("it is too long"),
        _ => CertificateError::Rejected("it is damaged"),
    })
}

/// Whether the certificate is of this key (its `RSAPublicKey`).
fn belongs(certificate: &CertificateDer<'_>, public: &[u8]) -> bool {
    x509_cert::Certificate::from_der(certificate).is_ok_and(|read| {
        read.tbs_certificate().subject_public_key_info().subject_public_key.as_bytes() == Some(public)
    })
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
pub(super) mod tests;
