//! Many leavers at once: whom a file names is planned, approved and carried out together, everybody's access is cut before
//! anything else is sent, and nobody waits for what is refused to somebody else.

mod crowd;
mod dying;
mod failing;
mod hundreds;
mod refusals;
mod together;
