//! Sizes in words.

use super::mailbox::GIB;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// So many bytes, for people: in GiB, in which the service counts its limits, or in what a small size fills. Rounded down:
/// nothing looks larger than it is.
pub fn rounded(bytes: u64) -> String {
    let (unit, name) = match bytes {
        GIB.. => (GIB, "GiB"),
        MIB.. => (MIB, "MiB"),
        KIB.. => (KIB, "KiB"),
        _ => return format!("{bytes} bytes"),
    };
    let hundredths = u128::from(bytes) * 100 / u128::from(unit);
    format!("{}.{:02} {name}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_step_at_each_unit() {
        let said = [0, 1023, 1024, 1536, MIB, 50 * GIB, 50 * GIB - 1, u64::MAX].map(rounded);
        let wanted = [
            "0 bytes",
            "1023 bytes",
            "1.00 KiB",
            "1.50 KiB",
            "1.00 MiB",
            "50.00 GiB",
            "49.99 GiB",
            "17179869183.99 GiB",
        ];
        assert_eq!(said, wanted);
    }
}
