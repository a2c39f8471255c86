//! The helpers, one file each.

pub(crate) mod binary;
pub(crate) mod canary;
pub(crate) mod cli;
pub(crate) mod endpoint;
pub mod fixtures;
pub(crate) mod home;
pub(crate) mod window;
pub(crate) mod workspace;
