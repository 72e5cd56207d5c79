//! A cmdlet as one line of PowerShell (for hand-offs).
//!
//! Texts stand in single quotes, where PowerShell expands nothing. PowerShell also takes the typographic single
//! quotes for the plain one, so each of them is doubled. Whatever is invisible, ends a line or turns the direction
//! of writing is spelled as `[char]0x..`, so that the line is one line and shows what it does.

use std::fmt::Write;

use super::name::Name;
use super::parameter::{Parameter, ticks};

pub(super) fn line(name: Name, parameters: &[(&'static str, Parameter)], select: &[&str]) -> String {
    let mut line = name.as_str().to_owned();
    for (name, value) in parameters {
        // A colon keeps a switch and its value together; for every other parameter it changes nothing.
        let _ = match value {
            Parameter::Flag(flag) => write!(line, " -{name}:${flag}"),
            value => write!(line, " -{name} {}", literal(value)),
        };
    }
    if !select.is_empty() {
        let _ = write!(line, " | Select-Object {}", select.join(", "));
    }
    line
}

fn literal(value: &Parameter) -> String {
    match value {
        Parameter::Identity(id) => quoted(&id.to_string()),
        Parameter::Rule(id) => quoted(&id.to_string()),
        Parameter::Flag(flag) => format!("${flag}"),
        Parameter::Word(word) => quoted(word),
        Parameter::Words(words) => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "),
        Parameter::Text(text) => quoted(text),
        Parameter::Device(id) => quoted(&id.to_string()),
        Parameter::Edit { add, item } => {
            format!("@{{{}={}}}", if *add { "Add" } else { "Remove" }, quoted(item))
        }
        Parameter::Number(number) => number.to_string(),
        Parameter::Time(at) => quoted(&ticks(*at)),
        Parameter::Null => "$null".to_owned(),
    }
}

/// `text` as an expression of PowerShell whose value is exactly `text`.
fn quoted(text: &str) -> String {
    let mut parts = vec![String::new()];
    let mut spelled = false;
    for c in text.chars() {
        if is_hidden(c) {
            spelled = true;
            // All hidden characters lie in the basic plane, so one `[char]` is one of them.
            parts.push(format!("[char]0x{:04X}", u32::from(c)));
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
            if is_single_quote(c) {
                part.push(c);
            }
        }
    }
    if !spelled {
        return format!("'{}'", parts.concat());
    }
    let mut expression = String::from("(");
    for (at, part) in parts.iter().enumerate() {
        // The first operand is a text, even an empty one, so that `+` joins texts and does not add numbers.
        if at % 2 == 1 {
            let _ = write!(expression, " + {part}");
        } else if at == 0 {
            let _ = write!(expression, "'{part}'");
        } else if !part.is_empty() {
            let _ = write!(expression, " + '{part}'");
        }
    }
    expression.push(')');
    expression
}

/// What PowerShell reads as a single quote.
fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}')
}

/// Control characters, line and paragraph separators, and what is invisible or turns the direction of writing.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_quoted() {
        for (text, wanted) in [
            ("", "''"),
            ("Shared", "'Shared'"),
            ("O'Hara", "'O''Hara'"),
            ("O\u{2019}Hara", "'O\u{2019}\u{2019}Hara'"),
            ("$(Remove-Mailbox x) `$a;|&", "'$(Remove-Mailbox x) `$a;|&'"),
            ("a\r\nb", "('a' + [char]0x000D + [char]0x000A + 'b')"),
            ("\u{1b}[2J", "('' + [char]0x001B + '[2J')"),
            ("a\u{202e}b", "('a' + [char]0x202E + 'b')"),
            ("'\n", "('''' + [char]0x000A)"),
        ] {
            assert_eq!(quoted(text), wanted, "{text:?}");
        }
    }

    /// What PowerShell makes of the first expression of `line`, and what follows it: its own rules for
    /// single-quoted texts, `[char]` and `+`, written apart from the code above. `None` where PowerShell
    /// would see anything else.
    fn evaluate(line: &str) -> Option<(String, &str)> {
        let Some(mut rest) = line.strip_prefix('(') else { return text(line) };
        let mut value = String::new();
        loop {
            if let Some(hex) = rest.strip_prefix("[char]0x") {
                let code = u32::from_str_radix(hex.get(..4)?, 16).ok()?;
                value.push(char::from_u32(code)?);
                rest = &hex[4..];
            } else {
                let (part, after) = text(rest)?;
                value.push_str(&part);
                rest = after;
            }
            if let Some(after) = rest.strip_prefix(')') {
                return Some((value, after));
            }
            rest = rest.strip_prefix(" + ")?;
        }
    }

    fn text(line: &str) -> Option<(String, &str)> {
        const QUOTES: [char; 5] = ['\'', '‘', '’', '‚', '‛'];
        let mut chars = line.strip_prefix(QUOTES)?.char_indices().peekable();
        let body = &line[line.chars().next()?.len_utf8()..];
        let mut value = String::new();
        while let Some((at, c)) = chars.next() {
            if QUOTES.contains(&c) {
                match chars.peek() {
                    Some((_, next)) if QUOTES.contains(next) => {
                        value.push(*next);
                        chars.next();
                    }
                    _ => return Some((value, &body[at + c.len_utf8()..])),
                }
            } else {
                value.push(c);
            }
        }
        None
    }

    proptest! {
        #[test]
        fn powershell_reads_exactly_the_text(text in nasty()) {
            let line = line(Name::SetMailbox, &[
                ("ForwardingSmtpAddress", Parameter::Text(text.clone())),
                ("Confirm", Parameter::Flag(false)),
            ], &[]);
            let start = line.strip_prefix("Set-Mailbox -ForwardingSmtpAddress ").unwrap();
            prop_assert_eq!(evaluate(start), Some((text, " -Confirm:$false")));
            prop_assert!(!line.chars().any(is_hidden), "{:?}", line);
        }
    }

    /// Any text, most of it of characters that mean something to PowerShell.
    fn nasty() -> impl Strategy<Value = String> {
        let special = prop::sample::select(
            "'‘’‚‛\"“”`$(){}[]@;|&#,+-:\\ \0\n\r\t\u{1b}\u{85}\u{200b}\u{2028}\u{202e}\u{feff}x0é😀"
                .chars()
                .collect::<Vec<_>>(),
        );
        prop::collection::vec(prop_oneof![3 => special, 1 => any::<char>()], 0..24)
            .prop_map(|chars| chars.into_iter().collect())
    }
}
