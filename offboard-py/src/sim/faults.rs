//! What goes wrong on purpose.

use offboard::Timestamp;
use offboard_sim as sim;
use offboard_sim::faults::RuleId;
use pyo3::prelude::*;

use super::period;
use crate::errors::Told;

/// One thing that goes wrong.
#[pyclass(frozen, module = "offboard._offboard")]
#[derive(Clone)]
pub(crate) struct Fault(sim::Fault);

#[pymethods]
impl Fault {
    /// The answer says success, and nothing has changed.
    #[staticmethod]
    fn nothing_happens() -> Self {
        Self(sim::Fault::NothingHappens)
    }

    /// The request is carried out, the answer is lost.
    #[staticmethod]
    fn drop_answer() -> Self {
        Self(sim::Fault::DropAnswer)
    }

    /// The answer says success, and it is carried out so much later.
    #[staticmethod]
    fn later(by: &str) -> PyResult<Self> {
        Ok(Self(sim::Fault::Later(period(by)?)))
    }

    /// It is carried out, and the next directory sync takes back what it changed.
    #[staticmethod]
    fn reverted_by_sync() -> Self {
        Self(sim::Fault::RevertedBySync)
    }

    /// This status instead of carrying it out.
    #[staticmethod]
    fn status(status: u16) -> Self {
        Self(sim::Fault::status(status))
    }

    /// 429, with this `Retry-After` or none.
    #[staticmethod]
    #[pyo3(signature = (retry_after=None))]
    fn throttled(retry_after: Option<&str>) -> Self {
        Self(sim::Fault::throttled(retry_after))
    }

    /// Refused before the first byte: nothing was sent.
    #[staticmethod]
    fn refuse() -> Self {
        Self(sim::Fault::Refuse)
    }

    /// The connection breaks before the service has read the request.
    #[staticmethod]
    fn reset_before() -> Self {
        Self(sim::Fault::ResetBefore)
    }

    /// A read is answered from a world so long ago.
    #[staticmethod]
    fn stale(by: &str) -> PyResult<Self> {
        Ok(Self(sim::Fault::Stale(period(by)?)))
    }

    /// It is carried out, and the answer takes so much longer.
    #[staticmethod]
    fn slow(by: &str) -> PyResult<Self> {
        Ok(Self(sim::Fault::Slow(period(by)?)))
    }

    /// It is carried out, and the answer's JSON breaks off in the middle.
    #[staticmethod]
    fn truncated() -> Self {
        Self(sim::Fault::Truncated)
    }

    /// It is carried out, and a proxy's HTML page comes back with status 200.
    #[staticmethod]
    fn html() -> Self {
        Self(sim::Fault::Html)
    }

    /// The token counts as expired: 401.
    #[staticmethod]
    fn token_expired() -> Self {
        Self(sim::Fault::TokenExpired)
    }

    fn __repr__(&self) -> String {
        format!("<Fault {}>", self.0.name())
    }
}

/// Which requests a rule is for.
#[pyclass(frozen, module = "offboard._offboard")]
#[derive(Clone)]
pub(crate) struct Matcher(sim::Matcher);

fn time(at: &str) -> Result<Timestamp, Told> {
    at.parse().map_err(|error: offboard::core::time::TimeError| Told::usage(error.to_string()))
}

#[pymethods]
impl Matcher {
    /// Every request.
    #[staticmethod]
    fn any() -> Self {
        Self(sim::Matcher::any())
    }

    /// Requests with this method on this path.
    #[staticmethod]
    fn graph(method: &str, path: &str) -> PyResult<Self> {
        let method = http::Method::from_bytes(method.as_bytes())
            .map_err(|_| Told::usage(format!("`{method}` is no method of HTTP")))?;
        Ok(Self(sim::Matcher::graph(&method, path)))
    }

    /// Exchange requests with this cmdlet.
    #[staticmethod]
    fn cmdlet(name: &str) -> Self {
        Self(sim::Matcher::cmdlet(name))
    }

    /// Reads only.
    #[staticmethod]
    fn reads() -> Self {
        Self(sim::Matcher::reads())
    }

    /// Writes only.
    #[staticmethod]
    fn writes() -> Self {
        Self(sim::Matcher::writes())
    }

    /// Only where this text stands in the path, query or body.
    fn about(&self, text: &str) -> Self {
        Self(self.0.clone().about(text))
    }

    /// Only by this caller.
    fn by(&self, caller: &str) -> Self {
        Self(self.0.clone().by(caller))
    }

    /// Not the first `n - 1` that would match.
    #[pyo3(name = "from_nth")]
    fn beginning_with(&self, n: usize) -> Self {
        Self(self.0.clone().from_nth(n))
    }

    /// Only from this time on.
    fn starting(&self, at: &str) -> PyResult<Self> {
        Ok(Self(self.0.clone().from(time(at)?)))
    }

    /// Only before this time.
    fn until(&self, at: &str) -> PyResult<Self> {
        Ok(Self(self.0.clone().until(time(at)?)))
    }

    fn __repr__(&self) -> String {
        format!("<{:?}>", self.0)
    }
}

/// The rules in force at a tenant. It holds nothing of its own: each access to `tenant.faults` makes another.
#[pyclass(frozen, module = "offboard._offboard")]
pub(crate) struct Faults(pub(super) sim::Faults);

#[pymethods]
impl Faults {
    /// From now on, every request that fits. Returns the rule's number.
    fn always(&self, when: PyRef<'_, Matcher>, what: PyRef<'_, Fault>) -> usize {
        self.0.always(when.0.clone(), what.0.clone()).number()
    }

    /// The next request that fits.
    fn once(&self, when: PyRef<'_, Matcher>, what: PyRef<'_, Fault>) -> usize {
        self.0.once(when.0.clone(), what.0.clone()).number()
    }

    /// The next `n` requests that fit.
    fn times(&self, n: usize, when: PyRef<'_, Matcher>, what: PyRef<'_, Fault>) -> usize {
        self.0.times(n, when.0.clone(), what.0.clone()).number()
    }

    /// Takes a rule away.
    fn remove(&self, rule: usize) -> PyResult<()> {
        if self.0.remove(RuleId::of(rule)) {
            return Ok(());
        }
        Err(Told::usage(format!("there is no rule {rule} at this tenant"))
            .hint("take the number that `always`, `once` or `times` returned; a rule is taken away once")
            .into())
    }

    /// Takes all rules away.
    fn clear(&self) {
        self.0.clear();
    }
}
