//! Whole operations, stopped before each change that they make to the disk: killed, or with the
//! disk full. The steps come from the code (`steps.rs`): a test goes on until there are no more.

mod scenario;
mod stopped;
