//! Direct licenses.

use std::collections::BTreeSet;

use http::Method;
use offboard_core::id::SkuId;
use serde_json::{Map, Value, json};

use super::{Ask, Row, Undo, nobody};
use crate::judge::calls::Call;

pub(super) const REMOVE_LICENSES: Row = Row {
    operation: "remove_licenses",
    params: &["skus"],
    undo: Undo::PutBack,
    holds: removed,
    part: |ask| {
        let Ok(user) = ask.user() else { return Map::new() };
        let of = |sku: SkuId| json!(user.direct_licenses.get(&sku).map(|license| &license.disabled_plans));
        skus(ask)
            .unwrap_or_default()
            .into_iter()
            .map(|sku| (format!("direct license {sku}"), of(sku)))
            .collect()
    },
    forward: |call, ask| assigns(call, ask, "/removeLicenses", Value::as_str),
    back: |call, ask| assigns(call, ask, "/addLicenses", |item| item.get("skuId").and_then(Value::as_str)),
    owned: nobody,
    in_part: false,
};

fn skus(ask: &Ask<'_>) -> Result<BTreeSet<SkuId>, String> {
    let list = ask.params.get("skus").and_then(Value::as_array).ok_or("`skus` is no list")?;
    let ids = list.iter().map(|sku| sku.as_str().and_then(|text| text.parse().ok()));
    ids.collect::<Option<_>>().ok_or_else(|| "`skus` holds something that is no id".to_owned())
}

/// The direct assignments are gone; what came through groups in the beginning is still there.
fn removed(ask: &Ask<'_>) -> Result<(), String> {
    let (wanted, now) = (skus(ask)?, ask.user()?);
    let shown =
        |sku: &SkuId| ask.world.skus.get(sku).map_or_else(|| sku.to_string(), |sku| sku.part_number.clone());
    if let Some(left) = now.direct_licenses.keys().find(|sku| wanted.contains(sku)) {
        return Err(format!("{} was still assigned directly", shown(left)));
    }
    let then = ask.began.users.get(&ask.user).into_iter().flat_map(|user| &user.inherited_licenses);
    let stays = |sku, group| now.inherited_licenses.iter().any(|row| (row.sku, row.group) == (sku, group));
    match then.filter(|row| wanted.contains(&row.sku)).find(|row| !stays(row.sku, row.group)) {
        Some(lost) => Err(format!("{}, inherited from group {}, was gone too", shown(&lost.sku), lost.group)),
        None => Ok(()),
    }
}

fn assigns(call: &Call, ask: &Ask<'_>, list: &str, id: fn(&Value) -> Option<&str>) -> bool {
    let wanted = skus(ask).unwrap_or_default();
    let items = call.value(list).and_then(Value::as_array).into_iter().flatten();
    let mut ids = items.filter_map(id).filter_map(|text| text.parse::<SkuId>().ok());
    call.on_user(&Method::POST, "assignLicense", ask.began, ask.user) && ids.any(|sku| wanted.contains(&sku))
}
