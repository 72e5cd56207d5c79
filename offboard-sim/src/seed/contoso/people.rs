//! Everybody at Contoso, and what is special about each.

/// Somebody at Contoso, or an account that is nobody.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// User principal name.
    pub upn: &'static str,
    /// The name that is shown. Two people have the same one.
    pub name: &'static str,
    /// Department.
    pub department: &'static str,
    /// The manager's user principal name; empty if there is none.
    pub manager: &'static str,
    /// Part numbers of directly assigned products.
    pub licenses: &'static [&'static str],
    /// Gigabytes (2³⁰ bytes) of mail, to a tenth; there is a mailbox where there is a license for one.
    pub mail: f64,
    /// Gigabytes in the OneDrive; none if it was never opened.
    pub files: Option<f64>,
    /// What is special; the ordinary are ordinary.
    pub special: &'static str,
}

const E3: &[&str] = &["ENTERPRISEPACK"];
const E5: &[&str] = &["SPE_E5"];
const PLAN_1: &[&str] = &["EXCHANGESTANDARD"];

macro_rules! people {
    ($(($upn:literal, $name:literal, $department:literal, $manager:literal, $licenses:expr, $mail:literal, $files:expr, $special:literal);)*) => {
        /// Everybody. Their password is [`super::PASSWORD`].
        pub const PEOPLE: &[Person] = &[$(Person {
            upn: $upn, name: $name, department: $department, manager: $manager, licenses: $licenses,
            mail: $mail, files: $files, special: $special,
        }),*];
    };
}

people! {
    ("miriam@contoso.com", "Miriam Graham", "Management", "", E3, 22.0, Some(9.0), "the head of it all, without a manager");
    ("megan@contoso.com", "Megan Bowen", "Marketing", "miriam@contoso.com", E3, 14.5, Some(31.0), "manager of many, and their successor");
    ("alex@contoso.com", "Alex Wilber", "Marketing", "megan@contoso.com", &["ENTERPRISEPACK", "POWER_BI_STANDARD"], 12.4, Some(0.0), "ordinary: two direct licenses, one with a plan switched off; a rule that only moves mail; an empty OneDrive");
    ("adele@contoso.com", "Adele Vance", "Retail", "megan@contoso.com", E3, 7.1, Some(18.2), "has data in the OneDrive, and two phones: Outlook, and a mail app that can drop its account");
    ("johanna@contoso.com", "Johanna Lorenz", "Retail", "megan@contoso.com", E3, 6.0, None, "never opened a OneDrive; a tablet that never comes back, and a phone too old to drop its account alone");
    ("nestor@contoso.com", "Nestor Wilke", "Operations", "miriam@contoso.com", E5, 9.3, Some(2.0), "global administrator, one of two");
    ("isaiah@contoso.com", "Isaiah Langer", "Operations", "nestor@contoso.com", E5, 4.4, Some(1.0), "global administrator, the other one");
    ("lee@contoso.com", "Lee Gu", "Operations", "nestor@contoso.com", E3, 3.2, Some(0.5), "user administrator: an administrator whom a user administrator may still block");
    ("grady@contoso.com", "Grady Archie", "Operations", "nestor@contoso.com", E3, 5.0, Some(0.0), "member of a role-assignable group");
    ("lynne@contoso.com", "Lynne Robbins", "Operations", "nestor@contoso.com", E3, 2.7, None, "may activate a privileged role (PIM)");
    ("diego@contoso.com", "Diego Siciliani", "Finance", "miriam@contoso.com", E3, 8.8, Some(0.0), "synced from Active Directory");
    ("joni@contoso.com", "Joni Sherman", "Legal", "miriam@contoso.com", &["POWER_BI_STANDARD"], 0.0, None, "synced, and the mailbox is on-premises");
    ("henrietta@federated.contoso.com", "Henrietta Mueller", "Research", "miriam@contoso.com", E3, 5.5, Some(0.0), "federated: signs in at another identity provider");
    ("christie@federated.contoso.com", "Christie Cline", "Research", "henrietta@federated.contoso.com", E3, 6.6, None, "federated and synced");
    ("chris_fabrikam.com#EXT#@contoso.onmicrosoft.com", "Chris Green", "", "", &[], 0.0, None, "a guest; Megan Bowen, somebody who is blocked, and a group answer for him");
    ("sales@contoso.com", "Sales", "", "", &[], 3.0, None, "a shared mailbox, without a license, that others work in");
    ("patti@contoso.com", "Patti Fernandez", "Marketing", "megan@contoso.com", E3, 10.0, Some(0.0), "forwards to somebody inside, and keeps a copy");
    ("pradeep@contoso.com", "Pradeep Gupta", "Finance", "miriam@contoso.com", E3, 4.9, Some(0.0), "forwards to an address outside, and keeps nothing");
    ("irvin@contoso.com", "Irvin Sayers", "Sales", "megan@contoso.com", E3, 11.2, Some(0.0), "a hidden rule redirects to a competitor, next to a visible one that forwards");
    ("debra@contoso.com", "Debra Berger", "Legal", "miriam@contoso.com", E3, 49.9, Some(0.0), "49.9 GB of mail: just fits a shared mailbox without a license; IMAP and POP are off already");
    ("ben@contoso.com", "Ben Walters", "Finance", "miriam@contoso.com", E3, 62.0, Some(0.0), "62 GB of mail: too much for a shared mailbox without a license");
    ("cameron@contoso.com", "Cameron White", "Legal", "miriam@contoso.com", E3, 15.0, Some(0.0), "has an archive");
    ("delia@contoso.com", "Delia Dennis", "Finance", "miriam@contoso.com", E3, 13.0, Some(0.0), "on litigation hold");
    ("mallory@contoso.com", "Mallory Cortez", "Finance", "miriam@contoso.com", E3, 9.0, Some(0.0), "on an eDiscovery hold");
    ("gerhart@contoso.com", "Gerhart Moller", "Sales", "megan@contoso.com", &[], 4.0, Some(0.0), "all licenses inherited from a group");
    ("raul@contoso.com", "Raul Razo", "Sales", "megan@contoso.com", E3, 4.2, Some(0.0), "one product both directly and by a group");
    ("o'neill@contoso.com", "Brian O'Neill", "Sales", "megan@contoso.com", E3, 2.2, Some(0.0), "an apostrophe in the name");
    ("emily@contoso.com", "Emily Braun", "Retail", "megan@contoso.com", E3, 1.9, Some(0.0), "one of two people of the same name");
    ("emily.braun@contoso.com", "Emily Braun", "Research", "henrietta@federated.contoso.com", E3, 2.1, None, "the other one of the same name");
    ("enrico@contoso.com", "Enrico Cattaneo", "Sales", "megan@contoso.com", &["ENTERPRISEPACK", "MCOEV", "MCOPSTN1"], 3.3, Some(0.0), "has a telephone number");
    ("allan@contoso.com", "Allan Deyoung", "Operations", "nestor@contoso.com", E3, 6.1, Some(0.0), "called meetings that are still to come");
    ("stella@contoso.com", "Stella Dorsey", "Management", "miriam@contoso.com", E3, 5.2, Some(0.0), "in a restricted management administrative unit");
    ("frank@contoso.com", "Frank Okafor", "Retail", "adele@contoso.com", PLAN_1, 1.0, None, "Exchange Online Plan 1 only; works in the mailbox Sales; six tablets synchronise his mailbox");
    ("robin@contoso.com", "Robin Counts", "Retail", "adele@contoso.com", &[], 0.0, None, "already blocked, without licenses and without a mailbox");
    ("tomas@contoso.com", "Tomas Richardson", "Retail", "adele@contoso.com", &["EMS"], 0.0, None, "licensed, but not for a mailbox");
    ("zoe@contoso.com", "Zoe Barnett", "Marketing", "megan@contoso.com", E3, 3.9, Some(0.0), "automatic replies of her own, a rule that lives in Outlook only, and somebody with rights on the mailbox and the OneDrive");
    ("adams@contoso.com", "Conf Room Adams", "", "", &[], 0.1, None, "a room");
    ("reception@contoso.com", "Reception", "", "", &["PHONESYSTEM_VIRTUALUSER"], 0.0, None, "a resource account of Teams with a number");
    ("Sync_DC01_a1b2c3d4e5f6@contoso.onmicrosoft.com", "On-Premises Directory Synchronization Service Account", "", "", &[], 0.0, None, "the account of directory sync");
}
