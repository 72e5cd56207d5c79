//! What a process that holds secrets does before anything else.

/// Switches core dumps off: a dump of this process would hold tokens and the new password.
pub(crate) fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Where it is not allowed there is nobody to tell, and nothing else depends on it.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// A bug says where it is, in one line and without a trace through memory.
pub(crate) fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        use std::io::Write as _;
        let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
        let _ = writeln!(std::io::stderr(), "offboard: internal error{place}; please report this");
    }));
}
