//! Whom `Get-MailboxPermission` means (CONTRACT C10). It prints whoever has a right as one text, and which one is the
//! service's choice: a UPN for most people, and else a display name, an alias, `DOMAIN\account`, a legacy DN, or the
//! SID of somebody whom it cannot resolve. Only ids and addresses tell people apart.

use super::user::User;

/// Whether a printed trustee is one certain person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trustee {
    /// It is.
    Him,
    /// It is somebody, or something, else.
    Another,
    /// It may be: a name is no id.
    Unclear,
}

/// The authorities whose accounts are no people.
const BUILT_IN: [&str; 2] = ["NT AUTHORITY\\", "BUILTIN\\"];

impl Trustee {
    /// Whether `printed` is `person`.
    pub fn is(person: &User, printed: &str) -> Self {
        let printed = printed.trim();
        if person.is_called(printed) {
            return Self::Him;
        }
        let built_in = |prefix: &&str| {
            printed.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        // Two people never share an address; everything else can be said of several, or in words we do not know.
        if BUILT_IN.iter().any(built_in) || is_address(printed) {
            return Self::Another;
        }
        Self::Unclear
    }
}

/// Whether it has the form of a mail address or a user principal name.
pub(crate) fn is_address(text: &str) -> bool {
    let foreign = |c: char| c.is_whitespace() || matches!(c, '\\' | '/' | '=' | '<' | '>' | '"' | ',');
    !text.contains(foreign)
        && text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
}
