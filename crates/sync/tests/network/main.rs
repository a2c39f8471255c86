//! Delivery against a real endpoint, over a network that fails on purpose.

#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at once and say what it sees"
)]

mod delivery;
mod fetching;
mod handing_in;
mod harness;
mod keeping;
mod proxy;
mod recovering;
mod routes;
