//! The outside world Lanjie speaks to: banks, carriers, SMS providers, stations.
