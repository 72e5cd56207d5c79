//! From the rows of a file to a roster and its plans. Nothing is changed.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _};

use crate::engine::host::Engine;
use crate::engine::prepare::{Request, Shared, exactly_one};
use crate::error::{Error, ErrorKind};
use crate::failure::Kind;
use crate::id::UserId;
use crate::model::user::User;
use crate::plan::roster::{BadRow, Member, Row, Rows};
use crate::plan::{Plan, Roster};
use crate::policy::Policy;
use crate::ports::{Priority, Selector};
use crate::time::Timestamp;

/// How many leavers are read at once: what they ask for leaves in common batches.
const AT_ONCE: usize = 20;

/// A roster, and the plans that it names.
#[derive(Debug, Clone)]
pub struct PlannedRoster {
    /// The roster.
    pub roster: Roster,
    /// The bytes of each member's plan, in the roster's order.
    pub plans: Vec<Vec<u8>>,
}

/// A row, with whom it means or why that is not known.
type Meant<'a> = (&'a Row, Result<User, Error>);

impl Engine {
    /// Makes a plan for everybody whom `rows` name, each in the knowledge that all of them leave. Rows from which no plan
    /// can be made are refused by name; the others go without them. Whose row says no last working moment leaves at
    /// `leaves_at`, or now. `planned` is told how many plans there are so far.
    ///
    /// # Errors
    /// More people are named than the tenant profile allows in one roster, the tenant cannot be asked who one of them is or
    /// about any of them, or the journal cannot be read.
    pub async fn plan_roster(
        &self,
        policy: &Policy,
        rows: &Rows,
        leaves_at: Option<Timestamp>,
        made_by: &str,
        planned: &(dyn Fn(usize) + Sync),
    ) -> Result<PlannedRoster, Error> {
        self.within_the_roster_cap(rows.len())?;
        let mut refused: Vec<BadRow> = rows.bad.iter().map(|(bad, _)| bad.clone()).collect();
        let mut leaving = self.leaving().await?;
        let meant = self.look_up(rows, &mut leaving).await?;
        let mut lines: BTreeMap<UserId, Vec<u64>> = BTreeMap::new();
        for (row, user) in &meant {
            if let Ok(user) = user {
                lines.entry(user.id).or_default().push(row.line);
            }
        }
        let mut wanted = Vec::new();
        for (row, user) in meant {
            match user.and_then(|user| is_named_once(row, user, &lines)) {
                Ok(user) => wanted.push((row.clone(), user)),
                Err(error) => refused.push(bad(row, &error)),
            }
        }

        let containment = policy.contains_only(self.catalog());
        let call = self.reading_call(if containment { Priority::Containment } else { Priority::Normal });
        let shared = Shared { leaving, settings: self.settings(containment, &call).await };
        let shared = &shared;
        // Each owns its row: what is borrowed here by a closure could not be carried on by another thread.
        let mut plans = stream::iter(wanted)
            .map(|(row, user)| async move {
                let request = Request {
                    leaver: Selector::Id(user.id),
                    successor: row.successor.clone(),
                    leaves_at: row.leaves_at.or(leaves_at),
                    made_by: made_by.to_owned(),
                };
                (row, Box::pin(self.plan_among(policy, &request, Some(shared))).await)
            })
            .buffered(AT_ONCE);
        let (mut members, mut bytes, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((row, made)) = plans.next().await {
            match made {
                Ok(made) => {
                    let (plan, digest, text) = written(&made.plan)?;
                    members.push(Member::of(row.line, &plan, digest));
                    bytes.push(text);
                    planned(members.len());
                }
                Err(error) => {
                    refused.push(bad(&row, &error));
                    if matches!(error.kind(), ErrorKind::Provider(_)) {
                        unread.push(error);
                    }
                }
            }
        }
        // Where nobody at all could be asked about, it is no matter of the rows.
        if members.is_empty() && unread.len() == refused.len() {
            return Err(unread.swap_remove(0));
        }
        refused.sort_by_key(|bad| bad.line);
        let roster = Roster {
            format: Roster::FORMAT.to_owned(),
            tenant: self.tenant(),
            policy: policy.name().to_owned(),
            policy_digest: policy.digest().clone(),
            source: rows.source.clone(),
            made_at: self.now(),
            made_by: made_by.to_owned(),
            members,
            refused,
        };
        Ok(PlannedRoster { roster, plans: bytes })
    }

    pub(super) fn within_the_roster_cap(&self, people: usize) -> Result<(), Error> {
        let cap = self.profile().caps.per_roster;
        if u32::try_from(people).is_ok_and(|people| people <= cap) {
            return Ok(());
        }
        Err(ErrorKind::RosterCap { people, cap }.into())
    }

    /// Whom the rows mean. Whoever may be meant leaves, for all that is known: also who is named by a row that is refused,
    /// and everybody who shares a name in it.
    async fn look_up<'a>(
        &self,
        rows: &'a Rows,
        leaving: &mut BTreeSet<UserId>,
    ) -> Result<Vec<Meant<'a>>, Error> {
        let call = self.reading_call(Priority::Normal);
        let named = |selector: Option<Selector>| {
            let call = &call;
            async move {
                match selector {
                    Some(selector) => (self.find_all(call, &selector).await, Some(selector)),
                    None => (Ok(Vec::new()), None),
                }
            }
        };
        let bad: Vec<_> = rows.bad.iter().map(|(_, who)| who.clone()).collect();
        let mut found = stream::iter(bad).map(named).buffered(AT_ONCE);
        while let Some((users, _)) = found.next().await {
            leaving.extend(asked(users)?.unwrap_or_default().iter().map(|user| user.id));
        }
        let good: Vec<_> = rows.good.iter().map(Row::selector).collect();
        let found: Vec<_> = stream::iter(good).map(named).buffered(AT_ONCE).collect().await;
        let mut meant = Vec::new();
        for (row, (users, selector)) in rows.good.iter().zip(found) {
            let user = match (asked(users)?, selector) {
                (Ok(users), Some(selector)) => {
                    leaving.extend(users.iter().map(|user| user.id));
                    exactly_one(users, &selector, "leaver").and_then(|user| is_he(row, user))
                }
                (Err(error), _) => Err(error),
                (Ok(_), None) => Err(ErrorKind::Usage("nobody is named".to_owned()).into()),
            };
            meant.push((row, user));
        }
        Ok(meant)
    }
}

/// Who was found; a name that the directory takes for none is a matter of its row. Where the directory could not be asked
/// about somebody, nobody knows who leaves, and a plan for another might count on him.
fn asked(found: Result<Vec<User>, Error>) -> Result<Result<Vec<User>, Error>, Error> {
    match found {
        Err(error) => match error.kind() {
            ErrorKind::Provider(failure) if failure.kind != Kind::InvalidRequest => Err(error),
            _ => Ok(Err(error)),
        },
        found => Ok(found),
    }
}

/// Every name in the row must be his.
fn is_he(row: &Row, user: User) -> Result<User, Error> {
    let other = |what: &str, is: &str, says: &str| {
        let text = format!("{} has the {what} {is}, and the row says {says}", user.user_principal_name);
        Err(ErrorKind::Ambiguous(text).into())
    };
    if let Some(upn) =
        row.user_principal_name.as_ref().filter(|upn| !user.user_principal_name.eq_ignore_ascii_case(upn))
    {
        return other("object id", &user.id.to_string(), upn);
    }
    let number = user.employee_id.as_deref().unwrap_or("none");
    if let Some(says) = row.employee_id.as_ref().filter(|says| *says != number) {
        return other("employee id", number, says);
    }
    Ok(user)
}

/// Of two rows for one person nobody can say which is meant.
fn is_named_once(row: &Row, user: User, lines: &BTreeMap<UserId, Vec<u64>>) -> Result<User, Error> {
    let others: Vec<String> = lines
        .get(&user.id)
        .into_iter()
        .flatten()
        .filter(|line| **line != row.line)
        .map(u64::to_string)
        .collect();
    if others.is_empty() {
        return Ok(user);
    }
    let name = format!("{} <{}>", user.display_name, user.user_principal_name);
    Err(ErrorKind::Ambiguous(format!("{name} stands in another row too (line {})", others.join(", "))).into())
}

fn bad(row: &Row, error: &Error) -> BadRow {
    let hint = match error.kind() {
        ErrorKind::Leaver(_) => "look at the spelling, or name the person by object id",
        ErrorKind::Ambiguous(_) => "name exactly one person, in one row",
        _ => error.hint().unwrap_or("mend this, and make the roster again"),
    };
    BadRow { line: row.line, column: None, who: row.who(), why: error.to_string(), hint: hint.to_owned() }
}

/// The plan as it will be read again: what the roster says of it must be what its bytes say.
fn written(plan: &Plan) -> Result<(Plan, crate::id::Digest, Vec<u8>), Error> {
    let bytes = plan.to_bytes();
    let (plan, digest) = Plan::from_bytes(&bytes)?;
    Ok((plan, digest, bytes))
}
