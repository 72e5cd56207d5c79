//! A policy that cannot be used.

use std::fmt;

use crate::document::lined::Misfit;

/// A policy that cannot be used: where, which rule, what was seen and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError {
    /// The file.
    pub source_name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The guard that refuses it (`G2`), or `f.4` where the table of end states does and no guard has a number for
    /// it. Nothing where the text itself is wrong.
    pub code: Option<&'static str>,
    /// The requirement behind it: `R30`.
    pub requirement: Option<&'static str>,
    /// What was seen, and what is allowed.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.source_name, self.line)?;
        match (self.code, self.requirement) {
            (Some(code), Some(requirement)) => write!(f, "{code} ({requirement}): ")?,
            (Some(rule), None) | (None, Some(rule)) => write!(f, "{rule}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}

/// What is wrong, before anybody knows the name of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    line: usize,
    code: Option<&'static str>,
    requirement: Option<&'static str>,
    message: String,
    hint: Option<String>,
}

impl Refusal {
    /// On this line, for this reason.
    pub(super) fn on(line: usize, message: impl Into<String>) -> Self {
        Self { line, code: None, requirement: None, message: message.into(), hint: None }
    }

    /// By this rule.
    #[must_use]
    pub(super) fn by(mut self, code: Option<&'static str>, requirement: &'static str) -> Self {
        (self.code, self.requirement) = (code, Some(requirement));
        self
    }

    /// With what to do.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Its line.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// In this file.
    pub(super) fn of(self, source_name: &str) -> PolicyError {
        let Self { line, code, requirement, message, hint } = self;
        PolicyError { source_name: source_name.to_owned(), line, code, requirement, message, hint }
    }
}

impl From<Misfit> for Refusal {
    fn from(misfit: Misfit) -> Self {
        let refusal = Self::on(misfit.line(), misfit.to_string());
        if !misfit.is_missing() {
            return refusal;
        }
        match misfit.path().as_str() {
            "mail"
            | "mail.disposition"
            | "files"
            | "files.disposition"
            | "licenses"
            | "licenses.disposition" => refusal.by(None, "R92").hint(
                "there is no silent default for mail, files and licenses: say `keep` if it stays, or `none` \
                     (mail, files) if there is nothing to decide",
            ),
            "mail.full_access.until" => refusal.by(None, "R95").hint(
                "access given to a person must end: write for how long after the last working moment, like \
                 `until = \"P30D\"`",
            ),
            path if ["access", "account", "groups", "voice"].iter().any(|part| path.starts_with(part)) => {
                refusal.hint("every part of a policy is an explicit choice: say `keep` if it stays as it is")
            }
            _ => refusal.hint("write it"),
        }
    }
}
