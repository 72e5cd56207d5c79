//! An operation that may not be repeated unread, in a catalog of the tests.
