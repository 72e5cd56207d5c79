//! Quantities in Exchange are text (PEERS C3).

use offboard_core::time::{Period, Timestamp};

/// `99 GB (106,300,440,576 bytes)`: four significant digits, and the truth in brackets.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut scale = 1_u64;
    while unit + 1 < UNITS.len() && bytes >= scale.saturating_mul(1024) {
        unit += 1;
        scale = scale.saturating_mul(1024);
    }
    let digits = match bytes / scale {
        0..10 => 3,
        10..100 => 2,
        100..1000 => 1,
        _ => 0,
    };
    let power = 10_u128.pow(digits);
    let rounded = (u128::from(bytes) * power + u128::from(scale) / 2) / u128::from(scale);
    let (whole, fraction) = (rounded / power, rounded % power);
    let shown = if fraction == 0 {
        whole.to_string()
    } else {
        let padded = format!("{whole}.{fraction:0width$}", width = digits as usize);
        padded.trim_end_matches('0').to_owned()
    };
    format!("{shown} {} ({} bytes)", UNITS[unit], grouped(bytes))
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `14.00:00:00`, as .NET prints a time span.
pub(super) fn span(period: Period) -> String {
    let seconds = period.as_secs();
    format!("{}.{:02}:{:02}:{:02}", seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60)
}

/// `2024-05-01T10:00:00.0000000Z`: seven digits of a second.
pub(super) fn time(at: Timestamp) -> String {
    let micros = at.as_micros().rem_euclid(1_000_000);
    let text = Timestamp::from_micros(at.as_micros() - micros).to_string();
    format!("{}.{micros:06}0Z", text.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_printed_with_their_bytes() {
        for (bytes, text) in [
            (0, "0 B (0 bytes)"),
            (1_023, "1023 B (1,023 bytes)"),
            (106_300_440_576, "99 GB (106,300,440,576 bytes)"),
            (53_687_091_200, "50 GB (53,687,091,200 bytes)"),
            (13_207_024_435, "12.3 GB (13,207,024,435 bytes)"),
            (53_579_716_000, "49.9 GB (53,579,716,000 bytes)"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn spans_and_times_are_printed_as_dot_net_does() {
        assert_eq!(span(Period::days(14)), "14.00:00:00");
        assert_eq!(time("2024-05-01T10:00:00.25Z".parse().unwrap()), "2024-05-01T10:00:00.2500000Z");
    }
}
