//! The simulated outside, with memory: carriers, an SMS centre, banks, stations, and the traffic of a day.
