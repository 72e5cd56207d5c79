//! OneDrive, telephony and calendar (CONTRACT B11, B12, B16).

use std::sync::Arc;

use async_trait::async_trait;
use http::StatusCode;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::UserId;
use offboard_core::model::drive::Drive;
use offboard_core::model::meeting::{AHEAD, Meetings};
use offboard_core::model::phone::PhoneNumber;
use offboard_core::ports::{Answer, Call, Workloads};
use offboard_core::time::Timestamp;
use offboard_http::quota;

use crate::PROVIDER;
use crate::ask::Ask;
use crate::door::understood;
use crate::graph::Graph;
use crate::need;
use crate::replies::NO_MAILBOX;
use crate::wire::drive::{self, DriveBody};
use crate::wire::event::{self, EventBody, Tally};
use crate::wire::filter::Filter;
use crate::wire::path::Path;
use crate::wire::phone::NumberBody;
use crate::wire::query::Query;

/// Codes of a 404 by which OneDrive says that nobody ever made one.
const NO_DRIVE: &[&str] = &["itemNotFound", "ResourceNotFound", "Request_ResourceNotFound"];

/// Pages of a calendar at most. It need not be complete, because it says how far it looked.
const CALENDAR_PAGES: u32 = 20;

#[async_trait]
impl Workloads for Graph {
    async fn drive(&self, call: &Call, id: UserId) -> Answer<Option<Drive>> {
        let ask = Ask::get("/users/{id}/drive", Path::user(id).then("drive"), &need::FILES)
            .query(Query::select(drive::SELECT))
            .pool(quota::FILES);
        let ask = Arc::new(ask);
        let reply = self.0.ask(call, &ask).await?;
        if reply.status == StatusCode::LOCKED {
            return Ok(Some(DriveBody::locked()));
        }
        understood(&ask, &reply, NO_DRIVE, DriveBody::drive)
    }

    async fn phone_numbers(&self, call: &Call, id: UserId) -> Answer<Vec<PhoneNumber>> {
        if !self.0.cloud().has_phone_numbers() {
            let failure =
                Failure::new(Kind::Unsupported, "Graph does not know telephone numbers in this cloud")
                    .code("not_in_this_cloud");
            return Err(ProviderError::new(PROVIDER, failure));
        }
        let path = Path::new("admin/teams/telephoneNumberManagement/numberAssignments");
        let template = "/admin/teams/telephoneNumberManagement/numberAssignments";
        let ask = Ask::get(template, path, &need::NUMBERS)
            .query(Query::filter(&Filter::eq("assignmentTargetId", id)).top(1_000))
            .pool(quota::TEAMS);
        let rows = self.0.list(call, ask, |row: NumberBody| row.of(id)).await?;
        let mut numbers: Vec<PhoneNumber> = rows.into_iter().flatten().collect();
        numbers.sort();
        numbers.dedup();
        Ok(numbers)
    }

    async fn meetings(&self, call: &Call, id: UserId, from: Timestamp) -> Answer<Option<Meetings>> {
        let query = Query::default()
            .between(from, from + AHEAD)
            .and_select(event::SELECT)
            .order_by(event::ORDER)
            .top(500);
        let ask = Ask::get("/users/{id}/calendarView", Path::user(id).then("calendarView"), &need::CALENDARS)
            .query(query)
            .mailbox(id);
        let pages = self.0.pages(call, ask, NO_MAILBOX, CALENDAR_PAGES, EventBody::entry).await?;
        let Some((entries, complete)) = pages else { return Ok(None) };
        Ok(Some(Tally::of(entries).meetings(from, AHEAD, complete)))
    }
}
