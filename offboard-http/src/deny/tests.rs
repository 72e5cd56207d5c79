use http::{HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const G: &str = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
const U: &str = "1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d";

fn judge(method: &str, url: &str) -> Result<(), Denied> {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    check(&method, &Url::parse(url).unwrap(), &HeaderMap::new(), &Payload::Empty)
}

fn judge_part(method: &str, url: &str) -> Result<(), Denied> {
    let batch = Url::parse("https://graph.microsoft.com/v1.0/$batch").unwrap();
    let body = json!({ "requests": [
        { "id": "1", "method": "GET", "url": "/me" },
        { "id": "2", "method": method, "url": url },
    ] });
    let bytes = json::to_wiped_bytes(&body);
    let as_json = check(&Method::POST, &batch, &HeaderMap::new(), &Payload::Json(body));
    let payload = Payload::Bytes { content_type: "application/json", bytes };
    assert_eq!(check(&Method::POST, &batch, &HeaderMap::new(), &payload), as_json);
    as_json
}

fn everywhere(path: &str) -> [Result<(), Denied>; 4] {
    [
        judge("DELETE", &format!("https://graph.microsoft.com/v1.0{path}")),
        judge_part("DELETE", path),
        judge_part("delete", path.trim_start_matches('/')),
        judge_part("DELETE", &format!("https://graph.microsoft.com/v1.0{path}")),
    ]
}

#[test]
fn memberships_can_be_ended() {
    for path in [
        format!("/groups/{G}/members/{U}/$ref"),
        format!("/groups/{G}/owners/{U}/$ref"),
        format!("/directoryRoles/{G}/members/{U}/$ref"),
        format!("/directoryRoles/roleTemplateId={G}/members/{U}/$ref"),
        format!("/directory/administrativeUnits/{G}/members/{U}/$ref"),
        format!("/directory/administrativeUnits/{G}/scopedRoleMembers/x"),
        format!("/devices/{G}/registeredOwners/{U}/$ref"),
        format!("/users/{U}/manager/$ref"),
        format!("/users/{U}"),
        format!("/users/{U}/mailFolders/inbox/messageRules/AQAAAJ5dZqA="),
        format!("/oauth2PermissionGrants/{G}"),
        format!("/teams/{G}/members/MCMjMiMjZGNh"),
    ] {
        assert_eq!(everywhere(&path), [Ok(()); 4], "{path}");
    }
}

#[test]
fn no_person_is_deleted_through_a_relation() {
    for path in [
        format!("/groups/{G}/members/{U}"),
        format!("/groups/{G}/members/{U}/"),
        format!("/groups/{G}/members/{U}//"),
        format!("/groups/{G}/members/{U}?x=/$ref"),
        format!("/groups/{G}/members/{U}%3f/$ref"),
        format!("/groups/{G}/members/{U}%23/$ref"),
        format!("/groups/{G}/members/{U}#/$ref"),
        format!("/groups/{G}/members/{U}/%24ref"),
        format!("/groups/{G}/members/{U}%2f$ref"),
        format!("/groups/{G}/members/{U}/$ref/"),
        format!("/groups/{G}/members/{U}/$ref/.."),
        format!("/groups/{G}/members/{U}/$ref%2f.."),
        format!("/groups/{G}//members/{U}/$ref"),
        format!("/groups/{G};x/members/{U}/$ref"),
        format!("/groups/%30f8b1c2d/members/{U}/$ref"),
        format!("/groups/{G}/members/{U}/$REF"),
        format!("/groups/{G}/members/{U}/$value"),
        format!("/groups/{G}/members//$ref"),
        format!("/groups/{G}/members/$ref"),
        format!("/groups/{G}/members/../$ref"),
        format!("/groups/{G}/members/%2e%2e/$ref"),
        format!("/groups/{G}/members/ /$ref"),
        format!("/groups/{G}/members/alex@contoso.com/$ref"),
        format!("/groups/{G}/members('{U}')"),
        format!("/groups('{G}')/members('{U}')"),
        format!("/groups/{G}/members/microsoft.graph.user/{U}"),
        format!("/groups/{G}/%6dembers/{U}"),
        format!("/groups/{G}/%256dembers/{U}"),
        format!("/groups/{G}/MEMBERS/{U}"),
        format!("/groups/{G}/members;a=b/{U}"),
        format!("/groups/{G}%2fmembers%2f{U}"),
        format!("/groups/{G}\\members\\{U}"),
        format!("/teams/../groups/{G}/members/{U}"),
        format!("/teams/%2e%2e/members/{U}"),
        format!("/groups/{G}/owners/{U}"),
        format!("/directoryRoles/{G}/members/{U}"),
        format!("/directory/administrativeUnits/{G}/members/{U}"),
        format!("/devices/{G}/registeredOwners/{U}"),
        format!("/users/{U}/manager"),
        format!("/users/{U}/manager/{U}"),
        format!("/users/{U}/directReports/{U}"),
    ] {
        for (at, judged) in everywhere(&path).into_iter().enumerate() {
            // A URL parser has already resolved `..` and cut the fragment: what is left may be a harmless path.
            let resolved = Url::parse(&format!("https://graph.microsoft.com/v1.0{path}")).unwrap();
            let harmless = at == 0 && !resolved.path().to_lowercase().contains("member");
            assert!(judged.is_err() || harmless, "{path} ({at})");
        }
    }
}

#[test]
fn a_path_does_not_begin_like_a_host() {
    let path = format!("//groups/{G}/members/{U}/$ref");
    assert_eq!(judge_part("DELETE", &path), Err(Denied::Ambiguous));
    assert_eq!(judge("DELETE", &format!("https://graph.microsoft.com{path}")), Err(Denied::Ambiguous));
}

#[test]
fn nothing_is_taken_for_another_method() {
    for name in ["x-http-method", "x-http-method-override", "x-method-override"] {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static("DELETE"));
        let url = Url::parse(&format!("https://graph.microsoft.com/v1.0/groups/{G}/members/{U}")).unwrap();
        assert_eq!(check(&Method::POST, &url, &headers, &Payload::Empty), Err(Denied::Override));
        let batch = Url::parse("https://graph.microsoft.com/v1.0/$batch").unwrap();
        let body = json!({ "requests": [
            { "id": "1", "method": "POST", "url": "/x", "headers": { name.to_uppercase(): "DELETE" } },
        ] });
        assert_eq!(
            check(&Method::POST, &batch, &HeaderMap::new(), &Payload::Json(body)),
            Err(Denied::Override)
        );
    }
    assert_eq!(judge("Delete", &format!("https://x.example/groups/{G}/members/{U}")), Err(Denied::Override));
}

#[test]
fn a_batch_that_cannot_be_read_is_not_sent() {
    let url = Url::parse("https://graph.microsoft.com/v1.0/%24batch").unwrap();
    for payload in [
        Payload::Empty,
        Payload::Json(json!([])),
        Payload::Json(json!({ "requests": {} })),
        Payload::Json(json!({ "requests": [{ "id": "1", "url": "/me" }] })),
        Payload::Json(json!({ "requests": [{ "id": "1", "method": "GET", "url": 1 }] })),
        Payload::Json(json!({ "requests": [{ "id": "1", "method": "POST", "url": "/$batch" }] })),
        Payload::Bytes { content_type: "application/json", bytes: b"garbage".to_vec().into() },
    ] {
        let judged = check(&Method::POST, &url, &HeaderMap::new(), &payload);
        assert_eq!(judged, Err(Denied::OpaqueBatch), "{payload:?}");
    }
}

proptest! {
    /// Whatever stands in place of the id: a DELETE at `members` leaves only with a GUID and `/$ref`.
    #[test]
    fn no_id_opens_the_door(id in "[a-z0-9/%.\\\\?#$;'@ -]{0,40}", tail in "(/\\$ref)?", root in "(groups|directoryRoles)") {
        let path = format!("/{root}/{G}/members/{id}{tail}");
        let exact = is_guid(&id) && tail == "/$ref";
        prop_assert_eq!(judge_part("DELETE", &path).is_ok(), exact);
        let url = Url::parse(&format!("https://graph.microsoft.com/v1.0{path}")).unwrap();
        if judge("DELETE", url.as_str()).is_ok() {
            let sent = url.path().to_lowercase();
            prop_assert!(exact || !sent.contains("members"), "{}", sent);
        }
    }

    /// However the word is encoded.
    #[test]
    fn no_encoding_hides_the_relation(mask in prop::collection::vec(0_u8..3, 7)) {
        let word: String = "members".bytes().zip(mask).map(|(byte, how)| match how {
            0 => char::from(byte).to_string(),
            1 => format!("%{byte:02x}"),
            _ => format!("%25{byte:02X}"),
        }).collect();
        let path = format!("/groups/{G}/{word}/{U}");
        prop_assert!(everywhere(&path).iter().all(Result::is_err), "{}", path);
    }
}
