//! `Remove-DistributionGroupMember` and `Add-DistributionGroupMember` (CONTRACT C10).

use offboard_core::id::{GroupId, UserId};

use super::{Cmdlet, Name, Parameter};

/// Takes `member` out of `group`.
pub fn remove_member(group: GroupId, member: UserId) -> Cmdlet {
    about(Name::RemoveDistributionGroupMember, group, member)
}

/// Puts `member` into `group`.
pub fn add_member(group: GroupId, member: UserId) -> Cmdlet {
    about(Name::AddDistributionGroupMember, group, member)
}

/// Without the bypass only a manager of the group may change it. It is about no mailbox, so it takes no mailbox's turn.
fn about(name: Name, group: GroupId, member: UserId) -> Cmdlet {
    Cmdlet::new(name, None)
        .with("Identity", Parameter::Identity(group.into()))
        .with("Member", Parameter::Identity(member.into()))
        .with("BypassSecurityGroupManagerCheck", Parameter::Flag(true))
}
