//! Cmdlets as values: what is sent, without sending it. One file for each family of cmdlets.

pub mod auto_reply;
pub mod calendar;
pub mod cas_mailbox;
pub mod distribution_group;
pub mod identity;
pub mod inbox_rule;
pub mod mailbox;
pub mod mobile_device;
mod name;
pub mod organization;
mod parameter;
pub mod permission;
mod powershell;
pub mod recipient;
pub mod statistics;

use serde_json::{Map, Value};

pub use identity::{Identity, RuleIdentity};
pub use name::{Name, Repeat};
pub use parameter::Parameter;

/// One cmdlet with its parameters, ready to be sent or printed.
///
/// It can only be made by the functions of this module, so its name is one of a closed list, its parameters are
/// those of the cmdlet, and its `Identity` is never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cmdlet {
    name: Name,
    parameters: Vec<(&'static str, Parameter)>,
    select: &'static [&'static str],
    mailbox: Option<Identity>,
}

impl Cmdlet {
    /// A cmdlet about one object.
    fn about(name: Name, identity: impl Into<Identity>) -> Self {
        let identity = identity.into();
        Self::new(name, Some(identity)).with("Identity", Parameter::Identity(identity))
    }

    /// A cmdlet about something in a mailbox.
    fn inside(name: Name, mailbox: impl Into<Identity>) -> Self {
        let mailbox = mailbox.into();
        Self::new(name, Some(mailbox)).with("Mailbox", Parameter::Identity(mailbox))
    }

    fn new(name: Name, mailbox: Option<Identity>) -> Self {
        let mut cmdlet = Self { name, parameters: Vec::new(), select: &[], mailbox };
        if name.writes() {
            cmdlet.parameters.push(("Confirm", Parameter::Flag(false)));
        }
        cmdlet
    }

    /// With a parameter; `Confirm` stays the last one, where people look for it.
    fn with(mut self, name: &'static str, value: Parameter) -> Self {
        let end = self.parameters.len() - usize::from(self.name.writes());
        self.parameters.insert(end, (name, value));
        self
    }

    fn selecting(mut self, properties: &'static [&'static str]) -> Self {
        self.select = properties;
        self
    }

    /// Which cmdlet it is.
    pub fn name(&self) -> Name {
        self.name
    }

    /// Its parameters, in the order in which a person would type them.
    pub fn parameters(&self) -> &[(&'static str, Parameter)] {
        &self.parameters
    }

    /// The properties that are read (`$select`); all of them if there are none.
    pub fn select(&self) -> &'static [&'static str] {
        self.select
    }

    /// The mailbox (by its owner, or by itself) that it is about.
    pub fn mailbox(&self) -> Option<Identity> {
        self.mailbox
    }

    /// `{"CmdletInput":{"CmdletName":..,"Parameters":{..}}}`: the body of the request.
    pub fn to_json(&self) -> Value {
        let parameters: Map<String, Value> =
            self.parameters.iter().map(|(name, value)| ((*name).to_owned(), value.to_json())).collect();
        serde_json::json!({ "CmdletInput": { "CmdletName": self.name.as_str(), "Parameters": parameters } })
    }

    /// The same as one line of PowerShell for a person to run, safe to paste whatever the texts in it are.
    pub fn to_powershell(&self) -> String {
        powershell::line(self.name, &self.parameters, self.select)
    }
}

#[cfg(test)]
mod tests;
