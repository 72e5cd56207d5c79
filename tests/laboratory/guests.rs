//! A guest from the plan to the report: whoever answers for him here is named, and gets what he leaves.

use offboard::core::facts::Fact;
use offboard::{Outcome, Period, Until};
use offboard_sim::world::{Drive, SiteUser};

use crate::common::single::{stopping, waivers};
use crate::common::{Lab, deciding, policy};

const CHRIS: &str = "chris_fabrikam.com#EXT#@contoso.onmicrosoft.com";
const MEGAN: &str = "megan@contoso.com";
const ROBIN: &str = "robin@contoso.com";

#[test]
fn plan_and_report_name_the_sponsors() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = policy("guest");
        let plan = lab.plan(&policy, CHRIS, None).await.unwrap().plan;
        let named = |risks: &[offboard::core::plan::step::ResidualRisk]| {
            let mut about = risks.iter().map(|risk| risk.what.as_str());
            about.find(|what| what.contains("sponsors")).unwrap_or_default().to_owned()
        };
        let said = named(&plan.residual_risks);
        for name in [
            "Megan Bowen <megan@contoso.com>",
            "Robin Counts <robin@contoso.com>",
            "the group Project Falcon",
        ] {
            assert!(said.contains(name), "{said}");
        }
        assert!(stopping(&plan).is_empty(), "{:?}", stopping(&plan));
        let (run, _) = lab.apply(&plan, &policy, Until::Sent).await.unwrap();
        let report = lab.report(&run).await.unwrap();
        assert_eq!(named(&report.residual_risks), said);
        // Of a member nothing of this is read or said.
        let member = lab.plan(&crate::common::policy("shared"), "alex@contoso.com", None).await.unwrap().plan;
        assert_eq!(named(&member.residual_risks), "");
        assert!(matches!(member.facts.leaver.sponsors, Fact::Unknown(_)));
    });
}

/// Robin is blocked, and a group is nobody who signs in: Megan is left.
#[test]
fn a_sponsor_gets_what_the_guest_leaves() {
    let lab = Lab::contoso(3);
    let (chris, megan, alex) = (
        lab.tenant.user_id(CHRIS).unwrap(),
        lab.tenant.user_id(MEGAN).unwrap(),
        lab.tenant.user_id("alex@contoso.com").unwrap(),
    );
    lab.tenant.world(|world| {
        let owner = SiteUser { is_site_admin: true, ..SiteUser::member(3, chris, CHRIS) };
        let drive = world.drives.get(&alex).unwrap().clone();
        let place = "https://contoso-my.sharepoint.com/personal/chris_fabrikam_com/Documents".to_owned();
        world.drives.insert(
            chris,
            Drive { id: "b!chris".to_owned(), web_url: place, site_users: vec![owner], ..drive },
        );
    });
    // Long enough ago for every replica to know it.
    lab.tenant.clock().advance(Period::hours(1));
    lab.block_on(async {
        let policy = deciding("guest", "disposition = \"grant\"\nto = [\"sponsor\"]\nuntil = \"P20D\"");
        let plan = lab.plan(&policy, CHRIS, None).await.unwrap().plan;
        let grant = plan.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
        assert_eq!(grant.params["to"], serde_json::json!(megan));
        let (run, _) = lab
            .apply_with(&plan, &policy, waivers(&plan), offboard::Drive::until(Until::Sent))
            .await
            .unwrap();
        let report = lab.report(&run).await.unwrap();
        assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
        let granted = report.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
        assert_eq!(granted.outcome, Outcome::Done, "{}", report.to_text());
    });
}

#[test]
fn where_no_sponsor_is_left_the_plan_stops_and_says_who_they_were() {
    let lab = Lab::contoso(3);
    let megan = lab.tenant.user_id(MEGAN).unwrap();
    lab.tenant.world(|world| world.users.get_mut(&megan).unwrap().account_enabled = false);
    lab.block_on(async {
        let policy = deciding("guest", "disposition = \"grant\"\nto = [\"sponsor\"]\nuntil = \"P20D\"");
        let plan = lab.plan(&policy, CHRIS, None).await.unwrap().plan;
        let stops = stopping(&plan);
        let [finding] = stops.as_slice() else { panic!("{stops:?}") };
        assert_eq!((finding.code.as_str(), finding.key.as_str()), ("G16", "files.to"));
        for words in [MEGAN, ROBIN, "cannot sign in", "the group Project Falcon is not one person"] {
            assert!(finding.message.contains(words), "{}", finding.message);
        }
    });
}
