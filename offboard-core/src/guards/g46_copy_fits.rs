//! G46: what is to be copied fits where it is to go (R38). That it was copied whole is what the step itself looks at, and
//! whatever would lose the original waits for that (E24).

use super::support::{Look, look, size, unknown};
use crate::facts::{Facet, Facts};
use crate::id::UserId;
use crate::model::drive::{DriveEntry, DriveTally};
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// The service copies no more files and folders than this at a time.
const MOST_ITEMS: u64 = 30_000;

/// Refuses to begin what cannot come to an end: more than the successor's OneDrive has room for, or a folder with more in it
/// than the service copies at a time.
#[derive(Debug)]
pub struct CopyFits;

impl Guard for CopyFits {
    fn code(&self) -> &'static str {
        "G46"
    }

    fn requirement(&self) -> &'static str {
        "R38"
    }

    fn title(&self) -> &'static str {
        "What is copied fits where it goes, and is counted before the original is given up"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["copy_drive"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = vec![Facet::DriveItems(step.leaver)];
        if let (Some(to), Some(folder)) = (step.param::<UserId>("to"), step.param::<String>("folder")) {
            // His name stands in what is said.
            facets.extend([Facet::User(to), Facet::Drive(to), Facet::DriveFolder(to, folder)]);
        }
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let source = match look(facts.leaver.drive_items.as_ref()) {
            Look::There(source) => source,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown(step, &Facet::DriveItems(step.leaver), &failure, findings);
            }
        };
        let (Some(to), Some(folder)) = (step.param::<UserId>("to"), step.param::<String>("folder")) else {
            return;
        };
        let person = facts.person(to);
        let copies = person.and_then(|person| person.drive_folders.get(&folder).cloned()).unwrap_or_default();
        let there: Vec<DriveEntry> = match look(copies.as_ref()) {
            Look::There(folder) => folder.entries.clone(),
            Look::Nothing => Vec::new(),
            Look::Unknown(failure) => {
                return unknown(step, &Facet::DriveFolder(to, folder), &failure, findings);
            }
        };
        let missing: Vec<&DriveEntry> = source.iter().filter(|entry| !entry.is_whole_in(&there)).collect();
        for entry in missing.iter().filter(|entry| entry.tally.items() > MOST_ITEMS) {
            findings.block(
                format!("items:{}", entry.id),
                format!(
                    "`{}` at the top of the OneDrive holds {} files and folders, and the service copies at most {MOST_ITEMS} \
                     at a time",
                    entry.name,
                    entry.tally.items()
                ),
                "have it divided into several folders, or give access instead (`files.disposition = \"grant\"`)",
            );
        }
        let wanted = missing.iter().fold(DriveTally::default(), |sum, entry| sum.plus(entry.tally));
        room(facts, step, to, wanted, findings);
    }
}

/// Whether the successor's OneDrive has room for what is still missing.
fn room(facts: &Facts, step: &Subject<'_>, to: UserId, wanted: DriveTally, findings: &mut Findings) {
    let Some(person) = facts.person(to) else { return };
    let drive = match look(person.drive.as_ref()) {
        Look::There(drive) => drive,
        // That there is none, or none that is open, is said by G16 and G44.
        Look::Nothing => return,
        Look::Unknown(failure) => return unknown(step, &Facet::Drive(to), &failure, findings),
    };
    match drive.remaining {
        Some(remaining) if remaining < wanted.bytes => findings.block(
            format!("room:{to}"),
            format!(
                "{} are to be copied, and the OneDrive of {} has room for {}",
                size(wanted.bytes),
                person.name(),
                size(remaining)
            ),
            "have its storage raised, or name somebody with more room",
        ),
        Some(_) => {}
        None if drive.locked => {}
        None => findings.warn(
            format!("room:{to}"),
            format!("the service does not say how much room the OneDrive of {} has", person.name()),
            "look whether there is room for what is copied; what does not fit is named at the end",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{SUCCESSOR, Trial, copies};
    use crate::model::drive::DriveFolder;

    fn entry(name: &str, files: u64, bytes: u64) -> DriveEntry {
        let tally = DriveTally { files, folders: 1, bytes };
        DriveEntry { name: name.to_owned(), id: format!("01{name}"), tally }
    }

    fn copying(entries: Vec<DriveEntry>, remaining: Option<u64>) -> Trial {
        Trial::of("copy_drive").with(move |facts| {
            facts.leaver.drive_items = Fact::Known(entries);
            facts.person_mut(SUCCESSOR).drive.known_mut().unwrap().remaining = remaining;
        })
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&CopyFits)
    }

    #[test]
    fn what_does_not_fit_is_not_begun_and_both_figures_are_said() {
        let full = [format!("block room:{SUCCESSOR}")];
        let two = || vec![entry("a", 1, 60), entry("b", 1, 50)];
        assert_eq!(keys(&copying(two(), Some(109))), full);
        assert!(keys(&copying(two(), Some(110))).is_empty());
        assert_eq!(keys(&copying(two(), None)), [format!("warn room:{SUCCESSOR}")]);
        let message = &copying(two(), Some(109)).findings(&CopyFits)[0].message;
        assert!(message.contains("(110 bytes)") && message.contains("(109 bytes)"), "{message}");
        // What is there already needs no room.
        let there = copying(two(), Some(50)).with(|facts| {
            let folder = DriveFolder { id: "01F".to_owned(), entries: vec![entry("a", 1, 60)] };
            facts.person_mut(SUCCESSOR).drive_folders.insert(copies(), Fact::Known(folder));
        });
        assert!(keys(&there).is_empty());
    }

    #[test]
    fn more_than_the_service_copies_at_a_time_is_not_begun() {
        assert_eq!(keys(&copying(vec![entry("a", 30_000, 1)], Some(9))), ["block items:01a"]);
        assert!(keys(&copying(vec![entry("a", 29_999, 1), entry("b", 29_999, 1)], Some(9))).is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_not_copied_blindly() {
        let fits = || copying(vec![entry("a", 1, 1)], Some(9));
        assert_eq!(
            keys(&fits().with(|facts| facts.leaver.drive_items = Fact::default())),
            ["block unknown:the files in the OneDrive"]
        );
        let unread = fits().with(|facts| facts.person_mut(SUCCESSOR).drive_folders.clear());
        assert_eq!(keys(&unread), ["block unknown:the folder in the OneDrive"]);
        assert!(keys(&fits().with(|facts| facts.leaver.drive_items = Fact::Absent)).is_empty());
    }
}
