//! A policy, read and found possible.

use schemars::Schema;
use schemars::generate::SchemaSettings;

use super::error::{PolicyError, Refusal};
use super::file::{
    AppliesTo, ExchangeAccount, File, Forwarding, GrantedBy, GroupsDisposition, Numbers, Password, Protocols,
    Sessions, SignIn,
};
use super::{check, missing, step};
use crate::document;
use crate::document::lined::Node;
use crate::id::Digest;
use crate::model::intent::{
    AccountDisposition, FilesDisposition, LicensesDisposition, MailDisposition, MobileDisposition,
};
use crate::operation::Catalog;

/// What an organisation wants for a kind of leaver. Whoever holds one knows that its end states can be true
/// together, and that the catalog it was read with has every operation it asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub(super) file: File,
    bytes: Vec<u8>,
    digest: Digest,
}

impl Policy {
    /// Reads TOML or JSON.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line; see the module for the order.
    pub fn parse(bytes: &[u8], source_name: &str, catalog: &Catalog) -> Result<Self, PolicyError> {
        let file = read(bytes, catalog).map_err(|refusal| refusal.of(source_name))?;
        Ok(Self { file, bytes: bytes.to_vec(), digest: document::digest(bytes) })
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// For whom it is made.
    pub fn applies_to(&self) -> AppliesTo {
        self.file.applies_to
    }

    /// SHA-256 of its bytes.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Its bytes, as they were read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn read(bytes: &[u8], catalog: &Catalog) -> Result<File, Refusal> {
    let mut tree = Node::read(bytes)?;
    let aside = missing::set_aside(&mut tree);
    let file: File = tree.to()?;
    check::parts(&file, &tree)?;
    check::end_states(&file, &tree)?;
    check::forwarding(&file, &tree)?;
    check::held_for(&file, &tree)?;
    check::files(&file, &tree)?;
    check::what_follows(&file, &tree)?;
    let later = aside.into_iter().chain(missing::words(&file, &tree)).min_by_key(Refusal::line);
    if let Some(refusal) = later {
        return Err(refusal);
    }
    step::check(&file.step, &tree, catalog)?;
    for (path, operation) in needed(&file) {
        if catalog.spec(operation).is_none() {
            let key = path.join(".");
            return Err(Refusal::on(
                tree.line_of(path),
                format!("`{key}` needs the operation `{operation}`, which this catalog does not have"),
            )
            .hint(format!("run a host whose catalog has `{operation}`, or choose `keep`")));
        }
    }
    Ok(file)
}

/// The operations that the keys of this policy ask for.
fn needed(file: &File) -> Vec<(&'static [&'static str], &'static str)> {
    let mut needed: Vec<(&'static [&'static str], &'static str)> = Vec::new();
    let mut need = |wanted: bool, path: &'static [&'static str], operations: &[&'static str]| {
        if wanted {
            needed.extend(operations.iter().map(|operation| (path, *operation)));
        }
    };
    let (access, mail) = (&file.access, &file.mail);
    need(access.sign_in == SignIn::Block, &["access", "sign_in"], &["block_sign_in", "on_premises_task"]);
    need(
        access.password == Password::Reset,
        &["access", "password"],
        &["reset_password", "on_premises_task"],
    );
    need(
        access.sessions == Sessions::Revoke,
        &["access", "sessions"],
        &["revoke_sign_in_sessions", "final_revoke"],
    );
    need(
        access.exchange_account == ExchangeAccount::Block,
        &["access", "exchange_account"],
        &["block_exchange_account"],
    );
    need(access.protocols == Protocols::Block, &["access", "protocols"], &["block_protocols"]);
    need(access.forwarding == Forwarding::Stop, &["access", "forwarding"], &["stop_forwarding"]);
    need(
        mail.disposition == MailDisposition::Shared,
        &["mail", "disposition"],
        &["convert_to_shared", "on_premises_task"],
    );
    need(
        mail.disposition == MailDisposition::Forward,
        &["mail", "disposition"],
        &["set_forwarding", "end_forwarding"],
    );
    need(
        mail.disposition == MailDisposition::Inactive,
        &["mail", "disposition"],
        &["place_litigation_hold", "delete_user"],
    );
    let granted = file.files.disposition == FilesDisposition::Grant;
    let by = file.files.by.unwrap_or(GrantedBy::Administrator);
    need(
        granted && by == GrantedBy::Administrator,
        &["files", "disposition"],
        &["grant_drive_access", "end_drive_access"],
    );
    need(granted && by == GrantedBy::Invitation, &["files", "by"], &["share_drive", "end_drive_sharing"]);
    need(file.files.disposition == FilesDisposition::Copy, &["files", "disposition"], &["copy_drive"]);
    need(mail.full_access.is_some(), &["mail", "full_access"], &["grant_full_access", "remove_full_access"]);
    if let Some(reply) = &mail.auto_reply {
        need(true, &["mail", "auto_reply"], &["set_automatic_replies"]);
        need(
            reply.until.is_some() || mail.then.is_some(),
            &["mail", "auto_reply"],
            &["stop_automatic_replies"],
        );
    }
    let mobile = file.devices.as_ref().map_or(MobileDisposition::Keep, |devices| devices.mobile);
    need(mobile == MobileDisposition::WipeAndBlock, &["devices", "mobile"], &["wipe_mobile_device"]);
    need(mobile != MobileDisposition::Keep, &["devices", "mobile"], &["block_mobile_device"]);
    need(mail.cancelled_days().is_some(), &["mail", "meetings"], &["cancel_meetings"]);
    need(mail.then.is_some(), &["mail", "then"], &["stop_forwarding"]);
    need(
        file.groups.disposition == GroupsDisposition::Leave,
        &["groups", "disposition"],
        &["leave_group", "leave_distribution_group"],
    );
    need(file.voice.numbers == Numbers::Unassign, &["voice", "numbers"], &["unassign_phone_number"]);
    need(
        file.licenses.disposition == LicensesDisposition::Remove,
        &["licenses", "disposition"],
        &["remove_licenses", "leave_licensing_group"],
    );
    need(
        file.account.disposition == AccountDisposition::Delete,
        &["account", "disposition"],
        &["delete_user"],
    );
    needed
}

/// The JSON Schema of a policy: what an editor offers while it is written. Whether end states can be true together
/// is judged by [`Policy::parse`] alone.
pub fn policy_schema() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File>()
}
