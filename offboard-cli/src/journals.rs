//! The journals that this process has open. They are closed before it ends, however it ends: SQLite then folds its log
//! into the file, so that whoever copies the one file has every run.

use std::sync::{Arc, Mutex, PoisonError};

use offboard::SqliteJournal;
use offboard::core::journal::JournalError;

/// Every journal that a command has opened.
#[derive(Debug, Default)]
pub struct Journals {
    readers: Mutex<Vec<Arc<SqliteJournal>>>,
    writers: Mutex<Vec<Arc<SqliteJournal>>>,
}

fn keep(list: &Mutex<Vec<Arc<SqliteJournal>>>, journal: SqliteJournal) -> Arc<SqliteJournal> {
    let journal = Arc::new(journal);
    list.lock().unwrap_or_else(PoisonError::into_inner).push(journal.clone());
    journal
}

impl Journals {
    /// One that is only looked at.
    pub fn reader(&self, journal: SqliteJournal) -> Arc<SqliteJournal> {
        keep(&self.readers, journal)
    }

    /// One that is written.
    pub fn writer(&self, journal: SqliteJournal) -> Arc<SqliteJournal> {
        keep(&self.writers, journal)
    }

    /// Closes all of them. A command that still holds one, because it was left in the middle, leaves its log beside the
    /// file; the next one folds it in.
    pub async fn close(&self) -> Vec<JournalError> {
        let mut failed = Vec::new();
        // The writers last: only they can fold the log into the file, and only the last to leave does.
        for list in [&self.readers, &self.writers] {
            let journals = std::mem::take(&mut *list.lock().unwrap_or_else(PoisonError::into_inner));
            for journal in journals.into_iter().filter_map(Arc::into_inner) {
                failed.extend(journal.close().await.err());
            }
        }
        failed
    }
}
