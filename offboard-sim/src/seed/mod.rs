//! What tenants begin with: the parts that every tenant has, and Contoso.

pub mod contoso;
pub(crate) mod products;
pub(crate) mod roles;
pub(crate) mod tenant;

use sha2::{Digest, Sha256};

/// A GUID that belongs to a name: the same for the same seed and name.
pub(crate) fn guid_of(seed: u64, name: &str) -> u128 {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().as_u128()
}
