//! What the steps that take somebody out of a group share: one state, and who does it where offboard may not (G31).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::of;
use crate::facts::{Fact, Facts};
use crate::id::{GroupId, UserId};
use crate::model::group::{Group, Membership, Tie};
use crate::operation::{Instructions, Judged, Route};

/// What shows that somebody has left.
pub(super) const SHOWN_BY: &str = "memberOf does not list the group any more";

/// The example group of the documentation.
pub(super) const EXAMPLE_GROUP: GroupId = GroupId::from_u128(0x5c0f_f2b1_0000_4000_8000_0000_0000_00c1);

/// Whether somebody is in a group himself, not through another group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InGroup {
    /// He is a member.
    pub member: bool,
}

/// Whether `user` is in `group`.
pub(super) fn in_group(facts: &Facts, user: UserId, group: GroupId) -> Judged<InGroup> {
    let groups = of(facts, user, |person| person.direct_groups.clone());
    Judged::from_fact(groups, "there is no such user")
        .map(|rows| InGroup { member: rows.iter().any(|row| row.id == group) })
}

/// Changes the facts to whether `user` is in `group`. What he is in through that group stays as it was read.
pub(super) fn set_in_group(facts: &mut Facts, user: UserId, group: GroupId, member: bool) {
    let person = facts.person_mut(user);
    for rows in [&mut person.direct_groups, &mut person.memberships] {
        let Some(rows) = rows.known_mut() else { continue };
        let there = rows.iter().any(|row| row.id == group && row.tie == Tie::Member);
        if !member {
            rows.retain(|row| row.id != group || row.tie != Tie::Member);
        } else if !there {
            rows.push(Membership { id: group, tie: Tie::Member, group: Fact::default() });
            rows.sort_by_key(|row| (row.id, row.tie));
        }
    }
}

/// The group, where it could be read.
pub(super) fn group_of(facts: &Facts, user: UserId, group: GroupId) -> Option<&Group> {
    facts.person(user)?.direct_group(group).known().copied()
}

/// For people: name and id.
pub(super) fn named(facts: &Facts, user: UserId, group: GroupId) -> String {
    group_of(facts, user, group)
        .map_or_else(|| format!("group {group}"), |known| format!("{} ({group})", known.display_name))
}

/// Who does it where neither Graph nor Exchange can: whoever writes the rule, or Active Directory. Nothing where the
/// cloud decides who is in the group, or where the group could not be read (G31 stops the step then).
pub(super) fn elsewhere(facts: &Facts, user: UserId, group: GroupId, shown_by: &str) -> Option<Route> {
    let known = group_of(facts, user, group)?;
    let name = named(facts, user, group);
    let task = |system: &str, role: &str, why: &str, commands: Vec<String>| {
        Route::HandOff(Instructions {
            system: system.to_owned(),
            role: role.to_owned(),
            why: why.to_owned(),
            commands,
            shown_by: shown_by.to_owned(),
            deadline: None,
        })
    };
    if known.dynamic {
        return Some(task(
            "Microsoft Entra admin center",
            "Groups Administrator",
            "a rule decides who is in the group; nobody can be taken out of it by hand",
            vec![
                format!("(Get-MgGroup -GroupId {group} -Property membershipRule).MembershipRule"),
                format!("Change the attribute of the leaver that the rule of {name} reads, or the rule"),
            ],
        ));
    }
    known.synced.then(|| {
        let account = of(facts, user, |person| person.user.clone())
            .known()
            .and_then(|user| user.on_premises_sam_account_name.clone())
            .unwrap_or_else(|| format!("(the account of {user})"));
        task(
            "Active Directory",
            "Active Directory administrators",
            "Active Directory decides who is in the group; its next sync writes over the cloud",
            vec![
                format!(
                    "Remove-ADGroupMember -Identity {} -Members {}   # the group synced to {group}",
                    quoted(&known.display_name),
                    quoted(&account)
                ),
                "Start-ADSyncSyncCycle -PolicyType Delta".to_owned(),
            ],
        )
    })
}

/// A text of PowerShell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace(char::is_control, " ").replace('\'', "''"))
}

/// The cmdlet that takes `user` out of a group of Exchange.
pub(super) fn exchange_command(user: UserId, group: GroupId) -> String {
    format!(
        "Remove-DistributionGroupMember -Identity {group} -Member {user} -BypassSecurityGroupManagerCheck -Confirm:$false"
    )
}

/// A task for whoever may run cmdlets of Exchange.
pub(super) fn exchange_task(why: &str, commands: Vec<String>) -> Instructions {
    Instructions {
        system: "Exchange Online PowerShell".to_owned(),
        role: "Exchange Administrator".to_owned(),
        why: why.to_owned(),
        commands,
        shown_by: SHOWN_BY.to_owned(),
        deadline: None,
    }
}
