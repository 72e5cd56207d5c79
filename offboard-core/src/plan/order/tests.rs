use super::*;
use crate::operation::Catalog;

#[test]
fn one_phone_that_stays_away_holds_up_no_other() {
    let catalog = Catalog::builtin();
    let node = |id: &str, name: &str, params| Node {
        id: StepId::new(id),
        spec: catalog.spec(name).unwrap(),
        params,
        not_before: None,
        after: &[],
        before: &[],
    };
    let (one, other) = (serde_json::json!({ "device": "1" }), serde_json::json!({ "device": "2" }));
    let nodes = [
        node("wipe", "wipe_mobile_device", &one),
        node("wipe#2", "wipe_mobile_device", &other),
        node("block", "block_mobile_device", &one),
        node("protocols", "block_protocols", &one),
    ];
    let needs =
        |index: usize| order(&nodes).unwrap().into_iter().find(|(placed, _)| *placed == index).unwrap().1;
    assert_eq!(needs(2), [(StepId::new("wipe"), Need::Verified)].into());
    let both = [(StepId::new("wipe"), Need::Sent), (StepId::new("wipe#2"), Need::Sent)];
    assert_eq!(needs(3), both.into());
}

/// While one license is on its way, the other would look like one that stays.
#[test]
fn groups_that_give_licenses_are_left_one_by_one() {
    let placed = ordered(&[("leave_licensing_group", None); 3]);
    let needs: Vec<usize> = placed.iter().map(|(_, needs)| needs.len()).collect();
    assert_eq!(needs, [0, 1, 2]);
    assert!(placed.iter().all(|(_, needs)| needs.values().all(|need| *need == Need::Verified)));
}

#[test]
fn every_name_in_the_table_is_an_operation() {
    let catalog = Catalog::builtin();
    for edge in EDGES {
        for name in edge.from.iter().chain(edge.to) {
            let operation = name.split(':').next().unwrap();
            assert!(catalog.spec(operation).is_some(), "{}: {name}", edge.code);
        }
    }
}

/// Operations on somebody, each with its date in days.
fn ordered(wanted: &[(&'static str, Option<i64>)]) -> Vec<(String, BTreeMap<StepId, Need>)> {
    let catalog = Catalog::builtin();
    let none = Value::Null;
    let at = |days: i64| Timestamp::from_micros(0) + crate::time::Period::days(days);
    let nodes: Vec<Node<'_>> = wanted
        .iter()
        .enumerate()
        .map(|(index, (name, date))| Node {
            id: StepId::new(format!("{name}@{index}")),
            spec: catalog.spec(name).unwrap(),
            params: &none,
            not_before: date.map(at),
            after: &[],
            before: &[],
        })
        .collect();
    let placed = order(&nodes).unwrap();
    placed.into_iter().map(|(index, needs)| (nodes[index].id.to_string(), needs)).collect()
}

#[test]
fn deleting_comes_last_and_waits_for_everything_to_be_seen() {
    let steps = ordered(&[
        ("delete_user", Some(90)),
        ("remove_licenses", Some(7)),
        ("remove_full_access", Some(60)),
        ("stop_forwarding", Some(90)),
        ("final_revoke", None),
        ("block_sign_in", None),
    ]);
    let names: Vec<&str> = steps.iter().map(|(id, _)| id.split('@').next().unwrap()).collect();
    assert_eq!(
        names,
        [
            "block_sign_in",
            "final_revoke",
            "remove_licenses",
            "remove_full_access",
            "stop_forwarding",
            "delete_user"
        ]
    );
    let (_, needs) = steps.last().unwrap();
    assert_eq!(needs.len(), 5);
    assert!(needs.values().all(|need| *need == Need::Verified), "{needs:?}");
}

#[test]
fn access_that_is_cut_again_later_holds_nothing_up() {
    let steps =
        ordered(&[("stop_forwarding", None), ("convert_to_shared", None), ("stop_forwarding", Some(90))]);
    let (id, needs) = &steps[1];
    assert_eq!(id, "convert_to_shared@1");
    assert_eq!(needs.keys().map(StepId::as_str).collect::<Vec<_>>(), ["stop_forwarding@0"]);
    assert_eq!(needs.values().copied().collect::<Vec<_>>(), [Need::Verified]);
}

#[test]
fn what_ends_with_the_license_ends_before_it_and_what_ends_later_holds_it_up_no_longer() {
    let needed = |end: i64| {
        let steps = ordered(&[("remove_licenses", Some(7)), ("stop_automatic_replies", Some(end))]);
        let (_, needs) = steps.iter().find(|(id, _)| id.starts_with("remove_licenses")).unwrap();
        needs.values().copied().collect::<Vec<_>>()
    };
    assert_eq!(needed(7), [Need::Verified]);
    assert!(needed(90).is_empty());
}
