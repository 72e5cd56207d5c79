//! What is said of the files must hang together.

use super::{candidates, for_example, lasts};
use crate::document::lined::Node;
use crate::model::intent::FilesDisposition;
use crate::policy::error::Refusal;
use crate::policy::file::File;

/// Refuses access to files that nobody gets or that never ends, and what belongs to it beside another disposition.
pub(in crate::policy) fn files(file: &File, tree: &Node) -> Result<(), Refusal> {
    let files = &file.files;
    if !matches!(files.disposition, FilesDisposition::Grant | FilesDisposition::Copy) {
        let given =
            [("to", files.to.is_some()), ("until", files.until.is_some()), ("by", files.by.is_some())];
        return match given.into_iter().find(|(_, given)| *given) {
            Some((key, _)) => Err(Refusal::on(
                tree.line_of(&["files", key]),
                format!("`files.{key}` stands beside a disposition that gives nobody access"),
            )
            .hint("leave it out, or choose `files.disposition = \"grant\"` or `\"copy\"`")),
            None => Ok(()),
        };
    }
    if let Some(to) = &files.to {
        candidates(to, file, tree, &["files", "to"])?;
    }
    if let Some(until) = files.until {
        lasts(until, tree, &["files", "until"])?;
    }
    let on = tree.line_of(&["files", "disposition"]);
    if files.disposition == FilesDisposition::Copy {
        if files.until.is_some() {
            return Err(Refusal::on(
                tree.line_of(&["files", "until"]),
                "`files.until` stands beside `files.disposition = \"copy\"`: the copies are whose OneDrive they lie in",
            )
            .hint("leave it out, or choose `files.disposition = \"grant\"`, which ends"));
        }
        if files.by.is_some() {
            return Err(Refusal::on(
                tree.line_of(&["files", "by"]),
                "`files.by` stands beside `files.disposition = \"copy\"`, and says how access is given",
            )
            .hint("leave it out, or choose `files.disposition = \"grant\"`"));
        }
        return match &files.to {
            Some(_) => Ok(()),
            None => {
                Err(Refusal::on(on, "`files.disposition = \"copy\"` needs `files.to`: who gets the copies")
                    .by(None, "R40")
                    .hint(for_example("to", file)))
            }
        };
    }
    if files.to.is_none() {
        return Err(Refusal::on(on, "`files.disposition = \"grant\"` needs `files.to`: who gets access")
            .by(None, "R40")
            .hint(for_example("to", file)));
    }
    if files.until.is_none() {
        return Err(Refusal::on(
            on,
            "`files.disposition = \"grant\"` needs `files.until`: when the access ends",
        )
        .by(None, "R40")
        .hint("access given to a person must end: write how long it lasts, like `until = \"P60D\"`"));
    }
    Ok(())
}
