//! What is so at Contoso is what is read.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use offboard_core::facts::Fact;
use offboard_core::id::UserId;
use offboard_core::model::caller::CallerKind;
use offboard_core::model::group::Tie;
use offboard_core::model::organization::AuthenticationType;
use offboard_core::model::role::BuiltIn;
use offboard_core::model::user::UserType;
use offboard_core::ports::{
    CallerPort, Directory, LicensePort, Organization, Replies, Roles, Selector, Workloads,
};
use offboard_core::time::Clock;
use offboard_graph::{GraphCaller, GraphOrganization};
use offboard_http::token::Audience;
use offboard_sim::contoso::PEOPLE;

use crate::bench::{Bench, call};

#[test]
fn everybody_is_read_as_he_is() {
    let bench = Bench::new();
    let call = call();
    let ids: Vec<UserId> = PEOPLE.iter().map(|person| bench.id(person.upn)).collect();
    let users = bench.run(join_all(ids.iter().map(|id| bench.graph.user(&call, *id))));
    let world = bench.tenant.world(|world| world.clone());
    for (person, user) in PEOPLE.iter().zip(users) {
        let user = user.unwrap().unwrap();
        let truth = world.users.get(&user.id).unwrap();
        assert_eq!(user.user_principal_name, person.upn);
        assert_eq!(user.display_name, person.name);
        assert_eq!(user.account_enabled, truth.account_enabled, "{}", person.upn);
        assert_eq!(user.on_premises_sync_enabled, truth.on_premises_sync_enabled, "{}", person.upn);
        assert_eq!(user.is_management_restricted, truth.is_management_restricted, "{}", person.upn);
        assert_eq!(user.is_resource_account, truth.is_resource_account, "{}", person.upn);
        assert_eq!(user.user_type == UserType::Guest, truth.user_type == "Guest", "{}", person.upn);
        assert_eq!(user.created_date_time, Some(truth.created), "{}", person.upn);
        assert_eq!(user.mail, truth.mail, "{}", person.upn);
        assert_eq!(
            user.sign_in_sessions_valid_from_date_time,
            Some(truth.sign_in_sessions_valid_from),
            "{}",
            person.upn
        );
        assert_eq!(user.last_password_change_date_time, Some(truth.last_password_change), "{}", person.upn);
    }
    assert_eq!(bench.sent().len(), PEOPLE.len().div_ceil(20), "twenty to a batch");
}

#[test]
fn a_person_is_found_by_name_and_two_of_the_same_name_are_two() {
    let bench = Bench::new();
    let find = |selector| {
        let found = bench.run(bench.graph.find(&call(), &selector)).unwrap();
        found.into_iter().map(|user| user.user_principal_name).collect::<BTreeSet<String>>()
    };
    let only = |upn: &str| BTreeSet::from([upn.to_owned()]);
    assert_eq!(find(Selector::Text("o'neill@contoso.com".into())), only("o'neill@contoso.com"));
    assert_eq!(find(Selector::UserPrincipalName("O'NEILL@contoso.com".into())), only("o'neill@contoso.com"));
    assert_eq!(find(Selector::Text("Brian O'Neill".into())), only("o'neill@contoso.com"));
    assert_eq!(
        find(Selector::Text("Emily Braun".into())),
        BTreeSet::from(["emily@contoso.com".to_owned(), "emily.braun@contoso.com".to_owned()])
    );
    let guest = "chris_fabrikam.com#EXT#@contoso.onmicrosoft.com";
    assert_eq!(find(Selector::UserPrincipalName(guest.into())), only(guest));
    for nobody in ["' or accountEnabled eq true or displayName eq '", "Emily", "*", "%", "a'b\"c&d#e"] {
        assert_eq!(find(Selector::Text(nobody.into())), BTreeSet::new(), "{nobody}");
    }
    let id = bench.id("alex@contoso.com");
    assert_eq!(find(Selector::Id(id)), only("alex@contoso.com"));
    assert_eq!(find(Selector::Id(UserId::from_u128(1))), BTreeSet::new());
    bench.tenant.world(|world| world.users.get_mut(&id).unwrap().employee_id = Some("E-100'7".into()));
    assert_eq!(find(Selector::EmployeeId("E-100'7".into())), only("alex@contoso.com"));
    assert_eq!(find(Selector::EmployeeId("no such number".into())), BTreeSet::new());
}

#[test]
fn manager_authority_and_deletion() {
    let bench = Bench::new();
    let (alex, miriam, diego) =
        (bench.id("alex@contoso.com"), bench.id("miriam@contoso.com"), bench.id("diego@contoso.com"));
    let graph = &bench.graph;
    assert_eq!(bench.run(graph.manager(&call(), alex)).unwrap(), Some(bench.id("megan@contoso.com")));
    assert_eq!(bench.run(graph.manager(&call(), miriam)).unwrap(), None);
    assert_eq!(bench.run(graph.cloud_managed(&call(), diego)).unwrap(), Some(false));
    assert_eq!(bench.run(graph.user(&call(), UserId::from_u128(1))).unwrap(), None);
    assert!(!bench.run(graph.is_deleted(&call(), alex)).unwrap());
}

#[test]
fn whoever_answers_for_a_guest() {
    let bench = Bench::new();
    let chris = bench.id("chris_fabrikam.com#EXT#@contoso.onmicrosoft.com");
    let sponsors = bench.run(bench.graph.sponsors(&call(), chris)).unwrap().unwrap();
    let shown: BTreeSet<String> = sponsors.iter().map(ToString::to_string).collect();
    let expected =
        ["Megan Bowen <megan@contoso.com>", "Robin Counts <robin@contoso.com>", "the group Project Falcon"];
    assert_eq!(shown, expected.map(str::to_owned).into());
    assert_eq!(bench.run(bench.graph.sponsors(&call(), bench.id("alex@contoso.com"))).unwrap(), Some(vec![]));
    assert_eq!(bench.run(bench.graph.sponsors(&call(), UserId::from_u128(1))).unwrap(), None);
    // Whoever was deleted answers for nobody any more.
    let megan = bench.id("megan@contoso.com");
    bench.tenant.world(|world| world.delete_user(&megan));
    let left = bench.run(bench.graph.sponsors(&call(), chris)).unwrap().unwrap();
    assert!(left.iter().all(|sponsor| sponsor.person() != Some(megan)), "{left:?}");
}

#[test]
fn licenses_are_told_apart_by_where_they_come_from() {
    let bench = Bench::new();
    let count = |upn: &str| {
        let licenses = bench.run(bench.graph.licenses(&call(), bench.id(upn))).unwrap().unwrap();
        (licenses.direct().count(), licenses.inherited().count())
    };
    assert_eq!(count("alex@contoso.com"), (2, 0));
    assert_eq!(count("gerhart@contoso.com").0, 0);
    assert!(count("gerhart@contoso.com").1 >= 1);
    let (direct, inherited) = count("raul@contoso.com");
    assert!(direct >= 1 && inherited >= 1);
    assert_eq!(bench.run(bench.graph.licenses(&call(), UserId::from_u128(1))).unwrap(), None);
    let skus = bench.run(bench.graph.subscribed_skus(&call())).unwrap();
    assert_eq!(skus.len(), bench.tenant.world(|world| world.skus.len()));
    let e3 = skus.iter().find(|sku| sku.sku_part_number == "ENTERPRISEPACK").unwrap();
    assert!(e3.enabled >= e3.consumed && e3.consumed > 0 && !e3.service_plans.is_empty());
}

#[test]
fn groups_and_roles() {
    let bench = Bench::new();
    let rows = bench.run(bench.graph.memberships(&call(), bench.id("grady@contoso.com"))).unwrap();
    assert!(rows.iter().any(|row| row.group.known().is_some_and(|group| group.is_assignable_to_role)));
    let owners = bench.tenant.world(|world| {
        let owner = |id: &UserId| {
            world
                .groups
                .values()
                .filter(|group| group.owners.iter().any(|p| p.id() == id.to_string()))
                .count()
        };
        world.users.keys().iter().map(|id| (*id, owner(id))).find(|(_, count)| *count > 0)
    });
    let (owner, groups) = owners.unwrap();
    let rows = bench.run(bench.graph.memberships(&call(), owner)).unwrap();
    assert_eq!(rows.iter().filter(|row| row.tie == Tie::Owner).count(), groups);
    let roles = |upn: &str| bench.run(bench.graph.roles(&call(), bench.id(upn))).unwrap();
    let nestor = roles("nestor@contoso.com");
    assert!(nestor.iter().any(|held| held.role == BuiltIn::GlobalAdministrator.id() && !held.eligible));
    assert!(roles("lynne@contoso.com").iter().any(|held| held.eligible));
    assert_eq!(roles("alex@contoso.com"), []);
    let administrators = bench.run(bench.graph.global_administrators(&call())).unwrap();
    let ids: BTreeSet<UserId> = administrators.iter().map(|one| one.id).collect();
    assert_eq!(ids, BTreeSet::from([bench.id("nestor@contoso.com"), bench.id("isaiah@contoso.com")]));
    assert!(administrators.iter().all(|one| one.account_enabled));
}

#[test]
fn what_hangs_on_the_licenses() {
    let bench = Bench::new();
    let drive = |upn: &str| bench.run(bench.graph.drive(&call(), bench.id(upn))).unwrap();
    assert!(drive("adele@contoso.com").unwrap().used.unwrap() > 18_000_000_000);
    assert_eq!(drive("alex@contoso.com").unwrap().used, Some(0));
    assert_eq!(drive("johanna@contoso.com"), None);
    let numbers = |upn: &str| bench.run(bench.graph.phone_numbers(&call(), bench.id(upn))).unwrap();
    assert_eq!(numbers("enrico@contoso.com").len(), 1);
    assert!(numbers("enrico@contoso.com")[0].telephone_number.starts_with('+'));
    assert_eq!(numbers("alex@contoso.com"), []);
    let now = bench.tenant.clock().now();
    let meetings = |upn: &str| bench.run(bench.graph.meetings(&call(), bench.id(upn), now)).unwrap();
    assert!(meetings("allan@contoso.com").unwrap().organized.len() == 2);
    assert_eq!(meetings("alex@contoso.com").unwrap().organized, []);
    assert_eq!(meetings("robin@contoso.com"), None);
    assert_eq!(meetings("joni@contoso.com"), None);
}

#[test]
fn settings_of_the_organisation() {
    let bench = Bench::new();
    let settings = GraphOrganization::new(bench.graph.clone(), None);
    let domain = |name: &str| bench.run(settings.domain(&call(), name)).unwrap();
    assert_eq!(domain("contoso.com"), Some(AuthenticationType::Managed));
    assert_eq!(domain("federated.contoso.com"), Some(AuthenticationType::Federated));
    assert_eq!(domain("fabrikam.com"), None);
    let days = bench.run(settings.one_drive_retention_days(&call())).unwrap().unwrap();
    assert!((30..=3_650).contains(&days), "{days}");
}

#[test]
fn the_caller_is_the_application() {
    let bench = Bench::new();
    let app = bench.tenant.app();
    let exchange = Audience::of(&"https://outlook.office365.com".parse().unwrap()).unwrap();
    let caller = GraphCaller::new(bench.graph.clone()).with_exchange(bench.tokens.clone(), exchange);
    let caller = bench.run(caller.caller(&call())).unwrap();
    assert_eq!(
        (caller.id, caller.kind, caller.tenant),
        (app.object_id, CallerKind::Application, app.tenant_id)
    );
    assert!(caller.graph_permissions.contains("User.EnableDisableAccount.All"), "{caller:#?}");
    assert_eq!(caller.exchange_permissions, Fact::Known(BTreeSet::from(["Exchange.ManageAsApp".to_owned()])));
    let roles = caller.directory_roles.known().unwrap();
    assert!(roles.contains(&BuiltIn::UserAdministrator.id()), "{roles:?}");
}

#[test]
fn all_of_the_directory_about_one_person_is_one_request() {
    let bench = Bench::new();
    let (graph, call, alex) = (&bench.graph, call(), bench.id("alex@contoso.com"));
    let (a, b) = bench.run(join(
        join(join(graph.user(&call, alex), graph.manager(&call, alex)), graph.licenses(&call, alex)),
        join(join(graph.memberships(&call, alex), graph.roles(&call, alex)), graph.subscribed_skus(&call)),
    ));
    assert!(a.0.0.is_ok() && a.0.1.is_ok() && a.1.is_ok() && b.0.0.is_ok() && b.0.1.is_ok() && b.1.is_ok());
    assert_eq!(bench.sent(), ["POST /$batch"]);
    assert!(bench.tenant.recorder().all().iter().all(|row| !row.is_mutating()));
}

#[test]
fn replies_are_read_where_there_is_a_mailbox() {
    let bench = Bench::new();
    let replies = |upn: &str| bench.run(bench.graph.automatic_replies(&call(), bench.id(upn))).unwrap();
    assert!(replies("zoe@contoso.com").is_some());
    assert!(replies("alex@contoso.com").is_some());
    assert_eq!(replies("robin@contoso.com"), None);
}
