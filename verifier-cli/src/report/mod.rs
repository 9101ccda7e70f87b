//! Telling what was found: the verdict first, then why, then what to do.
