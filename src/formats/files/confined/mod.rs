//! Every file from outside is read in a process of its own, whose answer is all that comes back.
//!
//! [`read`] and [`read_form`] copy the file with what lies beside it into a private folder ([`copy`]), start our own program again
//! ([`process`]), and take what it says as a claim: block by block, within bounds ([`receive`]). That process ([`serve`]) locks itself in first
//! ([`fence`]): no network, no other program, no file but the copy and what GDAL and PROJ need, memory and time by number
//! ([`super::limits::ProcessLimits`]). A crash, a limit or a timeout there is a fault like any other here.

mod attempts;
mod codes;
mod copy;
mod fence;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod held;
mod pipe;
mod process;
mod program;
mod receive;
mod request;
mod send;
mod serve;
mod syscalls;
mod turns;

pub use copy::plain_bytes;
pub use held::forget_all;
pub use process::{Attempt, attempts, read, read_form};
pub use program::{PROGRAM_ARGUMENT, read_by};
pub use serve::serve;
