//! Padmé: hides a length in one of few sizes, at a cost of at most 12 % for tiny files and 3 % above 64 KiB.
//!
//! Source: Nikitin et al., *Reducing Metadata Leakage from Encrypted Files and Communication with
//! PURBs*, PoPETs 2019, § 4.

/// The padded length of `length` bytes: the next number whose binary form has as many significant
/// bits as the length's own length has bits. Lengths too near [`u64::MAX`] to round up stay as they are.
pub const fn padme(length: u64) -> u64 {
    if length < 2 {
        return length;
    }
    let exponent = length.ilog2();
    let significant = exponent.ilog2() + 1;
    let mask = (1 << (exponent - significant)) - 1;
    match length.checked_add(mask) {
        Some(sum) => sum & !mask,
        None => length,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::padme;

    #[test]
    fn the_papers_own_figures() {
        for (length, padded) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (8, 8),
            (9, 10),
            (1_000, 1_024),
            (1_025, 1_088),
        ] {
            assert_eq!(padme(length), padded, "{length}");
        }
    }

    proptest! {
        #[test]
        fn grows_little_and_only_once(length in 16u64..u64::MAX / 2) {
            let padded = padme(length);
            prop_assert!(padded >= length);
            prop_assert!((padded - length) as f64 <= length as f64 * 0.12);
            prop_assert_eq!(padme(padded), padded);
        }

        #[test]
        fn costs_at_most_a_thirtieth_above_64_kib(length in 65_536u64..1 << 50) {
            prop_assert!((padme(length) - length) as f64 <= length as f64 * 0.0313);
        }
    }
}
