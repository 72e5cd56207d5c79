//! Everything in a OneDrive at once: `delta` from the beginning.
//!
//! Written from Microsoft's pages "driveItem: delta" and "Best practices for discovering files and detecting changes at scale".

use serde_json::json;

use super::answer::Call;
use super::drive;
use super::error::Refusal;
use super::items::{PAGE, rendered, shared};
use super::names::Kind;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{Drive, DriveItem};

/// The permission without which who may open an item is not told in full, says Microsoft. What is told without it is not
/// documented; nothing is, here.
const SEES_SHARING: &str = "Sites.FullControl.All";

/// `GET /drives/{id}/root/delta`: the root folder and everything in it, folders before what is in them. Changes since an
/// earlier call are not simulated.
pub(super) fn root(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let (_, drive) = drive::find(&view, call.key(0))?;
    let prefer = call.request.header("prefer").unwrap_or_default();
    let hierarchical = prefer.split(',').any(|one| one.trim().eq_ignore_ascii_case("hierarchicalsharing"));
    let told = call.may(&[SEES_SHARING]);
    let row = |id: Option<&str>| {
        let mut row = rendered(drive, id);
        if let Some(row) = row.as_object_mut() {
            row.remove("shared");
            let facet = match id.and_then(|id| drive.items.get(id)) {
                _ if !told => None,
                // Who inherits is not named: only the root, and what has permissions of its own.
                Some(DriveItem { grants: None, .. }) if hierarchical => None,
                _ if hierarchical => Some(shared(drive, id).unwrap_or_else(|| json!({}))),
                _ => shared(drive, id),
            };
            row.extend(facet.map(|facet| ("shared".to_owned(), facet)));
        }
        row
    };
    let rows = std::iter::once(row(None)).chain(everything(drive).iter().map(|id| row(Some(id)))).collect();
    let mut reply = call.page(Kind::DriveItem, PAGE, rows)?;
    let mut body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if body.get("@odata.nextLink").is_none() {
        let link = format!("{}{}?token=sim", call.request.origin, call.request.path);
        body["@odata.deltaLink"] = json!(link);
        reply = Reply::json(reply.status, &body);
    }
    Ok(reply)
}

fn everything(drive: &Drive) -> Vec<String> {
    let tops = drive.children(None);
    tops.into_iter().flat_map(|(id, _)| drive.below(id)).collect()
}
