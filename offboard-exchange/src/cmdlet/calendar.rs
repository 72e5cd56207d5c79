//! `Remove-CalendarEvents` (CONTRACT C8). Nothing is previewed with it: its preview says that the meetings are queued.

use super::{Cmdlet, Identity, Name, Parameter};

/// Cancels the meetings with others that the mailbox organised and that lie in the next so many days.
pub fn cancel_organized_meetings(identity: impl Into<Identity>, days: u32) -> Cmdlet {
    Cmdlet::about(Name::RemoveCalendarEvents, identity)
        .with("CancelOrganizedMeetings", Parameter::Flag(true))
        .with("QueryWindowInDays", Parameter::Number(days))
}
