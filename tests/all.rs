//! One integration binary, one folder per resource or property family.

mod intake;
