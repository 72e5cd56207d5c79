//! What goes wrong at a simulated tenant on purpose.

use clap::{Args, ValueEnum};
use offboard::Period;
use offboard_sim::{Fault, Matcher, Tenant};

/// What goes wrong on purpose. Without any of these the tenant answers everything, with Microsoft's small delays.
#[derive(Debug, Clone, Default, Args)]
pub struct Faults {
    /// This share of the requests meets this fault, as lost-answers=0.1; may be repeated
    #[arg(long = "fault", value_name = "NAME=SHARE", value_parser = rule)]
    pub rules: Vec<Rule>,
    /// How far readings are behind what was written, as PT30M
    #[arg(long, value_name = "PERIOD")]
    pub lag: Option<Period>,
    /// Enforce Microsoft's published quotas
    #[arg(long)]
    pub throttle: bool,
}

/// A share of the requests and what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    name: Name,
    per_mille: usize,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// A write is carried out, and its answer is lost
    LostAnswers,
    /// A write is answered with success, and nothing happens
    NothingHappens,
    /// A write is taken back by the next directory sync
    Reverted,
    /// An error of the service in place of any answer
    Errors,
    /// Throttled for some seconds, whatever the quota
    Throttled,
    /// The token counts as expired
    ExpiredTokens,
}

impl Rule {
    fn fault(self) -> (Matcher, Fault) {
        match self.name {
            Name::LostAnswers => (Matcher::writes(), Fault::DropAnswer),
            Name::NothingHappens => (Matcher::writes(), Fault::NothingHappens),
            Name::Reverted => (Matcher::writes(), Fault::RevertedBySync),
            Name::Errors => (Matcher::any(), Fault::status(503)),
            Name::Throttled => (Matcher::any(), Fault::throttled(Some("5"))),
            Name::ExpiredTokens => (Matcher::any(), Fault::TokenExpired),
        }
    }
}

/// `lost-answers=0.1`.
fn rule(text: &str) -> Result<Rule, String> {
    let names = || {
        let known = Name::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        known.map(|name| name.get_name().to_owned()).collect::<Vec<_>>().join(", ")
    };
    let (name, share) =
        text.split_once('=').ok_or_else(|| format!("write NAME=SHARE; the names are {}", names()))?;
    let name = Name::from_str(name, false).map_err(|_| format!("`{name}` is none of {}", names()))?;
    let per_mille = thousandths(share).ok_or_else(|| format!("`{share}` is no share from 0 to 1, as 0.1"))?;
    Ok(Rule { name, per_mille })
}

/// A decimal from 0 to 1 with at most three digits behind the point.
fn thousandths(share: &str) -> Option<usize> {
    let (whole, rest) = share.split_once('.').unwrap_or((share, ""));
    if rest.len() > 3 || !rest.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let rest: usize = format!("{rest:0<3}").parse().ok()?;
    let whole: usize = whole.parse().ok()?;
    Some(whole * 1_000 + rest).filter(|share| *share <= 1_000)
}

impl Faults {
    /// Sets them up.
    pub(super) fn set_up(&self, tenant: &Tenant) {
        for rule in &self.rules {
            let (when, what) = rule.fault();
            tenant.faults().always(when.per_mille(rule.per_mille), what);
        }
        tenant.world(|world| {
            if let Some(lag) = self.lag {
                world.timing.read_lag = vec![lag];
                world.timing.exchange_lag = lag;
            }
            world.timing.quotas |= self.throttle;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_a_name_and_a_share() {
        assert_eq!(rule("lost-answers=0.1"), Ok(Rule { name: Name::LostAnswers, per_mille: 100 }));
        assert_eq!(rule("errors=1"), Ok(Rule { name: Name::Errors, per_mille: 1_000 }));
        for (text, words) in [
            ("lost-answers", "NAME=SHARE"),
            ("sunshine=0.5", "nothing-happens"),
            ("errors=1.5", "from 0 to 1"),
            ("errors=-1", "from 0 to 1"),
            ("errors=0.0001", "from 0 to 1"),
            ("errors=x", "from 0 to 1"),
        ] {
            assert!(rule(text).unwrap_err().contains(words), "{text}");
        }
    }

    #[test]
    fn a_lost_answer_was_carried_out() {
        let tenant = Tenant::contoso(1);
        let faults = Faults { lag: Some(Period::minutes(30)), throttle: true, ..Faults::default() };
        faults.set_up(&tenant);
        tenant.world(|world| {
            assert_eq!(world.timing.read_lag, [Period::minutes(30)]);
            assert!(world.timing.quotas);
        });
    }
}
