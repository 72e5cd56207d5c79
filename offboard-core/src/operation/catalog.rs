//! The operations a host knows, by name. A plan holds only names, so that another process can load it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::erased::Erased;
use super::{AnyOperation, Operation, Spec};

/// Makes operations of one kind from their parameters.
pub trait StepFactory: Debug + Send + Sync {
    /// What is the same for each use.
    fn spec(&self) -> &Spec;

    /// The operation with these parameters; the error says what is wrong with them.
    fn make(&self, params: &Value) -> Result<Arc<dyn AnyOperation>, String>;

    /// Parameters that show how it is used.
    fn example(&self) -> Value;

    /// The JSON Schema of the parameters.
    fn params_schema(&self) -> Schema;

    /// The JSON Schema of the state.
    fn state_schema(&self) -> Schema;
}

#[derive(Debug)]
struct Typed<O> {
    spec: Spec,
    operation: PhantomData<fn() -> O>,
}

fn schema_of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

impl<O: Operation> StepFactory for Typed<O> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn make(&self, params: &Value) -> Result<Arc<dyn AnyOperation>, String> {
        serde_json::from_value::<O>(params.clone())
            .map(|operation| Arc::new(Erased::new(operation)) as Arc<dyn AnyOperation>)
            .map_err(|error| error.to_string())
    }

    fn example(&self) -> Value {
        serde_json::to_value(O::example()).unwrap_or(Value::Null)
    }

    fn params_schema(&self) -> Schema {
        schema_of::<O>()
    }

    fn state_schema(&self) -> Schema {
        schema_of::<O::State>()
    }
}

/// An operation that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// Nobody here knows the name.
    #[error("no operation is called `{name}`; known are: {known}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// Every name there is.
        known: String,
    },
    /// The operation is known in another version.
    #[error("`{name}` is wanted in version {wanted}, known in version {known}")]
    Version {
        /// The operation.
        name: String,
        /// The plan's version.
        wanted: u32,
        /// Ours.
        known: u32,
    },
    /// The parameters do not fit.
    #[error("the parameters of `{name}` do not fit: {why}")]
    Params {
        /// The operation.
        name: String,
        /// What is wrong.
        why: String,
    },
}

/// The operations a host knows.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    factories: BTreeMap<&'static str, Arc<dyn StepFactory>>,
}

impl Catalog {
    /// Knows nothing.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Knows the operations that come with offboard.
    pub fn builtin() -> Self {
        crate::steps::builtin()
    }

    /// Knows `O` too. A step from another crate enters here.
    #[must_use]
    pub fn with<O: Operation>(self) -> Self {
        self.with_dynamic(Arc::new(Typed::<O> { spec: O::spec(), operation: PhantomData }))
    }

    /// Knows whatever `factory` makes; for steps whose type is not known to Rust.
    #[must_use]
    pub fn with_dynamic(mut self, factory: Arc<dyn StepFactory>) -> Self {
        self.factories.insert(factory.spec().name, factory);
        self
    }

    /// Everything that is known, in the order of the names.
    pub fn factories(&self) -> impl Iterator<Item = &Arc<dyn StepFactory>> {
        self.factories.values()
    }

    /// The specification of `name`.
    pub fn spec(&self, name: &str) -> Option<&Spec> {
        self.factories.get(name).map(|factory| factory.spec())
    }

    /// The operation `name` with these parameters.
    pub fn make(&self, name: &str, params: &Value) -> Result<Arc<dyn AnyOperation>, CatalogError> {
        let factory = self.factories.get(name).ok_or_else(|| CatalogError::Unknown {
            name: name.to_owned(),
            known: self.factories.keys().copied().collect::<Vec<_>>().join(", "),
        })?;
        factory.make(params).map_err(|why| CatalogError::Params { name: name.to_owned(), why })
    }

    /// The same, and of exactly this version: a plan is never carried out with another meaning.
    pub fn load(
        &self,
        name: &str,
        version: u32,
        params: &Value,
    ) -> Result<Arc<dyn AnyOperation>, CatalogError> {
        let operation = self.make(name, params)?;
        let known = operation.spec().version;
        if known == version {
            Ok(operation)
        } else {
            Err(CatalogError::Version { name: name.to_owned(), wanted: version, known })
        }
    }
}
