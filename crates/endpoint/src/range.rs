//! The `Range` header (RFC 9110 §14): one range of bytes. Anything else is ignored, as the RFC allows.

use std::ops::Range;

/// What part of an object was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Whole,
    Part(Range<u64>),
    /// A range that lies outside.
    Outside,
}

/// Reads a `Range` header for an object of `size` bytes.
pub(crate) fn parse_range(header: Option<&str>, size: u64) -> Asked {
    let spec = header
        .and_then(|text| text.trim().strip_prefix("bytes="))
        .and_then(|set| set.split_once('-'));
    let Some((first, last)) = spec else {
        return Asked::Whole;
    };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.is_empty() => first..size,
        (None, Some(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        _ => return Asked::Whole,
    };
    if range.is_empty() {
        Asked::Outside
    } else {
        Asked::Part(range)
    }
}

fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Asked::{Outside, Part, Whole};
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        for (header, expected) in [
            (None, Whole),
            (Some("bytes=0-0"), Part(0..1)),
            (Some("bytes=2-5"), Part(2..6)),
            (Some("bytes=2-"), Part(2..10)),
            (Some("bytes=-3"), Part(7..10)),
            (Some("bytes=-30"), Part(0..10)),
            (Some("bytes=9-99"), Part(9..10)),
            (Some("bytes=0-18446744073709551615"), Part(0..10)),
            (Some("bytes=10-"), Outside),
            (Some("bytes=10-12"), Outside),
            (Some("bytes=-0"), Outside),
            (Some("bytes=5-2"), Whole),
            (Some("bytes=0-1,3-4"), Whole),
            (Some("bytes=+1-2"), Whole),
            (Some("bytes=-"), Whole),
            (Some("lines=1-2"), Whole),
        ] {
            assert_eq!(parse_range(header, 10), expected, "{header:?}");
        }
        assert_eq!(parse_range(Some("bytes=0-"), 0), Outside);
    }
}
