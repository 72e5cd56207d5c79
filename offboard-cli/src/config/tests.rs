//! Precedence, and everything that is refused.

use super::*;

const TENANT: &str = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
const OTHER: &str = "1f8b1c2d-3e4f-4051-9263-748596a7b8c9";

fn env(all: &[(&str, &str)]) -> Env {
    Env::of(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).unwrap()
}

fn file(text: &str) -> (tempfile::TempDir, Global) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("offboard.toml");
    std::fs::write(&path, text).unwrap();
    (folder, Global { config: Some(path), ..Global::default() })
}

fn load(text: &str) -> Result<Settings, Fault> {
    let (_folder, flags) = file(text);
    Settings::load(&flags, env(&[]))
}

#[test]
fn flags_go_before_the_environment_before_the_file() {
    let (_folder, mut flags) = file(&format!(
        "journal = \"j.db\"\n[connection]\ntenant = \"{TENANT}\"\nclient_id = \"file\"\ncloud = \"china\"\n"
    ));
    let tenant = |flags: &Global, env| Settings::load(flags, env).unwrap();
    let by_file = tenant(&flags, env(&[]));
    assert_eq!(by_file.tenant.unwrap().to_string(), TENANT);
    assert_eq!(by_file.cloud, Cloud::China);
    assert!(
        by_file.journal().unwrap().path().ends_with("j.db")
            && by_file.journal().unwrap().path().is_absolute()
    );
    let both =
        [("OFFBOARD_TENANT", OTHER), ("OFFBOARD_SIM", "http://127.0.0.1:9"), ("OFFBOARD_CLIENT_ID", "env")];
    let by_env = tenant(&flags, env(&both));
    assert_eq!(by_env.tenant.unwrap().to_string(), OTHER);
    assert_eq!(by_env.client_id.as_deref(), Some("env"));
    assert!(matches!(&by_env.cloud, Cloud::Custom(hosts) if hosts.graph == "http://127.0.0.1:9/graph"));
    flags.client_id = Some("flag".to_owned());
    flags.cloud = Some("us_gov_high".to_owned());
    let by_flag = tenant(&flags, env(&both));
    assert_eq!(by_flag.client_id.as_deref(), Some("flag"));
    assert_eq!(by_flag.cloud, Cloud::UsGovHigh);
}

#[test]
fn what_is_wrong_names_its_line() {
    for (text, line, words) in [
        ("jurnal = \"x\"\n", 1, "jurnal"),
        ("[connection]\ntenant = \"contoso.com\"\n", 2, "contoso.com"),
        ("[connection]\n\nregion = \"eu\"\n", 3, "region"),
        ("[connection]\nclient_secret = \"x\"\n", 2, "client_secret"),
        ("[connection\n", 1, ""),
        ("[connection]\ncloud = 7\n", 2, ""),
        ("[connection]\ncloud = \"worldwide\"\n[tenant]\nprotect = []\n", 4, "protect"),
        ("[connection.hosts]\nauthority = \"a\"\ngraf = \"b\"\n", 3, "graf"),
    ] {
        let fault = load(text).expect_err(text);
        assert_eq!(fault.code, crate::fault::Code::Usage, "{fault:?}");
        assert!(fault.message.contains(&format!("offboard.toml:{line}:")), "line {line}: {fault:?}");
        assert!(fault.message.contains(words), "{words}: {fault:?}");
    }
    let secret = load("[connection]\nclient_secret = \"canary\"\n").unwrap_err();
    assert!(secret.hint.clone().unwrap().contains("OFFBOARD_CLIENT_SECRET"));
    assert!(!format!("{secret:?}").contains("canary"));
}

#[test]
fn a_cloud_is_named_in_one_way() {
    for text in [
        "[connection]\ncloud = \"worldwide\"\nsim = \"http://127.0.0.1:1\"\n",
        "[connection]\ncloud = \"mars\"\n",
        "[connection]\nsim = \"http://tenant.example:1\"\n",
        "[connection]\nsim = \"http://127.0.0.1:1/graph\"\n",
        "[connection]\nsim = \"https://tenant.example:1\"\n",
    ] {
        assert!(load(text).is_err(), "{text}");
    }
    assert!(load("[connection]\nsim = \"http://127.0.0.1:1/\"\n").is_ok());
    assert!(load("[connection]\nsim = \"https://127.0.0.1:1\"\n").is_ok());
    let germany =
        load(&format!("[connection]\ncloud = \"germany\"\ntenant = \"{TENANT}\"\nclient_id = \"x\"\n"));
    let mut germany = germany.unwrap();
    germany.credential = Some(Credential::Secret(offboard::Secret::new("client secret", "x")));
    let refused = germany.sign_in().unwrap_err();
    assert!(refused.message.contains("2021-10-29"), "{refused:?}");
}

#[test]
fn what_is_missing_is_said_by_name() {
    let nothing = Settings::load(&Global::default(), env(&[])).unwrap();
    assert!(nothing.sign_in().unwrap_err().message.contains("tenant"));
    let some = Settings::load(&Global::default(), env(&[("OFFBOARD_TENANT", TENANT)])).unwrap();
    assert!(some.sign_in().unwrap_err().message.contains("credential"));
    let more = [("OFFBOARD_TENANT", TENANT), ("OFFBOARD_CLIENT_SECRET", "s")];
    let more = Settings::load(&Global::default(), env(&more)).unwrap();
    assert!(more.sign_in().unwrap_err().message.contains("application"));
    let tokens = [("OFFBOARD_TENANT", TENANT), ("OFFBOARD_GRAPH_TOKEN", "t")];
    assert!(Settings::load(&Global::default(), env(&tokens)).unwrap().sign_in().is_ok());
    let both = env(&[("OFFBOARD_CLIENT_SECRET", "s"), ("OFFBOARD_GRAPH_TOKEN", "t")]);
    assert!(Settings::load(&Global::default(), both).unwrap_err().message.contains("both"));
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, flags) = file("[connection]\nclient_secret_file = \"secret\"\n");
    let path = folder.path().join("secret");
    std::fs::write(&path, "canary\n").unwrap();
    for (mode, fine) in [(0o644, false), (0o640, false), (0o604, false), (0o600, true), (0o400, true)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        match (Settings::load(&flags, env(&[])), fine) {
            (Ok(settings), true) => match settings.credential.unwrap() {
                Credential::Secret(secret) => assert_eq!(secret.expose(), "canary"),
                other => panic!("{other:?}"),
            },
            (Err(fault), false) => {
                assert!(fault.message.contains(&format!("{mode:04o}")), "{fault:?}");
                assert!(!format!("{fault:?}").contains("canary"));
            }
            (seen, _) => panic!("{mode:o}: {seen:?}"),
        }
    }
}

#[test]
fn the_door_to_exchange_is_part_of_the_profile_that_a_plan_names() {
    let settings = |flag: Option<&str>| {
        let flags = Global { exchange: flag.map(str::to_owned), ..Global::default() };
        Settings::load(&flags, env(&[])).unwrap().profile.digest
    };
    assert_ne!(settings(None), settings(Some("hand_off")));
    assert_eq!(settings(None), settings(Some("invoke_command")));
}

/// The certificate of the simulation, in a folder, readable by its owner only.
fn certificate(folder: &std::path::Path) -> String {
    let path = folder.join("app.pem");
    std::fs::write(&path, offboard_sim::Tenant::empty(1).app().certificate).unwrap();
    private(&path);
    path.display().to_string()
}

fn private(path: &std::path::Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn auth(settings: Result<Settings, Fault>) -> Auth {
    settings.unwrap().credential.unwrap().auth()
}

#[test]
fn a_certificate_comes_by_the_environment_or_the_file() {
    let (folder, flags) = file("[connection]\nclient_certificate_file = \"app.pem\"\n");
    let path = certificate(folder.path());
    assert_eq!(auth(Settings::load(&flags, env(&[]))), Auth::ClientCertificate);
    let nothing = Global::default();
    assert_eq!(
        auth(Settings::load(&nothing, env(&[("OFFBOARD_CLIENT_CERTIFICATE", &path)]))),
        Auth::ClientCertificate
    );
    // What the environment says goes before the file, also here.
    assert_eq!(auth(Settings::load(&flags, env(&[("OFFBOARD_CLIENT_SECRET", "s")]))), Auth::ClientSecret);
    let both = [("OFFBOARD_CLIENT_SECRET", "s"), ("OFFBOARD_CLIENT_CERTIFICATE", &path)];
    let unclear = Settings::load(&nothing, env(&both)).unwrap_err();
    assert!(unclear.message.contains("both set") && unclear.hint.unwrap().contains("OFFBOARD_AUTH"));
    for (way, wanted) in
        [("client_secret", Auth::ClientSecret), ("client_certificate", Auth::ClientCertificate)]
    {
        let said = [both[0], both[1], ("OFFBOARD_AUTH", way)];
        assert_eq!(auth(Settings::load(&nothing, env(&said))), wanted);
    }
    let lacking = Settings::load(&nothing, env(&[("OFFBOARD_AUTH", "client_certificate")])).unwrap_err();
    assert!(lacking.hint.unwrap().contains("OFFBOARD_CLIENT_CERTIFICATE"));
    let unknown = Settings::load(&nothing, env(&[("OFFBOARD_AUTH", "telepathy")])).unwrap_err();
    assert!(unknown.message.contains("telepathy") && unknown.hint.unwrap().contains("client_certificate"));
}

#[test]
fn a_certificate_that_cannot_be_used_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let whole = certificate(folder.path());
    let text = std::fs::read_to_string(&whole).unwrap();
    let (cert, key) = text.split_at(text.find("-----BEGIN PRIVATE KEY").unwrap());
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        private(&path);
        path.display().to_string()
    };
    let (cert_file, key_file) = (write("cert.pem", cert), write("key.pem", key));
    let load = |cert: &str, key: Option<&str>| {
        let mut all = vec![("OFFBOARD_CLIENT_CERTIFICATE", cert)];
        all.extend(key.map(|key| ("OFFBOARD_CLIENT_CERTIFICATE_KEY", key)));
        Settings::load(&Global::default(), env(&all))
    };
    assert_eq!(auth(load(&cert_file, Some(&key_file))), Auth::ClientCertificate);
    let protected = write("protected.pem", &key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
    let gone = folder.path().join("gone.pem").display().to_string();
    for (cert, key, words) in [
        (&cert_file, None, "no private key"),
        (&key_file, None, "no certificate"),
        (&cert_file, Some(&protected), "password"),
        (&gone, None, "cannot be read"),
    ] {
        let fault = load(cert, key.map(String::as_str)).unwrap_err();
        assert!(fault.message.contains(words), "{words}: {fault:?}");
        assert!(!format!("{fault:?}").contains("MII"), "{fault:?}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key_file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let open = load(&cert_file, Some(&key_file)).unwrap_err();
        assert!(open.message.contains("0644"), "{open:?}");
    }
}

#[test]
fn what_azure_gives_is_named_and_needs_no_secret() {
    let nothing = Global::default();
    let with =
        |all: &[(&str, &str)]| Settings::load(&nothing, env(&[&[("OFFBOARD_TENANT", TENANT)], all].concat()));
    let signed_in = |all: &[(&str, &str)]| with(all).unwrap().sign_in().unwrap();

    // The file alone says which way; the way alone takes the file that Kubernetes names.
    let file = ("OFFBOARD_FEDERATED_TOKEN_FILE", "/var/token");
    let app = ("OFFBOARD_CLIENT_ID", "app");
    assert_eq!(signed_in(&[file, app]).credential.auth(), Auth::WorkloadIdentity);
    let pod = [
        ("OFFBOARD_AUTH", "workload_identity"),
        ("AZURE_FEDERATED_TOKEN_FILE", "/pod/token"),
        ("AZURE_CLIENT_ID", "pod"),
        ("AZURE_TENANT_ID", "ffffffff-2222-4333-8444-555555555555"),
    ];
    let of_the_pod = Settings::load(&nothing, env(&pod)).unwrap().sign_in().unwrap();
    assert_eq!((of_the_pod.client_id.as_str(), &*of_the_pod.tenant.to_string()), ("pod", pod[3].1));
    assert!(of_the_pod.credential.describe().contains("/pod/token"));
    let ours = signed_in(&[&pod[..], &[file, app]].concat());
    assert_eq!((ours.client_id.as_str(), &*ours.tenant.to_string()), ("app", TENANT));
    assert!(ours.credential.describe().contains("/var/token"));
    // What a pod says counts for no other way.
    assert!(with(&pod[1..]).unwrap().sign_in().unwrap_err().message.contains("credential"));
    let secret = with(&[("OFFBOARD_CLIENT_SECRET", "s"), pod[2]]).unwrap();
    assert!(secret.sign_in().unwrap_err().message.contains("application"));
    let wrong = Settings::load(&nothing, env(&[pod[0], pod[1], ("AZURE_TENANT_ID", "contoso")])).unwrap();
    assert!(wrong.sign_in().unwrap_err().message.contains("AZURE_TENANT_ID"));
    let lacking = with(&[pod[0]]).unwrap_err();
    assert!(lacking.hint.unwrap().contains("OFFBOARD_FEDERATED_TOKEN_FILE"));

    let managed = ("OFFBOARD_AUTH", "managed_identity");
    assert!(signed_in(&[managed]).credential.describe().contains("system-assigned"));
    assert!(signed_in(&[managed, app]).credential.describe().contains("identity app"));
    assert_eq!(signed_in(&[("OFFBOARD_AUTH", "developer_tools")]).credential.auth(), Auth::DeveloperTools);

    let both = with(&[file, ("OFFBOARD_CLIENT_SECRET", "s")]).unwrap_err();
    assert!(both.message.contains("federated token file"), "{both:?}");
    let text = "[connection]\nfederated_token_file = \"token\"\n";
    let (folder, flags) = self::file(text);
    let credential = Settings::load(&flags, env(&[])).unwrap().credential.unwrap();
    assert!(credential.describe().contains(&*folder.path().join("token").to_string_lossy()));
}
