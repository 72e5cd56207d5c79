//! What goes wrong on purpose (PROMISES 1.4).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;
use offboard_core::time::{Period, Timestamp};
use serde_json::Value;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Refused before the first byte: nothing was sent.
    Refuse,
    /// The connection breaks before the service has read the request. The caller cannot know.
    ResetBefore,
    /// The request is carried out, the answer is lost.
    DropAnswer,
    /// This status instead of carrying it out.
    Status {
        /// The status.
        status: u16,
        /// The body, as JSON; none is the door's usual error body.
        body: Option<Value>,
        /// `Retry-After`, word for word; none leaves it out.
        retry_after: Option<String>,
    },
    /// This plain text with this status instead of carrying it out: Exchange's throttling in prose.
    Prose {
        /// The status.
        status: u16,
        /// The text.
        text: String,
    },
    /// The answer says success, and nothing has changed.
    NothingHappens,
    /// The answer says success, and it is carried out so much later.
    Later(Period),
    /// It is carried out, and the next directory sync takes back what it changed.
    RevertedBySync,
    /// A read is answered from a world so long ago.
    Stale(Period),
    /// It is carried out, and the answer takes so much longer.
    Slow(Period),
    /// It is carried out, and the answer's JSON breaks off in the middle.
    Truncated,
    /// It is carried out, and a proxy's HTML page comes back with status 200.
    Html,
    /// It is carried out, and the answer is 200 with an empty body.
    EmptyOk,
    /// It is carried out, and these bytes come back with status 200 as `application/json`: whatever else a
    /// broken answer may hold.
    Garbage(Vec<u8>),
    /// The token counts as expired: 401.
    TokenExpired,
    /// The token is no longer taken: 401 with a claims challenge (continuous access evaluation).
    ClaimsChallenge,
    /// The answer of a batch lacks this part. Carried out all the same.
    MissingPart,
}

impl Fault {
    /// Throttled, with this `Retry-After` or none.
    pub fn throttled(retry_after: Option<&str>) -> Self {
        Self::Status { status: 429, body: None, retry_after: retry_after.map(str::to_owned) }
    }

    /// This status with the door's usual error body.
    pub fn status(status: u16) -> Self {
        Self::Status { status, body: None, retry_after: None }
    }

    /// Its name, for the recorder.
    pub fn name(&self) -> String {
        match self {
            Self::Status { status, .. } | Self::Prose { status, .. } => format!("status {status}"),
            Self::Later(period) => format!("later by {period}"),
            Self::Stale(period) => format!("stale by {period}"),
            Self::Slow(period) => format!("slow by {period}"),
            Self::Garbage(_) => "garbage".to_owned(),
            other => format!("{other:?}"),
        }
    }
}

/// Which requests a rule is for. Everything that is not said matches everything.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    method: Option<Method>,
    path: Option<String>,
    cmdlet: Option<String>,
    containing: Option<String>,
    caller: Option<String>,
    writes: Option<bool>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    skip: usize,
    per_mille: Option<usize>,
}

impl Matcher {
    /// Every request, sign-in included.
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests with this method on this path. The path is the decoded one without the version, keys after
    /// slashes: `/users/*/revokeSignInSessions`; `*` stands for any text without a slash, `**` for any text.
    pub fn graph(method: &Method, path: &str) -> Self {
        Self::request(method, path)
    }

    /// SharePoint requests with this method on this path, percent signs and all: `/personal/*/_api/web/ensureuser`.
    pub fn share_point(method: &Method, path: &str) -> Self {
        Self::request(method, path)
    }

    fn request(method: &Method, path: &str) -> Self {
        Self { method: Some(method.clone()), path: Some(path.to_owned()), ..Self::default() }
    }

    /// Exchange requests with this cmdlet; `Get-*` takes all that begin so.
    pub fn cmdlet(name: &str) -> Self {
        Self { cmdlet: Some(name.to_owned()), ..Self::default() }
    }

    /// Reads only: GET, and `Get-` cmdlets.
    pub fn reads() -> Self {
        Self { writes: Some(false), ..Self::default() }
    }

    /// Writes only. A `$batch` is neither a read nor a write, its parts are.
    pub fn writes() -> Self {
        Self { writes: Some(true), ..Self::default() }
    }

    /// Only where this text stands in the path, query or body, whatever its case: an object's id.
    #[must_use]
    pub fn about(mut self, text: impl ToString) -> Self {
        self.containing = Some(text.to_string());
        self
    }

    /// Only by this caller: an application's client id, or a user's object id.
    #[must_use]
    pub fn by(mut self, caller: impl ToString) -> Self {
        self.caller = Some(caller.to_string());
        self
    }

    /// Not the first `n - 1` that would match.
    #[must_use]
    pub fn from_nth(mut self, n: usize) -> Self {
        self.skip = n.saturating_sub(1);
        self
    }

    /// Only so many of a thousand that would match, evenly spread and always the same ones.
    #[must_use]
    pub fn per_mille(mut self, share: usize) -> Self {
        self.per_mille = Some(share.min(1_000));
        self
    }

    /// Whether the `n`th that fits is one of the share.
    fn hits(&self, n: usize) -> bool {
        self.per_mille.is_none_or(|share| n * share / 1_000 > (n - 1) * share / 1_000)
    }

    /// Only from this time on.
    #[must_use]
    pub fn from(mut self, at: Timestamp) -> Self {
        self.from = Some(at);
        self
    }

    /// Only before this time.
    #[must_use]
    pub fn until(mut self, at: Timestamp) -> Self {
        self.until = Some(at);
        self
    }

    fn fits(&self, seen: &Seen<'_>) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>, compare: fn(&str, &str) -> bool| {
            wanted.as_deref().is_none_or(|wanted| found.is_some_and(|found| compare(wanted, found)))
        };
        self.method.as_ref().is_none_or(|method| method == seen.method)
            && same(&self.path, Some(seen.path), wildcard)
            && same(&self.cmdlet, seen.cmdlet, |wanted, found| {
                wildcard(&wanted.to_ascii_lowercase(), &found.to_ascii_lowercase())
            })
            && same(&self.caller, seen.caller, |wanted, found| found.contains(wanted))
            && self.containing.as_deref().is_none_or(|text| seen.contains(text))
            && self.writes.is_none_or(|writes| seen.writes == Some(writes))
            && self.from.is_none_or(|from| seen.at >= from)
            && self.until.is_none_or(|until| seen.at < until)
    }
}

/// What the rules look at.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) cmdlet: Option<&'a str>,
    pub(crate) caller: Option<&'a str>,
    pub(crate) text: &'a str,
    pub(crate) writes: Option<bool>,
    pub(crate) at: Timestamp,
}

impl Seen<'_> {
    fn contains(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.path.to_ascii_lowercase().contains(&text) || self.text.to_ascii_lowercase().contains(&text)
    }
}

/// A rule's number, to take it away again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuleId(usize);

impl RuleId {
    /// The number, for whoever cannot hold the type. The rules of one tenant never have the same one twice.
    pub fn number(self) -> usize {
        self.0
    }

    /// The rule with this number, if there is one.
    pub fn of(number: usize) -> Self {
        Self(number)
    }
}

#[derive(Debug, Clone)]
struct Rule {
    id: RuleId,
    when: Matcher,
    what: Fault,
    left: Option<usize>,
    met: usize,
}

/// The rules in force. All that fit a request apply to it, in the order they were added.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<(usize, Vec<Rule>)>>);

impl Faults {
    /// From now on, every request that fits.
    pub fn always(&self, when: Matcher, what: Fault) -> RuleId {
        self.add(when, what, None)
    }

    /// The next request that fits.
    pub fn once(&self, when: Matcher, what: Fault) -> RuleId {
        self.add(when, what, Some(1))
    }

    /// The next `n` requests that fit.
    pub fn times(&self, n: usize, when: Matcher, what: Fault) -> RuleId {
        self.add(when, what, Some(n))
    }

    /// Takes a rule away. Returns whether there was one.
    pub fn remove(&self, id: RuleId) -> bool {
        let rules = &mut self.rules().1;
        let before = rules.len();
        rules.retain(|rule| rule.id != id);
        rules.len() < before
    }

    /// Takes all rules away.
    pub fn clear(&self) {
        self.rules().1.clear();
    }

    /// The same rules, counted apart from now on.
    pub(crate) fn fork(&self) -> Self {
        Self(Arc::new(Mutex::new(self.rules().clone())))
    }

    fn add(&self, when: Matcher, what: Fault, left: Option<usize>) -> RuleId {
        let mut rules = self.rules();
        rules.0 += 1;
        let id = RuleId(rules.0);
        rules.1.push(Rule { id, when, what, left, met: 0 });
        id
    }

    fn rules(&self) -> MutexGuard<'_, (usize, Vec<Rule>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults that meet this request; counts them as used.
    pub(crate) fn meeting(&self, seen: &Seen<'_>) -> Vec<Fault> {
        let mut found = Vec::new();
        for rule in &mut self.rules().1 {
            if rule.left == Some(0) || !rule.when.fits(seen) {
                continue;
            }
            rule.met += 1;
            if rule.met > rule.when.skip && rule.when.hits(rule.met - rule.when.skip) {
                rule.left = rule.left.map(|left| left - 1);
                found.push(rule.what.clone());
            }
        }
        found
    }
}

/// `*` is any text without a slash, `**` any text.
fn wildcard(pattern: &str, text: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("**") {
        return text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| wildcard(rest, &text[at..]));
    }
    if let Some(rest) = pattern.strip_prefix('*') {
        let end = text.find('/').unwrap_or(text.len());
        return text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .filter(|at| *at <= end)
            .any(|at| wildcard(rest, &text[at..]));
    }
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some(wanted), Some(found)) if wanted == found => {
            wildcard(&pattern[wanted.len_utf8()..], &text[found.len_utf8()..])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen<'a>(method: &'a Method, path: &'a str) -> Seen<'a> {
        let writes = Some(method != Method::GET);
        Seen { method, path, cmdlet: None, caller: None, text: "", writes, at: Timestamp::from_micros(0) }
    }

    #[test]
    fn a_star_stays_within_its_segment() {
        assert!(wildcard("/users/*/drive", "/users/1-2/drive"));
        assert!(!wildcard("/users/*", "/users/1/drive"));
        assert!(wildcard("/users/**", "/users/1/drive"));
        assert!(wildcard("Get-*", "Get-Mailbox"));
    }

    #[test]
    fn a_share_of_a_thousand_is_just_that() {
        let faults = Faults::default();
        faults.always(Matcher::writes().per_mille(250), Fault::DropAnswer);
        let met = (0..100).filter(|_| !faults.meeting(&seen(&Method::POST, "/me")).is_empty()).count();
        assert_eq!(met, 25);
        faults.clear();
        faults.always(Matcher::any().per_mille(0), Fault::Refuse);
        assert!(faults.meeting(&seen(&Method::GET, "/me")).is_empty());
    }

    #[test]
    fn a_rule_is_taken_away_once_and_by_its_number() {
        let faults = Faults::default();
        let meets = || faults.meeting(&seen(&Method::GET, "/me")).len();
        let (first, second) =
            (faults.always(Matcher::any(), Fault::Refuse), faults.always(Matcher::any(), Fault::Html));
        assert_ne!(first.number(), second.number());
        assert!(faults.clone().remove(RuleId::of(first.number())) && !faults.remove(first));
        assert_eq!(meets(), 1);
        faults.clear();
        assert!(!faults.remove(second) && meets() == 0);
        assert!(![first, second].contains(&faults.always(Matcher::any(), Fault::Html)));
    }

    #[test]
    fn a_rule_counts() {
        let faults = Faults::default();
        faults.times(1, Matcher::graph(&Method::GET, "/me").from_nth(2), Fault::Refuse);
        let hits: Vec<bool> =
            (0..4).map(|_| !faults.meeting(&seen(&Method::GET, "/me")).is_empty()).collect();
        assert_eq!(hits, [false, true, false, false]);
        assert!(faults.meeting(&seen(&Method::POST, "/me")).is_empty());
    }
}
