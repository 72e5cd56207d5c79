//! Whom a plan means: pinned when it is made, compared before every write (G28).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::{Fact, Person};
use crate::id::UserId;
use crate::model::user::User;
use crate::time::Timestamp;

/// The person a plan means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Object id: what every write names.
    pub id: UserId,
    /// `createdDateTime`: an object with the same id cannot have another; one that was recreated has.
    pub created_date_time: Option<Timestamp>,
    /// `employeeId`, where the organisation keeps it.
    pub employee_id: Option<String>,
    /// For people.
    pub user_principal_name: String,
    /// For people.
    pub display_name: String,
}

impl Identity {
    /// Of this user.
    pub fn of(user: &User) -> Self {
        Self {
            id: user.id,
            created_date_time: user.created_date_time,
            employee_id: user.employee_id.clone(),
            user_principal_name: user.user_principal_name.clone(),
            display_name: user.display_name.clone(),
        }
    }

    /// What of `user` contradicts this identity, in words; nothing if it is the same person. A fact that was never
    /// known contradicts nothing. The name is not compared: people marry, and our own steps rename.
    pub fn contradiction(&self, user: &User) -> Option<String> {
        if user.id != self.id {
            return Some(format!("the object id is {}, the plan was made for {}", user.id, self.id));
        }
        if let (Some(then), Some(now)) = (self.created_date_time, user.created_date_time)
            && then != now
        {
            return Some(format!(
                "the account was created at {now}, the plan was made for one created at {then}"
            ));
        }
        if let Some(then) = &self.employee_id
            && user.employee_id.as_ref() != Some(then)
        {
            let now = user.employee_id.as_deref().unwrap_or("none");
            return Some(format!("the employee id is {now}, the plan was made for {then}"));
        }
        None
    }

    /// Why what was read of the leaver is of somebody else, or of nobody any more; nothing where it is he, or where it
    /// could not be read. Who lies among the deleted counts too where a step is about them (`deleted_too`).
    pub fn denied_by(&self, leaver: &Person, deleted_too: bool) -> Option<String> {
        match &leaver.user {
            Fact::Known(user) => self.contradiction(user),
            Fact::Absent if deleted_too && leaver.deleted == Fact::Known(true) => {
                self.contradiction(&leaver.deleted_user.known()?.user)
            }
            Fact::Absent => Some(format!("the account {} of {} is gone", self.id, self.name())),
            Fact::Unknown(_) | Fact::NotOffered(_) => None,
        }
    }

    /// For people: name and UPN.
    pub fn name(&self) -> String {
        format!("{} <{}>", self.display_name, self.user_principal_name)
    }
}
