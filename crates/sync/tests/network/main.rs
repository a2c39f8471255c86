//! Delivery against a real endpoint, over a network that fails on purpose.

mod delivery;
mod fetching;
mod handing_in;
mod harness;
mod keeping;
mod proxy;
mod routes;
