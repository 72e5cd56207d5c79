//! Users in the directory.

use std::fmt::Debug;

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::sponsor::Sponsor;
use crate::model::user::User;

/// How a person is named when a plan is made. Afterwards there are only ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Object id.
    Id(UserId),
    /// `userPrincipalName`, exactly.
    UserPrincipalName(String),
    /// `employeeId`, exactly.
    EmployeeId(String),
    /// Whatever a person typed: compared with UPN, mail address and display name. Two matches are no match.
    Text(String),
}

impl Selector {
    /// Whether this person is meant, if nobody else is. Letters count the same large and small, as in the directory.
    pub fn names(&self, user: &User) -> bool {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        match self {
            Self::Id(id) => user.id == *id,
            Self::UserPrincipalName(name) => same(&user.user_principal_name, name),
            Self::EmployeeId(number) => user.employee_id.as_deref() == Some(number),
            Self::Text(text) => {
                same(&user.user_principal_name, text)
                    || user.mail.as_deref().is_some_and(|mail| same(mail, text))
                    || same(&user.display_name, text)
            }
        }
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::UserPrincipalName(text) | Self::EmployeeId(text) | Self::Text(text) => f.write_str(text),
        }
    }
}

/// A generated password. It is sent once and forgotten; nothing prints or stores it (R2).
pub struct Password(Zeroizing<String>);

impl Password {
    /// From its text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one request body that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

/// Reads and changes directory objects of users (CONTRACT B1 to B3, B10).
#[async_trait]
pub trait Directory: Debug + Send + Sync {
    /// Everybody whom the selector matches: none, one or several.
    async fn find(&self, call: &Call, selector: &Selector) -> Answer<Vec<User>>;

    /// The object with this id.
    async fn user(&self, call: &Call, id: UserId) -> Answer<Option<User>>;

    /// Whether the object with this id lies among the deleted ones.
    async fn is_deleted(&self, call: &Call, id: UserId) -> Answer<bool>;

    /// `onPremisesSyncBehavior.isCloudManaged`.
    async fn cloud_managed(&self, call: &Call, id: UserId) -> Answer<Option<bool>>;

    /// The manager's object id.
    async fn manager(&self, call: &Call, id: UserId) -> Answer<Option<UserId>>;

    /// Who answers for the guest, people and groups (B14). Empty where nobody does.
    async fn sponsors(&self, call: &Call, id: UserId) -> Answer<Option<Vec<Sponsor>>>;

    /// Sets `accountEnabled`.
    async fn set_account_enabled(&self, call: &Call, id: UserId, enabled: bool) -> Answer<Receipt>;

    /// Sets a new password by `passwordProfile` and asks for another at the next sign-in (B3).
    async fn reset_password(&self, call: &Call, id: UserId, password: &Password) -> Answer<Receipt>;

    /// Voids refresh tokens and session cookies (B2).
    async fn revoke_sign_in_sessions(&self, call: &Call, id: UserId) -> Answer<Receipt>;
}
