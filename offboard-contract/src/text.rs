//! Small readings of text that several checks share.

use percent_encoding::percent_decode_str;

/// Is this a GUID in its usual form, without braces?
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Decodes percent signs; `None` if what they spell is not UTF-8 or a sign has no two digits behind it.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'%'
            && !bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
        {
            return None;
        }
    }
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Is every character one that may stand in a URL (RFC 3986)?
pub(crate) fn is_url_text(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte))
}

/// An instant in ISO 8601 with date, time, seconds and an offset.
pub(crate) fn is_instant(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else { return false };
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let mut date = date.split('-');
    let dated = matches!((date.next(), date.next(), date.next(), date.next()), (Some(y), Some(m), Some(d), None)
        if digits(y, 4) && digits(m, 2) && digits(d, 2));
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(end);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut time = time.split(':');
    let timed = matches!((time.next(), time.next(), time.next(), time.next()), (Some(h), Some(m), Some(s), None)
        if digits(h, 2) && digits(m, 2) && digits(s, 2));
    let whole = !fraction.is_empty() && fraction.len() <= 12 && fraction.bytes().all(|b| b.is_ascii_digit());
    let placed = offset == "Z"
        || offset
            .strip_prefix(['+', '-'])
            .and_then(|o| o.split_once(':'))
            .is_some_and(|(h, m)| digits(h, 2) && digits(m, 2));
    dated && timed && whole && placed
}

/// The known name that is spelt most like `wrong`, if any is close enough to be what was meant.
pub(crate) fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (distance(&wrong.to_ascii_lowercase(), &name.to_ascii_lowercase()), name))
        .filter(|(far, name)| *far <= 1 + name.len() / 5)
        .min()
        .map(|(_, name)| name)
}

/// `; did you mean ...?`, or nothing.
pub(crate) fn hint<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(wrong, known).map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}

/// The number of letters to insert, drop or replace (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_have_one_form() {
        assert!(is_guid("6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0"));
        assert!(!is_guid("{6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0}"));
        assert!(!is_guid("6ea91a8de32e41a1b7bdd2d185eed0e0"));
        assert!(!is_guid("6ea91a8d-e32e-41a1-b7bd-d2d185eed0eg"));
    }

    #[test]
    fn percent_signs_need_two_digits_and_must_spell_text() {
        assert_eq!(percent_decode("o%27neill").as_deref(), Some("o'neill"));
        assert_eq!(percent_decode("100%"), None);
        assert_eq!(percent_decode("%ff"), None);
    }

    #[test]
    fn instants_carry_an_offset() {
        for good in ["2026-11-30T17:00:00Z", "2026-11-30T17:00:00.1234567Z", "2026-11-30T17:00:00+01:00"] {
            assert!(is_instant(good), "{good}");
        }
        for bad in [
            "2026-11-30",
            "2026-11-30T17:00:00",
            "30/11/2026 17:00",
            "2026-11-30T17:00Z",
            "2026-11-30T17:00:00.Z",
        ] {
            assert!(!is_instant(bad), "{bad}");
        }
    }

    #[test]
    fn the_nearest_name_is_close_or_none() {
        let known = ["accountEnabled", "ageGroup", "displayName"];
        assert_eq!(nearest("acountEnabled", known.into_iter()), Some("accountEnabled"));
        assert_eq!(nearest("AccountEnabled", known.into_iter()), Some("accountEnabled"));
        assert_eq!(nearest("shoeSize", known.into_iter()), None);
    }
}
