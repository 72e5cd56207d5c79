//! Paging: the same body is posted again to a link that says where to go on and dies of age (PEERS C4).

use offboard_core::time::{Period, Timestamp};

use super::refusal::{Refusal, STALE_PAGE};

/// What a page holds at most, and what it holds when the caller does not say.
pub(super) const LARGEST: usize = 1000;

/// How long a link lives; the service's own error text says so.
pub(super) const LIFE: Period = Period::minutes(30);

/// Where a page starts, for which body, and when its link was made. Opaque to callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) offset: usize,
    body: u64,
    made: Timestamp,
}

impl Cursor {
    /// The start of the rows that `body` asks for.
    pub(super) fn start(body: &[u8], now: Timestamp) -> Self {
        Self { offset: 0, body: digest(body), made: now }
    }

    /// Reads the token of a link: it must be young and belong to the same body.
    pub(super) fn resume(token: &str, body: &[u8], now: Timestamp) -> Result<Self, Refusal> {
        let stale = || {
            Refusal::rule(
                STALE_PAGE,
                "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
            )
        };
        let cursor = Self::parse(token).ok_or_else(stale)?;
        let expired = now > cursor.made + LIFE;
        if expired || cursor.body != digest(body) { Err(stale()) } else { Ok(cursor) }
    }

    /// The token for what follows `taken` more rows.
    pub(super) fn after(self, taken: usize, now: Timestamp) -> String {
        format!("{:x}-{:x}-{:x}", self.offset + taken, self.body, now.as_micros())
    }

    fn parse(token: &str) -> Option<Self> {
        let mut parts = token.splitn(3, '-');
        let offset = usize::from_str_radix(parts.next()?, 16).ok()?;
        let body = u64::from_str_radix(parts.next()?, 16).ok()?;
        let made = i64::from_str_radix(parts.next()?, 16).ok()?;
        Some(Self { offset, body, made: Timestamp::from_micros(made) })
    }
}

/// The page size asked for by a `Prefer` header (`odata.maxpagesize=100; odata.continue-on-error`).
pub(super) fn size(prefer: Option<&str>) -> usize {
    let asked = prefer.into_iter().flat_map(|header| header.split([';', ','])).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("odata.maxpagesize").then(|| value.trim().parse().ok())?
    });
    asked.unwrap_or(LARGEST).clamp(1, LARGEST)
}

fn digest(body: &[u8]) -> u64 {
    body.iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_belongs_to_one_body_and_dies_of_age() {
        let now: Timestamp = "2026-11-02T08:00:00Z".parse().unwrap();
        let token = Cursor::start(b"body", now).after(20, now);
        assert_eq!(Cursor::resume(&token, b"body", now + LIFE).unwrap().offset, 20);
        for (token, body, at) in [
            (token.as_str(), b"body".as_slice(), now + LIFE + Period::seconds(1)),
            (&token, b"other", now),
            ("x", b"body", now),
            ("1-2", b"body", now),
        ] {
            assert_eq!(Cursor::resume(token, body, at).unwrap_err().exception(), STALE_PAGE, "{token}");
        }
    }

    #[test]
    fn page_sizes_are_between_one_and_a_thousand() {
        for (prefer, wanted) in [
            (None, 1000),
            (Some("odata.maxpagesize=20"), 20),
            (Some("odata.continue-on-error; odata.maxpagesize = 7"), 7),
            (Some("odata.maxpagesize=0"), 1),
            (Some("odata.maxpagesize=5000"), 1000),
            (Some("odata.maxpagesize=many"), 1000),
        ] {
            assert_eq!(size(prefer), wanted, "{prefer:?}");
        }
    }
}
