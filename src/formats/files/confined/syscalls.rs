//! What a reading process may ask of the kernel: to read, to write where it may, to hold memory, to end. Everything else does not exist for
//! it: no socket, no other program, no other process, no look at one, no mount, no module, no clock to set.

use nix::libc::{self, c_long};
use seccompiler::{SeccompCmpArgLen as Width, SeccompCmpOp as Is, SeccompCondition as Condition, SeccompRule as Rule};
use std::collections::BTreeMap;

/// Calls that are free, whatever their arguments.
const FREE: &[c_long] = &[
    // files: which of them is Landlock's business
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_readv,
    libc::SYS_preadv,
    libc::SYS_write,
    libc::SYS_pwrite64,
    libc::SYS_writev,
    libc::SYS_pwritev,
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_lseek,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_fadvise64,
    libc::SYS_flock,
    libc::SYS_unlinkat,
    libc::SYS_mkdirat,
    libc::SYS_renameat2,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_copy_file_range,
    libc::SYS_sendfile,
    libc::SYS_ppoll,
    // memory
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_membarrier,
    // threads of its own, time, chance
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_getcpu,
    // who it is
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getppid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrusage,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    // its own signals, its end
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Older names of the same.
#[cfg(target_arch = "x86_64")]
const OLD: &[c_long] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_unlink,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_dup2,
    libc::SYS_poll,
    libc::SYS_time,
    libc::SYS_getrlimit,
    libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[c_long] = &[];

/// Commands of `fcntl`; those that have signals sent to others are not among them.
const FCNTL: [i32; 12] = [
    libc::F_DUPFD,
    libc::F_GETFD,
    libc::F_SETFD,
    libc::F_GETFL,
    libc::F_SETFL,
    libc::F_GETLK,
    libc::F_SETLK,
    libc::F_SETLKW,
    libc::F_OFD_GETLK,
    libc::F_OFD_SETLK,
    libc::F_OFD_SETLKW,
    libc::F_DUPFD_CLOEXEC,
];
/// What a file may be asked beside its bytes: whether it is a terminal.
const IOCTL: [u64; 2] = [libc::TCGETS, libc::FIONREAD];
/// Names for threads and for memory.
const PRCTL: [i32; 2] = [libc::PR_SET_NAME, libc::PR_SET_VMA];

/// The calls that go through, with what their arguments must be.
pub(super) fn allowed() -> Result<BTreeMap<c_long, Vec<Rule>>, seccompiler::Error> {
    let mut calls: BTreeMap<c_long, Vec<Rule>> = FREE.iter().chain(OLD).map(|call| (*call, Vec::new())).collect();
    let one = |argument: u8, width: Width, is: Is, value: u64| Condition::new(argument, width, is, value).and_then(|one| Rule::new(vec![one]));
    let any = |argument: u8, values: &[u64]| values.iter().map(|value| one(argument, Width::Dword, Is::Eq, *value)).collect::<Result<Vec<_>, _>>();
    let commands = |commands: &[i32]| commands.iter().map(|command| *command as u64).collect::<Vec<u64>>();
    calls.insert(libc::SYS_fcntl, any(1, &commands(&FCNTL))?);
    calls.insert(libc::SYS_ioctl, any(1, &IOCTL)?);
    calls.insert(libc::SYS_prctl, any(0, &commands(&PRCTL))?);
    // A thread, not a process; limits are read, not set; a signal reaches nobody else.
    let thread = libc::CLONE_THREAD as u64;
    calls.insert(libc::SYS_clone, vec![one(0, Width::Qword, Is::MaskedEq(thread), thread)?]);
    calls.insert(libc::SYS_prlimit64, vec![one(2, Width::Qword, Is::Eq, 0)?]);
    calls.insert(libc::SYS_tgkill, vec![one(0, Width::Dword, Is::Eq, u64::from(std::process::id()))?]);
    Ok(calls)
}
