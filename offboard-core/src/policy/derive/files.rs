//! The files: access for somebody else, for a time, or copies for good.

use serde_json::json;

use super::Way;
use crate::model::intent::FilesDisposition;
use crate::policy::file::GrantedBy;
use crate::time::Period;

const KEY: &str = "files.to";

/// What OneDrive takes in no name.
const FORBIDDEN: &str = "\"*:<>?/\\|#%~&{}";

/// A name is cut to so many characters: with what lies below it a path may have 400.
const LONGEST: usize = 60;

impl Way<'_> {
    pub(super) fn files(&mut self) {
        match self.policy.file.files.disposition {
            FilesDisposition::Grant => self.granted_files(),
            FilesDisposition::Copy => self.copied_files(),
            FilesDisposition::Keep | FilesDisposition::None => {}
        }
    }

    fn granted_files(&mut self) {
        let files = &self.policy.file.files;
        let (Some(to), Some(until)) = (&files.to, files.until) else { return };
        let Some(end) = self.end("files.until", "R40", until) else { return };
        let Some(to) = self.file_successor(KEY, to) else { return };
        let now = self.at(Period::ZERO);
        let (begin, over) = match files.by.unwrap_or(GrantedBy::Administrator) {
            GrantedBy::Administrator => ("grant_drive_access", "end_drive_access"),
            GrantedBy::Invitation => ("share_drive", "end_drive_sharing"),
        };
        self.draft(KEY, begin, &json!({ "to": to }), now);
        self.draft(KEY, over, &json!({ "from": to }), Some(end));
    }

    fn copied_files(&mut self) {
        let Some(to) = &self.policy.file.files.to else { return };
        let Some(to) = self.file_successor(KEY, to) else { return };
        let name = self.facts.leaver.user.known().map(|user| user.display_name.as_str());
        let folder = folder_name(name.unwrap_or_default(), &self.leaver.to_string());
        let now = self.at(Period::ZERO);
        self.draft(KEY, "copy_drive", &json!({ "to": to, "folder": folder }), now);
    }
}

/// `Files of Adele Vance (5c0ff2b1)`: whose they are, and the beginning of his object id, which tells namesakes apart and
/// stays when he is renamed.
fn folder_name(display_name: &str, id: &str) -> String {
    let plain: String = display_name
        .chars()
        .map(|c| if c.is_control() || FORBIDDEN.contains(c) { ' ' } else { c })
        .take(LONGEST)
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let whose = if words.is_empty() { String::new() } else { format!(" of {}", words.join(" ")) };
    format!("Files{whose} ({})", id.get(..8).unwrap_or(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_can_be_called_like_that_whoever_leaves() {
        let id = "5c0ff2b1-0000-4000-8000-000000000001";
        assert_eq!(folder_name("Adele Vance", id), "Files of Adele Vance (5c0ff2b1)");
        assert_eq!(folder_name(" O'Neill: \u{7}/ \\ A. ", id), "Files of O'Neill A. (5c0ff2b1)");
        assert_eq!(folder_name("?*", id), "Files (5c0ff2b1)");
        assert!(folder_name(&"x".repeat(500), id).chars().count() < 100);
    }
}
