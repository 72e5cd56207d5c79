//! Documents: JSON with a format, named by the SHA-256 of their bytes.

pub(crate) mod lined;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::id::Digest;

/// A document that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It ends in the middle.
    #[error("this {what} is cut off at line {line}: fetch it again, or make a new one")]
    Truncated {
        /// Plan, approval, ...
        what: &'static str,
        /// The last line.
        line: usize,
    },
    /// It is something else.
    #[error("this is no {what} (line {line}, column {column}): {why}")]
    Invalid {
        /// Plan, approval, ...
        what: &'static str,
        /// Where.
        line: usize,
        /// Where.
        column: usize,
        /// What is wrong.
        why: String,
    },
    /// It is of a format that this version does not know.
    #[error("this {what} has the format `{seen}`; this version of offboard reads `{known}`")]
    Format {
        /// Plan, approval, ...
        what: &'static str,
        /// Its format.
        seen: String,
        /// Ours.
        known: &'static str,
    },
}

impl DocumentError {
    /// What to do.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Truncated { .. } => None,
            Self::Invalid { .. } => Some("name the file as it was written, or make the document again"),
            Self::Format { .. } => {
                Some("read it with the version of offboard that wrote it, or make it again")
            }
        }
    }
}

/// SHA-256 of bytes.
pub fn digest(bytes: &[u8]) -> Digest {
    Digest::new(hex(&Sha256::digest(bytes)))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A document's bytes: indented JSON with a newline at the end, keys in the order of the type.
pub fn to_bytes<T: Serialize>(document: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The document in these bytes, after its `format` has been looked at.
pub fn from_bytes<T: DeserializeOwned>(
    bytes: &[u8],
    what: &'static str,
    known: &'static str,
) -> Result<T, DocumentError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        if error.is_eof() {
            DocumentError::Truncated { what, line: error.line() }
        } else {
            invalid(what, &error)
        }
    })?;
    let seen = value.get("format").and_then(Value::as_str).unwrap_or("none");
    if seen != known {
        return Err(DocumentError::Format { what, seen: seen.to_owned(), known });
    }
    // Read again from the text, so that an error names its line.
    serde_json::from_slice(bytes).map_err(|error| invalid(what, &error))
}

/// What is wrong, and where, each said once.
fn invalid(what: &'static str, error: &serde_json::Error) -> DocumentError {
    let (line, column, why) = (error.line(), error.column(), error.to_string());
    let place = format!(" at line {line} column {column}");
    let why = why.strip_suffix(&place).unwrap_or(&why).to_owned();
    DocumentError::Invalid { what, line, column, why }
}
