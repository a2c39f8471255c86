//! The helpers, one file each.

pub(crate) mod age;
pub(crate) mod binary;
pub(crate) mod canary;
pub(crate) mod cli;
pub(crate) mod coalition;
pub(crate) mod desktop;
pub(crate) mod dice;
pub(crate) mod endpoint;
pub(crate) mod files;
pub mod fixtures;
pub(crate) mod home;
pub(crate) mod image;
pub(crate) mod json;
pub(crate) mod memory;
pub(crate) mod patience;
pub(crate) mod secrets;
pub(crate) mod signal;
pub mod tape;
pub(crate) mod window;
pub(crate) mod workspace;
