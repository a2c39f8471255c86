//! The guard: its clock, its count, and bytes that are not one.

use proptest::prelude::*;

use super::*;

const HOUR: i64 = HOUR_MS;
const START: i64 = CLOCK_IS_SET + 100 * HOUR;

fn guard(settings: GuardSettings) -> Guard {
    Guard {
        settings,
        ..Guard::default()
    }
}

fn dead_man(hours: u32) -> Guard {
    guard(GuardSettings {
        check_in_hours: hours,
        ..GuardSettings::default()
    })
}

#[test]
fn off_by_default() {
    let mut guard = Guard::default();
    for _ in 0..100 {
        assert!(!guard.count());
    }
    assert_eq!(guard, Guard::default());
    assert_eq!(guard.wait(), Duration::ZERO);
    assert!(!guard.is_spent());
    guard.check_in(Timestamp(START));
    assert!(!guard.missed(Timestamp(i64::MAX)));
    assert_eq!(guard.check_in_by(), None);
}

#[test]
fn the_delay_grows_from_the_third_wrong_try_on() {
    let mut guard = guard(GuardSettings {
        growing_delay: true,
        ..GuardSettings::default()
    });
    let mut waits = Vec::new();
    for _ in 0..14 {
        waits.push(guard.wait().as_secs());
        assert!(guard.count());
    }
    assert_eq!(
        waits,
        [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    );
    guard.wrong = u32::MAX;
    assert!(guard.count());
    assert_eq!(guard.wait(), MOST_WAIT);
    assert!(!guard.is_spent(), "waiting is not wiping");
    guard.check_in(Timestamp(0));
    assert_eq!(guard.wait(), Duration::ZERO);
}

#[test]
fn tries_are_used_up_after_as_many_as_were_chosen() {
    let mut guard = guard(GuardSettings {
        wipe_after: 3,
        ..GuardSettings::default()
    });
    let spent: Vec<bool> = (0..4)
        .map(|_| {
            guard.count();
            guard.is_spent()
        })
        .collect();
    assert_eq!(spent, [false, false, true, true]);
    guard.check_in(Timestamp(START));
    assert!(!guard.is_spent());
    assert_eq!(guard.wait(), Duration::ZERO);
}

#[test]
fn a_check_in_is_missed_after_the_interval_and_not_before() {
    let mut guard = dead_man(48);
    guard.check_in(Timestamp(START));
    let by = START + 48 * HOUR;
    assert_eq!(guard.check_in_by(), Some(Timestamp(by)));
    assert!(!guard.missed(Timestamp(by)));
    assert!(guard.missed(Timestamp(by + 1)));
    guard.check_in(Timestamp(by));
    assert!(!guard.missed(Timestamp(by + 1)));
}

#[test]
fn a_clock_that_was_never_set_neither_arms_nor_triggers() {
    let mut guard = dead_man(1);
    guard.check_in(Timestamp(0));
    assert_eq!(guard.check_in_by(), None);
    assert!(!guard.missed(Timestamp(START)));
    guard.check_in(Timestamp(START));
    assert!(guard.missed(Timestamp(START + 2 * HOUR)));
    assert!(!guard.missed(Timestamp(CLOCK_IS_SET - 1)));
    assert!(!guard.missed(Timestamp(i64::MIN)));
}

#[test]
fn a_check_in_never_goes_back_and_a_clock_that_was_behind_starts_anew() {
    let mut guard = dead_man(24);
    let ahead = START + 10_000 * HOUR;
    guard.check_in(Timestamp(ahead));
    // Set right again; the owner is there.
    guard.check_in(Timestamp(START));
    assert_eq!(guard.checked_in, ahead);
    // And the other way round: whatever the next check sees, it does not trigger.
    assert!(!guard.missed(Timestamp(ahead + 100 * HOUR)));
    assert!(guard.restart(Timestamp(START + HOUR)));
    assert!(!guard.restart(Timestamp(START + HOUR)), "once");
    assert!(!guard.missed(Timestamp(START + 25 * HOUR)));
    assert!(guard.missed(Timestamp(START + 26 * HOUR)), "armed again");
}

#[test]
fn watching_reads_and_starts_anew_by_itself() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    assert_eq!(watch(dir, Timestamp(START)), Watch::default());
    assert_eq!(std::fs::read_dir(dir).unwrap().count(), 0);

    let mut guard = dead_man(24);
    guard.check_in(Timestamp(START + HOUR));
    guard.check_in(Timestamp(START));
    guard.write(dir).unwrap();
    assert!(!watch(dir, Timestamp(START + 1_000 * HOUR)).missed);
    let anew = watch(dir, Timestamp(START + 1_001 * HOUR));
    assert_eq!(anew.check_in_by, Some(Timestamp(START + 1_024 * HOUR)));
    assert!(!anew.missed);
    assert!(watch(dir, Timestamp(START + 1_025 * HOUR)).missed);
}

#[test]
fn a_full_disk_does_not_make_an_owner_absent() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().to_owned();
    let mut guard = dead_man(24);
    guard.check_in(Timestamp(START));
    guard.write(&dir).unwrap();
    guard.check_in(Timestamp(START + HOUR));
    let written = crate::steps::watched(
        |step| match step {
            "create" => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        },
        || guard.write(&dir),
    );
    written.unwrap();
    assert_eq!(Guard::read(&dir), guard);
}

#[test]
fn any_flipped_bit_counts_as_all_off() {
    let mut guard = dead_man(7);
    guard.settings.wipe_after = 5;
    guard.check_in(Timestamp(START));
    let bytes = guard.to_bytes();
    assert_eq!(Guard::parse(&bytes), Some(guard));
    for byte in 0..GUARD_LEN {
        for bit in 0..8 {
            let mut flipped = bytes;
            flipped[byte] ^= 1 << bit;
            assert_eq!(Guard::parse(&flipped), None, "byte {byte} bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn hostile_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(Guard::parse(&bytes), None);
        if let Some(settings) = GuardSettings::parse(&bytes) {
            prop_assert_eq!(&settings.to_bytes()[..], &bytes[..]);
        }
    }

    /// With a right check, so that every field is reached.
    #[test]
    fn hostile_fields_are_harmless(
        version in 0_u32..3, fields in any::<[u32; 5]>(), checked_in in any::<i64>(),
        now in any::<i64>(),
    ) {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(version.to_le_bytes());
        for (index, field) in fields.iter().enumerate() {
            // Flags are sometimes flags.
            let field = if matches!(index, 0 | 4) { field % 3 } else { *field };
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend(checked_in.to_le_bytes());
        let check = Sha256::digest(&bytes);
        bytes.extend(check);
        if let Some(mut guard) = Guard::parse(&bytes) {
            prop_assert_eq!(&guard.to_bytes()[..], &bytes[..]);
            prop_assert!(guard.wait() <= MOST_WAIT);
            if guard.missed(Timestamp(now)) {
                prop_assert!(now > checked_in && now >= CLOCK_IS_SET);
            }
            guard.count();
            guard.check_in(Timestamp(now));
            prop_assert!(!guard.missed(Timestamp(now)));
            prop_assert!(guard.checked_in >= checked_in);
        } else {
            prop_assert!(version != 1 || fields[0] % 3 == 2 || fields[4] % 3 == 2);
        }
    }
}
