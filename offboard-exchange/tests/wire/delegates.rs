use offboard_core::failure::Kind;
use offboard_core::model::mailbox::MailboxRight;
use offboard_core::ports::Delegates;
use serde_json::{Value, json};

use crate::bench::{Bench, ID, OTHER, call, done, id, missing, objects, other};

fn printed(user: &str, rights: Value) -> Value {
    json!({
        "Identity": "Alex Wilber",
        "User": user,
        "AccessRights@odata.type": "#Collection(String)",
        "AccessRights": rights,
        "Deny": false,
        "IsInherited": false,
    })
}

#[tokio::test]
async fn rights_are_read_as_they_are_printed() {
    let mut denied = printed("CONTOSO\\Admins", json!(["FullAccess", "ReadPermission"]));
    denied["Deny"] = json!("True");
    denied["IsInherited"] = json!(true);
    let bench = Bench::new([objects(&[
        printed("NT AUTHORITY\\SELF", json!(["FullAccess", "ReadPermission"])),
        printed("megan@contoso.com", json!(["FullAccess"])),
        printed("lee@contoso.com", json!(["ReadPermission"])),
        printed("pat@contoso.com", json!("ReadPermission, FullAccess")),
        denied,
    ])]);
    let right = |user: &str, full_access, deny, inherited| MailboxRight {
        user: user.into(),
        full_access,
        deny,
        inherited,
    };
    assert_eq!(
        bench.exchange.rights(&call(), id()).await.unwrap().unwrap(),
        [
            right("megan@contoso.com", true, false, false),
            right("lee@contoso.com", false, false, false),
            right("pat@contoso.com", true, false, false),
            right("CONTOSO\\Admins", true, true, true),
        ]
    );
    let asked = bench.asked_once();
    assert_eq!(asked.cmdlet(), "Get-MailboxPermission");
    assert_eq!(*asked.parameters(), json!({ "Identity": ID, "ResultSize": "Unlimited" }));
}

#[tokio::test]
async fn rights_on_several_mailboxes_are_nobodys() {
    let mut strange = printed("megan@contoso.com", json!(["FullAccess"]));
    strange["Identity"] = json!("Somebody else");
    let bench = Bench::new([objects(&[printed("NT AUTHORITY\\SELF", json!([])), strange])]);
    assert_eq!(bench.exchange.rights(&call(), id()).await.unwrap_err().kind(), Kind::Protocol);
}

#[tokio::test]
async fn no_mailbox_has_no_rights() {
    let bench = Bench::new([missing()]);
    assert_eq!(bench.exchange.rights(&call(), id()).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_not_said_about_a_right_is_not_guessed() {
    for property in ["Identity", "User", "AccessRights", "Deny", "IsInherited"] {
        let mut row = printed("megan@contoso.com", json!(["FullAccess"]));
        row.as_object_mut().unwrap().remove(property);
        let bench = Bench::new([objects(&[row])]);
        assert_eq!(
            bench.exchange.rights(&call(), id()).await.unwrap_err().kind(),
            Kind::Protocol,
            "{property}"
        );
    }
}

#[tokio::test]
async fn full_access_is_given_and_taken_by_ids() {
    let common = json!({
        "Identity": ID,
        "User": OTHER,
        "AccessRights": ["FullAccess"],
        "InheritanceType": "All",
        "Confirm": false,
    });
    for auto_mapping in [true, false] {
        let bench = Bench::new([done(&[])]);
        bench.exchange.grant_full_access(&call(), id(), other(), auto_mapping).await.unwrap();
        let asked = bench.asked_once();
        let mut wanted = common.clone();
        wanted["AutoMapping"] = json!(auto_mapping);
        assert_eq!((asked.cmdlet(), asked.parameters()), ("Add-MailboxPermission", &wanted));
    }
    let bench = Bench::new([done(&["the ACE isn't present"])]);
    let receipt = bench.exchange.remove_full_access(&call(), id(), other()).await.unwrap();
    assert_eq!(receipt.warnings, ["the ACE isn't present"]);
    let asked = bench.asked_once();
    assert_eq!((asked.cmdlet(), asked.parameters()), ("Remove-MailboxPermission", &common));
}
