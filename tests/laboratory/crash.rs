//! Dying after every append and at every await: another process comes to the same end, whatever was on its way.
//!
//! For every shipped policy, forward, at the dates of its calendar, and taking it back; for somebody who has hardly
//! anything to stop (alex), for somebody whose mail is forwarded (patti), for a guest (chris), and for somebody of whom
//! much is handed to Active Directory (diego). Time is virtual and chance is seeded: the same course every time.

use crate::common::{deciding, granting};
use crate::crashing::Scene;
use crate::crashing::ending::{Ending, chained, entries, same, statuses};
use futures_util::FutureExt as _;
use offboard::core::operation::guard::Direction;
use offboard::core::policy::shipped;
use offboard::core::time::Period;
use offboard::{Catalog, Outcome};
use offboard_sim::Tenant;
use offboard_sim::world::MailboxState;

/// Which part of a leaver's way is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From the approval to where only dates and people are waited for.
    Forward,
    /// What comes at the dates of the calendar.
    Later,
    /// Everything of the first part taken back.
    Back,
}

/// A scene right before that part begins.
fn scene(upn: &str, policy: &str, way: Way) -> Scene {
    let forward = Scene::forward(upn, policy);
    match way {
        Way::Forward => forward,
        Way::Later => forward.after_a_while(Period::days(91)),
        Way::Back => forward.undo(),
    }
}

/// How many times a part was cut, and how.
#[derive(Debug, Default)]
struct Cuts {
    appends: usize,
    polls: usize,
    moments: usize,
    dropped: usize,
}

/// How many of the places are tried: every first of so many.
#[derive(Debug, Clone, Copy)]
struct Every {
    append: usize,
    await_: usize,
}

/// All of them.
const EACH: Every = Every { append: 1, await_: 1 };

/// Cuts one part of one leaver's way under every shipped policy for members.
fn cut_everywhere(upn: &str, way: Way) {
    for policy in shipped().iter().filter(|policy| policy.name != "guest") {
        // The longest way, whose steps but those for the files are those of the others.
        let every = if policy.name == "standard" { Every { append: 1, await_: 4 } } else { EACH };
        cut(upn, policy.name, way, every);
    }
}

/// Cuts one part of one leaver's way after appends, and at awaits that differ in what they leave behind.
fn cut(upn: &str, policy: &str, way: Way, every: Every) {
    cut_in(&scene(upn, policy, way), &format!("{upn}, {policy}, {way:?}"), way, every);
}

/// Cuts what begins with this scene.
fn cut_in(scene: &Scene, what: &str, way: Way, every: Every) {
    let whole = scene.fork();
    whole.carry_on("the only process");
    let undisturbed = Ending::of(&whole, what);
    let report = &undisturbed.report;
    assert_eq!(report.direction == Direction::Undo, way == Way::Back, "{what}");
    assert!(report.steps.iter().any(|step| step.outcome == Outcome::Done), "{what}: nothing happens here");
    if way == Way::Later {
        let begun = report.steps.iter().all(|step| step.outcome != Outcome::NotStarted);
        assert!(begun && !report.open, "{what}\n{}", report.to_text());
    }
    let mut cuts = Cuts::default();
    die_after_appends(scene, &undisturbed, what, every.append, &mut cuts);
    drop_at_awaits(scene, &undisturbed, what, every.await_, &mut cuts);
    println!(
        "{what}: dead after {} appends; {} awaits, {} tried as different in what is left, {} dropped for real",
        cuts.appends, cuts.polls, cuts.moments, cuts.dropped
    );
    assert!(cuts.appends >= 2 && cuts.polls > cuts.moments, "{what}: {cuts:?}");
}

/// The append returns to nobody: its process is gone, and what was in flight with it.
fn die_after_appends(scene: &Scene, undisturbed: &Ending, what: &str, stride: usize, cuts: &mut Cuts) {
    for nth in (1..).step_by(stride) {
        let Some(dead) = scene.dead_after_append(nth) else { break };
        cuts.appends += 1;
        survives(&dead, undisturbed, &format!("{what}, dead after append {nth}"));
    }
}

/// A run that is dropped leaves its journal and the tenant as they are. That is looked at after every poll that leaves
/// the run waiting; of the polls that leave the very same behind, but for the clock, the first and the last are carried
/// on from. That dropping leaves nothing else behind is shown by dropping for real.
fn drop_at_awaits(scene: &Scene, undisturbed: &Ending, what: &str, stride: usize, cuts: &mut Cuts) {
    let awaits = scene.awaits();
    cuts.polls = awaits.polls;
    for moment in awaits.moments.iter().step_by(stride) {
        cuts.moments += 1;
        let what = format!("{what}, dropped at await {} of {}", moment.poll, awaits.polls);
        if cuts.moments % 8 == 1 {
            let dropped = scene.dropped_after(moment.poll).unwrap();
            assert_eq!(chained(&dropped, None), chained(&moment.scene, None), "{what}");
            let differences = crate::crashing::ending::differences(
                &dropped.tenant.world(|world| world.clone()),
                &moment.scene.tenant.world(|world| world.clone()),
            );
            assert!(differences.is_empty(), "{what}: dropping is not forking: {differences:#?}");
            cuts.dropped += 1;
            survives(&dropped, undisturbed, &format!("{what} for real"));
        }
        survives(&moment.scene, undisturbed, &what);
    }
}

fn survives(dead: &Scene, undisturbed: &Ending, what: &str) {
    let (checkpoint, at_death) = (chained(dead, None), statuses(dead));
    found(dead, what);
    dead.survive();
    chained(dead, checkpoint.as_ref());
    same(undisturbed, &Ending::of(dead, what), &at_death, what);
}

/// Whoever looks for what is due finds a run that died with something left to do.
fn found(dead: &Scene, what: &str) {
    let begun = !entries(dead).is_empty();
    if begun && dead.has_work_now() {
        let due = dead.engine("the timer").due().now_or_never().unwrap().unwrap();
        assert!(due.contains(&dead.run()), "{what}: nobody would look for it");
    }
}

#[test]
fn alex_forward() {
    cut_everywhere("alex@contoso.com", Way::Forward);
}

#[test]
fn alex_taken_back() {
    cut_everywhere("alex@contoso.com", Way::Back);
}

#[test]
fn patti_forward() {
    cut_everywhere("patti@contoso.com", Way::Forward);
}

#[test]
fn patti_taken_back() {
    cut_everywhere("patti@contoso.com", Way::Back);
}

#[test]
fn the_guest_forward_and_taken_back() {
    for way in [Way::Forward, Way::Back] {
        cut("chris_fabrikam.com#EXT#@contoso.onmicrosoft.com", "guest", way, EACH);
    }
}

#[test]
fn the_dates_of_the_calendar() {
    cut("alex@contoso.com", "shared", Way::Later, EACH);
}

/// The later dates of `archive`: the account goes when the hold on its mailbox has long counted. A deletion is never sent again
/// unread, so that a death right before it leaves it to a person; whatever is said, is so.
#[test]
fn an_account_whose_mailbox_is_held_is_deleted_once() {
    let (upn, what) = ("alex@contoso.com", "archive, later");
    let scene = scene(upn, "archive", Way::Later);
    let id = scene.tenant.user_id(upn).unwrap();
    let deletions = |scene: &Scene| {
        let sent = scene.tenant.recorder().mutating();
        sent.iter().filter(|row| row.method == "DELETE" && row.path.ends_with(&id.to_string())).count()
    };
    let ended = |dead: &Scene, what: &str| {
        let checkpoint = chained(dead, None);
        dead.survive();
        chained(dead, checkpoint.as_ref());
        let Ending { world, report } = Ending::of(dead, what);
        let step = report.steps.iter().find(|step| step.operation == "delete_user").unwrap();
        let deleted = world.deleted_users.contains(&id);
        assert!(deletions(dead) <= 1, "{what}: sent {} times", deletions(dead));
        assert_eq!(step.outcome == Outcome::Done, deleted, "{what}\n{}", report.to_text());
        assert!(deleted || step.outcome == Outcome::Unknown, "{what}: {:?}: {}", step.outcome, step.detail);
        let kept = world.mailboxes.values().find(|mailbox| mailbox.owner == id).unwrap();
        let inactive = matches!(kept.state, MailboxState::Inactive { .. });
        assert_eq!(inactive, deleted, "{what}: {:?}", kept.state);
        deleted
    };
    let whole = scene.fork();
    whole.carry_on("the only process");
    assert!(ended(&whole, what), "undisturbed it is deleted");
    let (mut done, mut asked) = (0, 0);
    let mut count = |deleted: bool| if deleted { done += 1 } else { asked += 1 };
    for nth in 1.. {
        let Some(dead) = scene.dead_after_append(nth) else { break };
        count(ended(&dead, &format!("{what}, dead after append {nth}")));
    }
    let awaits = scene.awaits();
    for moment in &awaits.moments {
        count(ended(&moment.scene, &format!("{what}, dropped at await {} of {}", moment.poll, awaits.polls)));
    }
    println!("{what}: {done} deleted, {asked} left to a person");
    assert!(done > 0 && asked > 0);
}

/// His run looks for hours whether Active Directory takes the block back, which makes it long: not every place is tried.
#[test]
fn diego_whom_active_directory_owns() {
    cut("diego@contoso.com", "containment", Way::Forward, Every { append: 5, await_: 16 });
}

/// Copies of files, which the service makes in its own time: nothing is asked for twice, whoever dies when.
#[test]
fn copies_of_files() {
    let policy = deciding(
        "containment",
        "disposition = \"copy\"
to = [\"successor\"]",
    );
    let forward = Scene::of(Tenant::contoso(5), "alex@contoso.com", policy, Catalog::builtin);
    cut_in(&forward, "copies, forward", Way::Forward, Every { append: 1, await_: 6 });
}

/// Access to files, which no shipped policy gives: begun, ended at its date, and taken back.
#[test]
fn access_to_files_for_a_time() {
    let policy = granting("containment");
    let forward = Scene::of(Tenant::contoso(5), "alex@contoso.com", policy, Catalog::builtin);
    let some = Every { append: 2, await_: 4 };
    cut_in(&forward, "files, forward", Way::Forward, some);
    cut_in(&forward.after_a_while(Period::days(61)), "files, later", Way::Later, EACH);
    cut_in(&forward.undo(), "files, taken back", Way::Back, some);
}

/// An invitation to the files: begun, ended at its date, and taken back.
#[test]
fn an_invitation_for_a_time() {
    let policy = deciding(
        "containment",
        "disposition = \"grant\"\nby = \"invitation\"\nto = [\"successor\"]\nuntil = \"P60D\"",
    );
    let forward = Scene::of(Tenant::contoso(5), "alex@contoso.com", policy, Catalog::builtin);
    let some = Every { append: 2, await_: 8 };
    cut_in(&forward, "invitation, forward", Way::Forward, some);
    cut_in(&forward.after_a_while(Period::days(61)), "invitation, later", Way::Later, EACH);
    cut_in(&forward.undo(), "invitation, taken back", Way::Back, some);
}
