//! The pipe from the reading process: bytes as they come, until it ends, its time is over, or nobody wants the file any more.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{Error, Read, Result};
use std::os::fd::AsFd;
use std::process::ChildStdout;
use std::time::{Duration, Instant};

/// How often somebody is asked whether to go on while nothing comes.
const TICK: u16 = 100;

/// Why nothing more is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    TooLong,
    Cancelled,
}

pub(super) struct Pipe<'a> {
    out: ChildStdout,
    /// What is left of its time: the time for which we wait, so that a machine that sleeps or a long task of ours does not count.
    left: Duration,
    goes_on: &'a dyn Fn() -> bool,
    pub stopped: Option<Stop>,
    process: u32,
    /// The most memory that it was seen to hold, bytes: libraries that get none crash without a word.
    pub memory: u64,
}

impl<'a> Pipe<'a> {
    pub(super) fn new(out: ChildStdout, process: u32, time: Duration, goes_on: &'a dyn Fn() -> bool) -> Self {
        // A larger pipe means fewer turns; where it is not given, the usual one does.
        let _ = nix::fcntl::fcntl(&out, nix::fcntl::FcntlArg::F_SETPIPE_SZ(1 << 20));
        Pipe { out, left: time, goes_on, stopped: None, process, memory: 0 }
    }

    fn stop(&mut self, why: Stop) -> Error {
        self.stopped = Some(why);
        Error::other("stopped")
    }
}

/// Bytes of memory that a process may write to.
fn held_by(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmData:")).unwrap_or_default();
    line.trim().split(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() << 10
}

impl Read for Pipe<'_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        loop {
            if self.left.is_zero() {
                return Err(self.stop(Stop::TooLong));
            }
            let begin = Instant::now();
            let mut waiting = [PollFd::new(self.out.as_fd(), PollFlags::POLLIN)];
            let came = poll(&mut waiting, PollTimeout::from(TICK));
            self.left = self.left.saturating_sub(begin.elapsed().min(Duration::from_millis(2 * u64::from(TICK))));
            match came {
                Ok(0) if (self.goes_on)() => self.memory = self.memory.max(held_by(self.process)),
                Ok(0) => return Err(self.stop(Stop::Cancelled)),
                Ok(_) => return self.out.read(into),
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
