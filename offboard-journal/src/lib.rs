//! The journal of offboard on SQLite.
//!
//! [`SqliteJournal`] is [`offboard_core::journal::Journal`] in one file. Several processes of one machine may share
//! it; a network file system may not hold it, because SQLite's write-ahead log needs shared memory.
//!
//! # What is promised
//! * What `append` returned is on the disk (`synchronous=FULL`), and what it refused is not in the file. The order
//!   of checking the lease, computing the chain of hashes and writing is one immediate transaction, so no other
//!   process comes between.
//! * A file that is no journal of this version is refused before anything in it is changed.
//! * The file is made whole or not at all, and only its owner can read it (mode 0600).
//! * Dropping a call in the middle is the same as the process dying there: all of it happened, or nothing.
//!
//! # What is not
//! Whoever may write the file can change it. The chain shows changes, but for a cut tail, which needs a checkpoint
//! kept elsewhere ([`offboard_core::journal::chain`]). If the disk refuses to confirm the very last write and the
//! machine dies before the next, an entry may be found afterwards that `append` reported as refused: its state is
//! folded like any other.
//!
//! # Dialects
//! The statements are written once, in words that SQLite and PostgreSQL share; all that is SQLite's own lies in
//! `sqlite.rs`. Only SQLite is built in this version.

mod entries;
mod fault;
mod journal;
mod leases;
mod owner;
mod place;
mod rosters;
mod runs;
mod slot;
mod sqlite;

pub use journal::SqliteJournal;
pub use owner::{is_dead, owner};
