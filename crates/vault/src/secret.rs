//! A key in memory that is never swapped, where the system allows, and erased when it goes (I-16).

use std::fmt;

use region::LockGuard;
use zeroize::{Zeroize as _, Zeroizing};

/// Length of every secret that is kept here.
const LEN: usize = 32;

/// 32 secret bytes on a page of memory of their own. Locking works by whole pages, so a page that
/// held two secrets would be let go with the first of them.
pub(crate) struct Secret {
    /// Two pages, so that one whole page is ours alone.
    memory: Zeroizing<Vec<u8>>,
    start: usize,
    /// None if the system refused.
    locked: Option<LockGuard>,
}

impl Secret {
    /// Makes a secret of what `fill` writes.
    pub(crate) fn fill_with(fill: impl FnOnce(&mut [u8; LEN])) -> Self {
        let page = region::page::size();
        let memory = Zeroizing::new(vec![0; 2 * page]);
        let start = (page - memory.as_ptr() as usize % page) % page;
        let locked = region::lock(memory[start..].as_ptr(), page).ok();
        let mut secret = Self {
            memory,
            start,
            locked,
        };
        if let Some(bytes) = secret.memory[start..].first_chunk_mut() {
            fill(bytes);
        }
        secret
    }

    pub(crate) fn expose(&self) -> &[u8; LEN] {
        match self.memory[self.start..].first_chunk() {
            Some(bytes) => bytes,
            None => unreachable!("a page is longer than a key"),
        }
    }

    /// Whether the system keeps it out of swap.
    pub(crate) fn is_locked(&self) -> bool {
        self.locked.is_some()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        // Before the page is let go.
        self.memory.zeroize();
        self.locked = None;
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_has_a_page_of_its_own() {
        let page = region::page::size();
        let secrets: Vec<_> = (0..20)
            .map(|number| Secret::fill_with(|bytes| bytes.fill(number)))
            .collect();
        let pages: std::collections::BTreeSet<_> = secrets
            .iter()
            .map(|secret| secret.expose().as_ptr() as usize / page)
            .collect();
        assert_eq!(pages.len(), secrets.len());
        for (secret, number) in secrets.iter().zip(0..) {
            assert_eq!(secret.expose(), &[number; LEN]);
        }
        assert_eq!(format!("{:?}", secrets[0]), "Secret(redacted)");
    }

    /// Asked of the kernel, not of ourselves.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_secret_is_in_locked_memory_until_it_is_dropped() {
        let locked_kib = |address: usize| -> Option<u32> {
            let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
            let mut inside = false;
            for line in maps.lines() {
                let range = line.split(' ').next().unwrap().split_once('-');
                if let Some((from, to)) = range
                    && let (Ok(from), Ok(to)) = (
                        usize::from_str_radix(from, 16),
                        usize::from_str_radix(to, 16),
                    )
                {
                    inside = (from..to).contains(&address);
                } else if inside && let Some(locked) = line.strip_prefix("Locked:") {
                    return locked.trim().trim_end_matches(" kB").parse().ok();
                }
            }
            None
        };
        let secret = Secret::fill_with(|bytes| bytes.fill(7));
        let address = secret.expose().as_ptr() as usize;
        // Where the limit is zero nothing is locked, and it says so.
        assert_eq!(secret.is_locked(), locked_kib(address) > Some(0));
    }
}
