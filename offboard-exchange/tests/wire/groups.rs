//! Groups of Exchange.

use offboard_core::failure::Kind;
use offboard_core::id::GroupId;
use offboard_core::ports::DistributionGroups;
use serde_json::json;

use crate::bench::{Bench, ID, OTHER, Reply, call, done, id, refused};

fn says(status: u16, exception: &str, text: &str) -> Reply {
    refused(status, &format!("Ex6F9304|Microsoft.Exchange.Management.{exception}|{text}"))
}

fn group() -> GroupId {
    OTHER.parse().unwrap()
}

#[tokio::test]
async fn a_member_is_taken_out_and_put_back_by_ids() {
    let wanted = json!({
        "Identity": OTHER, "Member": ID, "BypassSecurityGroupManagerCheck": true, "Confirm": false
    });
    let bench = Bench::new([done(&[])]);
    bench.exchange.remove_member(&call(), group(), id()).await.unwrap();
    let asked = bench.asked_once();
    assert_eq!((asked.cmdlet(), asked.parameters()), ("Remove-DistributionGroupMember", &wanted));
    let bench = Bench::new([done(&[])]);
    bench.exchange.add_member(&call(), group(), id()).await.unwrap();
    let asked = bench.asked_once();
    assert_eq!((asked.cmdlet(), asked.parameters()), ("Add-DistributionGroupMember", &wanted));
}

#[tokio::test]
async fn what_is_so_already_is_no_failure() {
    let bench = Bench::new([says(400, "MemberNotFoundException", "isn't a member of the group")]);
    let receipt = bench.exchange.remove_member(&call(), group(), id()).await.unwrap();
    assert_eq!(receipt.warnings.len(), 1);
    let bench = Bench::new([says(400, "MemberAlreadyExistsException", "is already a member")]);
    assert_eq!(bench.exchange.add_member(&call(), group(), id()).await.unwrap().warnings.len(), 1);
    // Each only where it means that.
    let bench = Bench::new([says(400, "MemberAlreadyExistsException", "is already a member")]);
    let failed = bench.exchange.remove_member(&call(), group(), id()).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::InvalidRequest);
}

#[tokio::test]
async fn a_group_that_is_not_there_is_a_failure() {
    let bench = Bench::new([says(404, "ManagementObjectNotFoundException", "couldn't be found")]);
    let failed = bench.exchange.remove_member(&call(), group(), id()).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::NotFound);
}
