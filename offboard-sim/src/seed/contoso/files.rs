//! What lies in everybody's OneDrive.

use std::collections::BTreeMap;

use offboard_core::id::UserId;

use crate::seed::guid_of;
use crate::world::{Drive, DriveItem, DriveState, Grant, ItemRole, SiteUser};

/// A OneDrive with so many bytes in it.
pub(super) fn drive(seed: u64, (owner, upn): (UserId, &str), used: u64) -> Drive {
    let place = upn.replace(['@', '.'], "_");
    let mut drive = Drive {
        id: format!("b!{:x}", guid_of(seed, &format!("drive/{upn}"))),
        web_url: format!("https://contoso-my.sharepoint.com/personal/{place}/Documents"),
        used: 0,
        total: 1 << 40,
        state: DriveState::Ok,
        unlicensed_since: None,
        site_users: vec![SiteUser { is_site_admin: true, ..SiteUser::member(3, owner, upn) }],
        items: BTreeMap::new(),
        grants: Vec::new(),
    };
    if used > 0 {
        fill(&mut drive, used);
    }
    drive
}

/// A folder for one colleague, and a file in another folder for everybody who has the link.
pub(super) fn share_one_by_one(drive: &mut Drive, (colleague, upn): (UserId, String)) {
    let at = |drive: &Drive, path: &str| drive.items.keys().find(|id| drive.path_of(id) == path).cloned();
    if let Some(pictures) = at(drive, "Pictures") {
        drive.share(Some(&pictures), Grant::to_user(colleague, &upn, ItemRole::Read));
    }
    if let Some(budget) = at(drive, "Documents/Budget 2026.xlsx") {
        let link = Grant::link(&budget, ItemRole::Write);
        drive.share(Some(&budget), link);
    }
}

/// Files in folders and beside them, an empty folder, and a file with nothing in it.
fn fill(drive: &mut Drive, used: u64) {
    let share = |thousandth: u64| used / 1_000 * thousandth;
    let documents = drive.put(DriveItem::folder(None, "Documents"));
    let projects = drive.put(DriveItem::folder(Some(&documents), "Projects"));
    drive.put(DriveItem::file(Some(&documents), "Budget 2026.xlsx", share(100)));
    drive.put(DriveItem::file(Some(&documents), "Handover.docx", share(50)));
    drive.put(DriveItem::file(Some(&projects), "Falcon #1.pptx", share(300)));
    let pictures = drive.put(DriveItem::folder(None, "Pictures"));
    drive.put(DriveItem::file(Some(&pictures), "Team outing.jpg", share(250)));
    drive.put(DriveItem::folder(None, "Attachments"));
    drive.put(DriveItem::file(None, "Empty.txt", 0));
    let rest = used - drive.used;
    drive.put(DriveItem::file(None, "Archive.zip", rest));
}
