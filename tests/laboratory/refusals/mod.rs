//! What is refused: with the rule, what was seen and what to do, and nothing written. Each line has a twin that differs in the
//! one fact and goes through, and goes through itself when its guard is left out: the guard is what refuses.

mod facts;
mod lines;
mod people;
mod runs;
mod stage;
