//! Ordinary people by the hundred, for what is done to many at once.

use offboard_core::id::{MailboxId, UserId};
use offboard_core::time::Period;

use super::build::group;
use crate::seed::guid_of;
use crate::world::{Mailbox, Principal, RecipientType, World};

/// Whom they are like, but for the name: one direct license, nothing special.
const LIKE: &str = "tomas@contoso.com";
/// Whose product they have.
const LICENSED_LIKE: &str = "megan@contoso.com";
/// Who leads them, in turn.
const MANAGERS: [&str; 3] = ["megan@contoso.com", "adele@contoso.com", "miriam@contoso.com"];
const GIVEN: [&str; 20] = [
    "Ana", "Bruno", "Carla", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Karim", "Lena",
    "Marek", "Nadia", "Omar", "Paula", "Quentin", "Rosa", "Samir", "Tilda",
];
const SURNAMES: [&str; 17] = [
    "Almeida", "Berg", "Costa", "Dahl", "Eriksen", "Fuchs", "Garcia", "Haddad", "Ivanov", "Jensen", "Kaya",
    "Lang", "Moreau", "Novak", "Olsen", "Popescu", "Rossi",
];
/// The group that all of them are in.
const GROUP: &str = "Works";

/// `count` people move in.
pub(crate) fn move_in(world: &mut World, seed: u64, count: usize) {
    let (Some(like), Some(licenses)) = (
        world.user_by_upn(LIKE).cloned(),
        world.user_by_upn(LICENSED_LIKE).map(|user| user.direct_licenses.clone()),
    ) else {
        return;
    };
    let managers: Vec<Option<UserId>> =
        MANAGERS.iter().map(|upn| world.user_by_upn(upn).map(|user| user.id)).collect();
    for product in licenses.keys() {
        if let Some(sku) = world.skus.get_mut(product) {
            sku.enabled += u32::try_from(count).unwrap_or(u32::MAX);
        }
    }
    let mut works = group(world, seed, GROUP, &[]);
    for n in 0..count {
        let nickname = format!("worker{:04}", n + 1);
        let upn = format!("{nickname}@contoso.com");
        let id = UserId::from_u128(guid_of(seed, &upn));
        let (given, surname) = (GIVEN[n % GIVEN.len()], SURNAMES[n % SURNAMES.len()]);
        let mut user = like.clone();
        user.id = id;
        user.display_name = format!("{given} {surname}");
        user.given_name = Some(given.to_owned());
        user.surname = Some(surname.to_owned());
        user.mail = Some(upn.clone());
        user.proxy_addresses =
            vec![format!("SMTP:{upn}"), format!("smtp:{nickname}@contoso.onmicrosoft.com")];
        user.user_principal_name = upn;
        user.mail_nickname = nickname;
        user.direct_licenses = licenses.clone();
        user.employee_id = Some(format!("W{:05}", n + 1));
        user.manager = managers[n % managers.len()];
        user.created = world.now - Period::days(300 + i64::try_from(n % 900).unwrap_or(0));
        let guid = MailboxId::from_u128(guid_of(seed, &format!("mailbox/{n}")));
        let mut mailbox = Mailbox::new(guid, id, RecipientType::UserMailbox, user.created);
        mailbox.total_item_size = (1 + n as u64 % 5) << 30;
        works.members.insert(Principal::User(id));
        world.users.insert(id, user);
        world.mailboxes.insert(guid, mailbox);
        world.licenses_changed(&id);
    }
    world.groups.insert(works.id, works);
}
