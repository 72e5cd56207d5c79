//! Products of Microsoft's catalogue with their service plans. The ids are the same in every tenant.

use offboard_core::id::{ServicePlanId, SkuId};

use crate::world::{ServicePlan, Sku};

type Plan = (&'static str, u128, &'static str);

const EXCHANGE_2: Plan = ("EXCHANGE_S_ENTERPRISE", 0xefb87545_963c_4e0d_99df_69c6916d9eb0, "User");
const EXCHANGE_1: Plan = ("EXCHANGE_S_STANDARD", 0x9aaf7827_d63c_4b61_89c3_182f06f82e5c, "User");
const EXCHANGE_ARCHIVE: Plan = ("EXCHANGE_S_ARCHIVE_ADDON", 0x176a09a6_7ec5_4039_ac02_b2791c6ba793, "User");
const EXCHANGE_FOUNDATION: Plan =
    ("EXCHANGE_S_FOUNDATION", 0x113feb6c_3fe4_4440_bddc_54d774bf0318, "Company");
const SHAREPOINT: Plan = ("SHAREPOINTENTERPRISE", 0x5dbe027f_2339_4123_9542_606e4d348a72, "User");
const TEAMS: Plan = ("TEAMS1", 0x57ff2da0_773e_42df_b2af_ffb7a2317929, "User");
const SKYPE: Plan = ("MCOSTANDARD", 0x0feaeb32_d00e_4d66_bd5a_43b5b83db82c, "User");
const OFFICE: Plan = ("OFFICESUBSCRIPTION", 0x43de0ff5_c92c_492b_9116_175376d08c38, "User");
const YAMMER: Plan = ("YAMMER_ENTERPRISE", 0x7547a3fe_08ee_4ccb_b430_5077c5041653, "User");
const INTUNE: Plan = ("INTUNE_A", 0xc1ec4a95_1f05_45b3_a911_aa3fa01094f5, "User");
const ENTRA_1: Plan = ("AAD_PREMIUM", 0x41781fb2_bc02_4b7c_bd55_b576c07bb09d, "User");
const ENTRA_2: Plan = ("AAD_PREMIUM_P2", 0xeec0eb4f_6444_4f95_aba0_50c24d67f998, "User");
const PHONE_SYSTEM: Plan = ("MCOEV", 0x4828c8ec_dc2e_4779_b502_87ac9ce28ab7, "User");
const CALLING: Plan = ("MCOPSTN1", 0x4ed3ff63_69d7_4fb7_b984_5aec7f605ca8, "User");
const PHONE_RESOURCE: Plan = ("MCOEV_VIRTUALUSER", 0xf47330e9_c134_43b3_9993_e7f004506889, "User");
const POWER_BI: Plan = ("BI_AZURE_P0", 0x2049e525_b859_401b_b2a0_e0a31c4b1fe4, "User");

/// Part number, id, seats, plans.
const PRODUCTS: [(&str, u128, u32, &[Plan]); 9] = [
    (
        "ENTERPRISEPACK",
        0x6fd2c87f_b296_42f0_b197_1e91e994b900,
        60,
        &[EXCHANGE_2, SHAREPOINT, TEAMS, SKYPE, OFFICE, YAMMER],
    ),
    (
        "SPE_E5",
        0x06ebc4ee_1bb5_47dd_8120_11324bc54e06,
        10,
        &[EXCHANGE_2, SHAREPOINT, TEAMS, SKYPE, OFFICE, YAMMER, INTUNE, ENTRA_1, ENTRA_2, PHONE_SYSTEM],
    ),
    ("EXCHANGESTANDARD", 0x4b9405b0_7788_4568_add1_99614e613b69, 20, &[EXCHANGE_1]),
    ("EXCHANGEARCHIVE_ADDON", 0xee02fd1b_340e_4a4b_b355_4a514e4c8943, 5, &[EXCHANGE_ARCHIVE]),
    ("EMS", 0xb05e124f_c7cc_45a0_a6aa_8cf78c946968, 20, &[INTUNE, ENTRA_1, EXCHANGE_FOUNDATION]),
    ("MCOEV", 0xe43b5b99_8dfb_405f_9987_dc307f34bcbd, 10, &[PHONE_SYSTEM]),
    ("MCOPSTN1", 0x0dab259f_bf13_4952_b7f8_7db8f131b28d, 10, &[CALLING]),
    ("PHONESYSTEM_VIRTUALUSER", 0x440eaaa8_b3e0_484b_a8be_62870b9ba70a, 5, &[PHONE_RESOURCE]),
    (
        "POWER_BI_STANDARD",
        0xa403ebcc_fae0_4ca2_8c8c_7a907fd6c235,
        1_000_000,
        &[POWER_BI, EXCHANGE_FOUNDATION],
    ),
];

/// The id of a product by its part number. A part number that is not here gives the id that no product has.
pub(crate) fn id_of(part_number: &str) -> SkuId {
    let found = PRODUCTS.iter().find(|(known, ..)| *known == part_number);
    SkuId::from_u128(found.map_or(0, |(_, id, ..)| *id))
}

/// The id of a service plan by its name.
pub(crate) fn plan_id_of(name: &str) -> ServicePlanId {
    let found = PRODUCTS.iter().flat_map(|(_, _, _, plans)| *plans).find(|(known, ..)| *known == name);
    ServicePlanId::from_u128(found.map_or(0, |(_, id, _)| *id))
}

/// All products.
pub(crate) fn all() -> impl Iterator<Item = Sku> {
    PRODUCTS.iter().map(|(part_number, id, enabled, plans)| Sku {
        id: SkuId::from_u128(*id),
        part_number: (*part_number).to_owned(),
        enabled: *enabled,
        plans: plans.iter().map(plan).collect(),
    })
}

fn plan((name, id, applies_to): &Plan) -> ServicePlan {
    ServicePlan {
        id: ServicePlanId::from_u128(*id),
        name: (*name).to_owned(),
        applies_to: (*applies_to).to_owned(),
        depends_on: None,
    }
}
