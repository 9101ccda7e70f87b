//! Supplier files, read: samples, a matrix of generated files, the rules one by one, and any bytes at all.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod any_bytes;
mod generate;
mod matrix;
mod rules;
mod samples;
