//! Holding an object against a `$filter`.

use serde_json::Value;

use super::error::Refusal;
use super::parse::{Expression, Literal, Operator, TextTest};

impl Expression {
    /// Whether an object fits.
    pub(super) fn fits(&self, object: &Value) -> bool {
        match self {
            Self::And(left, right) => left.fits(object) && right.fits(object),
            Self::Or(left, right) => left.fits(object) || right.fits(object),
            Self::Not(inner) => !inner.fits(object),
            Self::Compare(path, operator, literal) => compare(at(object, path), *operator, literal),
            Self::Text(kind, path, wanted) => at(object, path).as_str().is_some_and(|found| {
                let (found, wanted) = (found.to_lowercase(), wanted.to_lowercase());
                match kind {
                    TextTest::StartsWith => found.starts_with(&wanted),
                    TextTest::EndsWith => found.ends_with(&wanted),
                }
            }),
            Self::Any(path, inner) => {
                at(object, path).as_array().is_some_and(|rows| rows.iter().any(|row| inner.fits(row)))
            }
        }
    }

    /// Whether a property of the object is looked at.
    pub(super) fn mentions(&self, name: &str) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.mentions(name) || right.mentions(name),
            Self::Not(inner) => inner.mentions(name),
            Self::Compare(path, ..) | Self::Text(_, path, _) | Self::Any(path, _) => {
                path.split('/').next() == Some(name)
            }
        }
    }

    /// Whether the directory answers it from its lagging index only (`ne`, `not`, `endsWith`).
    pub(super) fn is_advanced(&self) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.is_advanced() || right.is_advanced(),
            Self::Not(_) | Self::Text(TextTest::EndsWith, ..) => true,
            Self::Compare(_, operator, _) => *operator == Operator::Ne,
            Self::Text(..) => false,
            Self::Any(_, inner) => inner.is_advanced(),
        }
    }

    /// Refuses a filter over a property that the type does not have.
    pub(super) fn check(&self, kind: &str, known: &dyn Fn(&str) -> bool) -> Result<(), Refusal> {
        let property = |path: &str| {
            let name = path.split('/').next().unwrap_or_default();
            if known(name) {
                return Ok(());
            }
            let text = format!("Could not find a property named '{name}' on type 'microsoft.graph.{kind}'.");
            Err(Refusal::parse(text))
        };
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                left.check(kind, known)?;
                right.check(kind, known)
            }
            Self::Not(inner) => inner.check(kind, known),
            Self::Compare(path, ..) | Self::Text(_, path, _) | Self::Any(path, _) => property(path),
        }
    }
}

/// The value at a path of names with slashes; the empty path is the value itself.
pub(super) fn at<'a>(object: &'a Value, path: &str) -> &'a Value {
    let names = path.split('/').filter(|name| !name.is_empty());
    names.fold(object, |value, name| value.get(name).unwrap_or(&Value::Null))
}

fn compare(found: &Value, operator: Operator, literal: &Literal) -> bool {
    let order = match literal {
        Literal::Null => {
            return (operator == Operator::Eq) == found.is_null() && operator_is_equality(operator);
        }
        Literal::Bool(wanted) => found.as_bool().map(|found| found.cmp(wanted)),
        Literal::Text(wanted) | Literal::Bare(wanted) => match found {
            Value::String(found) => Some(found.to_lowercase().cmp(&wanted.to_lowercase())),
            Value::Number(found) => wanted
                .parse::<f64>()
                .ok()
                .and_then(|wanted| found.as_f64().and_then(|found| found.partial_cmp(&wanted))),
            _ => None,
        },
    };
    let Some(order) = order else { return operator == Operator::Ne };
    match operator {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Gt => order.is_gt(),
        Operator::Ge => order.is_ge(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
    }
}

fn operator_is_equality(operator: Operator) -> bool {
    matches!(operator, Operator::Eq | Operator::Ne)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parse::parse;

    #[test]
    fn filters_select_what_they_say() {
        let user = json!({
            "userPrincipalName": "o'neill@contoso.com", "accountEnabled": true, "start": {"dateTime": "2026-12-01T"},
            "assignedLicenses": [{"skuId": "a-1"}], "proxyAddresses": ["SMTP:a@b"], "manager": null,
        });
        for (filter, wanted) in [
            ("userPrincipalName eq 'O''Neill@contoso.com'", true),
            ("userPrincipalName eq 'neill@contoso.com'", false),
            ("startswith(userPrincipalName,'o''n')", true),
            ("accountEnabled eq true and not (manager ne null)", true),
            ("accountEnabled ne true or start/dateTime ge '2026-11-30T00:00:00'", true),
            ("assignedLicenses/any(l:l/skuId eq a-1)", true),
            ("assignedLicenses/any(l:l/skuId eq a-2)", false),
            ("proxyAddresses/any(p:p eq 'smtp:a@b')", true),
        ] {
            assert_eq!(parse(filter).unwrap().fits(&user), wanted, "{filter}");
        }
        for bad in
            ["", "a", "a eq", "a equals 'b'", "a eq 'b", "a eq 'b' and", "a eq 'b')", "tolower(a) eq 'b'"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
