//! Designation, worked by hand.
