//! Bytes in, verdict out.
