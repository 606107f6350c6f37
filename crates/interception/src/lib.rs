//! The use cases: one file is one thing the system does.
