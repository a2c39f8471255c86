//! A sealed file in shorthand, so that the fuzzer can change its structure and not only its bytes.
//!
//! ASCII stands for itself, and so do most other bytes; a [`token`] stands for a piece of the
//! original file or for a change to what has been written before it. The whole original in shorthand:
//!
//! ```text
//! VERSION "-> " TAG " " KEY "\n" BODY "\n" MAC NONCE FIRST LAST
//! ```

use crate::original::{self, ORIGINAL};

/// The bytes with a meaning of their own. No header has any of them.
pub mod token {
    /// The first line.
    pub const VERSION: u8 = 0xf0;
    /// The name of the stanza's kind.
    pub const TAG: u8 = 0xf1;
    /// The encapsulated key in base64, 1,494 characters.
    pub const KEY: u8 = 0xf2;
    /// The wrapped file key in base64, 43 characters.
    pub const BODY: u8 = 0xf3;
    /// The last line, with the right MAC for whatever stands before it.
    pub const MAC: u8 = 0xf4;
    /// The nonce of the original payload.
    pub const NONCE: u8 = 0xf5;
    /// Its first chunk, a full one.
    pub const FIRST: u8 = 0xf6;
    /// Its second and last chunk.
    pub const LAST: u8 = 0xf7;
    /// The rest of the input, framed as a bundle and sealed.
    pub const BUNDLE: u8 = 0xf8;
    /// The rest of the input, sealed as it is.
    pub const EVIDENCE: u8 = 0xf9;
    /// Changes a byte: how far back it lies (2 bytes), and what is XORed onto it (1 byte).
    pub const FLIP: u8 = 0xfa;
    /// Takes bytes away at the end: how many (2 bytes).
    pub const CUT: u8 = 0xfb;
    /// The age file ends here; what follows is padding.
    pub const END: u8 = 0xfc;
}

/// Nothing longer is written; a few times the original.
const LIMIT: usize = 256 * 1024;

/// What a shorthand stands for.
pub(crate) struct Written {
    /// The object.
    pub(crate) object: Vec<u8>,
    /// The length of the age file at its front, as told: what followed may have been cut to less.
    pub(crate) sealed_size: usize,
    /// What is sealed in it, if it opens at all.
    pub(crate) plain: Vec<u8>,
}

/// Writes out a shorthand. Every input is one.
pub(crate) fn write_out(input: &[u8]) -> Written {
    let mut object = Vec::new();
    let mut sealed_size = None;
    let mut rest = input.iter().copied();
    while object.len() < LIMIT
        && let Some(byte) = rest.next()
    {
        match byte {
            token::VERSION => object.extend_from_slice(original::VERSION_LINE.as_bytes()),
            token::TAG => object.extend_from_slice(original::TAG.as_bytes()),
            token::KEY => object.extend_from_slice(ORIGINAL.key.as_bytes()),
            token::BODY => object.extend_from_slice(ORIGINAL.body.as_bytes()),
            token::MAC => {
                object.extend_from_slice(b"---");
                let mac = original::mac(&object);
                object.extend_from_slice(format!(" {mac}\n").as_bytes());
            }
            token::NONCE => object.extend_from_slice(&ORIGINAL.nonce),
            token::FIRST => object.extend_from_slice(&ORIGINAL.chunks[0]),
            token::LAST => object.extend_from_slice(&ORIGINAL.chunks[1]),
            token::BUNDLE | token::EVIDENCE => {
                let rest: Vec<u8> = rest.collect();
                let plain = match byte {
                    token::BUNDLE => original::framed(&rest),
                    _ => rest,
                };
                object.extend(original::payload(&plain));
                // Behind the end of the age file it is padding.
                return Written {
                    plain: sealed_size.map_or(plain, |_| ORIGINAL.plain.clone()),
                    sealed_size: sealed_size.unwrap_or(object.len()),
                    object,
                };
            }
            token::FLIP => {
                let back = number(&mut rest);
                let change = rest.next().unwrap_or_default();
                if let Some(byte) = object.iter_mut().nth_back(back) {
                    *byte ^= change;
                }
            }
            token::CUT => object.truncate(object.len().saturating_sub(number(&mut rest))),
            token::END => sealed_size = Some(object.len()),
            byte => object.push(byte),
        }
    }
    Written {
        sealed_size: sealed_size.unwrap_or(object.len()),
        object,
        plain: ORIGINAL.plain.clone(),
    }
}

/// Two bytes, big-endian; zeros where the input has ended.
fn number(rest: &mut impl Iterator<Item = u8>) -> usize {
    let mut next = || rest.next().unwrap_or_default();
    u16::from_be_bytes([next(), next()]).into()
}
