//! The guards, one a file. Adding one is adding its file and its two lines here.

use crate::operation::Guard;

/// All of them, in the order of their codes.
pub fn all() -> Vec<Box<dyn Guard>> {
    vec![]
}

/// Dates that follow from the plan (G52).
pub fn deadlines(
    _facts: &crate::facts::Facts,
    _intent: &crate::model::intent::Intent,
    _licenses_go_at: Option<crate::time::Timestamp>,
) -> Vec<crate::plan::step::Deadline> {
    vec![]
}

/// What no step can mend (G50).
pub fn residual_risks(
    _facts: &crate::facts::Facts,
    _intent: &crate::model::intent::Intent,
) -> Vec<crate::plan::step::ResidualRisk> {
    vec![]
}

/// Rules that nobody judges yet.
pub fn not_judged() -> Vec<crate::plan::NotJudged> {
    vec![]
}
