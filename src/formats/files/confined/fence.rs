//! How the reading process locks itself in, before it looks at the file: limits of the system always, Landlock and a filter of system calls
//! where the kernel has them.

use super::super::limits::ProcessLimits;
use super::request::Request;
use super::syscalls;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use nix::errno::Errno;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
use std::path::{Path, PathBuf};

/// What the kernel gave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fence {
    /// Files are out of reach.
    pub files: bool,
    /// System calls are out of reach.
    pub calls: bool,
}

/// Ends with the one who started it: nobody reads for a program that is gone.
pub(super) fn end_with(parent: u32) -> Outcome<()> {
    set_pdeathsig(Signal::SIGKILL).map_err(|error| Fault::internal("reader_not_started", error))?;
    // It may have gone before the line above.
    if nix::unistd::getppid().as_raw().cast_unsigned() == parent { Ok(()) } else { Err(Fault::internal("reader_not_started", "its parent is gone")) }
}

/// Closes what was handed down by mistake: files of the parent that a library opened without saying that they are its own.
pub(super) fn close_others() {
    let numbers = |entry: std::fs::DirEntry| entry.file_name().to_str()?.parse::<i32>().ok();
    let open: Vec<i32> = std::fs::read_dir("/proc/self/fd").map(|all| all.flatten().filter_map(numbers).collect()).unwrap_or_default();
    for number in open.into_iter().filter(|number| *number > 2) {
        // The folder that was listed is among them and closed already.
        let _ = nix::unistd::close(number);
    }
}

/// Locks the process in.
pub(super) fn lock_in(request: &Request) -> Outcome<Fence> {
    let limits = |error: Errno| Fault::internal("reader_not_started", format!("setrlimit: {error}"));
    hold_limits(&request.limits).map_err(limits)?;
    let files = fence_files(&request.input, &request.work);
    Ok(Fence { files, calls: filter_calls().is_some() })
}

fn hold_limits(limits: &ProcessLimits) -> nix::Result<()> {
    /// Programs and mapped files count as address space as well.
    const MAPPED: u64 = 4 << 30;
    let seconds = limits.processor.as_secs().max(1);
    setrlimit(Resource::RLIMIT_DATA, limits.memory, limits.memory)?;
    setrlimit(Resource::RLIMIT_AS, limits.memory + MAPPED, limits.memory + MAPPED)?;
    setrlimit(Resource::RLIMIT_CPU, seconds, seconds + 1)?;
    setrlimit(Resource::RLIMIT_FSIZE, limits.scratch, limits.scratch)?;
    setrlimit(Resource::RLIMIT_NOFILE, limits.open_files, limits.open_files)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)
}

/// Folders of libraries that are loaded when they are needed (converters of encodings).
const LIBRARIES: [&str; 7] = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo"];

/// Lets the process read its copy, libraries and the tables of GDAL and PROJ, and write in its scratch folder; nothing else.
fn fence_files(input: &Path, work: &Path) -> bool {
    let all = AccessFs::from_all(ABI::V6);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let fence = || {
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(all)?
            .handle_access(AccessNet::from_all(ABI::V6))?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .add_rules(path_beneath_rules(LIBRARIES, read))?
            .add_rules(path_beneath_rules(tables(), read))?
            .add_rules(path_beneath_rules([input], read))?
            .add_rules(path_beneath_rules([work], all & !AccessFs::Execute & !AccessFs::MakeChar & !AccessFs::MakeBlock & !AccessFs::MakeSock))?
            .restrict_self()
    };
    let fenced: Result<_, landlock::RulesetError> = fence();
    fenced.is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

/// Where GDAL and PROJ keep their tables: where they are told to, and in `share` beside their libraries.
fn tables() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["GDAL_DATA", "PROJ_DATA", "PROJ_LIB"]
        .iter()
        .filter_map(std::env::var_os)
        .flat_map(|value| std::env::split_paths(&value).collect::<Vec<_>>())
        .collect();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let libraries =
        maps.lines().filter_map(|line| line.find('/').map(|at| &line[at..])).filter(|path| path.contains("/libproj") || path.contains("/libgdal"));
    let mut places: Vec<&Path> = libraries.map(Path::new).flat_map(|library| library.ancestors().skip(2).take(3)).collect();
    places.dedup();
    found.extend(places.iter().flat_map(|place| ["share/proj", "share/gdal"].map(|name| place.join(name))).filter(|place| place.is_dir()));
    found
}

fn filter_calls() -> Option<()> {
    let machine = TargetArch::try_from(std::env::consts::ARCH).ok()?;
    let absent = SeccompAction::Errno(Errno::ENOSYS as u32);
    let filter = SeccompFilter::new(syscalls::allowed().ok()?, absent, SeccompAction::Allow, machine).ok()?;
    let program = BpfProgram::try_from(filter).ok()?;
    seccompiler::apply_filter_all_threads(&program).ok()
}
