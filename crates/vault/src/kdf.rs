//! From a passphrase to 32 bytes, slowly: Argon2id ([RFC 9106]).
//!
//! Keeps I-10: the cost is never below 64 MiB and three passes, whatever a file says, and a file
//! cannot ask for more work or memory than a person would wait for.
//!
//! [RFC 9106]: https://www.rfc-editor.org/rfc/rfc9106

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use crate::{Passphrase, secret::Secret};

const MIB: u32 = 1024;
const LEAST_MEMORY_KIB: u32 = 64 * MIB;
const MOST_MEMORY_KIB: u32 = 1024 * MIB;
const LEAST_PASSES: u32 = 3;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 4;
/// Memory times passes: what calibration gives at the most. Minutes of work in a key file are
/// somebody's trap, not a choice.
const MOST_WORK_KIB: u64 = 256 * 1024 * 64;

/// Calibration stops raising the memory here, so that a phone can open what a laptop made, and at a
/// quarter of what this device has.
const CALIBRATED_MEMORY_KIB: u32 = 256 * MIB;
const CALIBRATED_TIME: Duration = Duration::from_secs(1);

/// How much work one guess at the passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KdfCost {
    /// The least that any vault has: 64 MiB, three passes. About 0.2 s on a laptop.
    Floor,
    /// About one second on this device, measured now.
    Device,
}

/// The passphrase hash needs more memory than the system gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfMemory;

/// Argon2id parameters within the accepted bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
}

impl Cost {
    const FLOOR: Self = Self {
        memory_kib: LEAST_MEMORY_KIB,
        passes: LEAST_PASSES,
        lanes: 1,
    };

    /// Parameters read from a file. `None` outside the bounds, before any work is done.
    pub(crate) fn checked(memory_kib: u32, passes: u32, lanes: u32) -> Option<Self> {
        let within = (LEAST_MEMORY_KIB..=MOST_MEMORY_KIB).contains(&memory_kib)
            && (LEAST_PASSES..=MOST_PASSES).contains(&passes)
            && u64::from(memory_kib) * u64::from(passes) <= MOST_WORK_KIB
            && (1..=MOST_LANES).contains(&lanes);
        within.then_some(Self {
            memory_kib,
            passes,
            lanes,
        })
    }

    pub(crate) fn choose(cost: KdfCost) -> Result<Self, OutOfMemory> {
        match cost {
            KdfCost::Floor => Ok(Self::FLOOR),
            KdfCost::Device => {
                let started = Instant::now();
                let probe = Passphrase::from(String::new());
                derive_stretched_anew(&probe, &[0; 32], Self::FLOOR)?;
                Ok(Self::scaled(started.elapsed(), memory_of_device_kib()))
            }
        }
    }

    /// The cost that takes [`CALIBRATED_TIME`] where the floor takes `floor`, on a device with so
    /// much memory. Memory first: it is what a guessing machine has least of.
    fn scaled(floor: Duration, device_kib: Option<u64>) -> Self {
        let factor = CALIBRATED_TIME.as_secs_f64() / floor.as_secs_f64().max(0.001);
        let quarter = device_kib.map_or(u32::MAX, |kib| u32::try_from(kib / 4).unwrap_or(u32::MAX));
        let most = quarter.clamp(LEAST_MEMORY_KIB, CALIBRATED_MEMORY_KIB) / LEAST_MEMORY_KIB;
        let memory = factor.clamp(1.0, f64::from(most)).floor();
        let passes = (f64::from(LEAST_PASSES) * factor / memory).floor();
        Self {
            memory_kib: LEAST_MEMORY_KIB * memory as u32,
            passes: (passes as u32).clamp(LEAST_PASSES, MOST_PASSES),
            lanes: 1,
        }
    }
}

/// How much memory this device has, where it says so.
fn memory_of_device_kib() -> Option<u64> {
    if !cfg!(any(target_os = "linux", target_os = "android")) {
        return None;
    }
    total_kib(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn total_kib(meminfo: &str) -> Option<u64> {
    meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?
        .trim()
        .strip_suffix(" kB")?
        .parse()
        .ok()
}

/// Tests open the same vault hundreds of times; each hash is worked out once.
#[cfg(test)]
pub(crate) fn derive_stretched(
    passphrase: &Passphrase,
    salt: &[u8; 32],
    cost: Cost,
) -> Result<Secret, OutOfMemory> {
    use std::sync::{Mutex, PoisonError};
    type Known = (Vec<u8>, [u8; 32], [u8; 32]);
    static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let (text, salt) = (passphrase.expose_bytes().to_vec(), *salt);
    let found = known()
        .iter()
        .find(|known| known.0 == text && known.1 == salt)
        .map(|known| known.2);
    if let Some(found) = found {
        return Ok(Secret::fill_with(|out| *out = found));
    }
    let hashed = derive_stretched_anew(passphrase, &salt, cost)?;
    known().push((text, salt, *hashed.expose()));
    Ok(hashed)
}

#[cfg(not(test))]
pub(crate) use derive_stretched_anew as derive_stretched;

/// Hashes the passphrase. The working memory is erased before it is given back.
pub(crate) fn derive_stretched_anew(
    passphrase: &Passphrase,
    salt: &[u8; 32],
    cost: Cost,
) -> Result<Secret, OutOfMemory> {
    let params =
        Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(|_| OutOfMemory)?;
    let count = params.block_count();
    let mut memory = Zeroizing::new(Vec::new());
    memory.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
    memory.resize(count, Block::default());
    let mut hashed = Ok(());
    let out = Secret::fill_with(|out| {
        hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                passphrase.expose_bytes(),
                salt,
                out,
                memory.as_mut_slice(),
            );
    });
    hashed.map_err(|_| OutOfMemory)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_kept() {
        assert_eq!(Cost::checked(64 * MIB, 3, 1), Some(Cost::FLOOR));
        for (memory, passes, lanes) in [
            (64 * MIB - 1, 3, 1),
            (64 * MIB, 2, 1),
            (64 * MIB, 3, 0),
            (1024 * MIB + 1, 3, 1),
            (u32::MAX, 3, 1),
            (64 * MIB, 65, 1),
            (64 * MIB, 3, 5),
        ] {
            assert_eq!(
                Cost::checked(memory, passes, lanes),
                None,
                "{memory} {passes} {lanes}"
            );
        }
    }

    #[test]
    fn this_device_gets_a_cost_within_the_bounds() {
        let cost = Cost::choose(KdfCost::Device).unwrap();
        assert_eq!(
            Cost::checked(cost.memory_kib, cost.passes, cost.lanes),
            Some(cost)
        );
    }

    #[test]
    fn calibration_stays_within_the_bounds() {
        for millis in [0, 1, 20, 150, 170, 500, 1_000, 5_000, 60_000] {
            let cost = Cost::scaled(Duration::from_millis(millis), None);
            assert_eq!(
                Cost::checked(cost.memory_kib, cost.passes, cost.lanes),
                Some(cost)
            );
            assert!(cost.memory_kib <= CALIBRATED_MEMORY_KIB);
        }
        assert_eq!(Cost::scaled(Duration::from_secs(5), None), Cost::FLOOR);
        let quick = Cost::scaled(Duration::from_millis(150), None);
        assert_eq!((quick.memory_kib, quick.passes), (256 * MIB, 5));
    }

    #[test]
    fn at_most_a_quarter_of_the_memory_but_never_below_the_floor() {
        for (device_mib, memory_mib) in
            [(100, 64), (256, 64), (512, 128), (900, 192), (1 << 20, 256)]
        {
            let cost = Cost::scaled(Duration::from_millis(50), Some(device_mib * 1024));
            assert_eq!(cost.memory_kib, memory_mib * MIB, "of {device_mib} MiB");
            let work = u64::from(cost.memory_kib) * u64::from(cost.passes);
            // As much work as elsewhere: what is not memory is passes.
            assert!(work >= 55 * u64::from(64 * MIB), "{cost:?}");
        }
    }

    #[test]
    fn the_memory_of_a_device_is_read_from_what_the_kernel_says() {
        let said = "MemTotal:       24684012 kB\nMemFree:         21862624 kB\n";
        assert_eq!(total_kib(said), Some(24_684_012));
        for odd in [
            "",
            "MemTotal:",
            "MemTotal: x kB",
            "MemTotal: 5 MB",
            "Mem: 5 kB",
        ] {
            assert_eq!(total_kib(odd), None, "{odd}");
        }
    }
}
