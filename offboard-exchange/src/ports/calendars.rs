//! Calendars.

use async_trait::async_trait;
use offboard_core::id::UserId;
use offboard_core::ports::{Answer, Calendars, Call, Receipt};

use crate::cmdlet::calendar;
use crate::exchange::Exchange;

#[async_trait]
impl Calendars for Exchange {
    /// The service repeats what each meeting is about, which belongs into no journal.
    async fn cancel_organized_meetings(&self, call: &Call, id: UserId, days: u32) -> Answer<Receipt> {
        let receipt = self.write(call, calendar::cancel_organized_meetings(id, days)).await?;
        Ok(Receipt { warnings: Vec::new(), ..receipt })
    }
}
