//! A page of a list.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Malformed;

/// One page, and where the next one lies.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The rows of this page.
    pub(crate) rows: Vec<T>,
    /// The service's own link to the next page, not yet checked.
    pub(crate) next: Option<String>,
}

impl<T: DeserializeOwned> Page<T> {
    /// Reads a page. A list without its `value` is not an empty list.
    pub(crate) fn of(body: &Value) -> Result<Self, Malformed> {
        let rows = body.get("value").and_then(Value::as_array).ok_or_else(|| Malformed::missing("value"))?;
        let rows = rows
            .iter()
            .map(|row| {
                T::deserialize(row).map_err(|_| Malformed("a row of the list has another shape".into()))
            })
            .collect::<Result<Vec<T>, Malformed>>()?;
        let next = match body.get("@odata.nextLink") {
            None | Some(Value::Null) => None,
            Some(Value::String(link)) if !link.is_empty() => Some(link.clone()),
            Some(_) => return Err(Malformed::strange("@odata.nextLink")),
        };
        Ok(Self { rows, next })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_has_its_rows_and_its_next_link() {
        let page = Page::<u32>::of(&json!({ "value": [1, 2], "@odata.nextLink": "https://x/y" })).unwrap();
        assert_eq!((page.rows, page.next.as_deref()), (vec![1, 2], Some("https://x/y")));
        assert_eq!(Page::<u32>::of(&json!({ "value": [] })).unwrap().next, None);
    }

    #[test]
    fn what_is_no_page_is_not_an_empty_one() {
        for body in [
            json!({}),
            json!({ "value": null }),
            json!({ "value": { "id": 1 } }),
            json!({ "value": ["x"] }),
            json!({ "value": [], "@odata.nextLink": 7 }),
            json!({ "value": [], "@odata.nextLink": "" }),
        ] {
            assert!(Page::<u32>::of(&body).is_err(), "{body}");
        }
    }
}
