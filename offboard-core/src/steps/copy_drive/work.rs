//! One round of the work: asks after what was asked for, asks for a few more, and says when to go on.
//!
//! Before each call that changes something the log says that it is about to be made. A call that was made and has no answer is
//! never made again: whether it happened is read in the successor's folder.

use super::log::{Asked, End, Folder, LOST, Log};
use super::{CopyDrive, named};
use crate::facts::Fact;
use crate::failure::{Failure, Kind};
use crate::model::drive::{CopyProgress, DriveEntry, DriveFolder, Monitor};
use crate::operation::Context;
use crate::ports::drive_files::Item;
use crate::steps::common::{needs_state, of};
use crate::time::{Period, Timestamp};

/// So many copies are under way at once.
const FEW: usize = 4;

/// How long a limit of the service, or a folder that was made and does not show, is waited for.
const PAUSE: Period = Period::seconds(15);

struct Work<'a> {
    cx: &'a Context<'a>,
    log: Log,
    /// The drives that are copied from and to.
    from: String,
    to: String,
    folder_name: &'a str,
    source: Vec<DriveEntry>,
    /// The folder as it was captured.
    folder: Option<DriveFolder>,
}

/// Whether the work goes on in this round.
#[derive(PartialEq)]
enum Round {
    GoesOn,
    Ends,
}

/// Goes on from where the last round ended.
pub(super) async fn carry_on(step: &CopyDrive, cx: &Context<'_>) -> Result<(), Failure> {
    let mut work = Work::begin(step, cx)?;
    work.ask_after().await?;
    if work.make_folder().await? == Round::Ends || work.ask_for_more().await? == Round::Ends {
        return Ok(());
    }
    work.rest().await
}

impl<'a> Work<'a> {
    fn begin(step: &'a CopyDrive, cx: &'a Context<'a>) -> Result<Self, Failure> {
        let drive = |id| {
            let drive = of(cx.facts, id, |person| person.drive.clone());
            drive.known().map(|drive| drive.id.clone()).ok_or_else(|| needs_state("where the OneDrives lie"))
        };
        let source = step.source(cx.facts);
        let folder = match step.copies(cx.facts) {
            Fact::Known(folder) => Some(folder),
            Fact::Absent => None,
            _ => return Err(needs_state("what lies in the successor's folder")),
        };
        Ok(Self {
            cx,
            log: Log::of(cx.cursor.as_ref())?,
            from: drive(step.user)?,
            to: drive(step.to)?,
            folder_name: &step.folder,
            source: source.known().cloned().ok_or_else(|| needs_state("what lies in the OneDrive"))?,
            folder,
        })
    }

    fn now(&self) -> Timestamp {
        self.cx.host.clock.now()
    }

    fn copies(&self) -> &[DriveEntry] {
        self.folder.as_ref().map_or(&[], |folder| &folder.entries)
    }

    async fn record(&self) -> Result<(), Failure> {
        self.cx.progress(self.log.to_cursor()).await
    }

    /// What became of everything that may still come.
    async fn ask_after(&mut self) -> Result<(), Failure> {
        let now = self.now();
        let open: Vec<(String, Option<Monitor>)> = self
            .log
            .items
            .iter()
            .filter(|(_, asked)| asked.may_come(now))
            .map(|(id, asked)| (id.clone(), asked.monitor.clone()))
            .collect();
        let before = self.log.clone();
        for (id, monitor) in open {
            let progress = match &monitor {
                // What cannot be asked now is asked in the next round.
                Some(monitor) => self
                    .cx
                    .providers
                    .drive_files
                    .copy_progress(&self.cx.call, monitor)
                    .await
                    .unwrap_or(CopyProgress::InProgress),
                None => CopyProgress::Gone,
            };
            let seen = self.source.iter().find(|entry| entry.id == id).is_some_and(|entry| {
                // Nobody says any more how far it is; then it is what it looks like.
                progress == CopyProgress::Gone && entry.is_whole_in(self.copies())
            });
            let Some(asked) = self.log.items.get_mut(&id) else { continue };
            match progress {
                CopyProgress::Completed => asked.end = Some(End::Copied {}),
                CopyProgress::Failed(why) => asked.end = Some(End::Failed { why }),
                CopyProgress::Gone if seen => asked.end = Some(End::Copied {}),
                CopyProgress::Gone => asked.monitor = None,
                CopyProgress::InProgress => {}
            }
        }
        if self.log == before { Ok(()) } else { self.record().await }
    }

    /// Makes the folder, once, if it is not there.
    async fn make_folder(&mut self) -> Result<Round, Failure> {
        let known = self.folder.as_ref().map(|folder| folder.id.clone());
        let said = || self.log.folder.as_ref().and_then(|folder| folder.id.clone());
        if known.or_else(said).is_some() || self.source.is_empty() {
            return Ok(Round::GoesOn);
        }
        let now = self.now();
        if let Some(asked) = &self.log.folder {
            if now.since(asked.at) < LOST {
                self.cx.go_on(now + PAUSE, "the folder was asked for and is not seen yet");
                return Ok(Round::Ends);
            }
            self.log.folder = None;
            self.record().await?;
            let message = "the folder for the copies was asked for and is not there after an hour";
            return Err(Failure::new(Kind::InvalidRequest, message)
                .code("no_folder")
                .hint("see whether somebody may make folders in the successor's OneDrive, and resume"));
        }
        self.log.folder = Some(Folder { at: now, id: None });
        self.record().await?;
        let files = &self.cx.providers.drive_files;
        match files.create_folder(&self.cx.call, &self.to, self.folder_name).await {
            Ok((id, _)) => {
                self.log.folder = Some(Folder { at: now, id: Some(id) });
                self.record().await?;
                Ok(Round::GoesOn)
            }
            Err(error) => {
                let failure = Failure::from(error);
                match failure.kind {
                    // Somebody made it in between, or our own lost call did: the next reading shows it.
                    Kind::Conflict | Kind::Indeterminate => {
                        self.cx.go_on(now + PAUSE, "the folder was asked for and is not seen yet");
                        Ok(Round::Ends)
                    }
                    _ => {
                        self.log.folder = None;
                        self.record().await?;
                        self.put_off(failure)
                    }
                }
            }
        }
    }

    /// Asks for a few more, one after the other.
    async fn ask_for_more(&mut self) -> Result<Round, Failure> {
        for entry in self.source.clone() {
            if self.log.under_way(self.now()) >= FEW {
                break;
            }
            if self.log.items.contains_key(&entry.id) || entry.is_whole_in(self.copies()) {
                continue;
            }
            if entry.of_its_name_in(self.copies()).is_some() {
                let why = "something else of this name lies in the folder".to_owned();
                let end = Some(End::Failed { why });
                self.log.items.insert(entry.id, Asked { end, ..Asked::now(self.now()) });
                continue;
            }
            if let Some(failure) = self.ask_for(&entry).await? {
                return self.put_off(failure);
            }
        }
        Ok(Round::GoesOn)
    }

    /// Asks for one. A failure is returned where nothing was done and the next would fare no better.
    async fn ask_for(&mut self, entry: &DriveEntry) -> Result<Option<Failure>, Failure> {
        let said = self.log.folder.as_ref().and_then(|folder| folder.id.clone());
        let folder = self.folder.as_ref().map(|folder| folder.id.clone()).or(said);
        let folder = folder.ok_or_else(|| needs_state("where the copies go"))?;
        self.log.items.insert(entry.id.clone(), Asked::now(self.now()));
        self.record().await?;
        let (item, to) = (Item { drive: &self.from, id: &entry.id }, Item { drive: &self.to, id: &folder });
        let failure = match self.cx.providers.drive_files.copy(&self.cx.call, item, to).await {
            Ok((receipt, monitor)) => {
                let asked = Asked { receipt: Some(receipt), monitor, ..Asked::now(self.now()) };
                self.log.items.insert(entry.id.clone(), asked);
                self.record().await?;
                return Ok(None);
            }
            Err(error) => Failure::from(error),
        };
        match failure.kind {
            // It stays in the log without an answer, and is looked for.
            Kind::Indeterminate => Ok(None),
            Kind::Throttled
            | Kind::Unavailable
            | Kind::Refused
            | Kind::PermissionDenied
            | Kind::Unauthenticated => {
                self.log.items.remove(&entry.id);
                self.record().await?;
                Ok(Some(failure))
            }
            _ => {
                let end = Some(End::Failed { why: failure.message });
                self.log.items.insert(entry.id.clone(), Asked { end, ..Asked::now(self.now()) });
                self.record().await?;
                Ok(None)
            }
        }
    }

    /// What is over by itself is waited for; anything else ends the step.
    fn put_off(&self, failure: Failure) -> Result<Round, Failure> {
        if !matches!(failure.kind, Kind::Throttled | Kind::Unavailable) {
            return Err(failure);
        }
        let pause = failure.retry.pause().unwrap_or(PAUSE);
        self.cx.go_on(self.now() + pause, format!("{} ({})", self.far(), failure.message));
        Ok(Round::Ends)
    }

    /// How many of how many are copied, for people.
    fn far(&self) -> String {
        let is_copied = |entry: &&DriveEntry| {
            let asked = self.log.items.get(&entry.id);
            entry.is_whole_in(self.copies()) || asked.is_some_and(|asked| asked.end == Some(End::Copied {}))
        };
        format!("{} of {} copied", self.source.iter().filter(is_copied).count(), self.source.len())
    }

    /// Comes back later, names what failed, or is done.
    async fn rest(&mut self) -> Result<(), Failure> {
        let now = self.now();
        let waits = self
            .source
            .iter()
            .any(|entry| !self.log.items.contains_key(&entry.id) && !entry.is_whole_in(self.copies()));
        if waits || self.log.under_way(now) > 0 {
            self.cx.go_on(self.log.next_look(now), self.far());
            return Ok(());
        }
        let failed: Vec<String> = self
            .source
            .iter()
            .filter_map(|entry| {
                let why = self.log.items.get(&entry.id)?.failed()?;
                Some(format!("{} ({why})", entry.name))
            })
            .collect();
        if failed.is_empty() {
            // What was asked for and never came is not among them: reading back says that it is not there.
            for asked in self.log.items.values() {
                if let Some(receipt) = &asked.receipt {
                    self.cx.receipt(receipt.clone());
                }
            }
            return Ok(());
        }
        self.log.forget_failed();
        self.record().await?;
        let message =
            format!("{} of {} were not copied: {}", failed.len(), self.source.len(), named(&failed));
        Err(Failure::new(Kind::InvalidRequest, message)
            .code("not_copied")
            .hint("see to what is named, and resume: only what is missing is asked for again"))
    }
}
