//! Certificates that an application is registered with.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use offboard_core::time::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use serde::{Deserialize, Serialize};
use x509_cert::der::Decode;

/// A registered certificate: its names, its public key and its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppCertificate {
    /// SHA-256 of the certificate, in base64 for URLs: `x5t#S256`.
    pub thumbprint: String,
    /// SHA-1 of it, the older name: `x5t`.
    pub older_thumbprint: String,
    /// The RSA public key (PKCS#1), in base64.
    pub(crate) public_key: String,
    /// From when it is good.
    pub begins: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

impl AppCertificate {
    /// The first certificate in a PEM text, if there is one with an RSA key.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let begin = "-----BEGIN CERTIFICATE-----";
        let end = "-----END CERTIFICATE-----";
        let from = pem.find(begin)?;
        let body: String = pem[from + begin.len()..].split(end).next()?.split_whitespace().collect();
        Self::from_der(&STANDARD.decode(body).ok()?)
    }

    fn from_der(der: &[u8]) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let about = certificate.tbs_certificate();
        let at = |time: x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
            Some(Timestamp::from_micros(seconds.checked_mul(1_000_000)?))
        };
        let key = about.subject_public_key_info().subject_public_key.as_bytes()?;
        Some(Self {
            thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA256, der)),
            older_thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, der)),
            public_key: STANDARD.encode(key),
            begins: at(about.validity().not_before)?,
            expires: at(about.validity().not_after)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_of_the_seed_is_read() {
        let pem = include_str!("../seed/application.pem");
        let read = AppCertificate::from_pem(pem).unwrap();
        assert_eq!(read.begins.to_string(), "2020-01-01T00:00:00Z");
        assert_eq!(read.expires.to_string(), "2099-01-01T00:00:00Z");
        assert_eq!((read.thumbprint.len(), read.older_thumbprint.len()), (43, 27));
        assert_eq!(
            AppCertificate::from_pem("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"),
            None
        );
        assert_eq!(AppCertificate::from_pem(""), None);
    }
}
