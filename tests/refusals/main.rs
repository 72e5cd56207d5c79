//! What is refused: with the rule, what was seen and what to do, and nothing written. Each line has a twin that differs in the
//! one fact and goes through, and goes through itself when its guard is left out: the guard is what refuses.
#![allow(unreachable_pub, reason = "a test binary has no API")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a helper of a test cannot do, the test cannot go on without"
)]
#![allow(clippy::large_futures, reason = "a test's stack is large enough")]

#[path = "../common/mod.rs"]
mod common;
mod facts;
mod lines;
mod people;
mod runs;
mod stage;
