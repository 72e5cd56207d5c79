//! Permissions of OneDrives: who has one at the top, and what has some of its own.

use offboard_core::failure::Kind;
use offboard_core::model::drive_sharing::{DrivePermission, DriveRole, permissions_of, role_of};
use offboard_core::ports::{DrivePermissions, Workloads};
use offboard_sim::Door;
use offboard_sim::world::{AppRole, DriveItem, Grant, ItemRole, Resource};

use crate::bench::{Bench, call};

const ADELE: &str = "adele@contoso.com";
const MEGAN: &str = "megan@contoso.com";

async fn drive(bench: &Bench) -> String {
    bench.graph.drive(&call(), bench.id(ADELE)).await.unwrap().unwrap().id
}

async fn permissions(bench: &Bench, drive: &str) -> Vec<DrivePermission> {
    bench.graph.permissions(&call(), drive).await.unwrap().unwrap()
}

#[test]
fn an_invitation_is_seen_lessened_and_taken_away_again() {
    let bench = Bench::new();
    bench.run(async {
        let (drive, megan) = (drive(&bench).await, bench.id(MEGAN));
        assert_eq!(role_of(&permissions(&bench, &drive).await, megan), None);
        for _ in 0..2 {
            bench.graph.invite(&call(), &drive, megan, DriveRole::Write).await.unwrap();
        }
        let seen = permissions(&bench, &drive).await;
        assert_eq!(
            (role_of(&seen, megan), permissions_of(&seen, megan).count()),
            (Some(DriveRole::Write), 1)
        );
        assert_eq!(role_of(&seen, bench.id(ADELE)), Some(DriveRole::Write), "the owner is named too");
        let id = permissions_of(&seen, megan).next().unwrap().id.clone();
        for _ in 0..2 {
            bench.graph.set_role(&call(), &drive, &id, DriveRole::Read).await.unwrap();
        }
        assert_eq!(role_of(&permissions(&bench, &drive).await, megan), Some(DriveRole::Read));
        for _ in 0..2 {
            bench.graph.delete_permission(&call(), &drive, &id).await.unwrap();
        }
        assert_eq!(role_of(&permissions(&bench, &drive).await, megan), None);
        assert_eq!(bench.graph.permissions(&call(), "b!nobody").await.unwrap(), None);
        assert_eq!(bench.graph.own_permissions(&call(), "b!nobody").await.unwrap(), None);
    });
}

/// More than a page, deep, and in the form in which only what has its own is named.
#[test]
fn what_has_its_own_is_named_by_its_path_and_counted() {
    let bench = Bench::new();
    let (adele, megan) = (bench.id(ADELE), bench.id(MEGAN));
    bench.tenant.world(|world| {
        let drive = world.drives.get_mut(&adele).unwrap();
        for item in drive.items.values_mut() {
            item.grants = None;
        }
        let mut folder = drive.put(DriveItem::folder(None, "Deep"));
        for n in 0..30 {
            folder = drive.put(DriveItem::folder(Some(&folder), &format!("{n}")));
        }
        for n in 0..1_100 {
            drive.put(DriveItem::file(Some(&folder), &format!("file {n}"), 2));
        }
        drive.share(Some(&folder), Grant::to_user(megan, MEGAN, ItemRole::Read));
    });
    bench.run(async {
        let drive = drive(&bench).await;
        bench.graph.invite(&call(), &drive, megan, DriveRole::Write).await.unwrap();
        let apart = bench.graph.own_permissions(&call(), &drive).await.unwrap().unwrap();
        assert_eq!(apart.places, 1, "what inherits from the invitation is not counted: {apart:?}");
        assert!(apart.first[0].starts_with("Deep/0/1/2/") && apart.first[0].ends_with("/29"), "{apart:?}");
        let tally = apart.tally;
        assert_eq!((tally.files, tally.folders, tally.bytes), (1_100, 1, 2_200));
        // Each page is asked for in that form.
        let pages = bench.tenant.recorder().all();
        let pages = pages.iter().filter(|row| row.door == Door::Graph && row.path.ends_with("/root/delta"));
        assert_eq!(pages.count(), 2);
    });
}

#[test]
fn who_may_not_see_sharing_is_told_nothing_and_says_so() {
    let bench = Bench::new();
    let app = bench.tenant.app().object_id;
    bench.tenant.world(|world| {
        let right = AppRole { resource: Resource::Graph, value: "Sites.FullControl.All".to_owned() };
        assert!(world.service_principals.get_mut(&app).unwrap().granted.remove(&right));
    });
    bench.run(async {
        let drive = drive(&bench).await;
        let refused = bench.graph.own_permissions(&call(), &drive).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::PermissionDenied, "{refused:?}");
        assert!(refused.failure.hint.as_ref().unwrap().contains("Sites.FullControl.All"));
    });
}

#[test]
fn nobody_is_invited_by_an_id_that_nobody_has() {
    let bench = Bench::new();
    bench.run(async {
        let drive = drive(&bench).await;
        let nobody = offboard_core::id::UserId::from_u128(7);
        let refused = bench.graph.invite(&call(), &drive, nobody, DriveRole::Read).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::InvalidRequest, "{refused:?}");
    });
}
