//! A wire that can be held: every request and every answer passes through here, so that a process can be killed at the
//! moment that a test asks for, and not at one that a clock happens to find.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where the process is killed, seen from one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The state before is recorded; the write has not reached the tenant.
    CaptureSend,
    /// The tenant has carried the write out; the answer has not reached the process.
    SendAnswer,
    /// The answer lies at the process's door; it is not recorded.
    AnswerRecord,
    /// The answer is recorded; nothing was read back.
    RecordVerify,
}

/// The wire between the binary and the tenant.
pub struct Wire {
    pub origin: String,
    pid: Arc<AtomicU32>,
    held: Receiver<String>,
}

struct Shared {
    tenant: SocketAddr,
    window: Window,
    /// The write that is waited for: the first of this step.
    step: &'static str,
    state: Mutex<State>,
    pid: Arc<AtomicU32>,
    held: Sender<String>,
}

#[derive(Default)]
struct State {
    met: bool,
    /// Nothing passes any more.
    shut: bool,
}

impl Wire {
    /// Leads to the tenant at `origin`, and holds in `window` of the first write of `step`.
    pub fn to(origin: &str, window: Window, step: &'static str) -> Self {
        let tenant = origin.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, held) = channel();
        let pid = Arc::new(AtomicU32::new(0));
        let state = Mutex::default();
        let shared = Arc::new(Shared { tenant, window, step, state, pid: pid.clone(), held: sender });
        thread::spawn(move || {
            for connection in listener.incoming() {
                let shared = shared.clone();
                // A connection ends with an error when its process is killed.
                thread::spawn(move || connection.and_then(|client| carry(client, &shared)));
            }
        });
        Self { origin: format!("http://{address}"), pid, held }
    }

    /// Whom to stop where an answer is to lie at the door.
    pub fn belongs_to(&self, pid: u32) {
        self.pid.store(pid, Ordering::SeqCst);
    }

    /// Waits until the window is open; says in words what was held.
    pub fn wait(&self) -> String {
        self.held.recv_timeout(std::time::Duration::from_mins(1)).unwrap()
    }
}

/// Which step's write a request is, by what stands in it.
pub fn step_of(request: &str) -> Option<&'static str> {
    let (head, body) = request.split_once("\r\n\r\n")?;
    let names = |text: &str| body.contains(text) || head.contains(text);
    match () {
        () if head.starts_with("GET") => None,
        () if names("accountEnabled") && names("PATCH") => Some("block_sign_in"),
        () if names("passwordProfile") => Some("reset_password"),
        () if names("revokeSignInSessions") => Some("revoke_sign_in_sessions"),
        () if names("Set-Mailbox") && names("AccountDisabled") => Some("block_exchange_account"),
        () if names("Set-Mailbox") && names("ForwardingAddress") => Some("stop_forwarding"),
        () => None,
    }
}

fn carry(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut tenant = TcpStream::connect(shared.tenant)?;
    client.set_nodelay(true)?;
    tenant.set_nodelay(true)?;
    loop {
        let request = message(&mut client)?;
        let text = String::from_utf8_lossy(&request).into_owned();
        let meant = {
            let mut state = shared.state.lock().unwrap();
            if state.shut {
                drop(state);
                return hold();
            }
            let meant = !state.met && step_of(&text) == Some(shared.step);
            state.met |= meant;
            // Of the write that is meant nothing more passes; in the last window only its answer does.
            state.shut |= meant;
            meant
        };
        let told = || {
            let _ = shared.held.send(text.lines().next().unwrap_or_default().to_owned());
        };
        if meant && shared.window == Window::CaptureSend {
            told();
            return hold();
        }
        tenant.write_all(&request)?;
        let answer = message(&mut tenant)?;
        match (meant, shared.window) {
            (true, Window::SendAnswer) => {
                told();
                return hold();
            }
            (true, Window::AnswerRecord) => {
                signal("STOP", shared.pid.load(Ordering::SeqCst));
                client.write_all(&answer)?;
                told();
                return hold();
            }
            (true, _) => {
                client.write_all(&answer)?;
                told();
            }
            (false, _) => client.write_all(&answer)?,
        }
    }
}

/// Never lets go; the test ends the process at the other end, and then itself.
fn hold() -> io::Result<()> {
    loop {
        thread::park();
    }
}

/// One HTTP message with its body.
fn message(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16_384];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Ok(bytes);
            }
        }
        match from.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    }
}

/// Sends a signal to a process of the test's own.
pub fn signal(name: &str, pid: u32) {
    assert!(pid > 0, "there is no process yet");
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().unwrap();
    assert!(sent.success(), "kill -{name} {pid}");
}
