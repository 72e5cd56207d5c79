use offboard_core::failure::Kind;
use offboard_core::ports::Calendars;
use offboard_http::transport::Reached;
use serde_json::json;

use crate::bench::{Bench, ID, call, done, id, lost};

#[tokio::test]
async fn meetings_are_cancelled_by_one_request_without_their_subjects() {
    let bench =
        Bench::new([done(&["The meeting with subject \"Takeover\" has been queued for cancellation."])]);
    let receipt = bench.exchange.cancel_organized_meetings(&call(), id(), 90).await.unwrap();
    assert_eq!(receipt.warnings, [""; 0]);
    let asked = bench.asked_once();
    assert_eq!(asked.cmdlet(), "Remove-CalendarEvents");
    assert_eq!(
        *asked.parameters(),
        json!({ "Identity": ID, "CancelOrganizedMeetings": true, "QueryWindowInDays": 90, "Confirm": false })
    );
}

#[tokio::test]
async fn a_lost_answer_is_not_asked_for_again() {
    let bench = Bench::new([lost(Reached::MaybeSent)]);
    let error = bench.exchange.cancel_organized_meetings(&call(), id(), 90).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Indeterminate);
    bench.asked_once();
}
