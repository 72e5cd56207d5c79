//! JSON, with the line of every value. `serde_json` keeps no spans, but lends slices of the text: where a slice
//! begins is where its value begins.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Number, Value};

use super::{Entry, Lines, Misfit, Node, Shape};

/// The tree of a JSON document.
pub(super) fn read(text: &str) -> Result<Node, Misfit> {
    // Read once as a whole: whatever passes is sound, and not deeper than `serde_json` allows.
    let misfit =
        |error: &serde_json::Error| Misfit::on(error.line().max(1), format!("this is not JSON: {error}"));
    serde_json::from_str::<Value>(text).map_err(|error| misfit(&error))?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| misfit(&error))?;
    Reader { text, lines: Lines::of(text) }.node(raw.get())
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines,
}

impl Reader<'_> {
    fn line(&self, part: &str) -> usize {
        self.lines.at(part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()))
    }

    fn node(&self, part: &str) -> Result<Node, Misfit> {
        let line = self.line(part);
        let shape = match part.as_bytes().first() {
            Some(b'{') => Shape::Table(self.entries(part, line)?),
            Some(b'[') => Shape::List(
                parse::<Vec<&RawValue>>(part, line)?
                    .into_iter()
                    .map(|item| self.node(item.get()))
                    .collect::<Result<_, _>>()?,
            ),
            Some(b'"') => Shape::Text(parse(part, line)?),
            Some(b't') => Shape::Bool(true),
            Some(b'f') => Shape::Bool(false),
            Some(b'n') => Shape::Null,
            _ => Shape::Number(parse::<Number>(part, line)?),
        };
        Ok(Node { line, shape })
    }

    fn entries(&self, part: &str, line: usize) -> Result<Vec<Entry>, Misfit> {
        let mut entries: Vec<Entry> = Vec::new();
        for (key, value) in parse::<Rows<'_>>(part, line)?.0 {
            let node = self.node(value.get())?;
            // The last of two would win silently.
            if entries.iter().any(|entry| entry.key == key) {
                return Err(Misfit::on(node.line, format!("the key `{key}` stands here twice")));
            }
            entries.push(Entry { key, line: node.line, node });
        }
        Ok(entries)
    }
}

fn parse<'a, T: Deserialize<'a>>(part: &'a str, line: usize) -> Result<T, Misfit> {
    serde_json::from_str(part).map_err(|error| {
        Misfit::on(line + error.line().saturating_sub(1), format!("this is not JSON: {error}"))
    })
}

/// The members of an object, in the order of the text, doubles too.
struct Rows<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Rows<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Rows<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = map.next_entry()? {
                    rows.push(row);
                }
                Ok(Rows(rows))
            }
        }
        deserializer.deserialize_map(Each)
    }
}
