//! Time and chance as ports: nothing in offboard asks the machine for either.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in UTC, with a precision of a microsecond so that every journal can hold it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// From microseconds since 1970 (out of range values are clamped to the calendar's end).
    pub fn from_micros(micros: i64) -> Self {
        Self(jiff::Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        }))
    }

    /// Microseconds since 1970.
    pub fn as_micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// Whole seconds since 1970.
    pub fn as_secs(self) -> i64 {
        self.0.as_second()
    }

    /// The time without its fraction of a second, for people: `2026-11-30T17:00:00Z`.
    #[must_use]
    pub fn to_seconds(self) -> Self {
        Self::from_micros(self.as_secs() * 1_000_000)
    }

    /// The calendar date in UTC, `2026-11-30`.
    pub fn date(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }

    /// The time that has passed since `earlier`; zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Period {
        Period::micros(self.as_micros().saturating_sub(earlier.as_micros()).max(0))
    }
}

impl std::ops::Add<Period> for Timestamp {
    type Output = Self;

    fn add(self, period: Period) -> Self {
        Self::from_micros(self.as_micros().saturating_add(period.0))
    }
}

impl std::ops::Sub<Period> for Timestamp {
    type Output = Self;

    fn sub(self, period: Period) -> Self {
        Self::from_micros(self.as_micros().saturating_sub(period.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    /// RFC 3339 with an offset, such as `2026-11-30T17:00:00+01:00`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.parse::<jiff::Timestamp>().map(|at| Self::from_micros(at.as_microsecond())).map_err(|_| {
            TimeError {
                seen: text.to_owned(),
                wanted: "a time with its offset, like 2026-11-30T17:00:00+01:00",
            }
        })
    }
}

/// A text that was taken for a time or a duration and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is not {wanted}")]
pub struct TimeError {
    seen: String,
    wanted: &'static str,
}

/// A length of time. As text an ISO 8601 duration of weeks, days, hours, minutes and seconds; a day is 24 hours.
/// Months and years are refused: how long they are depends on the date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Period(i64);

impl Period {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Microseconds.
    pub const fn micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Milliseconds.
    pub const fn millis(millis: i64) -> Self {
        Self(millis * 1_000)
    }

    /// Seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000_000)
    }

    /// Minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes * 60)
    }

    /// Hours.
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours * 60)
    }

    /// Days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self::hours(days * 24)
    }

    /// Its length in microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Its length in whole seconds.
    pub const fn as_secs(self) -> i64 {
        self.0 / 1_000_000
    }

    /// How many days it is, where it is nothing but days.
    pub const fn whole_days(self) -> Option<i64> {
        let day = Self::days(1).0;
        if self.0 % day == 0 { Some(self.0 / day) } else { None }
    }

    /// `n` times as long.
    #[must_use]
    pub const fn times(self, n: i64) -> Self {
        Self(self.0.saturating_mul(n))
    }
}

impl From<Period> for std::time::Duration {
    fn from(period: Period) -> Self {
        Self::from_micros(u64::try_from(period.0).unwrap_or(0))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_secs();
        let (days, hours, minutes, rest) =
            (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        f.write_str("P")?;
        if days != 0 {
            write!(f, "{days}D")?;
        }
        let millis = self.0 / 1_000 % 1_000;
        if seconds % 86_400 != 0 || millis != 0 || days == 0 {
            f.write_str("T")?;
            if hours != 0 {
                write!(f, "{hours}H")?;
            }
            if minutes != 0 {
                write!(f, "{minutes}M")?;
            }
            if millis != 0 {
                write!(f, "{rest}.{millis:03}S")?;
            } else if rest != 0 || (hours == 0 && minutes == 0) {
                write!(f, "{rest}S")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Period {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let error = || TimeError {
            seen: text.to_owned(),
            wanted: "a duration of weeks, days, hours, minutes and seconds, like P30D or PT12H",
        };
        let span: jiff::Span = text.parse().map_err(|_| error())?;
        let iso = text.starts_with('P') && !text.starts_with("P-");
        if !iso || span.get_months() != 0 || span.get_years() != 0 || span.is_negative() {
            return Err(error());
        }
        let total = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| error())?;
        i64::try_from(total.as_micros()).map(Self).map_err(|_| error())
    }
}

macro_rules! as_text {
    ($name:ident, $schema:tt) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

as_text!(Timestamp, { "type": "string", "format": "date-time" });
as_text!(Period, { "type": "string", "format": "duration" });

/// The clock that a host lends to offboard.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Returns when `now` has reached `until`; at once if it already has.
    async fn sleep_until(&self, until: Timestamp);

    /// Says that work is under way which the clock cannot see (a request, a journal call). A simulated clock
    /// does not jump while such a hold lives; a real one does not care.
    fn hold(&self) -> Hold {
        Hold(None)
    }
}

/// Returned by [`Clock::hold`]; the hold ends when it is dropped.
#[must_use = "the hold ends when it is dropped"]
pub struct Hold(Option<Box<dyn FnOnce() + Send + Sync>>);

impl Hold {
    /// A hold that calls `release` when it ends.
    pub fn new(release: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(release)))
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hold")
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            release();
        }
    }
}

/// The source of ids, jitter and passwords that a host lends to offboard.
pub trait Entropy: fmt::Debug + Send + Sync + 'static {
    /// Fills `buffer` with random bytes, fit for secrets on a real host.
    fn fill(&self, buffer: &mut [u8]);
}

/// A fresh random GUID as text, for request ids.
pub fn random_guid(entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; 16];
    entropy.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A number in `0..1`, for jitter.
pub fn random_unit(entropy: &dyn Entropy) -> f64 {
    let mut bytes = [0_u8; 4];
    entropy.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

/// The two ports of this module, as they are handed around.
#[derive(Debug, Clone)]
pub struct Host {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_8601_without_months() {
        for (text, seconds) in
            [("P30D", 2_592_000), ("PT12H", 43_200), ("P1W", 604_800), ("P1DT2H3M4S", 93_784)]
        {
            assert_eq!(text.parse::<Period>().unwrap().as_secs(), seconds, "{text}");
        }
        for bad in ["", "30", "30 days", "P1M", "P1Y", "-P3D", "P-3D"] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
        for text in ["P30D", "PT12H", "P1DT2H3M4S", "PT0S", "PT0.250S"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn parts_of_days_are_no_days() {
        for (text, days) in [("P30D", Some(30)), ("PT24H", Some(1)), ("PT0S", Some(0)), ("P1DT1S", None)] {
            assert_eq!(text.parse::<Period>().unwrap().whole_days(), days, "{text}");
        }
        assert_eq!(Period::micros(86_400_000_001).whole_days(), None);
    }

    #[test]
    fn a_time_needs_its_offset() {
        assert_eq!(
            "2026-11-30T17:00:00+01:00".parse::<Timestamp>().unwrap().to_string(),
            "2026-11-30T16:00:00Z"
        );
        assert!("2026-11-30T17:00:00".parse::<Timestamp>().is_err());
    }
}
