//! Keys as text: Bech32 as the age specification has it, without a limit of length.

use bech32::{
    Bech32, Fe32, Fe1024, Hrp,
    primitives::{checksum::Checksum, decode::CheckedHrpstring},
};
use zeroize::Zeroizing;

use crate::KeyError;

/// Bech32 without its limit: a hybrid recipient has almost two thousand characters.
enum LongBech32 {}

impl Checksum for LongBech32 {
    type MidstateRepr = <Bech32 as Checksum>::MidstateRepr;
    type CorrectionField = Fe1024;
    const ROOT_GENERATOR: Self::CorrectionField = Fe1024::new([Fe32::P, Fe32::X]);
    const ROOT_EXPONENTS: core::ops::RangeInclusive<usize> = Bech32::ROOT_EXPONENTS;
    const CODE_LENGTH: usize = usize::MAX;
    const CHECKSUM_LENGTH: usize = Bech32::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = Bech32::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = Bech32::TARGET_RESIDUE;
}

/// What stands before the separator, and whether the text is in upper case.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    hrp: Hrp,
    upper: bool,
}

/// `age1pq1…`
pub(crate) const HYBRID_RECIPIENT: Kind = Kind {
    hrp: Hrp::parse_unchecked("age1pq"),
    upper: false,
};

/// `AGE-SECRET-KEY-PQ-1…`
pub(crate) const HYBRID_IDENTITY: Kind = Kind {
    hrp: Hrp::parse_unchecked("age-secret-key-pq-"),
    upper: true,
};

/// `age1…`
pub(crate) const X25519_RECIPIENT: Kind = Kind {
    hrp: Hrp::parse_unchecked("age"),
    upper: false,
};

pub(crate) fn encode(kind: Kind, bytes: &[u8]) -> Zeroizing<String> {
    // Room for all of it, so that nothing is left behind by growing.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2 + 64));
    let encoded = if kind.upper {
        bech32::encode_upper_to_fmt::<LongBech32, _>(&mut *text, kind.hrp, bytes)
    } else {
        bech32::encode_lower_to_fmt::<LongBech32, _>(&mut *text, kind.hrp, bytes)
    };
    encoded.expect("memory takes every character, and no length is too long");
    text
}

/// Reads the one text that [`encode`] writes for `N` bytes, and no other.
pub(crate) fn decode<const N: usize>(
    kind: Kind,
    text: &str,
) -> Result<Zeroizing<[u8; N]>, KeyError> {
    let checked = CheckedHrpstring::new::<LongBech32>(text).map_err(|_| KeyError::Mistyped)?;
    if checked.hrp() != kind.hrp {
        return Err(KeyError::OtherKind);
    }
    let mut bytes = Zeroizing::new([0; N]);
    let mut read = checked.byte_iter();
    for byte in bytes.iter_mut() {
        *byte = read.next().ok_or(KeyError::Length)?;
    }
    if read.next().is_some() {
        return Err(KeyError::Length);
    }
    // Another case, or bits set where the last character has some to spare.
    if *encode(kind, &*bytes) == text {
        Ok(bytes)
    } else {
        Err(KeyError::Mistyped)
    }
}

#[cfg(test)]
mod tests {
    use bech32::primitives::iter::{ByteIterExt as _, Fe32IterExt as _};

    use super::*;

    #[test]
    fn spare_bits_are_zero() {
        let encode_with = |spare: u8| -> String {
            let mut digits: Vec<Fe32> = [7; 32].iter().copied().bytes_to_fes().collect();
            let last = digits.last_mut().unwrap();
            *last = Fe32::try_from(last.to_u8() | spare).unwrap();
            let kind = X25519_RECIPIENT;
            (digits
                .into_iter()
                .with_checksum::<LongBech32>(&kind.hrp)
                .chars())
            .collect()
        };
        assert_eq!(encode_with(0), *encode(X25519_RECIPIENT, &[7; 32]));
        assert_eq!(*decode(X25519_RECIPIENT, &encode_with(0)).unwrap(), [7; 32]);
        for spare in 1..16 {
            let read = decode::<32>(X25519_RECIPIENT, &encode_with(spare));
            assert_eq!(read.err(), Some(KeyError::Mistyped), "{spare}");
        }
    }
}
