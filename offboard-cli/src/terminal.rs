//! The terminal: answers to the standard output, everything else to the standard error.

use std::io::{IsTerminal as _, Write as _};

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
            print(part);
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

    pub(crate) fn answer(&self, command: &str, answer: &Answer) {
        if self.json {
            print(&format!("{:#}\n", enveloped(command, answer.code, &answer.json)));
        } else {
            print(&answer.text);
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
            print(&format!("{:#}\n", enveloped(command, fault.code, &json!({ "error": error }))));
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

/// Prints to the standard output. A reader that has gone (`| head`) wants no more.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
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
}
