//! The main job on the whole stack: policy, plan, approval, run, report.

use crate::common::{Lab, policy};
use offboard::Until;

#[test]
fn alex_is_contained_and_handed_over() {
    let lab = Lab::contoso(1);
    let shared = policy("shared");
    let report = lab.block_on(async {
        let planned = lab.plan(&shared, "alex@contoso.com", Some("megan@contoso.com")).await.unwrap();
        for finding in &planned.plan.findings {
            println!("{:?} {} {:?}: {}", finding.severity, finding.code, finding.step, finding.message);
        }
        let (run, _) = lab.apply(&planned.plan, &shared, Until::Done).await.unwrap();
        lab.engine.report(&run).await.unwrap()
    });
    println!("{}", report.to_text());
    assert_eq!(lab.contradictions(&report), Vec::<String>::new());
}
