//! Truth: whatever the tenant does behind the program's back, the report and the exit code claim nothing that is not so.
//!
//! For every operation of the catalog and for taking it back, the tenant says success and changes nothing, changes and drops
//! the answer, changes 20 minutes later, changes and is reverted by directory sync, refuses the reading afterwards. The judge
//! looks at the tenant's world, not at its answers.

mod course;
mod on_premises;
pub mod table;
mod trouble;

use std::collections::BTreeSet;

use offboard::Catalog;
use table::{ROWS, Row, Write};
use trouble::{TROUBLES, Trouble};

const SEEDS: &[u64] = &[1, 2, 3];

/// Every trouble with every row that writes, over the seeds in turn: each pair meets one seed, each row all of them.
fn sweep(run: impl Fn(&Row, Trouble, u64) -> Vec<String>, operations: &[&str]) {
    let mut wrong = Vec::new();
    let mut runs = 0;
    for row in ROWS.iter().filter(|row| operations.contains(&row.operation)) {
        let troubles = if matches!(row.forward, Write::None) { &[Trouble::Nothing] } else { TROUBLES };
        for (index, trouble) in troubles.iter().enumerate() {
            wrong.extend(run(row, *trouble, SEEDS[(runs + index) % SEEDS.len()]));
            runs += 1;
        }
    }
    assert!(runs > 0, "nothing was tried");
    assert!(wrong.is_empty(), "{} of {runs} runs:\n{}", wrong.len(), wrong.join("\n"));
}

const ACCESS: &[&str] =
    &["block_sign_in", "reset_password", "revoke_sign_in_sessions", "block_exchange_account"];
const FORWARDING: &[&str] = &["stop_forwarding", "set_forwarding", "end_forwarding", "remove_licenses"];
const DEVICES: &[&str] = &["wipe_mobile_device", "block_mobile_device", "block_protocols"];
const MAIL: &[&str] = &[
    "cancel_meetings",
    "place_litigation_hold",
    "convert_to_shared",
    "set_automatic_replies",
    "stop_automatic_replies",
];
const GROUPS: &[&str] =
    &["leave_group", "leave_distribution_group", "leave_licensing_group", "unassign_phone_number"];
const RIGHTS: &[&str] = &["grant_full_access", "remove_full_access", "on_premises_task"];

const FILES: &[&str] =
    &["grant_drive_access", "end_drive_access", "share_drive", "end_drive_sharing", "copy_drive"];

/// What never reaches the whole of what it is about: where others are done, it is partial.
const IN_PART: &[&str] = &["share_drive"];

const END: &[&str] = &["delete_user", "final_revoke"];

#[test]
fn every_operation_is_tried_and_known_to_the_judge() {
    let catalog = Catalog::builtin();
    let known: BTreeSet<&str> = catalog.factories().map(|factory| factory.spec().name).collect();
    let tried: BTreeSet<&str> = ROWS.iter().map(|row| row.operation).collect();
    assert_eq!(known, tried, "an operation without a row, or a row without an operation");
    let judged: BTreeSet<&str> = offboard_sim::judge::rows().iter().map(|row| row.operation).collect();
    let strangers: Vec<_> = known.difference(&judged).collect();
    assert!(strangers.is_empty(), "the judge does not know {strangers:?}");
    let swept: BTreeSet<&str> =
        [ACCESS, DEVICES, FORWARDING, MAIL, GROUPS, RIGHTS, FILES, END].concat().into_iter().collect();
    assert_eq!(known, swept, "an operation that no sweep takes up");
}

#[test]
fn cutting_access_is_told_truly() {
    sweep(course::forward, ACCESS);
}

#[test]
fn giving_access_back_is_told_truly() {
    sweep(course::back, ACCESS);
}

#[test]
fn shutting_phones_and_protocols_out_is_told_truly() {
    sweep(course::forward, DEVICES);
}

#[test]
fn letting_them_in_again_is_told_truly() {
    sweep(course::back, DEVICES);
}

#[test]
fn stopping_forwarding_and_removing_licenses_are_told_truly() {
    sweep(course::forward, FORWARDING);
}

#[test]
fn forwarding_and_licenses_coming_back_are_told_truly() {
    sweep(course::back, FORWARDING);
}

#[test]
fn changing_a_mailbox_is_told_truly() {
    sweep(course::forward, MAIL);
}

#[test]
fn changing_a_mailbox_back_is_told_truly() {
    sweep(course::back, MAIL);
}

#[test]
fn the_end_of_an_account_is_told_truly() {
    sweep(course::forward, END);
}

#[test]
fn an_account_that_comes_back_is_told_truly() {
    sweep(course::back, END);
}

#[test]
fn giving_and_taking_rights_is_told_truly() {
    sweep(course::forward, RIGHTS);
}

#[test]
fn rights_coming_back_are_told_truly() {
    sweep(course::back, RIGHTS);
}

#[test]
fn copying_files_and_giving_and_ending_access_to_them_is_told_truly() {
    sweep(course::forward, FILES);
}

#[test]
fn access_to_files_coming_back_is_told_truly() {
    sweep(course::back, FILES);
}

#[test]
fn leaving_groups_is_told_truly() {
    sweep(course::forward, GROUPS);
}

#[test]
fn coming_back_into_groups_is_told_truly() {
    sweep(course::back, GROUPS);
}
