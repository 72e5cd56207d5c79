//! Where each rule of CONTRACT (f) stands: which are judged elsewhere, and which are not judged at all.

use crate::plan::step::NotJudged;

/// Rules that no guard judges because something else makes them hold: a code and what that is.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("G32", "by construction: the adapters' URLs are types that cannot forget `/$ref`"),
    (
        "G34",
        "by the operations: what is so already is a no-op, and what cannot be is skipped with its reason",
    ),
    ("G38", "by construction: no step resets a whole device, and one whose client would is never planned"),
    ("G40", "by the order of the steps (E8, E9), and because nothing removes a device"),
    ("G49", "by the configuration: a closed cloud has no hosts"),
    ("G50", "by `residual_risks`, in every report"),
    ("G51", "by construction: each part of a batch has an answer of its own, and each step its own guards"),
    ("G52", "by `deadlines`, in every plan"),
];

/// Rules about steps that no operation makes yet, so that no plan can break them.
pub const WITHOUT_A_STEP: &[(&str, &str)] = &[
    ("G9", "call forwarding, which a number that is unassigned would end"),
    ("G22", "reducing seats"),
    ("G36", "purging"),
    ("G37", "removing authentication methods"),
    ("G42", "deleting device objects"),
];

/// Rules that would have something to say about today's plans and are not judged. Every report names them.
const NOT_JUDGED: &[(&str, &str)] = &[
    (
        "G33",
        "Whether something brings the access back: HR provisioning, lifecycle workflows, access packages, dynamic groups.",
    ),
    ("G55", "Whether machines sign in with this account or its applications, and stop when it is blocked."),
];

/// What is not judged, for the report.
pub fn not_judged() -> Vec<NotJudged> {
    let say =
        |(code, about): &(&str, &str)| NotJudged { code: (*code).to_owned(), about: (*about).to_owned() };
    NOT_JUDGED.iter().map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_contract_stands_in_exactly_one_place() {
        let judged = crate::guards::all();
        let mut codes: Vec<&str> = judged.iter().map(|guard| guard.code()).collect();
        for list in [ELSEWHERE, WITHOUT_A_STEP, NOT_JUDGED] {
            codes.extend(list.iter().map(|(code, _)| *code));
        }
        codes.sort_by_key(|code| code[1..].parse::<u32>().unwrap());
        let expected: Vec<String> = (1..=56).map(|number| format!("G{number}")).collect();
        assert_eq!(codes, expected);
    }

    #[test]
    fn the_report_says_each_in_one_sentence() {
        for said in not_judged() {
            assert!(said.about.ends_with('.') && said.about.starts_with("Whether"), "{said:?}");
        }
    }
}
