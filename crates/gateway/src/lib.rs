//! The HTTP face: one file is one endpoint.
