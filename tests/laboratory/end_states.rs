//! Every end state of CONTRACT f.4, from the text of a policy to the last report, in virtual time: what the tenant is in the
//! end, which dates follow as absolute times (G52), and which risks remain (G50). What cannot be an end state is refused
//! by name. Every date of a calendar is met by a process of its own that finds only the journal.

use std::sync::Arc;

use crate::common::single::stopping;
use crate::crashing::{Scene, approved, engine, request};
use offboard::core::time::{Clock as _, Period};
use offboard::{Catalog, Exit, MemoryJournal, Outcome, Plan, Policy, Report, Request, Timestamp};
use offboard_sim::Tenant;
use offboard_sim::world::{Mailbox, MailboxState, RecipientType, World};

/// Has mail, files, and nothing that speaks against anything.
const LEAVER: &str = "adele@contoso.com";
const SUCCESSOR: &str = "megan@contoso.com";

/// A policy that cuts access and says what becomes of mail, licenses and account.
fn text(mail: &str, licenses: &str, account: &str) -> String {
    format!(
        r#"policy = "offboard.policy/1"
name = "end state"
applies_to = "member"
[access]
sign_in = "block"
password = "reset"
sessions = "revoke"
exchange_account = "block"
forwarding = "stop"
[mail]
{mail}
[files]
disposition = "keep"
loss_accepted = true
[licenses]
{licenses}
[account]
{account}
[groups]
disposition = "keep"
[voice]
numbers = "keep"
"#
    )
}

const KEEP: &str = r#"disposition = "keep""#;

/// A run for somebody who leaves in three days, approved and begun.
struct Way {
    scene: Scene,
    leaves_at: Timestamp,
    owner: offboard::UserId,
}

impl Way {
    fn begun(text: &str) -> Self {
        let tenant = Tenant::contoso(5);
        // What would keep every mailbox anyway is taken away: a hold of our own has to do it.
        tenant.world(|world| world.settings.exchange.in_place_holds.clear());
        let policy = Policy::parse(text.as_bytes(), "end.toml", &Catalog::builtin()).unwrap();
        let leaves_at = tenant.clock().now() + Period::days(3);
        let journal = MemoryJournal::new();
        let planner = engine(&tenant, Arc::new(journal.clone()), Catalog::builtin(), "the planner");
        let request = Request { leaves_at: Some(leaves_at), ..request(LEAVER, Some(SUCCESSOR)) };
        let plan = tenant.clock().block_on(planner.plan(&policy, &request)).unwrap().plan;
        assert!(stopping(&plan).is_empty(), "{:?}", stopping(&plan));
        let owner = plan.leaver.id;
        let scene = Scene::begun(tenant, journal, approved(&planner, &plan, |_| false), policy);
        scene.carry_on("the first process");
        assert!(
            scene.tenant.recorder().mutating().is_empty(),
            "nothing is done before the last working moment"
        );
        Self { scene, leaves_at, owner }
    }

    fn plan(&self) -> &Plan {
        self.scene.approved.plan()
    }

    fn on_day(&self, day: i64) -> Report {
        self.scene.on_day(self.leaves_at, day)
    }

    fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        self.scene.tenant.world(|world| look(world))
    }

    fn mailbox(&self) -> Mailbox {
        self.world(|world| world.mailboxes.values().find(|row| row.owner == self.owner).cloned().unwrap())
    }

    fn is_licensed(&self) -> bool {
        self.world(|world| world.users.get(&self.owner).is_some_and(|user| !user.direct_licenses.is_empty()))
    }

    fn is_blocked(&self) -> bool {
        self.world(|world| world.users.get(&self.owner).is_some_and(|user| !user.account_enabled))
    }

    fn is_deleted(&self) -> bool {
        self.world(|world| !world.users.contains(&self.owner) && world.deleted_users.contains(&self.owner))
    }

    /// The dates of a report: so many days after the last working moment, and the requirement. Whatever was done a little
    /// later has its dates a little later too.
    fn dates(&self, report: &Report) -> Vec<(i64, String)> {
        let days = |at: Timestamp| at.since(self.leaves_at).as_secs() / 86_400;
        report.deadlines.iter().map(|date| (days(date.at), date.requirement.clone())).collect()
    }
}

fn dates(expected: &[(i64, &str)]) -> Vec<(i64, String)> {
    expected.iter().map(|(day, requirement)| (*day, (*requirement).to_owned())).collect()
}

#[track_caller]
fn outcome(report: &Report, id: &str, wanted: Outcome) {
    let step = report.steps.iter().find(|step| step.id.as_str() == id).unwrap_or_else(|| panic!("{id}"));
    assert_eq!(step.outcome, wanted, "{id}\n{}", report.to_text());
}

/// Everything is done and seen, each date stands in the text as a day of the calendar, and what no step can mend is said.
#[track_caller]
fn over(report: &Report, risks: &[&str]) {
    assert!(!report.open && report.exit() == Exit::Done, "{}", report.to_text());
    for date in &report.deadlines {
        assert!(report.to_text().contains(&date.at.date()), "{date:?}\n{}", report.to_text());
    }
    // What is always so, and what these facts add.
    let always = ["R6", "R7", "R17", "B11", "R34", "R74", "B9", "B15", "B14"];
    let said: Vec<&str> = report.residual_risks.iter().map(|risk| risk.requirement.as_str()).collect();
    assert_eq!(said, [&always, risks].concat());
}

#[test]
fn a_shared_mailbox_keeps_its_account_and_needs_no_license() {
    let mail = r#"disposition = "shared"
full_access = { to = ["successor"], until = "P60D" }
auto_reply = { text = "I have left.", until = "P60D" }"#;
    let way = Way::begun(&text(mail, r#"disposition = "remove""#, KEEP));
    let report = way.on_day(0);
    outcome(&report, "convert_to_shared", Outcome::Done);
    outcome(&report, "remove_licenses", Outcome::Done);
    assert!(report.open && report.wake_at == Some(way.leaves_at + Period::days(60)), "{}", report.to_text());
    assert_eq!(way.mailbox().permissions.len(), 1);
    let report = way.on_day(60);
    over(&report, &["R100"]);
    let mailbox = way.mailbox();
    assert_eq!((mailbox.recipient_type, mailbox.state), (RecipientType::SharedMailbox, MailboxState::Active));
    assert!(mailbox.permissions.is_empty() && way.is_blocked() && !way.is_licensed() && !way.is_deleted());
    // The mail stays; the files do not outlive their license.
    assert_eq!(way.dates(&report), dates(&[(60, "R35"), (93, "R35")]));
}

#[test]
fn forwarding_keeps_license_and_account_and_ends() {
    let mail = r#"disposition = "forward"
forward_to = ["successor"]
until = "P90D""#;
    let way = Way::begun(&text(mail, KEEP, KEEP));
    let report = way.on_day(0);
    outcome(&report, "set_forwarding", Outcome::Done);
    assert_eq!(way.mailbox().forwarding_address, way.scene.tenant.user_id(SUCCESSOR));
    let report = way.on_day(90);
    over(&report, &[]);
    let mailbox = way.mailbox();
    assert!(mailbox.forwarding_address.is_none() && mailbox.is_active());
    assert!(way.is_licensed() && way.is_blocked() && !way.is_deleted());
    assert_eq!(way.dates(&report), dates(&[]));
}

/// The policy that comes with offboard, for whoever has files.
fn archive() -> String {
    text(
        "disposition = \"inactive\"\nheld_for = \"P2555D\"",
        r#"disposition = "with_account""#,
        "disposition = \"delete\"\nafter = \"P30D\"",
    )
}

#[test]
fn an_inactive_mailbox_outlives_its_account() {
    let way = Way::begun(&archive());
    let report = way.on_day(0);
    outcome(&report, "place_litigation_hold", Outcome::Done);
    outcome(&report, "delete_user", Outcome::NotStarted);
    let hold = way.mailbox().litigation_hold.unwrap();
    assert_eq!((hold.in_effect, hold.duration_days, hold.owner.as_str()), (true, Some(2_555), "offboard"));
    assert!(way.is_licensed(), "the hold needs its license");
    let report = way.on_day(30);
    outcome(&report, "delete_user", Outcome::Done);
    over(&report, &["R100"]);
    assert!(way.is_deleted() && matches!(way.mailbox().state, MailboxState::Inactive { .. }));
    assert_eq!(way.dates(&report), dates(&[(60, "R36"), (60, "R69"), (153, "R36")]));
    let last = report.deadlines.iter().find(|date| date.requirement == "R69").unwrap();
    assert!(last.what.contains("inactive mailbox stays as long as a hold is on it"), "{last:?}");
    let deleted = way.world(|world| world.deleted_users.get(&way.owner).unwrap().deleted);
    assert!(last.at.since(deleted + Period::days(30)) < Period::minutes(1), "{last:?}");
}

#[test]
fn an_account_is_not_deleted_whose_hold_somebody_took_off() {
    let way = Way::begun(&archive());
    way.on_day(0);
    way.world(|world| world.mailbox_of_mut(&way.owner).unwrap().litigation_hold = None);
    let report = way.on_day(30);
    outcome(&report, "delete_user", Outcome::Blocked);
    assert!(
        report.to_text().contains("no hold that keeps the whole mailbox is on it") && !way.is_deleted(),
        "{}",
        report.to_text()
    );
}

#[test]
fn a_deletion_that_left_no_inactive_mailbox_is_not_done() {
    let way = Way::begun(&archive());
    way.on_day(0);
    // The mailbox says that it is on hold, and nothing keeps it.
    way.world(|world| {
        let mailbox = world.mailbox_of_mut(&way.owner).unwrap();
        mailbox.litigation_hold.as_mut().unwrap().in_effect = false;
    });
    let report = way.on_day(30);
    outcome(&report, "delete_user", Outcome::Unknown);
    assert!(way.is_deleted() && matches!(way.mailbox().state, MailboxState::SoftDeleted { .. }));
    assert!(report.exit() != Exit::Done, "{}", report.to_text());
}

#[test]
fn what_is_let_go_goes_with_license_and_account() {
    let way = Way::begun(&text(
        "disposition = \"let_go\"\nauto_reply = { text = \"I have left.\", until = \"P7D\" }",
        "disposition = \"remove\"\nafter = \"P7D\"",
        "disposition = \"delete\"\nafter = \"P30D\"",
    ));
    way.on_day(0);
    let report = way.on_day(7);
    outcome(&report, "stop_automatic_replies", Outcome::Done);
    outcome(&report, "remove_licenses", Outcome::Done);
    assert!(!way.is_licensed() && matches!(way.mailbox().state, MailboxState::Disconnected { .. }));
    let report = way.on_day(30);
    over(&report, &["R100"]);
    assert!(way.is_deleted());
    let wanted = [(37, "R54"), (60, "R36"), (60, "R69"), (67, "R35"), (100, "R35"), (153, "R36")];
    assert_eq!(way.dates(&report), dates(&wanted));
}

/// The files are the successor's before the license goes, so nobody has to accept that they are lost (G46, G56).
#[test]
fn what_is_copied_outlives_license_and_account() {
    let kept = "disposition = \"keep\"\nloss_accepted = true";
    let text = text(
        "disposition = \"let_go\"",
        "disposition = \"remove\"\nafter = \"P7D\"",
        "disposition = \"delete\"\nafter = \"P30D\"",
    );
    let copied = text.replace(kept, "disposition = \"copy\"\nto = [\"successor\"]");
    assert_ne!(text, copied);
    let way = Way::begun(&copied);
    let files = |world: &mut World| {
        let owner = world.user_by_upn(SUCCESSOR).unwrap().id;
        let drive = world.drives.get(&owner).unwrap();
        drive.items.keys().filter(|id| drive.path_of(id).starts_with("Files of Adele")).count()
    };
    let before = way.world(files);
    let report = way.on_day(0);
    outcome(&report, "copy_drive", Outcome::Done);
    let there = way.world(files);
    assert!(before == 0 && there > 5, "{there} items");
    let report = way.on_day(7);
    outcome(&report, "remove_licenses", Outcome::Done);
    let report = way.on_day(30);
    assert_eq!(report.exit(), Exit::Done, "{}", report.to_text());
    assert!(way.is_deleted());
    assert_eq!(way.world(files), there);
}

#[test]
fn whoever_is_only_suspended_keeps_everything() {
    let way = Way::begun(&text(KEEP, KEEP, KEEP));
    assert!(way.plan().deadlines.is_empty());
    let report = way.on_day(0);
    over(&report, &[]);
    assert_eq!(report.steps.len(), 5, "access is cut, and nothing else");
    assert!(way.is_blocked() && way.is_licensed() && way.mailbox().is_active() && !way.is_deleted());
    assert!(report.deadlines.is_empty());
}

#[test]
fn what_is_no_end_state_is_refused_by_name() {
    let refused = |mail: &str, licenses: &str, account: &str| {
        let text = text(mail, licenses, account);
        let error = Policy::parse(text.as_bytes(), "end.toml", &Catalog::builtin()).unwrap_err();
        assert!(error.hint.is_some(), "{error}");
        (error.code, error.requirement, error.to_string())
    };
    let (remove, delete) = (r#"disposition = "remove""#, r#"disposition = "delete""#);
    let both = r#"disposition = "shared_and_forward""#;
    assert_eq!(refused(both, remove, KEEP).0, Some("G3"), "an unlicensed mailbox forwards nothing");
    assert_eq!(refused(both, KEEP, delete).0, Some("G2"), "the account anchors it");
    assert!(refused(both, KEEP, KEEP).2.contains("shared_and_forward"), "not in this version");
    let aliases = r#"disposition = "to_successor""#;
    assert!(refused(aliases, KEEP, KEEP).2.contains("to_successor"));
    let replying = "disposition = \"to_successor\"\nauto_reply = { text = \"gone\" }";
    assert_eq!(refused(replying, KEEP, KEEP).1, Some("R96"));
    assert_eq!(refused(r#"disposition = "inactive""#, KEEP, KEEP).1, Some("R24"));
    assert_eq!(refused(r#"disposition = "inactive""#, remove, delete).0, Some("G7"));
    assert_eq!(refused(r#"disposition = "shared""#, KEEP, delete).0, Some("G2"));
    let forward = "disposition = \"forward\"\nforward_to = [\"manager\"]\nuntil = \"P90D\"";
    assert_eq!(refused(forward, remove, KEEP).0, Some("G3"));
    assert_eq!(refused(forward, KEEP, delete).0, Some("G1"));
}
