use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};

use super::*;

/// Keys that were made for these tests and prove nothing to anybody.
pub(in crate::token) const RSA: &str = include_str!("keys/rsa.pem");
const PKCS1: &str = include_str!("keys/pkcs1.pem");
const OTHER: &str = include_str!("keys/other.pem");
const SMALL: &str = include_str!("keys/small.pem");
const EC: &str = include_str!("keys/ec.pem");
const PROTECTED: &str = include_str!("keys/protected.pem");
const PROTECTED_OLDER: &str = include_str!("keys/protected-older.pem");

/// A certificate for `key`, from 2026-11-01 until 2027-11-01.
pub(in crate::token) fn certificate_for(key: &str) -> String {
    let key = KeyPair::from_pkcs8_pem_and_sign_algo(key, &PKCS_RSA_SHA256).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, 11, 1);
    params.not_after = rcgen::date_time_ymd(2027, 11, 1);
    params.self_signed(&key).unwrap().pem()
}

fn refused(certificate: &str, key: Option<&str>) -> CertificateError {
    let error = Certificate::from_pem(certificate.as_bytes(), key.map(str::as_bytes)).unwrap_err();
    assert!(!error.hint().is_empty());
    error
}

#[test]
fn certificate_and_key_lie_in_one_file_or_in_two() {
    let certificate = certificate_for(RSA);
    let both = format!("Bag Attributes\n{certificate}{RSA}");
    let one = Certificate::from_pem(both.as_bytes(), None).unwrap();
    let two = Certificate::from_pem(certificate.as_bytes(), Some(RSA.as_bytes())).unwrap();
    let older = Certificate::from_pem(certificate.as_bytes(), Some(PKCS1.as_bytes())).unwrap();
    assert_eq!(one.thumbprint(), two.thumbprint());
    assert_eq!(one.thumbprint(), older.thumbprint());
    assert_eq!(one.not_before().to_string(), "2026-11-01T00:00:00Z");
    assert_eq!(one.not_after().to_string(), "2027-11-01T00:00:00Z");
    let shown = format!("{one:?}");
    assert!(shown.contains(&one.thumbprint()) && shown.len() < 120, "{shown}");
}

#[test]
fn of_a_chain_the_one_that_the_key_belongs_to_is_taken() {
    let chain = format!("{}{}", certificate_for(OTHER), certificate_for(RSA));
    let taken = Certificate::from_pem(chain.as_bytes(), Some(RSA.as_bytes())).unwrap();
    let alone = Certificate::from_pem(chain.as_bytes(), Some(OTHER.as_bytes())).unwrap();
    assert_ne!(taken.thumbprint(), alone.thumbprint());
}

#[test]
fn what_nobody_can_sign_in_with_is_said_by_its_reason() {
    let certificate = certificate_for(RSA);
    assert_eq!(refused("\u{30}\u{1}\u{2}", None), CertificateError::NotPem);
    assert_eq!(refused(RSA, None), CertificateError::NoCertificate);
    assert_eq!(refused(&certificate, None), CertificateError::NoKey);
    assert_eq!(refused(&certificate, Some("")), CertificateError::NoKey);
    assert_eq!(refused(&certificate, Some(OTHER)), CertificateError::Mismatch);
    assert_eq!(refused(&certificate, Some(EC)), CertificateError::NotRsa);
    assert_eq!(refused(&certificate, Some(PROTECTED)), CertificateError::Protected);
    assert_eq!(refused(&certificate, Some(PROTECTED_OLDER)), CertificateError::Protected);
    assert!(
        matches!(refused(&certificate, Some(SMALL)), CertificateError::Rejected(why) if why.contains("2048"))
    );
    let damaged = certificate.replace("-----END CERTIFICATE-----", "");
    assert_eq!(refused(&damaged, Some(RSA)), CertificateError::Damaged);
    let bent = RSA.replacen("MII", "!!!", 1);
    assert_eq!(refused(&certificate, Some(&bent)), CertificateError::Damaged);
}

#[test]
fn the_signature_is_the_keys() {
    let certificate = Certificate::from_pem(certificate_for(RSA).as_bytes(), Some(RSA.as_bytes())).unwrap();
    let signature = certificate.sign(b"text").unwrap();
    let public = ring::signature::UnparsedPublicKey::new(
        &ring::signature::RSA_PSS_2048_8192_SHA256,
        certificate.key.public().as_ref(),
    );
    public.verify(b"text", &signature).unwrap();
    assert!(public.verify(b"another", &signature).is_err());
}
