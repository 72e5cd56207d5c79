//! The terminal: answers to the standard output, everything else to the standard error.

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::Answer;
use crate::fault::{Code, Fault};
use crate::show::style::Style;
use crate::show::text::clean;
use crate::show::{findings, text};

/// The format of the object that `--json` prints.
pub const FORMAT: &str = "offboard.cli/1";

/// What a command may print, and whom it may ask.
#[derive(Debug, Clone)]
pub struct Terminal {
    json: bool,
    quiet: bool,
    out: Style,
    err: Style,
    person: bool,
    /// A part of the answer did not reach whoever asked.
    lost: Arc<AtomicBool>,
}

impl Terminal {
    /// The terminal of this process, as far as it is one.
    pub fn new(json: bool, quiet: bool) -> Self {
        let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
        let plain = crate::config::wants_no_colour();
        Self {
            json,
            quiet,
            out: Style::new(stdout.is_terminal() && !plain && !json, text::width_of(&stdout)),
            err: Style::new(stderr.is_terminal() && !plain, text::width_of(&stderr)),
            person: stdin.is_terminal() && stderr.is_terminal(),
            lost: Arc::default(),
        }
    }

    /// How answers are written.
    pub fn style(&self) -> &Style {
        &self.out
    }

    /// Whether the answer is one JSON object.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// A part of the answer for people, before it is complete. Programs wait for the whole.
    pub fn say(&self, part: &str) {
        if !self.json {
            self.print(part);
        }
    }

    /// A line of progress.
    pub fn progress(&self, line: &str) {
        if !self.quiet && !self.json {
            self.note(line);
        }
    }

    /// How lines of progress are written.
    pub fn progress_style(&self) -> &Style {
        &self.err
    }

    /// A line that a person must see, whoever reads the answer.
    pub fn note(&self, line: &str) {
        // Where nobody can be told, nobody is.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// Asks a person, who answers `y` or does not. Where nobody sits at a terminal it is refused, with the flag that
    /// says yes.
    pub fn confirm(&self, question: &str, flag: &str) -> Result<bool, Fault> {
        if !self.person {
            return Err(Fault::usage(format!("{question} Nobody sits at a terminal to be asked."))
                .hint(format!("say yes with {flag}")));
        }
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "{question} [y/N] ");
        let _ = err.flush();
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|error| Fault::environment(format!("the terminal cannot be read: {error}")))?;
        Ok(matches!(line.trim(), "y" | "Y" | "yes"))
    }

    /// Prints to the standard output. A reader that has gone (`| head`) wants no more; everybody else wants the whole.
    fn print(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        if let Err(error) = printed
            && error.kind() != ErrorKind::BrokenPipe
            && !self.lost.swap(true, Ordering::SeqCst)
        {
            self.note(&format!("{} the answer cannot be written: {error}", self.err.red("offboard:")));
            let hint = "whatever the command did is done; ask again, where there is space for the answer";
            self.note(&format!("  {} {hint}", self.err.bold("do:")));
        }
    }

    /// Whether a part of the answer did not reach whoever asked.
    pub(crate) fn has_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    pub(crate) fn answer(&self, command: &str, answer: &Answer) {
        if self.json {
            self.print(&as_json(&enveloped(command, answer.code, &answer.json)));
        } else {
            self.print(&answer.text);
        }
    }

    pub(crate) fn fault(&self, command: &str, fault: &Fault) {
        if self.json {
            let error = json!({
                "kind": fault.kind,
                "message": fault.message,
                "hint": fault.hint,
                "findings": fault.findings,
            });
            self.print(&as_json(&enveloped(command, fault.code, &json!({ "error": error }))));
        }
        if fault.code == Code::Interrupted {
            self.note("offboard: interrupted");
            return;
        }
        self.note(&format!("{} {}", self.err.red("offboard:"), clean(&fault.message)));
        for line in findings::list(&fault.findings, &self.err, 2).lines() {
            self.note(line);
        }
        if let Some(hint) = &fault.hint {
            self.note(&format!("  {} {}", self.err.bold("do:"), clean(hint)));
        }
    }
}

/// The object around an answer; one that has a format of its own stays as it is.
fn enveloped(command: &str, code: Code, answer: &Value) -> Value {
    let Some(fields) = answer.as_object() else {
        return json!({ "format": FORMAT, "command": command, "exit": code.number(), "answer": answer });
    };
    if fields.contains_key("format") || fields.contains_key("$schema") {
        return answer.clone();
    }
    let mut whole = serde_json::Map::new();
    whole.insert("format".to_owned(), json!(FORMAT));
    whole.insert("command".to_owned(), json!(command));
    whole.insert("exit".to_owned(), json!(code.number()));
    whole.extend(fields.clone());
    Value::Object(whole)
}

/// As text, with every character that a terminal would obey, or that turns a line around, as an escape. They stand in
/// strings only, and mean the same there.
fn as_json(value: &Value) -> String {
    let mut out = String::new();
    for c in format!("{value:#}\n").chars() {
        if c != '\n' && text::is_obeyed(c) {
            let _ = std::fmt::Write::write_fmt(&mut out, format_args!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stands_in_one_versioned_object() {
        let whole = enveloped("runs", Code::Waiting, &json!({ "runs": [] }));
        assert_eq!(whole, json!({ "format": FORMAT, "command": "runs", "exit": 6, "runs": [] }));
        let document = json!({ "format": "offboard.report/1" });
        assert_eq!(enveloped("report", Code::Done, &document), document);
    }

    #[test]
    fn json_holds_nothing_that_a_terminal_obeys_and_means_the_same() {
        let value = json!({ "name": "Eve\u{202e}\u{9b}31m\u{1b}[2J\u{7f} Zo\u{eb}\n" });
        let shown = as_json(&value);
        assert!(shown.contains("\\u202e\\u009b31m\\u001b[2J\\u007f Zo\u{eb}\\n"), "{shown}");
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
    }
}
