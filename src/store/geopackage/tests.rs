//! The parts that only the inside sees.
