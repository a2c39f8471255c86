//! A strict look at an age file before age reads it.
//!
//! age reads a header of any length, and reads it anew from its start with every line that comes, so
//! a hostile one of 64 KiB would cost half a minute. It also takes two things the [specification]
//! forbids: a stanza without its last line, for the sake of old files, and an empty chunk at the end
//! of a stream, which it refuses when it reads on to it and not when it seeks, as we do. What has one
//! spelling cannot be changed unseen.
//!
//! [specification]: https://c2sp.org/age#encrypted-file-format

/// What every version's first line begins with.
const MAGIC: &[u8] = b"age-encryption.org/";

/// The first line of the version we know.
pub(crate) const VERSION_LINE: &[u8] = b"age-encryption.org/v1\n";

/// Lines of a stanza's body are this long, all but the last, which is shorter.
const FULL_LINE: usize = 64;

/// Lines and arguments of a header, counted together. A stanza of ours has four; there is no file
/// of ours with fifty of them.
const MOST_PARTS: usize = 256;

/// The base64 of 32 bytes.
const MAC_LEN: usize = 43;

const NONCE: u64 = 16;
const TAG: u64 = 16;
const CHUNK: u64 = 64 * 1024 + TAG;

/// Why a file is not read further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderError {
    /// Not an age file at all.
    NotAge,
    /// An age file of another version.
    OtherVersion,
    /// Not what the specification allows, or longer than we read.
    Malformed,
}

/// Checks the form of a file of `size` bytes by `front`, its first ones: as many as a header may be
/// long. What the header says is for age to judge.
pub(crate) fn check(front: &[u8], size: u64) -> Result<(), HeaderError> {
    let mut lines = Lines {
        rest: after_version(front)?,
        parts: 0,
    };
    pass_stanzas(&mut lines).ok_or(HeaderError::Malformed)?;
    let header = (front.len() - lines.rest.len()) as u64;
    match size.checked_sub(header + NONCE) {
        Some(stream) if ends_in_a_chunk(stream) => Ok(()),
        _ => Err(HeaderError::Malformed),
    }
}

/// Whether a stream of this length can end in a chunk as it must: empty only if it is the only one.
fn ends_in_a_chunk(stream: u64) -> bool {
    match stream % CHUNK {
        0 => stream > 0,
        TAG => stream == TAG,
        last => last > TAG,
    }
}

fn after_version(front: &[u8]) -> Result<&[u8], HeaderError> {
    if let Some(rest) = front.strip_prefix(VERSION_LINE) {
        return Ok(rest);
    }
    let version = front.strip_prefix(MAGIC).ok_or(HeaderError::NotAge)?;
    let end = version.iter().position(|byte| !byte.is_ascii_graphic());
    if end.is_some_and(|end| end > 0 && version[end] == b'\n') {
        Err(HeaderError::OtherVersion)
    } else {
        Err(HeaderError::Malformed)
    }
}

/// Passes over the stanzas and the line with the MAC.
fn pass_stanzas(lines: &mut Lines<'_>) -> Option<()> {
    loop {
        let line = lines.next()?;
        if let Some(mac) = line.strip_prefix(b"--- ") {
            return (mac.len() == MAC_LEN && is_base64(mac)).then_some(());
        }
        line.strip_prefix(b"-> ")?;
        loop {
            let line = lines.next()?;
            if !is_base64(line) || line.len() > FULL_LINE {
                return None;
            }
            if line.len() < FULL_LINE {
                break;
            }
        }
    }
}

/// The lines of a header, as long as there are not too many parts to them.
struct Lines<'a> {
    rest: &'a [u8],
    parts: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let end = self.rest.iter().position(|&byte| byte == b'\n')?;
        let (line, rest) = (&self.rest[..end], &self.rest[end + 1..]);
        self.rest = rest;
        self.parts += line.split(|&byte| byte == b' ').count();
        (self.parts <= MOST_PARTS).then_some(line)
    }
}

fn is_base64(line: &[u8]) -> bool {
    (line.iter()).all(|&byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(header: &str, payload: u64) -> Result<(), HeaderError> {
        check(header.as_bytes(), header.len() as u64 + payload)
    }

    fn header(stanzas: &str) -> String {
        format!(
            "age-encryption.org/v1\n{stanzas}--- {}\n",
            "A".repeat(MAC_LEN)
        )
    }

    #[test]
    fn stanzas_have_a_last_line() {
        let full = "B".repeat(FULL_LINE);
        let good = [
            "-> a\n\n",
            "-> a b\nAA\n",
            &format!("-> a\n{full}\n\n-> b\n{full}\nA\n"),
        ];
        for stanzas in good {
            assert_eq!(checked(&header(stanzas), 32), Ok(()), "{stanzas}");
        }
        let odd = [
            "-> a\n",
            &format!("-> a\n{full}\n"),
            &format!("-> a\n{full}B\n\n"),
            "x\n",
            "-> a\nA=\n",
        ];
        for stanzas in odd {
            let refused = checked(&header(stanzas), 32);
            assert_eq!(refused, Err(HeaderError::Malformed), "{stanzas}");
        }
        let endless = "age-encryption.org/v1\n-> a\n\n".repeat(3);
        assert_eq!(checked(&endless, 32), Err(HeaderError::Malformed));
    }

    #[test]
    fn a_header_has_few_parts() {
        let with = |stanzas: usize, arguments: usize| {
            let stanza = format!("->{}\n\n", " a".repeat(arguments));
            checked(&header(&stanza.repeat(stanzas)), 32)
        };
        // Two hundred and fifty-six, with the two of the last line.
        for (stanzas, arguments) in [(1, 252), (2, 125), (63, 2), (84, 1)] {
            assert_eq!(with(stanzas, arguments), Ok(()), "{stanzas}, {arguments}");
        }
        for (stanzas, arguments) in [(1, 253), (64, 2), (85, 1), (10_000, 1), (1, 30_000)] {
            let refused = with(stanzas, arguments);
            assert_eq!(
                refused,
                Err(HeaderError::Malformed),
                "{stanzas}, {arguments}"
            );
        }
    }

    #[test]
    fn only_the_empty_file_has_an_empty_chunk() {
        let header = header("-> a\n\n");
        for payload in [32, 33, 16 + CHUNK, 16 + CHUNK + 17, 16 + 2 * CHUNK] {
            assert_eq!(checked(&header, payload), Ok(()), "{payload}");
        }
        for payload in [
            0,
            15,
            16,
            17,
            31,
            16 + CHUNK + 1,
            16 + CHUNK + 16,
            16 + 2 * CHUNK + 16,
        ] {
            let refused = checked(&header, payload);
            assert_eq!(refused, Err(HeaderError::Malformed), "{payload}");
        }
    }

    #[test]
    fn another_version_is_told_from_no_age_file() {
        for (front, error) in [
            ("", HeaderError::NotAge),
            ("age-encryption.com/v1\n", HeaderError::NotAge),
            ("age-encryption.org/v2\nanything", HeaderError::OtherVersion),
            ("age-encryption.org/\n", HeaderError::Malformed),
            ("age-encryption.org/v1\r\n", HeaderError::Malformed),
            ("age-encryption.org/v2", HeaderError::Malformed),
        ] {
            assert_eq!(checked(front, 100), Err(error), "{front}");
        }
    }
}
