//! Documents that people write, in TOML or JSON: a tree in which everything knows its line, so that an error can
//! name it. Types are read from the tree by `serde`, whichever of the two it was.

mod de;
mod from_json;
mod from_toml;
mod misfit;

use serde::de::DeserializeOwned;
use serde_json::Number;

pub(crate) use misfit::Misfit;

/// Nobody writes a policy this long; what is longer is another file.
const LARGEST: usize = 1024 * 1024;

/// A value, and the line it begins on (counted from 1).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Where it begins.
    pub(crate) line: usize,
    /// What it is.
    pub(crate) shape: Shape,
}

/// What TOML and JSON have in common, and what only one of them has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Text(String),
    Bool(bool),
    Number(Number),
    List(Vec<Node>),
    Table(Vec<Entry>),
    /// Something that no document of ours holds: a date of TOML, an infinite number. In words.
    Strange(&'static str),
    /// JSON's `null`.
    Null,
}

/// A key with its value, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// Where the key stands (in JSON: where its value begins).
    pub(crate) line: usize,
    /// The value.
    pub(crate) node: Node,
}

impl Node {
    /// The tree of a text: JSON if it begins with a brace, TOML otherwise.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Misfit> {
        if bytes.len() > LARGEST {
            return Err(Misfit::on(
                1,
                format!("this file has {} bytes; at most {LARGEST} are read", bytes.len()),
            ));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Misfit::on(line_at(bytes, error.valid_up_to()), "this is not UTF-8 text".to_owned())
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_start().starts_with('{') { from_json::read(text) } else { from_toml::read(text) }
    }

    /// The value of a type that is made from such a tree.
    pub(crate) fn to<T: DeserializeOwned>(&self) -> Result<T, Misfit> {
        T::deserialize(self)
    }

    fn entries(&self) -> &[Entry] {
        if let Shape::Table(entries) = &self.shape { entries } else { &[] }
    }

    /// What stands at `path`; in a list a number from 0.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        let next = match &self.shape {
            Shape::List(items) => items.get(first.parse::<usize>().ok()?)?,
            _ => &self.entries().iter().find(|entry| entry.key == *first)?.node,
        };
        next.at(rest)
    }

    /// The line of the key at `path`, or of the last part of the path that exists.
    pub(crate) fn line_of(&self, path: &[&str]) -> usize {
        let Some((first, rest)) = path.split_first() else { return self.line };
        match &self.shape {
            Shape::List(items) => first
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index))
                .map_or(self.line, |node| node.line_of(rest)),
            _ => match self.entries().iter().find(|entry| entry.key == *first) {
                Some(entry) if rest.is_empty() => entry.line,
                Some(entry) => entry.node.line_of(rest),
                None => self.line,
            },
        }
    }

    /// Takes the entry at `path` out of the tree.
    pub(crate) fn take(&mut self, path: &[&str]) -> Option<Entry> {
        let (first, rest) = path.split_first()?;
        let Shape::Table(entries) = &mut self.shape else { return None };
        let index = entries.iter().position(|entry| entry.key == *first)?;
        if rest.is_empty() { Some(entries.remove(index)) } else { entries[index].node.take(rest) }
    }

    /// Whether it is a table.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.shape, Shape::Table(_))
    }
}

/// The line, counted from 1, in which the byte at `offset` lies.
fn line_at(bytes: &[u8], offset: usize) -> usize {
    1 + bytes.iter().take(offset).filter(|byte| **byte == b'\n').count()
}

/// Lines of many offsets in one text, without counting from the start each time.
#[derive(Debug)]
struct Lines {
    /// Offsets of the line ends.
    ends: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        Self { ends: text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect() }
    }

    fn at(&self, offset: usize) -> usize {
        1 + self.ends.partition_point(|end| *end < offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toml() -> Node {
        Node::read(b"name = \"x\"\n\n[mail]\nuntil = \"P1D\"\nto = [\n  \"a\",\n  \"b\",\n]\n[[step]]\n[[step]]\nafter = 1\n")
            .unwrap()
    }

    #[test]
    fn lines_are_those_of_the_text_in_both_formats() {
        let tree = toml();
        assert_eq!(tree.line_of(&["name"]), 1);
        assert_eq!(tree.line_of(&["mail"]), 3);
        assert_eq!(tree.line_of(&["mail", "until"]), 4);
        assert_eq!(tree.line_of(&["mail", "to", "1"]), 7);
        assert_eq!(tree.line_of(&["step", "1", "after"]), 11);
        assert_eq!(tree.line_of(&["mail", "missing"]), 3);
        let tree = Node::read(b"\n{\n \"mail\": {\n  \"to\": [\n \"a\", \n\"b\"] } }").unwrap();
        assert_eq!(tree.line_of(&["mail"]), 3);
        assert_eq!(tree.line_of(&["mail", "to"]), 4);
        assert_eq!(tree.line_of(&["mail", "to", "1"]), 6);
    }

    #[test]
    fn an_entry_can_be_taken_out() {
        let mut tree = toml();
        assert_eq!(tree.take(&["mail", "until"]).unwrap().line, 4);
        assert!(tree.at(&["mail", "until"]).is_none());
        assert!(tree.take(&["mail", "until"]).is_none());
    }

    #[test]
    fn what_cannot_be_read_names_its_line() {
        let line = |text: &[u8]| Node::read(text).unwrap_err().line();
        assert_eq!(line(b"a = 1\nb = \n"), 2);
        assert_eq!(line(b"a = 1\na = 2\n"), 2);
        assert_eq!(line(b"{\"a\": 1,\n\"b\": }"), 2);
        assert_eq!(line(b"{\"a\": 1,\n\"a\": 2}"), 2);
        assert_eq!(line(b"a = 1\nb = \"\xff\"\n"), 2);
        assert_eq!(line(b"{\"a\": 1"), 1);
    }

    #[test]
    fn depth_ends_in_an_error_and_not_in_the_stack() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{{\"a\":{}1{}}}", open.repeat(50_000), close.repeat(50_000));
            assert!(Node::read(deep.as_bytes()).is_err());
        }
        let deep = format!("a = {}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert!(Node::read(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_text() {
        assert_eq!(Node::read(b"\xef\xbb\xbfa = 1\n").unwrap().line_of(&["a"]), 1);
    }
}
