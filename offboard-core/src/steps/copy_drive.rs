//! Copy the OneDrive into a folder of the successor's (R38, R40, G46, E24).

mod log;
mod work;

use std::collections::BTreeMap;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER, of};
use crate::facts::{Facet, Fact, Facts, Why};
use crate::failure::{Failure, Kind};
use crate::id::{ObjectKey, UserId};
use crate::model::drive::{DriveEntry, DriveFolder, DriveTally};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::time::Period;

/// How long the successor's OneDrive may take to show what the service says it has copied.
const LATENCY: Period = Period::minutes(15);

/// Copies every file and folder at the top of the leaver's OneDrive, with all that is below it, into one folder at the top of
/// the successor's. Nothing that lies there is overwritten. What is copied is the newest version of each file: older versions,
/// sharing and shortcuts to what others share stay behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyDrive {
    /// Who is leaving.
    pub user: UserId,
    /// Who gets the copies.
    pub to: UserId,
    /// The name of the folder in his OneDrive. It is made if it is not there.
    pub folder: String,
}

/// What has been copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    /// Everything is there: as many files, folders and bytes as in the original.
    pub complete: bool,
    /// What of the leaver's OneDrive is not there, or not whole, by its name.
    pub left_to_copy: BTreeMap<String, DriveTally>,
}

impl CopyDrive {
    fn source(&self, facts: &Facts) -> Fact<Vec<DriveEntry>> {
        of(facts, self.user, |person| person.drive_items.clone())
    }

    /// The folder with the copies; absent where there is none yet.
    fn copies(&self, facts: &Facts) -> Fact<DriveFolder> {
        of(facts, self.to, |person| person.drive_folders.get(&self.folder).cloned().unwrap_or_default())
    }
}

/// How many names a message lists.
const NAMED: usize = 10;

/// The first of these, and how many more there are.
fn named(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{rest}", names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "))
}

#[async_trait]
impl Operation for CopyDrive {
    type State = Copied;

    fn spec() -> Spec {
        Spec {
            name: "copy_drive",
            version: 1,
            title: "Copy the OneDrive to the successor",
            phase: Phase::Files,
            door: Door::Graph,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Impossible {
                why: "the copies are the successor's, who may have gone on working with them: he deletes the folder when he \
                      does not want it"
                    .to_owned(),
            },
            repeat: Repeat::Resume,
            latency: LATENCY,
            give_up: Spec::patience(LATENCY),
            // Until his access is cut the leaver goes on working; the list is taken when it is carried out.
            clock_fields: &["left_to_copy"],
        }
    }

    fn example() -> Self {
        let folder = "Files of Alex Wilber (5c0ff2b1)".to_owned();
        Self { user: EXAMPLE_USER, to: EXAMPLE_SUCCESSOR, folder }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![
            Facet::Drive(self.user),
            Facet::DriveItems(self.user),
            Facet::Drive(self.to),
            Facet::DriveFolder(self.to, self.folder.clone()),
        ]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::drive(self.to)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::graph(&["Files.ReadWrite.All", "Sites.ReadWrite.All"])]
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        let url = |id| {
            let drive = of(facts, id, |person| person.drive.clone());
            let known = drive.known().map(|drive| drive.web_url.clone()).filter(|url| !url.is_empty());
            known.unwrap_or_else(|| format!("the OneDrive of {id}"))
        };
        Instructions {
            system: "OneDrive".to_owned(),
            role: "SharePoint Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![
                format!(
                    "reactivate {} where it is locked or archived (Set-SPOSite -LockState Unlock)",
                    url(self.user)
                ),
                format!(
                    "open {} as a site-collection administrator, select everything, \"Copy to\"",
                    url(self.user)
                ),
                format!("choose a folder `{}` in {}", self.folder, url(self.to)),
            ],
            shown_by: format!(
                "the folder `{}` holds as many files, folders and bytes as the original",
                self.folder
            ),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        let drive = |id| of(facts, id, |person| person.drive.clone());
        match drive(self.user) {
            Fact::Absent => Route::Skip("there is no OneDrive".to_owned()),
            Fact::NotOffered(Why::Unused) => Route::Skip("OneDrive is not used".to_owned()),
            Fact::NotOffered(_) => {
                Route::HandOff(self.by_hand(facts, "this cloud does not offer the OneDrive here"))
            }
            Fact::Known(source) if source.locked => Route::HandOff(
                self.by_hand(facts, "the OneDrive is locked or archived; nobody can copy from it like that"),
            ),
            Fact::Known(_) | Fact::Unknown(_) => match drive(self.to) {
                Fact::Known(to) if to.locked => {
                    Route::HandOff(self.by_hand(facts, "the OneDrive of the successor is locked or archived"))
                }
                _ => Route::Change,
            },
        }
    }

    fn state(&self, facts: &Facts) -> Judged<Copied> {
        let copied = self.source(facts).and_then(|source| {
            let copies = match self.copies(facts) {
                Fact::Absent => Fact::Known(Vec::new()),
                folder => folder.map(|folder| folder.entries),
            };
            copies.map(|copies| {
                let left_to_copy: BTreeMap<String, DriveTally> = source
                    .iter()
                    .filter(|entry| !entry.is_whole_in(&copies))
                    .map(|entry| (entry.name.clone(), entry.tally))
                    .collect();
                Copied { complete: left_to_copy.is_empty(), left_to_copy }
            })
        });
        Judged::from_fact(copied, "there is no OneDrive")
    }

    fn effect(&self, facts: &mut Facts) {
        let Fact::Known(source) = self.source(facts) else { return };
        let before = self.copies(facts);
        let mut folder =
            before.known().cloned().unwrap_or(DriveFolder { id: String::new(), entries: vec![] });
        folder.entries.retain(|copy| copy.of_its_name_in(&source).is_none());
        folder.entries.extend(source);
        folder.entries.sort();
        facts.person_mut(self.to).drive_folders.insert(self.folder.clone(), Fact::Known(folder));
    }

    fn put_back(&self, _facts: &mut Facts, _before: &Copied) {}

    fn reached(&self, seen: &Seen<Copied>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.complete))
    }

    fn missing(&self, now: &Copied) -> Option<String> {
        let names: Vec<String> = now.left_to_copy.keys().cloned().collect();
        (!names.is_empty()).then(|| format!("{} not there, or not whole: {}", names.len(), named(&names)))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<Copied>) -> Result<(), Failure> {
        work::carry_on(self, cx).await
    }

    async fn undo(&self, _cx: &Context<'_>, _before: &Copied, _now: &Copied) -> Result<(), Failure> {
        Err(Failure::new(Kind::Unsupported, "the copies are the successor's: he deletes them"))
    }
}

#[cfg(test)]
mod tests;
