//! Files in: what is read, what is refused, and what the report says.

mod real_data;
mod support;
