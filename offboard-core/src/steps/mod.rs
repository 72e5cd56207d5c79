//! The operations that come with offboard, one a file. Adding one is adding its file and its two lines here.

use crate::operation::Catalog;

/// All of them.
pub(crate) fn builtin() -> Catalog {
    Catalog::empty()
}
