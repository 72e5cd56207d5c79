//! Reading facets: all of a set at once, so that an adapter can put them in one batch.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{BoxFuture, Either, join_all, select};

use super::Facts;
use super::facet::{Facet, Service};
use super::fact::{Fact, Why};
use crate::failure::{Failure, Kind, ProviderError};
use crate::id::UserId;
use crate::ports::{Answer, Call, Providers};
use crate::time::{Clock, Timestamp};

/// Until when a reading is waited for. Cutting access does not wait for a service that does not answer.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Whose time.
    pub clock: Arc<dyn Clock>,
    /// What is not there by then is unknown.
    pub until: Timestamp,
}

impl Patience {
    async fn wait<T>(patience: Option<&Self>, answer: impl Future<Output = Answer<T>>) -> Answer<T> {
        let Some(Self { clock, until }) = patience else { return answer.await };
        match select(pin!(answer), clock.sleep_until(*until)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(ProviderError::new(
                "facts",
                Failure::new(Kind::Unavailable, "there was no answer in time").code("not_in_time"),
            )),
        }
    }
}

/// Puts one reading into the facts.
type Apply = Box<dyn FnOnce(&mut Facts) + Send>;

/// Reads `wanted` into `facts`. What cannot be read becomes unknown; what the organisation does not use is not
/// offered and is not asked for.
pub async fn load(
    facts: &mut Facts,
    wanted: &BTreeSet<Facet>,
    providers: &Providers,
    unused: &BTreeSet<Service>,
    call: &Call,
    patience: Option<&Patience>,
) {
    // The domain is that of the UPN, which must be read first if it is about to be read.
    let upn_comes_first = wanted.contains(&Facet::User(facts.leaver.id));
    let (late, first): (Vec<&Facet>, Vec<&Facet>) =
        wanted.iter().partition(|facet| **facet == Facet::LeaverDomain && upn_comes_first);
    for facets in [first, late] {
        let readings = facets.into_iter().map(|facet| read(facet, facts, providers, unused, call, patience));
        for apply in join_all(readings).await {
            apply(facts);
        }
    }
}

fn domain<'a>(
    known: &Facts,
    p: &'a Providers,
    call: &'a Call,
    patience: Option<&'a Patience>,
) -> BoxFuture<'a, Apply> {
    let name = known.leaver.user.known().map(crate::model::user::User::domain);
    Box::pin(async move {
        let Some(name) = name else { return Box::new(|_: &mut Facts| {}) as Apply };
        let fact = Fact::read(Patience::wait(patience, p.organization.domain(call, &name)).await);
        Box::new(move |facts: &mut Facts| {
            facts.tenant.domains.insert(name, fact);
        }) as Apply
    })
}

/// Awaits `answer`, unless the organisation does not use the service, and keeps where the fact belongs.
fn reading<'a, T: Send + 'static>(
    (not_used, patience): (bool, Option<&'a Patience>),
    answer: impl Future<Output = Answer<Option<T>>> + Send + 'a,
    set: impl FnOnce(&mut Facts, Fact<T>) + Send + 'static,
) -> BoxFuture<'a, Apply> {
    Box::pin(async move {
        let fact = if not_used {
            Fact::NotOffered(Why::Unused)
        } else {
            Fact::read(Patience::wait(patience, answer).await)
        };
        Box::new(move |facts: &mut Facts| set(facts, fact)) as Apply
    })
}

fn read<'a>(
    facet: &'a Facet,
    known: &Facts,
    p: &'a Providers,
    unused: &BTreeSet<Service>,
    call: &'a Call,
    patience: Option<&'a Patience>,
) -> BoxFuture<'a, Apply> {
    let unused = facet.service().is_some_and(|service| unused.contains(&service));
    let how = (unused, patience);
    let (from, leaver) = (known.as_of, known.leaver.id);
    match facet {
        &Facet::User(id) => user(p, call, id, patience),
        &Facet::SyncBehavior(id) => reading(how, p.directory.cloud_managed(call, id), move |f, fact| {
            f.person_mut(id).cloud_managed = fact;
        }),
        &Facet::DeletedUser(id) => reading(how, p.deletions.deleted_user(call, id), move |f, fact| {
            f.person_mut(id).deleted_user = fact;
        }),
        &Facet::RestoreConflicts(id) => {
            reading(how, p.deletions.restore_conflicts(call, id), move |f, fact| {
                f.person_mut(id).restore_conflicts = fact;
            })
        }
        &Facet::Manager(id) => {
            reading(how, p.directory.manager(call, id), move |f, fact| f.person_mut(id).manager = fact)
        }
        &Facet::Sponsors(id) => {
            reading(how, p.directory.sponsors(call, id), move |f, fact| f.person_mut(id).sponsors = fact)
        }
        &Facet::Licenses(id) => {
            reading(how, p.licenses.licenses(call, id), move |f, fact| f.person_mut(id).licenses = fact)
        }
        &Facet::DirectGroups(id) => reading(how, some(p.groups.direct_groups(call, id)), move |f, fact| {
            f.person_mut(id).direct_groups = fact;
        }),
        &Facet::Owners(group) => reading(how, p.groups.owners(call, group), move |f, fact| {
            f.owners.insert(group, fact);
        }),
        &Facet::Memberships(id) => reading(how, some(p.roles.memberships(call, id)), move |f, fact| {
            f.person_mut(id).memberships = fact;
        }),
        &Facet::Roles(id) => {
            reading(how, some(p.roles.roles(call, id)), move |f, fact| f.person_mut(id).roles = fact)
        }
        &Facet::Recipient(id) => {
            reading(how, p.mailboxes.recipient(call, id), move |f, fact| f.person_mut(id).recipient = fact)
        }
        &Facet::EndedMailbox(id, mailbox) => {
            reading(how, p.mailboxes.ended(call, mailbox), move |f, fact| {
                f.person_mut(id).ended_mailbox = fact;
            })
        }
        &Facet::MailboxSize(id) => {
            reading(how, p.mailboxes.size(call, id), move |f, fact| f.person_mut(id).mailbox_size = fact)
        }
        &Facet::InboxRules(id) => {
            reading(how, p.rules.inbox_rules(call, id), move |f, fact| f.person_mut(id).inbox_rules = fact)
        }
        &Facet::AutomaticReplies(id) => {
            reading(how, p.replies.automatic_replies(call, id), move |f, fact| {
                f.person_mut(id).automatic_replies = fact;
            })
        }
        &Facet::MailboxRights(id) => {
            reading(how, p.delegates.rights(call, id), move |f, fact| f.person_mut(id).mailbox_rights = fact)
        }
        &Facet::ClientAccess(id) => reading(how, p.client_access.client_access(call, id), move |f, fact| {
            f.person_mut(id).client_access = fact;
        }),
        &Facet::MobileDevices(id) => {
            reading(how, p.mobile_devices.mobile_devices(call, id), move |f, fact| {
                f.person_mut(id).mobile_devices = fact;
            })
        }
        &Facet::Meetings(id) => reading(how, p.workloads.meetings(call, id, from), move |f, fact| {
            f.person_mut(id).meetings = fact;
        }),
        &Facet::Drive(id) => {
            reading(how, p.workloads.drive(call, id), move |f, fact| f.person_mut(id).drive = fact)
        }
        &Facet::DriveAdministrators(id) => {
            reading(how, super::drive::administrators(p, call, id), move |f, fact| {
                f.person_mut(id).drive_administrators = fact;
            })
        }
        &Facet::DrivePermissions(id) => {
            reading(how, super::drive::permissions(p, call, id), move |f, fact| {
                f.person_mut(id).drive_permissions = fact;
            })
        }
        &Facet::DriveApart(id) => reading(how, super::drive::apart(p, call, id), move |f, fact| {
            f.person_mut(id).drive_apart = fact;
        }),
        &Facet::DriveItems(id) => reading(how, super::drive::items(p, call, id), move |f, fact| {
            f.person_mut(id).drive_items = fact;
        }),
        Facet::DriveFolder(id, name) => {
            let (id, kept) = (*id, name.clone());
            reading(how, super::drive::folder(p, call, id, name), move |f, fact| {
                f.person_mut(id).drive_folders.insert(kept, fact);
            })
        }
        &Facet::PhoneNumbers(id) => {
            reading(how, some(p.workloads.phone_numbers(call, id)), move |f, fact| {
                f.person_mut(id).phone_numbers = fact;
            })
        }
        Facet::Skus => reading(how, some(p.licenses.subscribed_skus(call)), |f, fact| f.tenant.skus = fact),
        Facet::Organization => {
            reading(how, p.organization.organization_config(call), |f, fact| f.tenant.organization = fact)
        }
        Facet::GlobalAdministrators => reading(how, some(p.roles.global_administrators(call)), |f, fact| {
            f.tenant.global_administrators = fact;
        }),
        Facet::OneDriveRetention => reading(how, p.organization.one_drive_retention_days(call), |f, fact| {
            f.tenant.one_drive_retention_days = fact;
        }),
        Facet::Caller => reading(how, some(p.caller.caller(call)), |f, fact| f.caller = fact),
        Facet::Custom(name) => custom(p, call, name, leaver),
        Facet::LeaverDomain => domain(known, p, call, patience),
    }
}

fn user<'a>(
    p: &'a Providers,
    call: &'a Call,
    id: UserId,
    patience: Option<&'a Patience>,
) -> BoxFuture<'a, Apply> {
    Box::pin(async move {
        let user = Fact::read(Patience::wait(patience, p.directory.user(call, id)).await);
        // Only somebody who is gone is looked for among the deleted.
        let deleted = if user == Fact::Absent {
            Fact::read(some(p.directory.is_deleted(call, id)).await)
        } else {
            user.as_ref().map(|_| false)
        };
        Box::new(move |facts: &mut Facts| {
            let person = facts.person_mut(id);
            person.user = user;
            person.deleted = deleted;
        }) as Apply
    })
}

fn custom<'a>(p: &'a Providers, call: &'a Call, name: &'a str, leaver: UserId) -> BoxFuture<'a, Apply> {
    Box::pin(async move {
        let fact = match p.custom.get(name) {
            Some(facet) => Fact::read(facet.read(call, leaver).await),
            None => Fact::Unknown(
                Failure::not_read()
                    .hint(format!("no reader for the facet `{name}` is registered with the providers")),
            ),
        };
        let name = name.to_owned();
        Box::new(move |facts: &mut Facts| {
            facts.custom.insert(name, fact);
        }) as Apply
    })
}

/// An answer that always has a value.
async fn some<T>(answer: impl Future<Output = Answer<T>>) -> Answer<Option<T>> {
    answer.await.map(Some)
}
