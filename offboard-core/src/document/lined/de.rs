//! `serde` over the tree. An error takes the line of the innermost value that it is about.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Entry, Misfit, Node, Shape};

impl Node {
    fn seen(&self) -> Unexpected<'_> {
        match &self.shape {
            Shape::Text(text) => Unexpected::Str(text),
            Shape::Bool(value) => Unexpected::Bool(*value),
            Shape::Number(number) => number
                .as_i64()
                .map(Unexpected::Signed)
                .or_else(|| number.as_u64().map(Unexpected::Unsigned))
                .unwrap_or(Unexpected::Float(number.as_f64().unwrap_or(f64::NAN))),
            Shape::List(_) => Unexpected::Seq,
            Shape::Table(_) => Unexpected::Map,
            Shape::Strange(what) => Unexpected::Other(what),
            Shape::Null => Unexpected::Unit,
        }
    }

    fn visit<'de, V: Visitor<'de>>(&'de self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.shape {
            Shape::Text(text) => visitor.visit_borrowed_str(text),
            Shape::Bool(value) => visitor.visit_bool(*value),
            Shape::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), _, _) => visitor.visit_u64(value),
                (None, Some(value), _) => visitor.visit_i64(value),
                (None, None, value) => visitor.visit_f64(value.unwrap_or(f64::NAN)),
            },
            Shape::List(items) => visitor.visit_seq(Items { rest: items, at: 0 }),
            Shape::Table(entries) => visitor.visit_map(Entries { rest: entries, open: None }),
            Shape::Strange(what) => Err(Misfit::custom(format!("{what} cannot stand here"))),
            Shape::Null => visitor.visit_unit(),
        }
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.visit(visitor).map_err(|misfit| misfit.or_on(self.line))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    /// A list is no table, although `serde` would take its items for the fields in their order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        if self.is_table() {
            self.deserialize_any(visitor)
        } else {
            Err(Misfit::invalid_type(self.seen(), &visitor).or_on(self.line))
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let result = match &self.shape {
            Shape::Text(text) => {
                let text: StrDeserializer<'_, Misfit> = text.as_str().into_deserializer();
                visitor.visit_enum(text)
            }
            _ => Err(Misfit::invalid_type(self.seen(), &Words(variants).joined().as_str())),
        };
        result.map_err(|misfit| misfit.or_on(self.line))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map identifier ignored_any
    }
}

/// One of these texts.
struct Words(&'static [&'static str]);

impl Words {
    fn joined(&self) -> String {
        format!("one of {}", self.0.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))
    }
}

struct Items<'a> {
    rest: &'a [Node],
    at: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
        (self.rest, self.at) = (rest, self.at + 1);
        seed.deserialize(first)
            .map(Some)
            .map_err(|misfit| misfit.or_on(first.line).under(&format!("[{}]", self.at)))
    }
}

struct Entries<'a> {
    rest: &'a [Entry],
    open: Option<&'a Entry>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
        (self.rest, self.open) = (rest, Some(first));
        let key: StrDeserializer<'_, Misfit> = first.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|misfit| misfit.or_on(first.line))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let Some(entry) = self.open.take() else { return Err(Misfit::custom("a value without a key")) };
        seed.deserialize(&entry.node).map_err(|misfit| misfit.or_on(entry.node.line).under(&entry.key))
    }
}
