//! Microsoft's built-in directory roles that matter to off-boarding, with their template ids.

use offboard_core::id::RoleId;

/// Name and template id.
pub(crate) const BUILT_IN: [(&str, u128); 24] = [
    ("Global Administrator", 0x62e90394_69f5_4237_9190_012177145e10),
    ("User Administrator", 0xfe930be7_5e62_47db_91af_98c3a49a38b1),
    ("Exchange Administrator", 0x29232cdf_9323_42fd_ade2_1d097af3e4de),
    ("Exchange Recipient Administrator", 0x31392ffb_586c_42d1_9346_e59415a2cc4e),
    ("Privileged Authentication Administrator", 0x7be44c8a_adaf_4e2a_84d6_ab2649e08a13),
    ("Privileged Role Administrator", 0xe8611ab8_c189_46e8_94e1_60213ab1f814),
    ("Authentication Administrator", 0xc4e39bd9_1100_46d3_8c65_fb160da0071f),
    ("Helpdesk Administrator", 0x729827e3_9c14_49f7_bb1b_9608f156bbb8),
    ("Password Administrator", 0x966707d0_3269_4727_9be2_8c3a10f19b9d),
    ("Groups Administrator", 0xfdd7a751_b60b_444a_984c_02652fe8fa1c),
    ("License Administrator", 0x4d6ac14f_3453_41d0_bef9_a3e0c569773a),
    ("Directory Readers", 0x88d8e3e3_8f55_4a1e_953a_9b9898b8876b),
    ("Directory Synchronization Accounts", 0xd29b2b05_8046_44ba_8758_1e26182fcf32),
    ("Guest Inviter", 0x95e79109_95c0_4d8e_aee3_d01accf2d47b),
    ("Message Center Reader", 0x790c1fb9_7f7d_4f88_86a1_ef1f95c05c1b),
    ("Reports Reader", 0x4a5d8f65_41da_4de4_8968_e035b65339cf),
    ("Usage Summary Reports Reader", 0x75934031_6c7e_415a_99d7_48dbd49e875e),
    ("Global Reader", 0xf2ef992c_3afb_46b9_b7cf_a126ee74c451),
    ("Compliance Administrator", 0x17315797_102d_40b4_93e0_432062caca18),
    ("Security Administrator", 0x194ae4cb_b126_40b2_bd5b_6091b380977d),
    ("Security Reader", 0x5d6b6bb7_de71_4623_b4af_96380a352509),
    ("Billing Administrator", 0xb0f54661_2d74_4c50_afa3_1ec803f12efe),
    ("SharePoint Administrator", 0xf28a1f50_f6e7_4571_818b_6a12f2af6b6c),
    ("Teams Administrator", 0x69091246_20e8_4a56_aa4d_066075b2a7a8),
];

/// The id of a built-in role by its name. A name that is not in the table gives the id that no role has.
pub(crate) fn id_of(name: &str) -> RoleId {
    let found = BUILT_IN.iter().find(|(known, _)| *known == name);
    RoleId::from_u128(found.map_or(0, |(_, id)| *id))
}
