//! Query options: only those that the operation lists, and only names that the answered type has.

use std::collections::HashSet;

use super::filter;
use super::operation::Operation;
use super::schema::Schemas;
use super::shape::Shape;
use crate::text::{hint, percent_decode};
use crate::violation::Findings;

/// The options of a query, decoded, in the order in which they stand.
pub(crate) fn options(query: &str) -> Result<Vec<(String, String)>, String> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| {
                percent_decode(&text.replace('+', " "))
                    .ok_or_else(|| "a percent sign in the query that does not encode UTF-8".to_owned())
            };
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Checks the query of a request.
pub(crate) fn check(schemas: &Schemas, operation: &Operation, query: &str, found: &mut Findings) {
    let options = match options(query) {
        Ok(options) => options,
        Err(problem) => return found.add(problem),
    };
    let shape = operation.returned().map(|place| Shape::members(schemas, place.schema));
    let mut seen = HashSet::new();
    for (name, value) in &options {
        found.require(seen.insert(name.to_ascii_lowercase()), || format!("query option {name} stands twice"));
        match operation.query.get(name) {
            Some(option) => {
                let fits = match option.kind.as_str() {
                    "integer" => !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()),
                    "boolean" => value == "true" || value == "false",
                    _ => !value.is_empty(),
                };
                found.require(fits, || format!("query option {name} is not {}", article(&option.kind)));
                if let (true, Some(shape)) = (fits, &shape) {
                    option_value(shape, name, value, found);
                }
            }
            None if is_paging(name) && operation.pageable => {}
            None => {
                let known = operation.query.keys().map(String::as_str);
                let hint = hint(name, known);
                found.add(format!("{} does not list the query option {name:?}{hint}", operation.template));
            }
        }
    }
    for (name, option) in &operation.query {
        let given = options.iter().any(|(given, _)| given == name);
        found.require(given || !option.required, || format!("query option {name} is required"));
    }
}

/// Options that the service itself puts into the links of a page.
fn is_paging(name: &str) -> bool {
    ["$skiptoken", "$deltatoken"].iter().any(|token| name.eq_ignore_ascii_case(token))
}

fn article(kind: &str) -> &str {
    match kind {
        "integer" => "a whole number",
        "boolean" => "true or false",
        _ => "given a value",
    }
}

/// Checks the names inside one option.
fn option_value(shape: &Shape<'_>, name: &str, value: &str, found: &mut Findings) {
    match name {
        "$select" => list(value).into_iter().for_each(|path| path_exists(shape, name, path, found)),
        "$orderby" => list(value).into_iter().for_each(|order| {
            let mut words = order.split_whitespace();
            path_exists(shape, name, words.next().unwrap_or_default(), found);
            let direction = words.next();
            let known = matches!(direction, None | Some("asc" | "desc")) && words.next().is_none();
            found.require(known, || format!("{name} takes asc or desc behind a property"));
        }),
        "$filter" => filter::check(shape, value)
            .into_iter()
            .for_each(|problem| found.add(format!("$filter: {problem}"))),
        "$expand" => expand(shape, value, found),
        _ => {}
    }
}

/// Checks `$expand=manager($select=id,displayName),memberOf`.
fn expand(shape: &Shape<'_>, value: &str, found: &mut Findings) {
    for item in list(value) {
        let (relation, nested) = match item.split_once('(') {
            Some((relation, rest)) => match rest.strip_suffix(')') {
                Some(nested) => (relation.trim(), nested),
                None => return found.add("$expand: a parenthesis is not closed"),
            },
            None => (item, ""),
        };
        let relation = relation.strip_suffix("/$ref").unwrap_or(relation);
        if !shape.is_navigation(relation) && !shape.is_unknown() {
            let hint = hint(relation, shape.names().filter(|name| shape.is_navigation(name)));
            found.add(format!("$expand: {relation:?} is not a relation of the answered type{hint}"));
            continue;
        }
        let Some(target) = shape.property(relation) else { continue };
        for option in split_outside(nested, ';') {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            match name.trim() {
                name @ ("$select" | "$filter" | "$orderby" | "$expand") => {
                    option_value(&target, name, value, found);
                }
                "$top" | "$skip" | "$count" | "$search" | "$levels" => {}
                other => found.add(format!("$expand: {other:?} is not an option inside an expansion")),
            }
        }
    }
}

/// Does a path such as `mailboxSettings/userPurpose` lead to something?
fn path_exists(shape: &Shape<'_>, option: &str, path: &str, found: &mut Findings) {
    if path == "*" {
        return;
    }
    if let Err(problem) = follow(shape, path) {
        found.add(format!("{option}: {problem}"));
    }
}

/// Walks down a path; says where it leads nowhere.
pub(crate) fn follow<'a>(shape: &Shape<'a>, path: &str) -> Result<Shape<'a>, String> {
    let mut here = shape.clone();
    for step in path.split('/') {
        if step.starts_with("microsoft.graph.") {
            here = here.cast(step).ok_or_else(|| format!("{step:?} is not a described type"))?;
            continue;
        }
        if let Some(next) = here.property(step) {
            here = next;
        } else {
            let hint = hint(step, here.names());
            return Err(format!("{step:?} is not a property of the answered type{hint}"));
        }
    }
    Ok(here)
}

fn list(value: &str) -> Vec<&str> {
    split_outside(value, ',')
}

/// Splits at a separator that does not stand in parentheses or quotes.
fn split_outside(text: &str, separator: char) -> Vec<&str> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let (mut depth, mut quoted, mut from) = (0_i32, false, 0);
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            c if c == separator && depth == 0 && !quoted => {
                parts.push(text[from..at].trim());
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts
}

/// The properties that a query asks for at the top: selected and expanded ones; `None` if it does not select.
pub(crate) fn selected(query: &str) -> Option<HashSet<String>> {
    let options = options(query).ok()?;
    let value =
        |wanted: &str| options.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let select = value("$select")?;
    let expanded = list(value("$expand").unwrap_or_default());
    let names = list(select).into_iter().chain(expanded);
    let top = |name: &str| name.split(['/', '(']).next().unwrap_or_default().to_owned();
    let names: HashSet<String> = names.map(top).collect();
    (!names.contains("*")).then_some(names)
}

/// Does this query need the index of the directory (CONTRACT (b), consistency)? Says by what.
pub(crate) fn needs_index(path: &str, query: &str) -> Option<&'static str> {
    let options = options(query).ok()?;
    if path.ends_with("$count") {
        return Some("$count as a path");
    }
    if options.iter().any(|(name, _)| name == "$search") {
        return Some("$search");
    }
    let filter = options.iter().find(|(name, _)| name == "$filter");
    if let Some(operator) = filter.and_then(|(_, value)| filter::advanced_operator(value)) {
        return Some(operator);
    }
    let counts = options.iter().any(|(name, value)| name == "$count" && value == "true");
    counts.then_some("$count=true")
}
