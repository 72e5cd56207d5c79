//! Whom a caller names.

use offboard::Selector;

use crate::errors::Told;

/// Whom a person means: an object id, a user principal name, or whatever he typed.
pub(crate) fn named(text: &str) -> Selector {
    if let Ok(id) = text.parse() {
        Selector::Id(id)
    } else if text.contains('@') {
        Selector::UserPrincipalName(text.to_owned())
    } else {
        Selector::Text(text.to_owned())
    }
}

/// Whom a caller names, in one of two ways.
pub(crate) fn one_of(name: Option<&str>, employee_id: Option<String>) -> Result<Selector, Told> {
    match (name, employee_id) {
        (Some(name), None) => Ok(named(name)),
        (None, Some(id)) => Ok(Selector::EmployeeId(id)),
        _ => Err(Told::usage("name the leaver, or his employee_id, one of the two")),
    }
}

/// By whatever he may be called, where a user principal name found nobody.
pub(crate) fn by_any_name(person: Selector) -> Selector {
    match person {
        Selector::UserPrincipalName(text) => Selector::Text(text),
        other => other,
    }
}
