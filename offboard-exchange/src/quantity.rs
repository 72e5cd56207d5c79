//! Sizes, which Exchange writes for people: `12.3 GB (13,207,024,435 bytes)`.

/// The bytes in the brackets, and nothing else: the rounded number before them is no measure, and a text in another
/// form (`Unlimited`, an empty one) is no size at all.
pub fn bytes(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once('(')?;
    let count = rest.strip_suffix(')')?.strip_suffix("bytes")?;
    grouped(count.strip_suffix(is_space)?)
}

/// A whole number, its digits all together or in groups of three. What stands between groups differs by language.
fn grouped(text: &str) -> Option<u64> {
    let separator = text.chars().find(|c| !c.is_ascii_digit());
    let digits = match separator {
        None => text.to_owned(),
        Some(separator) if matches!(separator, ',' | '.' | '\'' | '\u{2019}') || is_space(separator) => {
            let mut groups = text.split(separator);
            let first = groups.next().filter(|group| (1..=3).contains(&group.len()))?;
            let mut digits = first.to_owned();
            for group in groups {
                if group.len() != 3 {
                    return None;
                }
                digits.push_str(group);
            }
            digits
        }
        Some(_) => return None,
    };
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if all_digits { digits.parse().ok() } else { None }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bytes_in_the_brackets_count() {
        for (text, wanted) in [
            ("12.3 GB (13,207,024,435 bytes)", 13_207_024_435),
            ("99 GB (106,300,440,576 bytes)", 106_300_440_576),
            ("0 B (0 bytes)", 0),
            ("512 B (512 bytes)", 512),
            ("12,3 GB (13.207.024.435 bytes)", 13_207_024_435),
            ("12,3 GB (13\u{a0}207\u{a0}024\u{a0}435 bytes)", 13_207_024_435),
            ("12,3 GB (13\u{202f}207\u{202f}024\u{202f}435\u{a0}bytes)", 13_207_024_435),
            ("12.3 GB (13207024435 bytes)", 13_207_024_435),
        ] {
            assert_eq!(bytes(text), Some(wanted), "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_no_size_and_never_zero() {
        for text in [
            "",
            "Unlimited",
            "12.3 GB",
            "13207024435",
            "()",
            "( bytes)",
            "12 GB (bytes)",
            "12 GB (12 GB)",
            "12 GB (-1 bytes)",
            "12 GB (1,2 bytes)",
            "12 GB (1,,207 bytes)",
            "12 GB (1,207.435 bytes)",
            "12 GB (1234,567 bytes)",
            "12 GB (,207 bytes)",
            "12 GB (13,207 kilobytes)",
            "12 GB (99,999,999,999,999,999,999 bytes)",
            "12 GB (13,207 bytes) and more",
        ] {
            assert_eq!(bytes(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in ".*") {
            let _ = bytes(&text);
        }

        #[test]
        fn every_size_is_read_back(size in any::<u64>()) {
            let digits = size.to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            let text = format!("1 TB ({grouped} bytes)");
            prop_assert_eq!(bytes(&text), Some(size));
        }
    }
}
