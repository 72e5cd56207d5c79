//! Files in OneDrives: counting them, and having them copied.

use http::Method;
use offboard_core::failure::Kind;
use offboard_core::model::drive::{CopyProgress, DriveEntry, Monitor};
use offboard_core::ports::drive_files::Item;
use offboard_core::ports::{DriveFiles, Workloads};
use offboard_core::time::Period;
use offboard_sim::world::DriveItem;
use offboard_sim::{Door, Fault, Matcher};

use crate::bench::{Bench, call};

const ADELE: &str = "adele@contoso.com";
const MEGAN: &str = "megan@contoso.com";

async fn drive(bench: &Bench, upn: &str) -> String {
    bench.graph.drive(&call(), bench.id(upn)).await.unwrap().unwrap().id
}

async fn entries(bench: &Bench, drive: &str) -> Vec<DriveEntry> {
    bench.graph.entries(&call(), drive, None).await.unwrap().unwrap()
}

#[test]
fn everything_below_is_counted() {
    let bench = Bench::new();
    bench.run(async {
        let found = bench.graph.drive(&call(), bench.id(ADELE)).await.unwrap().unwrap();
        let entries = entries(&bench, &found.id).await;
        let sum: u64 = entries.iter().map(|entry| entry.tally.bytes).sum();
        assert_eq!(Some(sum), found.used);
        assert!(found.remaining.unwrap() > 0);
        let tally = |name: &str| entries.iter().find(|entry| entry.name == name).unwrap().tally;
        assert_eq!((tally("Documents").files, tally("Documents").folders), (3, 2));
        assert_eq!((tally("Attachments").files, tally("Attachments").folders), (0, 1));
        assert_eq!((tally("Empty.txt").files, tally("Empty.txt").bytes), (1, 0));
        let nobody = bench.graph.entries(&call(), "b!nobody", None).await.unwrap();
        assert_eq!(nobody, None);
    });
}

/// More than a page at the top, and more folders than a batch takes; what others share is nothing of his.
#[test]
fn a_long_list_is_counted_whole() {
    let bench = Bench::new();
    bench.tenant.world(|world| {
        let adele = world.user_by_upn(ADELE).unwrap().id;
        let drive = world.drives.get_mut(&adele).unwrap();
        for n in 0..230 {
            let folder = drive.put(DriveItem::folder(None, &format!("Folder {n}")));
            drive.put(DriveItem::file(Some(&folder), "a", 1));
        }
        let shortcut = DriveItem::shortcut(None, "Team");
        drive.items.insert("01SHARED".to_owned(), shortcut);
    });
    bench.run(async {
        let drive = drive(&bench, ADELE).await;
        let entries = entries(&bench, &drive).await;
        assert_eq!(entries.len(), 235);
        assert_eq!(
            entries
                .iter()
                .filter(|entry| entry.name.starts_with("Folder"))
                .map(|e| e.tally.files)
                .sum::<u64>(),
            230
        );
    });
}

#[test]
fn a_copy_is_asked_for_and_asked_after() {
    let bench = Bench::new();
    bench.run(async {
        let (from, to) = (drive(&bench, ADELE).await, drive(&bench, MEGAN).await);
        assert_eq!(bench.graph.folder(&call(), &to, "Left").await.unwrap(), None);
        let (folder, _) = bench.graph.create_folder(&call(), &to, "Left").await.unwrap();
        assert_eq!(bench.graph.folder(&call(), &to, "left").await.unwrap(), Some(folder.clone()));
        let again = bench.graph.create_folder(&call(), &to, "Left").await.unwrap_err();
        assert_eq!(again.kind(), Kind::Conflict);
        let documents =
            entries(&bench, &from).await.into_iter().find(|entry| entry.name == "Documents").unwrap();
        let (item, place) = (Item { drive: &from, id: &documents.id }, Item { drive: &to, id: &folder });
        let (receipt, monitor) = bench.graph.copy(&call(), item, place).await.unwrap();
        assert!(receipt.request_id.is_some() && receipt.warnings.is_empty());
        let monitor = monitor.unwrap();
        let progress = || async { bench.graph.copy_progress(&call(), &monitor).await.unwrap() };
        assert_eq!(progress().await, CopyProgress::InProgress);
        bench.tenant.clock().advance(Period::minutes(5));
        assert_eq!(progress().await, CopyProgress::Completed);
        let copies = bench.graph.entries(&call(), &to, Some(&folder)).await.unwrap().unwrap();
        assert_eq!((copies.len(), &copies[0].name, copies[0].tally), (1, &documents.name, documents.tally));
        bench.graph.copy(&call(), item, place).await.unwrap();
        let (_, second) = bench.graph.copy(&call(), item, place).await.unwrap();
        bench.tenant.clock().advance(Period::minutes(5));
        let failed = bench.graph.copy_progress(&call(), &second.unwrap()).await.unwrap();
        assert_eq!(failed, CopyProgress::Failed("nameAlreadyExists".to_owned()));
    });
    let rows = bench.tenant.recorder().all();
    let asked = rows.iter().filter(|row| row.door == Door::SharePoint);
    assert!(asked.clone().count() >= 3);
    assert!(asked.flat_map(|row| &row.headers).all(|(name, _)| !name.eq_ignore_ascii_case("authorization")));
}

#[test]
fn a_lost_answer_is_not_asked_for_again() {
    let bench = Bench::new();
    bench.run(async {
        let (from, to) = (drive(&bench, ADELE).await, drive(&bench, MEGAN).await);
        let file = entries(&bench, &from).await.into_iter().find(|entry| entry.name == "Empty.txt").unwrap();
        let copy = Matcher::graph(&Method::POST, "/drives/*/items/*/copy");
        bench.tenant.faults().once(copy, Fault::DropAnswer);
        let (item, place) = (Item { drive: &from, id: &file.id }, Item { drive: &to, id: "root" });
        let lost = bench.graph.copy(&call(), item, place).await.unwrap_err();
        assert_eq!(lost.kind(), Kind::Indeterminate);
    });
    let asked = bench.sent().iter().filter(|line| line.ends_with("/copy")).count();
    assert_eq!(asked, 1);
}

#[test]
fn what_is_no_address_of_ours_is_not_asked() {
    let bench = Bench::new();
    let before = bench.tenant.recorder().len();
    bench.run(async {
        for foreign in
            ["https://evil.example/monitor/1", "http://contoso.sharepoint.com/monitor/1", "monitor"]
        {
            let refused = bench.graph.copy_progress(&call(), &Monitor::new(foreign)).await.unwrap_err();
            assert_eq!(refused.kind(), Kind::Protocol, "{foreign}");
        }
        let gone = Monitor::new("https://contoso-my.sharepoint.com/_api/v2.0/monitor/1");
        assert_eq!(bench.graph.copy_progress(&call(), &gone).await.unwrap(), CopyProgress::Gone);
    });
    assert_eq!(bench.tenant.recorder().len(), before + 1);
}

#[test]
fn a_file_of_the_folders_name_is_no_folder() {
    let bench = Bench::new();
    bench.run(async {
        let to = drive(&bench, MEGAN).await;
        let file = bench.graph.folder(&call(), &to, "archive.zip").await.unwrap_err();
        assert_eq!(file.kind(), Kind::Conflict);
    });
}
