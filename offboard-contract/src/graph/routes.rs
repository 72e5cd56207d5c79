//! Which operation of the description a request is.

use serde_json::Value;

use super::operation::Operation;
use super::path::{Token, tokens};
use super::schema::Schemas;

/// One step of a path template.
#[derive(Clone, Debug)]
enum Step {
    /// A name that must be there.
    Name(String),
    /// The key of an object.
    Key {
        /// Properties that may stand in its place (`devices(deviceId='...')`).
        alternates: Vec<String>,
    },
    /// The parameter of a function and the values it may have; any, if none are named.
    Argument { name: String, values: Vec<String> },
}

/// One way to write the path of one operation.
#[derive(Debug)]
struct Route {
    steps: Vec<Step>,
    operation: Operation,
}

/// All operations, found by method and path.
#[derive(Debug)]
pub(crate) struct Routes {
    routes: Vec<Route>,
}

impl Routes {
    /// Reads the `paths` of the document.
    pub(crate) fn read(document: &'static Value, schemas: &Schemas) -> Result<Self, String> {
        let paths = document["paths"].as_object().ok_or("the description has no paths")?;
        let mut routes = Vec::new();
        for (template, item) in paths {
            for (method, described) in item.as_object().into_iter().flatten() {
                let operation = Operation::read(template, method, described);
                routes.push(Route {
                    steps: steps(template, described, schemas)?,
                    operation: operation.clone(),
                });
                // The service takes actions with and without their namespace.
                if let Some(upstream) = described["x-upstream-path"].as_str() {
                    let steps = steps(&upstream.replace("()", ""), described, schemas)?;
                    routes.push(Route { steps, operation });
                }
            }
        }
        Ok(Self { routes })
    }

    /// The operation of a request, or why there is none.
    pub(crate) fn find(&self, method: &str, path: &str) -> Result<&Operation, String> {
        let wanted = tokens(path)?;
        let matching = self.matching(&wanted);
        // Names go before keys: `/users/delta` is not the user "delta".
        let best = matching.iter().filter(|route| route.operation.method == method).max_by_key(|route| {
            route.steps.iter().map(|step| matches!(step, Step::Name(_))).collect::<Vec<_>>()
        });
        match best {
            Some(route) => Ok(&route.operation),
            None => Err(self.refusal(method, wanted, &matching)),
        }
    }

    fn matching(&self, wanted: &[Token]) -> Vec<&Route> {
        self.routes.iter().filter(|route| route.takes(wanted)).collect()
    }

    fn refusal(&self, method: &str, mut wanted: Vec<Token>, others: &[&Route]) -> String {
        wanted.push(Token::Word("$ref".to_owned()));
        if self.matching(&wanted).iter().any(|route| route.operation.method == method) {
            return "/$ref is missing: without it the request is for the object itself, not for the reference".to_owned();
        }
        if others.is_empty() {
            return "no such path in the description of Graph v1.0".to_owned();
        }
        let mut known: Vec<_> = others.iter().map(|route| route.operation.method.as_str()).collect();
        known.sort_unstable();
        known.dedup();
        format!("the path is known, the method is not; known: {}", known.join(", "))
    }
}

impl Route {
    fn takes(&self, wanted: &[Token]) -> bool {
        self.steps.len() == wanted.len()
            && self.steps.iter().zip(wanted).all(|(step, token)| match (step, token) {
                (Step::Name(name), Token::Word(word)) => name == word,
                (Step::Name(name), Token::Call(call)) => name == call && self.operation.is_function,
                // `$ref`, `$count` and their like are never keys.
                (Step::Key { .. }, Token::Word(word)) => !word.starts_with('$'),
                (Step::Key { .. }, Token::Key(_)) => true,
                (Step::Key { alternates }, Token::Named { name, .. }) => alternates.contains(name),
                (Step::Argument { name, values }, Token::Named { name: given, value }) => {
                    name == given && (values.is_empty() || values.contains(value))
                }
                _ => false,
            })
    }
}

fn steps(template: &str, described: &Value, schemas: &Schemas) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for segment in template.split('/').skip(1) {
        if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            steps.push(Step::Key {
                alternates: schemas.alternate_keys(name.strip_suffix("-id").unwrap_or(name)),
            });
        } else if let Some((name, argument)) = segment.strip_suffix(')').and_then(|rest| rest.split_once('('))
        {
            let argument =
                argument.split_once('=').ok_or_else(|| format!("cannot read the template {template}"))?.0;
            steps.push(Step::Name(name.to_owned()));
            steps.push(Step::Argument {
                name: argument.to_owned(),
                values: allowed_values(described, argument),
            });
        } else {
            steps.push(Step::Name(segment.to_owned()));
        }
    }
    Ok(steps)
}

/// The values that a parameter of the path may have; empty if the description names none.
fn allowed_values(described: &Value, parameter: &str) -> Vec<String> {
    described["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["in"] == "path" && one["name"] == parameter)
        .flat_map(|one| one["schema"]["enum"].as_array().into_iter().flatten())
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}
