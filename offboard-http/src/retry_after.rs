//! When the service says to come back: seconds, decimal seconds, a date, or nothing that can be used (P22).

use std::time::UNIX_EPOCH;

use http::HeaderMap;
use offboard_core::time::{Period, Timestamp};

/// No wait that a service asks for is taken to be longer than this. A step that has to wait so long is put off,
/// not failed, and asks again.
pub const LONGEST: Period = Period::days(1);

/// The wait that `headers` ask for, if they name one. `received_at` stands in for the service's own clock where
/// it sent no `Date`.
///
/// `Retry-After` is relative to the service's clock when it is a date, so a wrong clock of ours does not matter.
/// Of several values the longest counts.
pub fn wait(headers: &HeaderMap, received_at: Timestamp) -> Option<Period> {
    let server_now = date(headers).unwrap_or(received_at);
    let seconds = texts(headers, "retry-after").filter_map(|text| parse(text, server_now));
    let millis = ["retry-after-ms", "x-ms-retry-after-ms"]
        .into_iter()
        .flat_map(|name| texts(headers, name))
        .filter_map(|text| decimal(text, 1_000));
    seconds.chain(millis).max()
}

/// Reads one value of `Retry-After`, as it also stands in the parts of a `$batch`. Negative values and anything
/// else that is no time to wait are `None`; a date that has passed is no wait at all.
pub fn parse(text: &str, server_now: Timestamp) -> Option<Period> {
    let text = text.trim();
    decimal(text, 1_000_000).or_else(|| Some(http_date(text)?.since(server_now).min(LONGEST)))
}

/// The service's own time, from `Date`.
pub fn date(headers: &HeaderMap) -> Option<Timestamp> {
    texts(headers, "date").find_map(http_date)
}

fn texts<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

/// A decimal number in exact arithmetic, `micros` to one of its units, rounded up.
fn decimal(text: &str, micros: i64) -> Option<Period> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') {
        return None;
    }
    // Too many digits for a number are more than the longest wait.
    let Ok(whole) = whole.parse::<i64>() else { return Some(LONGEST) };
    let (mut rest, mut unit) = (0_i64, micros);
    for digit in fraction.bytes().map(|byte| i64::from(byte - b'0')) {
        if unit < 10 {
            rest += i64::from(digit > 0);
            break;
        }
        unit /= 10;
        rest += digit * unit;
    }
    Some(Period::micros(whole.saturating_mul(micros).saturating_add(rest)).min(LONGEST))
}

fn http_date(text: &str) -> Option<Timestamp> {
    let at = httpdate::parse_http_date(text.trim()).ok()?;
    let micros = at.duration_since(UNIX_EPOCH).ok()?.as_micros();
    Some(Timestamp::from_micros(i64::try_from(micros).ok()?))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn every_way_a_service_says_when() {
        let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        let date = ("date", "Mon, 30 Nov 2026 10:00:00 GMT");
        for (seen, wanted) in [
            (&[][..], None),
            (&[("retry-after", "10")], Some(Period::seconds(10))),
            (&[("retry-after", " 7 ")], Some(Period::seconds(7))),
            (&[("retry-after", "0")], Some(Period::ZERO)),
            (&[("retry-after", "2.128")], Some(Period::millis(2_128))),
            (&[("retry-after", "0.0000001")], Some(Period::micros(1))),
            (&[("retry-after", "1.9999999")], Some(Period::seconds(2))),
            (&[("retry-after", "-5")], None),
            (&[("retry-after", "-0.5")], None),
            (&[("retry-after", "")], None),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "1e9")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "inf")], None),
            (&[("retry-after", "+3")], None),
            (&[("retry-after", "5.")], None),
            (&[("retry-after", ".5")], None),
            (&[("retry-after", "2,128")], None),
            (&[("retry-after", "1.2.3")], None),
            (&[("retry-after", "86401")], Some(LONGEST)),
            (&[("retry-after", "9223372036854775807")], Some(LONGEST)),
            (&[("retry-after", "99999999999999999999999")], Some(LONGEST)),
            (&[("retry-after", "Mon, 30 Nov 2026 10:00:30 GMT"), date], Some(Period::seconds(30))),
            (&[("retry-after", "Mon, 30 Nov 2026 09:59:00 GMT"), date], Some(Period::ZERO)),
            (&[("retry-after", "Mon, 30 Nov 2026 12:00:05 GMT")], Some(Period::seconds(5))),
            (&[("retry-after", "Monday, 30-Nov-26 10:00:30 GMT"), date], Some(Period::seconds(30))),
            (&[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"), date], Some(LONGEST)),
            (&[("retry-after", "2"), ("retry-after", "9")], Some(Period::seconds(9))),
            (&[("retry-after-ms", "1500")], Some(Period::millis(1_500))),
            (&[("retry-after", "1"), ("x-ms-retry-after-ms", "2500")], Some(Period::millis(2_500))),
        ] {
            assert_eq!(wait(&headers(seen), now), wanted, "{seen:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_a_wait_below_nothing_or_beyond_the_longest(text in ".*") {
            if let Some(wait) = parse(&text, Timestamp::from_micros(0)) {
                proptest::prop_assert!(Period::ZERO <= wait && wait <= LONGEST);
            }
        }
    }
}
