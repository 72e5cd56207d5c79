//! The operations that come with offboard, one a file. Adding one is adding its file and its two lines here.

mod common;
mod drive;
mod drive_access;
mod drive_sharing;
mod membership;

pub mod block_exchange_account;
pub mod block_mobile_device;
pub mod block_protocols;
pub mod block_sign_in;
pub mod cancel_meetings;
pub mod convert_to_shared;
pub mod copy_drive;
pub mod delete_user;
pub mod end_drive_access;
pub mod end_drive_sharing;
pub mod end_forwarding;
pub mod final_revoke;
pub mod grant_drive_access;
pub mod grant_full_access;
pub mod leave_distribution_group;
pub mod leave_group;
pub mod leave_licensing_group;
pub mod on_premises_task;
pub mod place_litigation_hold;
pub mod remove_full_access;
pub mod remove_licenses;
pub mod reset_password;
pub mod revoke_sign_in_sessions;
pub mod set_automatic_replies;
pub mod set_forwarding;
pub mod share_drive;
pub mod stop_automatic_replies;
pub mod stop_forwarding;
pub mod unassign_phone_number;
pub mod wipe_mobile_device;

use crate::operation::Catalog;

/// All of them.
pub(crate) fn builtin() -> Catalog {
    Catalog::empty()
        .with::<block_exchange_account::BlockExchangeAccount>()
        .with::<block_mobile_device::BlockMobileDevice>()
        .with::<block_protocols::BlockProtocols>()
        .with::<block_sign_in::BlockSignIn>()
        .with::<cancel_meetings::CancelMeetings>()
        .with::<convert_to_shared::ConvertToShared>()
        .with::<copy_drive::CopyDrive>()
        .with::<delete_user::DeleteUser>()
        .with::<final_revoke::FinalRevoke>()
        .with::<end_drive_access::EndDriveAccess>()
        .with::<end_drive_sharing::EndDriveSharing>()
        .with::<end_forwarding::EndForwarding>()
        .with::<grant_drive_access::GrantDriveAccess>()
        .with::<grant_full_access::GrantFullAccess>()
        .with::<leave_distribution_group::LeaveDistributionGroup>()
        .with::<leave_group::LeaveGroup>()
        .with::<leave_licensing_group::LeaveLicensingGroup>()
        .with::<on_premises_task::OnPremisesTask>()
        .with::<place_litigation_hold::PlaceLitigationHold>()
        .with::<remove_full_access::RemoveFullAccess>()
        .with::<remove_licenses::RemoveLicenses>()
        .with::<reset_password::ResetPassword>()
        .with::<revoke_sign_in_sessions::RevokeSignInSessions>()
        .with::<set_automatic_replies::SetAutomaticReplies>()
        .with::<set_forwarding::SetForwarding>()
        .with::<share_drive::ShareDrive>()
        .with::<stop_automatic_replies::StopAutomaticReplies>()
        .with::<stop_forwarding::StopForwarding>()
        .with::<unassign_phone_number::UnassignPhoneNumber>()
        .with::<wipe_mobile_device::WipeMobileDevice>()
}
