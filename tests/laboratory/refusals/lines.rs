//! What a plan is refused for, each line with a twin that differs in the one fact. Shared by the tests of the library and of
//! the command line.

use offboard::UserId;
use offboard_sim::world::{Mailbox, User, World};

/// One fact that stops a plan.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// For people.
    pub name: &'static str,
    /// A shipped policy.
    pub policy: &'static str,
    /// Who leaves.
    pub upn: &'static str,
    /// Brings the fact about, where Contoso has it not from the beginning.
    pub fact: fn(&mut World),
    /// Takes the fact away and nothing else, afterwards.
    pub twin: fn(&mut World),
    /// The guard that refuses.
    pub code: &'static str,
    /// The requirement behind it.
    pub requirement: &'static str,
    /// What the refusal must say that was seen.
    pub seen: &'static str,
    /// What the refusal must say is to be done.
    pub hint: &'static str,
}

/// The lines that Contoso's facts alone decide.
pub const LINES: &[Line] = &[
    Line {
        name: "license removal at 62 GB",
        policy: "shared",
        upn: "ben@contoso.com",
        fact: |_| {},
        twin: |world| mailbox(world, "ben@contoso.com").total_item_size = 499 * (1 << 30) / 10,
        code: "G6",
        requirement: "R27",
        seen: "62.00 GiB",
        hint: "keep",
    },
    Line {
        name: "license removal with an archive",
        policy: "shared",
        upn: "cameron@contoso.com",
        fact: |_| {},
        twin: |world| mailbox(world, "cameron@contoso.com").archive = None,
        code: "G6",
        requirement: "R27",
        seen: "archive",
        hint: "keep",
    },
    Line {
        name: "license removal with data in OneDrive",
        policy: "shared",
        upn: "adele@contoso.com",
        fact: |_| {},
        twin: |world| {
            let id = user_id(world, "adele@contoso.com");
            world.drives.get_mut(&id).unwrap().used = 0;
        },
        code: "G56",
        requirement: "R35",
        seen: "18.19 GiB",
        hint: "files.loss_accepted = true",
    },
    Line {
        name: "license removal on litigation hold",
        policy: "shared",
        upn: "delia@contoso.com",
        fact: |_| {},
        // The retention policy for the whole organisation stays, and warns.
        twin: |world| mailbox(world, "delia@contoso.com").litigation_hold = None,
        code: "G7",
        requirement: "N7",
        seen: "Litigation Hold",
        hint: "owner of the hold",
    },
    Line {
        name: "the last global administrator",
        policy: "containment",
        upn: "nestor@contoso.com",
        fact: |world| user(world, "isaiah@contoso.com").account_enabled = false,
        twin: |world| user(world, "isaiah@contoso.com").account_enabled = true,
        code: "G26",
        requirement: "P28",
        seen: "none who is enabled and stays",
        hint: "whose account is enabled",
    },
];

/// `shared`, but the account is deleted at the same moment; the twin of it is `shared` itself.
pub fn shared_and_deleted(shared: &str) -> String {
    let kept = "[account]\ndisposition = \"keep\"";
    assert!(shared.contains(kept), "the shipped policy keeps the account");
    shared.replace(kept, "[account]\ndisposition = \"delete\"")
}

/// Somebody's object id.
pub fn user_id(world: &World, upn: &str) -> UserId {
    world.user_by_upn(upn).unwrap().id
}

/// Somebody, to be changed.
pub fn user<'a>(world: &'a mut World, upn: &str) -> &'a mut User {
    let id = user_id(world, upn);
    world.users.get_mut(&id).unwrap()
}

/// Somebody's mailbox, to be changed.
pub fn mailbox<'a>(world: &'a mut World, upn: &str) -> &'a mut Mailbox {
    let id = user_id(world, upn);
    world.mailbox_of_mut(&id).unwrap()
}

/// Deletes somebody, and makes another account of the same name and address, as if he had come back.
pub fn recreate(world: &mut World, upn: &str) {
    let old = user(world, upn).clone();
    world.delete_user(&old.id);
    let id = UserId::from_u128(0x7777_0000_4000_8000_0000_0000_0000_0001);
    world.users.insert(id, User { id, created: world.now, ..old });
}
