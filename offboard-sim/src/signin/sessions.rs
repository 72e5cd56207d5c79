//! Sign-ins of people: device codes that wait for somebody, and refresh tokens.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use offboard_core::id::UserId;
use offboard_core::time::{Period, Timestamp};

/// How long a device code waits for somebody.
pub(super) const CODE_LIFE: Period = Period::minutes(15);
/// How often it may be asked after.
pub(super) const INTERVAL: Period = Period::seconds(5);
/// How long a refresh token lives unused.
const REFRESH_LIFE: Period = Period::days(90);

/// What became of a device code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nobody has entered it yet.
    Pending,
    /// Somebody signed in with it.
    Approved(UserId),
    /// Somebody refused.
    Declined,
}

#[derive(Debug, Clone)]
pub(super) struct Device {
    pub(super) user_code: String,
    pub(super) app_id: String,
    pub(super) scope: String,
    pub(super) expires: Timestamp,
    pub(super) asked: Option<Timestamp>,
    pub(super) answer: Answer,
}

/// What a refresh token stands for.
#[derive(Debug, Clone)]
pub(super) struct Refresh {
    pub(super) app_id: String,
    pub(super) user: UserId,
    pub(super) signed_in: Timestamp,
    pub(super) expires: Timestamp,
}

impl Refresh {
    pub(super) fn of(app_id: &str, user: UserId, signed_in: Timestamp, now: Timestamp) -> Self {
        Self { app_id: app_id.to_owned(), user, signed_in, expires: now + REFRESH_LIFE }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// By device code.
    pub(super) devices: BTreeMap<String, Device>,
    /// By refresh token.
    pub(super) refresh: BTreeMap<String, Refresh>,
}

/// The sign-ins of people in one tenant.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<Rows>);

impl Sessions {
    pub(super) fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn fork(&self) -> Self {
        Self(Mutex::new(self.rows().clone()))
    }

    /// The user codes that wait for somebody.
    pub(crate) fn waiting(&self, now: Timestamp) -> Vec<String> {
        let rows = self.rows();
        let waiting = rows.devices.values().filter(|row| row.answer == Answer::Pending && now < row.expires);
        waiting.map(|row| row.user_code.clone()).collect()
    }

    /// Somebody answers a user code; false if it waits for nobody.
    pub(super) fn answer(&self, user_code: &str, now: Timestamp, answer: Answer) -> bool {
        let mut rows = self.rows();
        let found = rows.devices.values_mut().find(|row| {
            row.user_code.eq_ignore_ascii_case(user_code.trim())
                && row.answer == Answer::Pending
                && now < row.expires
        });
        found.map(|row| row.answer = answer).is_some()
    }

    /// Somebody enters a user code and signs in.
    pub(crate) fn approve(&self, user_code: &str, user: UserId, now: Timestamp) -> bool {
        self.answer(user_code, now, Answer::Approved(user))
    }

    /// Somebody enters a user code and refuses.
    pub(crate) fn decline(&self, user_code: &str, now: Timestamp) -> bool {
        self.answer(user_code, now, Answer::Declined)
    }
}
