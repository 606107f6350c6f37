//! The support library of the end-to-end tests.
