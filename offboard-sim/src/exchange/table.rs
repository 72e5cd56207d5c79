//! Microsoft's cmdlet reference as a table: which parameters a cmdlet takes, in which sets, with which values.
//!
//! The table is `tests/contract/exchange-cmdlets.json`, derived from Microsoft's documentation (CC BY 4.0); only
//! what binding needs is read from it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const SOURCE: &str = include_str!("../../../tests/contract/exchange-cmdlets.json");

#[derive(Deserialize)]
struct Table {
    cmdlets: BTreeMap<String, Cmdlet>,
}

/// One cmdlet of the reference.
#[derive(Debug, Deserialize)]
pub(super) struct Cmdlet {
    #[serde(default, skip_deserializing)]
    pub(super) name: String,
    pub(super) sets: Vec<ParameterSet>,
    pub(super) parameters: BTreeMap<String, Parameter>,
}

/// One way of calling a cmdlet.
#[derive(Debug, Deserialize)]
pub(super) struct ParameterSet {
    /// False where a mandatory parameter exists on-premises only: the set cannot be used in the cloud.
    mandatory_online: bool,
    mandatory: Vec<String>,
    optional: Vec<String>,
    /// Listed as optional, though it is what tells this set from the others; refused on no ground.
    disputed: Vec<String>,
}

/// One parameter of a cmdlet.
#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(rename = "where")]
    place: String,
    /// The words it takes, where the reference lists them; empty otherwise.
    pub(super) values: Vec<String>,
    default: Vec<Preset>,
}

/// What holds where nothing is said.
#[derive(Debug, Deserialize)]
struct Preset {
    value: String,
}

impl Parameter {
    /// Whether `$null` brings its default back.
    pub(super) fn may_be_null(&self) -> bool {
        self.default.iter().any(|preset| preset.value == "$null")
    }

    /// Whether Exchange Online knows it.
    pub(super) fn online(&self) -> bool {
        self.place != "on-premises"
    }
}

impl ParameterSet {
    /// Whether the set can be meant when exactly `given` was sent.
    pub(super) fn fits<'a>(&self, mut given: impl Iterator<Item = &'a str> + Clone) -> bool {
        let has = |name: &str| {
            self.mandatory.iter().chain(&self.optional).chain(&self.disputed).any(|known| known == name)
        };
        let complete = self.mandatory.iter().all(|needed| given.clone().any(|name| name == needed));
        self.mandatory_online && complete && given.all(has)
    }

    /// The mandatory parameters of `self` that `given` lacks, for the error's text.
    pub(super) fn missing<'a>(&'a self, given: impl Iterator<Item = &'a str> + Clone) -> Vec<&'a str> {
        let lacks = |needed: &&str| !given.clone().any(|name| name == *needed);
        self.mandatory.iter().map(String::as_str).filter(lacks).collect()
    }
}

static TABLE: LazyLock<BTreeMap<String, Cmdlet>> = LazyLock::new(|| {
    // The file is compiled in; a test shows that it parses.
    let mut cmdlets = serde_json::from_str::<Table>(SOURCE).map(|table| table.cmdlets).unwrap_or_default();
    for (name, cmdlet) in &mut cmdlets {
        cmdlet.name.clone_from(name);
    }
    cmdlets
});

/// The cmdlet of that name, spelled as the reference spells it.
pub(super) fn cmdlet(name: &str) -> Option<&'static Cmdlet> {
    TABLE.get(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_read_whole() {
        assert_eq!(serde_json::from_str::<Table>(SOURCE).unwrap().cmdlets.len(), 79);
        let set_mailbox = cmdlet("Set-Mailbox").unwrap();
        assert_eq!(set_mailbox.name, "Set-Mailbox");
        assert!(set_mailbox.parameters["Type"].values.iter().any(|value| value == "Shared"));
        assert!(cmdlet("set-mailbox").is_none());
    }

    #[test]
    fn sets_that_need_an_on_premises_parameter_fit_nothing() {
        let statistics = cmdlet("Get-MailboxStatistics").unwrap();
        let fitting = |given: &[&'static str]| {
            statistics.sets.iter().filter(|set| set.fits(given.iter().copied())).count()
        };
        assert_eq!(fitting(&["Identity", "Archive"]), 1);
        assert_eq!(fitting(&["Database"]), 0);
        assert_eq!(fitting(&["Archive"]), 0);
        assert_eq!(fitting(&[]), 0);
    }
}
