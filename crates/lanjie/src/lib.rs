//! The program: roles, configuration, telemetry, wiring and the demo.
