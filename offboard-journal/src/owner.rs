//! Who holds a lease, in words that another process can check: the lease of a process that died is free at once, and
//! nobody waits for it to run out.
//!
//! An owner is `host/boot/process/start`. On Linux `boot` is the kernel's boot id and the process namespace (two
//! containers share the boot, and perhaps the name of the host, but count their processes apart), and `start` is when
//! the process started, in the kernel's ticks, because process numbers come again. On other systems `boot` and
//! `start` are `-`, and nobody is ever known to be dead. What follows a further `/` is the holder's own business: two
//! engines in one process tell themselves apart by it.

use std::fmt;

/// The owner string of this process.
pub fn owner() -> String {
    let system = System::here();
    let process = std::process::id();
    let start = process_start(process).map_or_else(|| "-".to_owned(), |start| start.to_string());
    format!("{system}/{process}/{start}")
}

/// Whether `owner` is a process of this host and this boot that is no longer there. What cannot be known is false:
/// a lease that nobody can judge runs out by itself.
pub fn is_dead(owner: &str) -> bool {
    let mut parts = owner.split('/');
    let (Some(host), Some(boot), Some(process), Some(start)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Ok(process), Ok(start)) = (process.parse::<u32>(), start.parse::<u64>()) else { return false };
    let here = System::here();
    here.boot != "-" && here.host == host && here.boot == boot && !is_running(process, start)
}

struct System {
    host: String,
    boot: String,
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.boot)
    }
}

impl System {
    fn here() -> Self {
        let line = |path: &str| {
            let text = std::fs::read_to_string(path).ok()?;
            let text = text.trim().replace('/', "_");
            (!text.is_empty()).then_some(text)
        };
        let host = line("/proc/sys/kernel/hostname").unwrap_or_else(|| "-".to_owned());
        let namespace = std::fs::read_link("/proc/self/ns/pid").ok();
        let boot = line("/proc/sys/kernel/random/boot_id")
            .zip(namespace)
            .map_or_else(|| "-".to_owned(), |(boot, namespace)| format!("{boot} {}", namespace.display()));
        Self { host, boot }
    }
}

/// When a process started, in ticks since the boot; nothing where that cannot be read.
fn process_start(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Stat::read(&stat).map(|stat| stat.start)
}

fn is_running(process: u32, start: u64) -> bool {
    match std::fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(line) => Stat::read(&line).is_none_or(|seen| seen.start == start && !seen.is_over),
        // A system may hide the processes of others; then the first process is hidden, too.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::metadata("/proc/1/stat").is_err()
        }
        Err(_) => true,
    }
}

/// What `/proc/<process>/stat` says.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    /// It has ended, and its parent has not asked how.
    is_over: bool,
    /// When it started.
    start: u64,
}

impl Stat {
    /// The name of the program stands in parentheses and may hold anything, parentheses and blanks too; the state is
    /// the first field behind it (3 in the manual), threads and start are fields 20 and 22.
    fn read(line: &str) -> Option<Self> {
        let (_, rest) = line.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let threads: u32 = fields.get(17)?.parse().ok()?;
        // A main thread can end before the others do: then the process is still at work.
        let is_over = matches!(*fields.first()?, "Z" | "X" | "x") && threads <= 1;
        Some(Self { is_over, start: fields.get(19)?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_process_is_read_behind_its_name() {
        let line = |state: &str, threads: u32| {
            format!(
                "12 (a) Z (b) {state} 1 12 12 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 {threads} 0 350046 31 4 5"
            )
        };
        assert_eq!(Stat::read(&line("S", 4)), Some(Stat { is_over: false, start: 350_046 }));
        assert_eq!(Stat::read(&line("Z", 1)), Some(Stat { is_over: true, start: 350_046 }));
        assert_eq!(Stat::read(&line("Z", 3)), Some(Stat { is_over: false, start: 350_046 }));
        assert_eq!(Stat::read("12 (cut) S 1 2"), None);
        assert_eq!(Stat::read(""), None);
    }

    #[test]
    fn this_process_is_not_dead_under_any_name() {
        assert!(!is_dead(&owner()));
        assert!(!is_dead(&format!("{}/second engine", owner())));
        for unknown in ["", "engine", "a/b/c/d", "////", "host/boot/1/1"] {
            assert!(!is_dead(unknown), "{unknown}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_ended_is_dead_and_only_here() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let start = process_start(child.id()).unwrap();
        let system = System::here();
        let (process, name) = (child.id(), format!("{system}/{}/{start}", child.id()));
        assert!(!is_dead(&name), "it runs");
        assert!(is_dead(&format!("{system}/{process}/{}", start + 1)), "its number came again");

        child.kill().unwrap();
        while !is_dead(&name) {
            // Its parent, we, has not asked yet: it is dead all the same.
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert!(is_dead(&name), "it is gone");
        assert!(is_dead(&format!("{name}/engine 2")));

        let boot = &system.boot;
        assert!(!is_dead(&format!("elsewhere/{boot}/{process}/{start}")), "another host");
        assert!(!is_dead(&format!("{}/earlier/{process}/{start}", system.host)), "another boot");
    }
}
