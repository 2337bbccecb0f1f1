//! What a reader that an attacker has taken over would try first. It is tried behind the fence, for the proof that none of it goes.

use nix::errno::Errno;
use std::fs::File;
use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

/// Each attempt with the system's refusal; `None` where it went. `outside` is a folder of the starter's.
pub(super) fn all(outside: &Path, input: &Path) -> Vec<(&'static str, Option<String>)> {
    let attempts: [(&'static str, &dyn Fn() -> std::io::Result<()>); 16] = [
        ("read /etc/passwd", &|| File::open("/etc/passwd").map(drop)),
        ("read a file of the starter", &|| File::open(outside.join("secret")).map(drop)),
        ("list the starter's folder", &|| std::fs::read_dir(outside).map(drop)),
        ("list /", &|| std::fs::read_dir("/").map(drop)),
        ("write outside", &|| File::create(outside.join("written")).map(drop)),
        ("write to a file of the starter", &|| File::options().append(true).open(outside.join("secret"))?.write_all(b"x")),
        ("remove a file of the starter", &|| std::fs::remove_file(outside.join("secret"))),
        ("change the copy", &|| File::create(input.join("written")).map(drop)),
        ("look into the parent", &|| File::open(format!("/proc/{}/mem", std::os::unix::process::parent_id())).map(drop)),
        ("connect", &|| TcpStream::connect("127.0.0.1:9").map(drop)),
        ("listen", &|| TcpListener::bind("127.0.0.1:0").map(drop)),
        ("send a datagram", &|| UdpSocket::bind("127.0.0.1:0").map(drop)),
        ("open a socket of the machine", &|| UnixStream::pair().map(drop)),
        ("start a program", &|| Command::new("/bin/true").status().map(drop)),
        ("signal the parent", &|| refusal(nix::sys::signal::kill(nix::unistd::getppid(), None))),
        ("raise its limits", &|| {
            use nix::sys::resource::{Resource, getrlimit, setrlimit};
            let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
            refusal(setrlimit(Resource::RLIMIT_NOFILE, most, most))
        }),
    ];
    attempts.iter().map(|(what, attempt)| (*what, attempt().err().map(|error| error.to_string()))).collect()
}

fn refusal(result: Result<(), Errno>) -> std::io::Result<()> {
    result.map_err(Into::into)
}
