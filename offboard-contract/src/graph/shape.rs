//! The type behind a schema, as query options see it: names, and what stands under a name.
//!
//! A collection is seen as one of its members, a choice of types (`directoryObject.anyType`) as all of them at once, because
//! the service takes `$select=displayName` on a collection of directory objects.

use serde_json::Value;

use super::schema::Schemas;

/// How the literals that a property is compared with are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    /// `true` or `false`.
    Boolean,
    /// Digits.
    Number,
    /// In single quotes.
    Text,
    /// A GUID without quotes.
    Guid,
    /// An instant or a date without quotes.
    Instant,
}

/// The schemas that a value may have; none if its type is not described.
#[derive(Clone, Debug)]
pub(crate) struct Shape<'a> {
    schemas: &'a Schemas,
    choices: Vec<&'static Value>,
}

impl<'a> Shape<'a> {
    pub(crate) fn of(schemas: &'a Schemas, schema: &'static Value) -> Self {
        let mut choices = Vec::new();
        spread(schemas, schema, &mut choices);
        Self { schemas, choices }
    }

    /// Of the answer of a collection, the shape of its members.
    pub(crate) fn members(schemas: &'a Schemas, schema: &'static Value) -> Self {
        let whole = Self::of(schemas, schema);
        match whole
            .choices
            .iter()
            .find_map(|one| one["properties"].get("value").filter(|v| v["type"] == "array"))
        {
            Some(value) => Self::of(schemas, value),
            None => whole,
        }
    }

    /// Is nothing known of this type?
    pub(crate) fn is_unknown(&self) -> bool {
        self.choices.iter().all(|one| one.get("properties").is_none())
    }

    /// What stands under a property; `None` if there is no such property.
    pub(crate) fn property(&self, name: &str) -> Option<Shape<'a>> {
        let mut choices = Vec::new();
        for described in self.described(name) {
            match described["x-odata-navigation"].as_str().and_then(|target| self.navigation(target)) {
                Some(target) => spread(self.schemas, target, &mut choices),
                None => spread(self.schemas, described, &mut choices),
            }
        }
        if self.described(name).next().is_none() && !self.is_open_to(name) {
            return None;
        }
        Some(Shape { schemas: self.schemas, choices })
    }

    /// Is this property a relation to other objects?
    pub(crate) fn is_navigation(&self, name: &str) -> bool {
        self.described(name).any(|one| one.get("x-odata-navigation").is_some())
    }

    /// The shape of a derived type that a path names (`microsoft.graph.user`).
    pub(crate) fn cast(&self, name: &str) -> Option<Shape<'a>> {
        self.schemas.named(name).map(|place| Shape::of(self.schemas, place.schema))
    }

    /// All property names, for hints.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.choices.iter().flat_map(|one| {
            one["properties"].as_object().into_iter().flat_map(|p| p.keys().map(String::as_str))
        })
    }

    /// How a value of this shape is written in a filter; `None` where that is not known.
    pub(crate) fn literal(&self) -> Option<Literal> {
        let mut kinds = self.choices.iter().map(|one| literal(one));
        let first = kinds.next()??;
        kinds.all(|kind| kind == Some(first)).then_some(first)
    }

    fn described(&self, name: &str) -> impl Iterator<Item = &'static Value> {
        self.choices.iter().filter_map(move |one| one["properties"].get(name))
    }

    /// Open types take the names of extensions (`extension_<appid>_name`); open complex types take any.
    fn is_open_to(&self, name: &str) -> bool {
        let extension =
            name.split_once('_').is_some_and(|(owner, rest)| !owner.is_empty() && !rest.is_empty());
        self.is_unknown()
            || self.choices.iter().any(|one| {
                one["x-odata-open"] == true
                    && (extension || one.get("additionalProperties").is_none_or(|more| more == true))
            })
    }

    fn navigation(&self, target: &str) -> Option<&'static Value> {
        let name =
            target.strip_prefix("Collection(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(target);
        // A base type that has described children stands for all of them.
        self.schemas
            .named(&format!("{name}.anyType"))
            .or_else(|| self.schemas.named(name))
            .map(|place| place.schema)
    }
}

/// Takes `$ref`, arrays, "or null" and choices of types apart.
fn spread(schemas: &Schemas, schema: &'static Value, into: &mut Vec<&'static Value>) {
    let schema = schemas.resolve(schema);
    if schema["type"] == "null" {
        return;
    }
    let mut parts = Vec::new();
    for keyword in ["anyOf", "allOf"] {
        parts.extend(schema[keyword].as_array().into_iter().flatten());
    }
    parts.extend(schema.get("then"));
    parts.extend(schema.get("items"));
    // `allOf` may add a bare `required` beside the type; what describes nothing is left out.
    if schema.get("properties").is_some() || parts.is_empty() && schema.get("required").is_none() {
        into.push(schema);
    }
    for part in parts {
        spread(schemas, part, into);
    }
}

fn literal(schema: &Value) -> Option<Literal> {
    let kind = match &schema["type"] {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null")?,
        _ => return None,
    };
    Some(match kind {
        "boolean" => Literal::Boolean,
        "integer" | "number" => Literal::Number,
        "string" => match schema["pattern"].as_str() {
            Some(pattern) if pattern.contains("{8}-") => Literal::Guid,
            Some(pattern) if pattern.starts_with("^[0-9]{4,}-") => Literal::Instant,
            Some(_) => return None,
            None => Literal::Text,
        },
        _ => return None,
    })
}
