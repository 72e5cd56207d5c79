//! Licenses (CONTRACT B7, B8).

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode};
use offboard_core::id::{SkuId, UserId};
use offboard_core::model::license::{LicenseAssignment, Licenses, SubscribedSku};
use offboard_core::ports::{Answer, Call, LicensePort, Receipt};
use serde_json::Value;

use crate::ask::Ask;
use crate::door::{NO_OBJECT, accepted};
use crate::graph::Graph;
use crate::need;
use crate::reply::Reply;
use crate::wire::license::{self, LicensedBody, SkuBody};
use crate::wire::path::Path;
use crate::wire::query::Query;

/// The whole of what Graph says when a product to be removed is not there; it has no code of its own (B20).
const NOT_ASSIGNED: &str = "does not have a corresponding license";

fn assign_license(id: UserId, body: Value) -> Arc<Ask> {
    let path = Path::user(id).then("assignLicense");
    let ask = Ask::safe_write(Method::POST, "/users/{id}/assignLicense", path, &need::ASSIGN_LICENSES);
    Arc::new(ask.body(body))
}

impl Graph {
    /// Whether none of `skus` is assigned directly any more, by a new reading. The text of the refusal may be
    /// translated, or be about another product; only the reading decides.
    async fn are_gone(&self, call: &Call, id: UserId, skus: &[SkuId]) -> bool {
        match self.licenses(call, id).await {
            Ok(Some(licenses)) => licenses.direct().all(|direct| !skus.contains(&direct.sku_id)),
            Ok(None) | Err(_) => false,
        }
    }

    fn refused_as_not_assigned(reply: &Reply) -> bool {
        reply.status == StatusCode::BAD_REQUEST && reply.fault().says(NOT_ASSIGNED)
    }
}

#[async_trait]
impl LicensePort for Graph {
    async fn licenses(&self, call: &Call, id: UserId) -> Answer<Option<Licenses>> {
        let ask = Ask::get("/users/{id}", Path::user(id), &need::USERS).query(Query::select(license::SELECT));
        self.0.read(call, ask, NO_OBJECT, LicensedBody::licenses).await
    }

    async fn subscribed_skus(&self, call: &Call) -> Answer<Vec<SubscribedSku>> {
        let ask = Ask::get("/subscribedSkus", Path::new("subscribedSkus"), &need::LICENSES)
            .query(Query::select(license::SKU_SELECT))
            .units(2);
        self.0.list(call, ask, SkuBody::sku).await
    }

    async fn remove(&self, call: &Call, id: UserId, skus: &[SkuId]) -> Answer<Receipt> {
        if skus.is_empty() {
            return Ok(Receipt::nothing(call));
        }
        let ask = assign_license(id, license::removal(skus));
        let reply = self.0.ask(call, &ask).await?;
        if Self::refused_as_not_assigned(&reply) && self.are_gone(call, id, skus).await {
            let mut receipt = reply.receipt(call);
            receipt.warnings.push("the products were not assigned any more".to_owned());
            return Ok(receipt);
        }
        accepted(&ask, &reply)?;
        Ok(reply.receipt(call))
    }

    async fn reprocess(&self, call: &Call, id: UserId) -> Answer<Receipt> {
        let path = Path::user(id).then("reprocessLicenseAssignment");
        let template = "/users/{id}/reprocessLicenseAssignment";
        self.0.write(call, Ask::safe_write(Method::POST, template, path, &need::ASSIGN_LICENSES)).await
    }

    async fn assign(&self, call: &Call, id: UserId, assignments: &[LicenseAssignment]) -> Answer<Receipt> {
        if assignments.is_empty() {
            return Ok(Receipt::nothing(call));
        }
        let ask = assign_license(id, license::assignment(assignments));
        let reply = self.0.ask(call, &ask).await?;
        accepted(&ask, &reply)?;
        Ok(reply.receipt(call))
    }
}
