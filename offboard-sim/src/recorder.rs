//! What went over the wire: every request with its answer, whichever way it came.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method};
use offboard_core::time::Timestamp;
use serde_json::Value;

use crate::wire::{Door, Reply, Request};

/// One request and what became of it.
#[derive(Debug, Clone)]
pub struct Exchanged {
    /// Its number, from 1, in the order of arrival.
    pub number: usize,
    /// Which service.
    pub door: Door,
    /// When it arrived.
    pub at: Timestamp,
    /// When the answer left, the connection broke, or the caller gave up.
    pub answered: Option<Timestamp>,
    /// When it was carried out, if it was.
    pub carried_out: Option<Timestamp>,
    /// The method.
    pub method: Method,
    /// The URL as called.
    pub url: String,
    /// The path behind the origin, percent signs and all.
    pub path: String,
    /// The query as it came.
    pub query: String,
    /// Header names in lower case, with values; `authorization` holds only the scheme.
    pub headers: Vec<(String, String)>,
    /// Whose token it carried: `app 1f…` or `user alex@… of app 1f…`; none without a token that could be read.
    pub principal: Option<String>,
    /// The body as it came. Sign-in requests are kept without it, they are made of secrets.
    pub body: Bytes,
    /// The Exchange cmdlet in the body.
    pub cmdlet: Option<String>,
    /// The answer's status; none if there was no answer.
    pub status: Option<u16>,
    /// The answer's headers.
    pub answer_headers: Vec<(String, String)>,
    /// The answer's body; of sign-in only errors are kept.
    pub answer: Bytes,
    /// The faults that were injected; empty if none were.
    pub faults: Vec<String>,
    /// The number of the batch that this is a part of.
    pub part_of: Option<usize>,
    /// Its id inside that batch.
    pub part_id: Option<String>,
}

impl Exchanged {
    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The answer as JSON, if it is.
    pub fn answer_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.answer).ok()
    }

    /// Whether it was made to go wrong on purpose.
    pub fn is_faulted(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Whether it could change something: not a GET, not a sign-in, not a batch (its parts are judged), not a
    /// `Get-` cmdlet.
    pub fn is_mutating(&self) -> bool {
        let batch = self.path.ends_with("/$batch");
        let reading_cmdlet =
            self.cmdlet.as_deref().is_some_and(|name| name.to_ascii_lowercase().starts_with("get-"));
        self.door != Door::SignIn && self.method != Method::GET && !batch && !reading_cmdlet
    }
}

/// Whose request it is, and which part of which batch.
#[derive(Debug, Default)]
pub(crate) struct Who<'a> {
    pub(crate) principal: Option<String>,
    pub(crate) part: Option<(usize, &'a str)>,
}

/// Keeps everything that went over the wire.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Record>>);

#[derive(Debug, Clone, Default)]
struct Record {
    /// Shared with whoever looked, and with forks: most of what was recorded never changes again.
    rows: Vec<Arc<Exchanged>>,
    /// The numbers of those that wait for their answer, parts of batches apart.
    unanswered: BTreeSet<usize>,
}

impl Recorder {
    /// Everything so far, in the order of arrival.
    pub fn all(&self) -> Vec<Arc<Exchanged>> {
        self.record().rows.clone()
    }

    /// Everything that could change something, batches taken apart.
    pub fn mutating(&self) -> Vec<Arc<Exchanged>> {
        self.record().rows.iter().filter(|row| row.is_mutating()).cloned().collect()
    }

    /// How many requests there were, parts of batches and sign-ins included.
    pub fn len(&self) -> usize {
        self.record().rows.len()
    }

    /// Whether nothing was sent yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many requests to a service have arrived and were not answered yet; parts of batches do not count.
    pub(crate) fn in_flight(&self, door: Door) -> usize {
        let record = self.record();
        let of_door = |number: &&usize| record.rows.get(**number - 1).is_some_and(|row| row.door == door);
        record.unanswered.iter().filter(of_door).count()
    }

    /// Forgets everything; numbers start again.
    pub fn clear(&self) {
        *self.record() = Record::default();
    }

    /// The same record, kept apart from now on. Whoever was waiting for an answer has gone by `now`.
    pub(crate) fn fork(&self, now: Timestamp) -> Self {
        let mut rows = self.record().rows.clone();
        for row in rows.iter_mut().filter(|row| row.answered.is_none()) {
            Arc::make_mut(row).answered = Some(now);
        }
        Self(Arc::new(Mutex::new(Record { rows, unanswered: BTreeSet::new() })))
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self, request: &Request, at: Timestamp, who: Who<'_>) -> usize {
        let secret = request.door == Door::SignIn;
        let mut record = self.record();
        let number = record.rows.len() + 1;
        if who.part.is_none() {
            record.unanswered.insert(number);
        }
        record.rows.push(Arc::new(Exchanged {
            number,
            door: request.door,
            at,
            answered: None,
            carried_out: None,
            method: request.method.clone(),
            url: request.url(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: shown(&request.headers),
            principal: who.principal,
            body: if secret { Bytes::new() } else { request.body.clone() },
            cmdlet: cmdlet(request),
            status: None,
            answer_headers: Vec::new(),
            answer: Bytes::new(),
            faults: Vec::new(),
            part_of: who.part.map(|(batch, _)| batch),
            part_id: who.part.map(|(_, id)| id.to_owned()),
        }));
        number
    }

    pub(crate) fn change(&self, number: usize, change: impl FnOnce(&mut Exchanged)) {
        let mut record = self.record();
        let Some(row) = record.rows.get_mut(number.wrapping_sub(1)) else { return };
        let row = Arc::make_mut(row);
        change(row);
        if row.answered.is_some() {
            record.unanswered.remove(&number);
        }
    }

    pub(crate) fn answered(&self, number: usize, at: Timestamp, reply: &Reply) {
        self.change(number, |row| {
            row.answered = Some(at);
            row.status = Some(reply.status.as_u16());
            row.answer_headers = shown(&reply.headers);
            if row.door != Door::SignIn || !reply.status.is_success() {
                row.answer = reply.body.clone();
            }
        });
    }
}

/// The cmdlet that the body of an Exchange request names.
pub(crate) fn cmdlet(request: &Request) -> Option<String> {
    if request.door != Door::Exchange {
        return None;
    }
    let body = request.json()?;
    Some(body.get("CmdletInput")?.get("CmdletName")?.as_str()?.to_owned())
}

fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |name: &str, value: &str| match name {
        "authorization" => value.split(' ').next().unwrap_or_default().to_owned(),
        _ => value.to_owned(),
    };
    let headers = headers.iter();
    headers
        .map(|(name, value)| {
            (name.to_string(), text(name.as_str(), &String::from_utf8_lossy(value.as_bytes())))
        })
        .collect()
}
