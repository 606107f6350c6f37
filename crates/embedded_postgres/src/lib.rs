//! A private PostgreSQL cluster on this machine, for the demo and the tests.
