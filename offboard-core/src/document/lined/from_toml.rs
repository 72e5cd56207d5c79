//! TOML, with the span of every key and value.

use serde_json::Number;
use toml::de::{DeTable, DeValue};

use super::{Entry, Lines, Misfit, Node, Shape};

/// The tree of a TOML document.
pub(super) fn read(text: &str) -> Result<Node, Misfit> {
    let lines = Lines::of(text);
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(text.len(), |span| span.start);
        Misfit::on(lines.at(at), format!("this is not TOML: {}", error.message()))
    })?;
    let (start, table) = (document.span().start, document.into_inner());
    Ok(Node { line: lines.at(start), shape: Shape::Table(entries(&table, &lines)) })
}

fn entries(table: &DeTable<'_>, lines: &Lines) -> Vec<Entry> {
    // The parser sorts by key; people read by line.
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(key, _)| key.span().start);
    rows.into_iter()
        .map(|(key, value)| {
            let line = lines.at(key.span().start);
            // A table begins where it is named, wherever its first key stands.
            let named = matches!(value.get_ref(), DeValue::Table(_));
            let begins = if named { line } else { lines.at(value.span().start) };
            let node = Node { line: begins, shape: shape(value.get_ref(), lines) };
            Entry { key: key.get_ref().to_string(), line, node }
        })
        .collect()
}

fn shape(value: &DeValue<'_>, lines: &Lines) -> Shape {
    match value {
        DeValue::String(text) => Shape::Text(text.to_string()),
        DeValue::Boolean(value) => Shape::Bool(*value),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_or(Shape::Strange("a number beyond 64 bits"), |value| Shape::Number(value.into())),
        DeValue::Float(float) => float
            .as_str()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map_or(Shape::Strange("a number without end"), Shape::Number),
        DeValue::Datetime(_) => Shape::Strange("a date of TOML (write it as a text, in quotes)"),
        DeValue::Array(items) => Shape::List(
            items
                .iter()
                .map(|item| Node { line: lines.at(item.span().start), shape: shape(item.get_ref(), lines) })
                .collect(),
        ),
        DeValue::Table(table) => Shape::Table(entries(table, lines)),
    }
}
