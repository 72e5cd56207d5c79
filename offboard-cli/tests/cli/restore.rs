//! `offboard restore` with the real program.

use crate::common::Desk;

const ALEX: &str = "alex@contoso.com";

fn delete(desk: &Desk, upn: &str) {
    let id = desk.tenant.user_id(upn).unwrap();
    desk.tenant.world(|world| assert!(world.delete_user(&id)));
}

#[test]
fn whoever_was_deleted_is_listed_shown_and_restored() {
    let desk = Desk::contoso(1);
    desk.run(&["restore"]).ends_with(0).says("Nobody lies among");
    delete(&desk, ALEX);
    desk.run(&["restore"]).ends_with(0).says(ALEX).says("can be restored until");
    let listed = desk.run(&["restore", "--json"]).ends_with(0).json();
    assert_eq!(listed["deleted"][0]["user_principal_name"], ALEX);
    // Nobody sits here to say yes, and nothing is done unasked.
    assert_ne!(desk.run(&["restore", ALEX]).code, 0);
    assert_eq!(desk.writes(), 0);
    desk.run(&["restore", ALEX, "--yes", "--by", "grace", "--until", "done"])
        .ends_with(0)
        .says("Restore the account")
        .says("Now      alex@contoso.com, enabled");
    assert!(desk.is_enabled(ALEX));
}

#[test]
fn a_written_plan_is_approved_and_applied_like_any_other() {
    let desk = Desk::contoso(1);
    delete(&desk, ALEX);
    desk.run(&["restore", "Alex Wilber", "-o", "plan.json"]).ends_with(0).says("Restoring Alex Wilber");
    desk.run(&["show", "plan.json"]).ends_with(0).says("deleted for good with its data");
    desk.run(&["approve", "plan.json", "--by", "grace", "-o", "approval.json"]).ends_with(0);
    assert_eq!(desk.writes(), 0);
    desk.run(&["apply", "plan.json", "approval.json", "--until", "done"]).ends_with(0);
    assert!(desk.tenant.user_id(ALEX).is_some());
}

#[test]
fn what_others_have_taken_is_refused_by_name_and_given_up_by_flag() {
    let desk = Desk::contoso(1);
    delete(&desk, ALEX);
    desk.tenant.world(|world| {
        let megan = world.user_by_upn("megan@contoso.com").unwrap().id;
        let megan = world.users.get_mut(&megan).unwrap();
        ALEX.clone_into(&mut megan.user_principal_name);
        megan.proxy_addresses.push(format!("smtp:{ALEX}"));
    });
    let yes = ["--yes", "--by", "grace", "--until", "done"];
    let run = |more: &[&str]| desk.run(&[&["restore", "Alex Wilber"], more, &yes[..]].concat());
    run(&[]).ends_with(3).complains("G35").complains("--upn");
    run(&["--upn", "alex.w@contoso.com"]).ends_with(3).complains("--without-taken-addresses");
    run(&["--upn", "nestor@contoso.com"]).ends_with(2).complains("Nestor");
    assert_eq!(desk.writes(), 0);
    run(&["--upn", "alex.w@contoso.com", "--without-taken-addresses"])
        .ends_with(0)
        .says("Now      alex.w@contoso.com, enabled");
    assert!(desk.tenant.user_id("alex.w@contoso.com").is_some());
}

#[test]
fn nobody_or_several_are_no_answer() {
    let desk = Desk::contoso(1);
    for upn in [ALEX, "megan@contoso.com"] {
        let id = desk.tenant.user_id(upn).unwrap();
        desk.tenant.world(|world| {
            "Kim Doe".clone_into(&mut world.users.get_mut(&id).unwrap().display_name);
            assert!(world.delete_user(&id));
        });
    }
    desk.run(&["restore", "Kim Doe"]).ends_with(3).complains("2 of the deleted users");
    desk.run(&["restore", "nestor@contoso.com"]).ends_with(2).complains("nobody among the deleted users");
    desk.run(&["restore", "--yes"]).ends_with(2).complains("whom to restore");
    desk.run(&["restore", ALEX, "--employee-id", "7"]).ends_with(2);
    assert_eq!(desk.writes(), 0);
}
