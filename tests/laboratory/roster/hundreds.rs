//! Three hundred at once, with everything that a file can have wrong.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use offboard::{Ended, UserId};
use offboard_sim::world::RecipientType;

use super::crowd::{conversion, everybody_first, file, lab, worker};

const PEOPLE: usize = 294;

/// 294 ordinary people, two rows for people who share an employee id, an administrator, and three rows that are wrong.
fn three_hundred() -> String {
    let mut text = "upn,employee_id,leaves,successor\n".to_owned();
    for n in 1..=PEOPLE {
        writeln!(text, "{},,,", worker(n)).unwrap();
    }
    text.push_str(",W00295,,\n,W00296,,\nnestor@contoso.com,,,\n");
    text.push_str("nobody@contoso.com,,,\nadele@contoso.com,,2026-11-30,\n\"Braun, Emily\",,,\n");
    text
}

#[test]
fn what_is_refused_of_three_hundred_is_refused_before_the_first_write_and_the_rest_is_contained_first() {
    let lab = lab(PEOPLE + 4, 300);
    // Two pairs of people with one number: whoever reads only that cannot know which is meant.
    lab.tenant.world(|world| {
        for n in [295, 296] {
            let number = format!("W{n:05}");
            let other = world.user_by_upn(&worker(n + 2)).unwrap().id;
            world.users.get_mut(&other).unwrap().employee_id = Some(number);
        }
    });
    let policy = conversion();
    lab.block_on(async {
        let planned = lab.plan_all(&policy, &three_hundred()).await.unwrap();
        let lines: Vec<u64> = planned.roster.refused.iter().map(|row| row.line).collect();
        assert_eq!(lines, [296, 297, 299, 300, 301], "{:?}", planned.roster.refused);
        assert!(planned.roster.refused[0].why.contains("2 people are called `W00295`"));
        let bytes = planned.roster.to_bytes();
        let (_, approved) = lab
            .engine
            .approve_roster(&bytes, planned.plans, "grace@contoso.com", None, vec![], true)
            .unwrap();
        let left_out: Vec<&str> =
            approved.left_out.iter().map(|one| one.member.leaver.user_principal_name.as_str()).collect();
        assert_eq!((approved.plans.len(), left_out), (PEOPLE, vec!["nestor@contoso.com"]));
        assert_eq!(lab.tenant.recorder().mutating().len(), 0, "all that was refused before the first write");

        let how = offboard::core::engine::RosterDrive::until(offboard::Until::Sent);
        let carried = lab.engine.apply_roster(approved, policy.bytes(), &how).await.unwrap();
        assert_eq!((carried.ended, carried.trouble.len()), (Ended::Rested, 1));
        let report = lab.engine.roster_report(&carried.roster, &carried.trouble).await.unwrap();
        let totals = &report.totals;
        assert_eq!((totals.rows, totals.begun, totals.refused), (300, PEOPLE, 6));
        assert_eq!((totals.access_cut, totals.done), (PEOPLE, PEOPLE), "{}", report.summary());
        assert_eq!(report.exit, 3, "somebody was refused");
        let text = report.to_text();
        assert!(
            text.contains("line 300, leaves  adele@contoso.com") && text.contains("Nestor Wilke"),
            "{text}"
        );
    });
    let people: BTreeSet<UserId> = (1..=PEOPLE).map(|n| lab.id(&worker(n))).collect();
    let others = everybody_first(&lab.tenant, &people);
    assert!(others >= PEOPLE, "a conversion for each: {others}");
    lab.tenant.world(|world| {
        assert!(world.user_by_upn("nestor@contoso.com").unwrap().account_enabled);
        for id in &people {
            assert!(!world.users.get(id).unwrap().account_enabled);
            assert_eq!(world.mailbox_of(id).unwrap().recipient_type, RecipientType::SharedMailbox);
        }
    });
}

#[test]
fn one_more_than_the_cap_is_refused_before_anybody_is_asked_about() {
    let lab = lab(4, 3);
    let policy = conversion();
    let some = |n: usize| file(&(1..=n).map(worker).collect::<Vec<_>>());
    lab.block_on(async {
        let error = lab.plan_all(&policy, &some(4)).await.unwrap_err();
        assert_eq!(error.to_string(), "4 people are in this roster, and the tenant profile allows 3");
        assert!(lab.tenant.recorder().is_empty() && error.hint().unwrap().contains("caps.per_roster"));
        assert_eq!(lab.plan_all(&policy, &some(3)).await.unwrap().roster.members.len(), 3);
    });
}
