//! Takes answers apart; what is not of the expected kind stops the test and shows itself.

use serde_json::Value;

/// A string.
///
/// # Panics
/// When it is something else.
#[track_caller]
pub fn string(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a string: {value}"))
}

/// A list.
///
/// # Panics
/// When it is something else.
#[track_caller]
pub fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("not a list: {value}"))
}

/// A count.
///
/// # Panics
/// When it is something else.
#[track_caller]
pub fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("not a count: {value}"))
}
