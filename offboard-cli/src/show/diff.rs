//! What changes between two states of a step, field by field.

use std::fmt::Write as _;

use offboard::Catalog;
use offboard::core::operation::Judged;
use offboard::core::plan::Step;
use offboard::core::report::StepReport;
use offboard::core::report::diff::{self, Change, labelled};
use serde_json::Value;

use super::names::Names;
use super::style::Style;
use super::text::fold;

/// The differences between two values, with names in place of ids.
pub fn changes(before: &Value, after: &Value, names: &Names) -> Vec<Change> {
    diff::changes(before, after, &|id: &str| names.get(id).to_owned())
}

/// A value in a line.
pub fn brief(value: &Value, names: &Names) -> String {
    diff::brief(value, &|id: &str| names.get(id).to_owned())
}

/// Writes what a step of a plan would change. What the service stamps by its own clock is not known before.
pub fn of_plan(out: &mut String, step: &Step, names: &Names, style: &Style, indent: usize) {
    let mut goal = step.goal.clone();
    let before = step.before.is();
    if let (Some(spec), Judged::Is(Value::Object(fields))) =
        (Catalog::builtin().spec(&step.operation), &mut goal)
    {
        let moves = |name: &str, value: &Value| before.and_then(|before| before.get(name)) != Some(value);
        for (name, value) in fields.iter_mut() {
            if spec.clock_fields.contains(&name.as_str()) && moves(name, value) {
                *value = Value::String("when it is done".to_owned());
            }
        }
    }
    write(out, &step.before, &goal, names, style, indent);
}

/// Writes what was seen to have changed.
pub fn of_step(out: &mut String, step: &StepReport, names: &Names, style: &Style, indent: usize) {
    if let (Some(before), Some(after)) = (&step.before, &step.after) {
        write(out, before, after, names, style, indent);
    }
}

/// Writes the differences of two states, indented by `indent`. Unknown is said as unknown.
pub fn write(
    out: &mut String,
    before: &Judged<Value>,
    after: &Judged<Value>,
    names: &Names,
    style: &Style,
    indent: usize,
) {
    let pad = " ".repeat(indent);
    match (before, after) {
        (Judged::Is(before), Judged::Is(after)) => {
            for change in changes(before, after, names) {
                one(out, &change, style, indent);
            }
        }
        (Judged::Unknown(failure), Judged::Is(after)) => {
            let text = format!("now unknown ({}) -> {}", failure.kind, brief(after, names));
            fold(out, &format!("{pad}{} ", style.yellow("?")), &text, indent + 2, style.width());
        }
        (Judged::Unknown(failure), _) => {
            let _ = writeln!(out, "{pad}{} now unknown ({})", style.yellow("?"), failure.kind);
        }
        (Judged::Nothing(_), Judged::Is(after)) => {
            one(out, &Change::Added { what: brief(after, names) }, style, indent);
        }
        (Judged::Is(before), _) => {
            one(out, &Change::Removed { what: brief(before, names) }, style, indent);
        }
        (Judged::Nothing(_), _) => {}
    }
}

fn one(out: &mut String, change: &Change, style: &Style, indent: usize) {
    let pad = " ".repeat(indent);
    let (mark, text) = match change {
        Change::Was { field, was, is } => (style.yellow("~"), labelled(field, &format!("{was} -> {is}"))),
        Change::Added { what } => (style.green("+"), what.clone()),
        Change::Removed { what } => (style.red("-"), what.clone()),
    };
    fold(out, &format!("{pad}{mark} "), &text, indent + 2, style.width());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(before: &Value, after: &Value) -> String {
        let mut out = String::new();
        write(
            &mut out,
            &Judged::Is(before.clone()),
            &Judged::Is(after.clone()),
            &Names::default(),
            &Style::plain(),
            0,
        );
        out
    }

    #[test]
    fn fields_lists_and_tables_are_compared_each_in_its_way() {
        assert_eq!(
            shown(&json!({"enabled": true, "x": 1}), &json!({"enabled": false, "x": 1})),
            "~ enabled: yes -> no\n"
        );
        assert_eq!(shown(&json!({"to": ["a", "b"]}), &json!({"to": ["b", "c"]})), "- to: a\n+ to: c\n");
        assert_eq!(
            shown(&json!({"direct": {"E3": ["yammer"], "BI": []}}), &json!({"direct": {}})),
            "- direct: BI\n- direct: E3 (yammer)\n"
        );
        assert_eq!(shown(&json!(null), &json!("later")), "~ none -> later\n");
        assert_eq!(shown(&json!({"a": 1}), &json!({"a": 1})), "");
    }

    #[test]
    fn things_with_an_identity_are_compared_each_with_itself() {
        let rule = |on: bool| json!({"rules": [{"identity": "1", "name": "", "hidden": true, "enabled": on, "to": ["x"]}]});
        assert_eq!(
            shown(&rule(true), &rule(false)),
            "~ rules (hidden yes; identity 1; to x) enabled: yes -> no\n"
        );
        let two = json!({"rules": [{"identity": "2", "enabled": true}]});
        assert_eq!(
            shown(&rule(true), &two),
            "- rules: enabled yes; hidden yes; identity 1; name empty; to x\n+ rules: enabled yes; identity 2\n"
        );
    }

    #[test]
    fn the_unknown_is_not_nothing() {
        let mut out = String::new();
        let failure = offboard::Failure::new(offboard::Kind::Unavailable, "gone");
        let goal = Judged::Is(json!({"a": 1}));
        write(&mut out, &Judged::Unknown(failure), &goal, &Names::default(), &Style::plain(), 2);
        assert_eq!(out, "  ? now unknown (unavailable) -> a 1\n");
    }
}
