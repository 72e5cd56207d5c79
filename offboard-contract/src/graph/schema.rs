//! Schemas of the description: their validators, compiled when first needed and kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, JsonType, Registry, ValidationError, Validator};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// The name under which the description is known to the validators.
const BASE: &str = "urn:offboard:graph";

/// What may stand as it is in the fragment of a `$ref`.
const FRAGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'~').remove(b'.').remove(b'-').remove(b'_');

/// A schema and where it stands in the document.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The schema.
    pub(crate) schema: &'static Value,
    pointer: String,
}

impl Place {
    pub(crate) fn new(schema: &'static Value, pointer: String) -> Self {
        Self { schema, pointer }
    }
}

/// The document and the validators made from it so far.
#[derive(Debug)]
pub(crate) struct Schemas {
    document: &'static Value,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    pub(crate) fn new(document: &'static Value) -> Result<Self, String> {
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(BASE, document)
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| error.to_string())?;
        Ok(Self { document, registry, validators: Mutex::default() })
    }

    /// What speaks against a value; each with the place in the value, none with the value itself.
    pub(crate) fn check(&self, place: &Place, value: &Value) -> Vec<String> {
        match self.validator(&place.pointer) {
            Ok(validator) => {
                let mut found = Vec::new();
                for error in validator.iter_errors(value) {
                    explain(&error, &mut found);
                }
                found
            }
            Err(problem) => vec![format!("the description cannot be used: {problem}")],
        }
    }

    /// The schema of a type by its name, with its place.
    pub(crate) fn named(&self, name: &str) -> Option<Place> {
        let schema = self.document["components"]["schemas"].get(name)?;
        Some(Place::new(schema, format!("/components/schemas/{name}")))
    }

    /// The properties that may stand for the key of `microsoft.graph.{entity}`.
    pub(crate) fn alternate_keys(&self, entity: &str) -> Vec<String> {
        self.named(&format!("microsoft.graph.{entity}"))
            .and_then(|place| place.schema["x-odata-alternate-keys"].as_array())
            .into_iter()
            .flatten()
            .filter_map(|key| key.as_str().map(str::to_owned))
            .collect()
    }

    /// Follows `$ref` until a schema that says something itself.
    pub(crate) fn resolve(&self, mut schema: &'static Value) -> &'static Value {
        // A chain is two long at most; the bound keeps a bad file from hanging a test.
        for _ in 0..16 {
            let Some(pointer) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#')) else { break };
            match self.document.pointer(pointer) {
                Some(next) => schema = next,
                None => break,
            }
        }
        schema
    }

    fn validator(&self, pointer: &str) -> Result<Arc<Validator>, String> {
        // A panic elsewhere leaves the map whole: entries are only ever added.
        let mut made = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = made.get(pointer) {
            return Ok(Arc::clone(validator));
        }
        let schema = json!({ "$ref": format!("{BASE}#{}", utf8_percent_encode(pointer, FRAGMENT)) });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .build(&schema)
            .map_err(|error| format!("{pointer}: {error}"))?;
        let validator = Arc::new(validator);
        made.insert(pointer.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

/// Says what a validator found, as deep as it can be said.
fn explain(error: &ValidationError<'_>, found: &mut Vec<String>) {
    match error.kind() {
        // Nearly every `anyOf` here is "this type, or null": what is wrong with the type tells more than "none of the two".
        ValidationErrorKind::AnyOf { context } => {
            let closest =
                context.iter().filter(|branch| !is_null_branch(branch)).max_by_key(|branch| depth(branch));
            match closest {
                Some(branch) if !branch.is_empty() => branch.iter().for_each(|inner| explain(inner, found)),
                _ => found.push(line(error)),
            }
        }
        _ => found.push(line(error)),
    }
}

/// The branch that only says "must be null".
fn is_null_branch(branch: &[ValidationError<'_>]) -> bool {
    let wants_null = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) })
    };
    matches!(branch, [only] if wants_null(only))
}

fn depth(branch: &[ValidationError<'_>]) -> usize {
    branch.iter().map(|error| error.instance_path().as_str().len()).max().unwrap_or_default()
}

fn line(error: &ValidationError<'_>) -> String {
    // Masked: bodies carry passwords, and what a check finds is printed.
    format!("{}: {}", error.instance_path().as_str(), error.masked_with("this value"))
}
