//! The files: access for somebody else, for a time.

use serde_json::json;

use super::Way;
use crate::model::intent::FilesDisposition;
use crate::time::Period;

impl Way<'_> {
    pub(super) fn files(&mut self) {
        const KEY: &str = "files.to";
        let files = &self.policy.file.files;
        let (FilesDisposition::Grant, Some(to), Some(until)) = (files.disposition, &files.to, files.until)
        else {
            return;
        };
        let Some(end) = self.end("files.until", "R40", until) else { return };
        let Some(to) = self.file_successor(KEY, to) else { return };
        let now = self.at(Period::ZERO);
        self.draft(KEY, "grant_drive_access", &json!({ "to": to }), now);
        self.draft(KEY, "end_drive_access", &json!({ "from": to }), Some(end))
            .after
            .push("grant_drive_access".to_owned());
    }
}
