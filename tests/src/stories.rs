//! Stories of the town, told end to end: real HTTP, real PostgreSQL, signed webhooks, a clock moved by hand.

mod stories {
    mod stop_payments;
}
