//! Lines of text: cleaned, folded, indented, and quoted for a shell.

use std::fmt::Write as _;

pub use offboard::core::report::plain::{clean, is_obeyed};

/// How wide a line is where nobody says how wide it may be.
pub const WIDTH: usize = 100;

/// How many columns the terminal behind `stream` has; between 60 and 120, beyond which lines are hard to read.
#[cfg(unix)]
pub(crate) fn width_of(stream: &impl std::os::fd::AsFd) -> usize {
    rustix::termios::tcgetwinsize(stream)
        .ok()
        .filter(|size| size.ws_col > 0)
        .map_or(WIDTH, |size| usize::from(size.ws_col).clamp(60, 120))
}

/// How many columns the terminal behind `stream` has is not asked here.
#[cfg(not(unix))]
pub(crate) fn width_of<T>(_: &T) -> usize {
    WIDTH
}

/// Writes `text` with `first` before its first line and `indent` blanks before each further one, folded at words.
/// The text is cleaned; `first` may hold colour and is `indent` characters wide.
pub fn fold(out: &mut String, first: &str, text: &str, indent: usize, width: usize) {
    let room = width.saturating_sub(indent).max(24);
    let mut line = String::new();
    let mut lines = Vec::new();
    for word in clean(text).split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    for (number, line) in lines.iter().enumerate() {
        if number == 0 {
            let _ = writeln!(out, "{first}{line}");
        } else {
            let _ = writeln!(out, "{:indent$}{line}", "");
        }
    }
}

/// The same text with its points in time cut to the second: more is noise for people.
pub fn to_the_second(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('.') {
        let (before, after) = rest.split_at(at);
        let digits = after[1..].chars().take_while(char::is_ascii_digit).count();
        let is_time = digits > 0
            && after[1 + digits..].starts_with('Z')
            && before.ends_with(|c: char| c.is_ascii_digit());
        out.push_str(before);
        let skip = if is_time { 1 + digits } else { 1 };
        if !is_time {
            out.push('.');
        }
        rest = &after[skip..];
    }
    out + rest
}

/// A word as a POSIX shell takes it back.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// `1 step`, `2 steps`.
pub fn counted(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_moves_the_cursor() {
        let evil = "Eve\u{1b}[2J\r\u{202e}drow\u{7}\nnext\u{200b}\u{9b}31m";
        let shown = clean(evil);
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
        assert!(!shown.contains('\u{202e}') && !shown.contains('\u{200b}'));
        assert_eq!(clean("Zo\u{eb} O'Neill \u{65e5}\u{672c}"), "Zo\u{eb} O'Neill \u{65e5}\u{672c}");
    }

    #[test]
    fn lines_are_folded_at_words_and_nothing_is_lost() {
        let text = "one two three four five six seven eight nine ten eleven twelve";
        let mut out = String::new();
        fold(&mut out, "-> ", text, 3, 30);
        assert!(out.lines().all(|line| line.chars().count() <= 30), "{out}");
        assert!(out.lines().skip(1).all(|line| line.starts_with("   ")));
        assert_eq!(out.replace("-> ", "").split_whitespace().collect::<Vec<_>>().join(" "), text);
    }

    #[test]
    fn points_in_time_are_cut_to_the_second() {
        let cut = to_the_second("at 2026-11-30T09:00:01.025933Z. 1.5 GB, v1.2Z.x");
        assert_eq!(cut, "at 2026-11-30T09:00:01Z. 1.5 GB, vZ.x".replace("vZ", "v1Z"));
        assert_eq!(to_the_second(""), "");
    }

    #[test]
    fn a_quoted_word_is_one_word() {
        assert_eq!(quoted("remove_licenses:G6:50GiB"), "remove_licenses:G6:50GiB");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("o'neill"), "'o'\\''neill'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("$(x)"), "'$(x)'");
    }
}
