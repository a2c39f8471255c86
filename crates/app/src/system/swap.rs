//! Whether what is in memory can reach the disk, from what Linux tells of its swap.

use std::{
    os::unix::fs::{FileTypeExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

use crate::view::SwapView;

/// Whether memory can reach the disk as it is. Says nothing of hibernation, which nobody can foresee.
pub fn swap() -> SwapView {
    match std::fs::read_to_string("/proc/swaps") {
        Ok(swaps) => judge(&swaps, |area| under(Path::new("/sys/dev/block"), area)),
        Err(_) => SwapView::Unknown,
    }
}

/// What a swap area is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Under {
    /// Memory, or a disk behind encryption.
    Safe,
    /// A disk, as it is.
    Disk,
    /// Nobody says.
    Unknown,
}

/// The worst of the areas that `/proc/swaps` lists decides.
fn judge(swaps: &str, under: impl Fn(&Path) -> Under) -> SwapView {
    let mut verdict = SwapView::None;
    // The first line is the heading.
    for line in swaps.lines().skip(1) {
        let Some(name) = line.split_whitespace().next() else {
            continue;
        };
        let found = match under(&unescape(name)) {
            Under::Safe => SwapView::Encrypted,
            Under::Unknown => SwapView::Unknown,
            Under::Disk => SwapView::Plain,
        };
        if gravity(found) > gravity(verdict) {
            verdict = found;
        }
    }
    verdict
}

fn gravity(swap: SwapView) -> u8 {
    match swap {
        SwapView::None => 0,
        SwapView::Encrypted => 1,
        SwapView::Unknown => 2,
        SwapView::Plain => 3,
    }
}

/// The kernel writes what would break its columns as `\` and three octal digits.
fn unescape(name: &str) -> PathBuf {
    let mut rest = name.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..3).filter(|_| first == b'\\');
        let code = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = &after[3..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// What lies under the area at this path: a device, or a file on one.
fn under(devices: &Path, area: &Path) -> Under {
    let Ok(metadata) = std::fs::metadata(area) else {
        return Under::Unknown;
    };
    let device = if metadata.file_type().is_block_device() {
        metadata.rdev()
    } else {
        metadata.dev()
    };
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    device_under(&devices.join(format!("{major}:{minor}")))
}

/// What a device, by its folder in `/sys`, is written to. Volumes lie on others; all of them count.
fn device_under(device: &Path) -> Under {
    let read = |name: &str| std::fs::read_to_string(device.join(name));
    // Compressed memory, unless a disk was given to it to write to.
    if device.join("mm_stat").exists() {
        return match read("backing_dev") {
            Ok(disk) if disk.trim() != "none" => Under::Disk,
            _ => Under::Safe,
        };
    }
    if read("dm/uuid").is_ok_and(|uuid| uuid.starts_with("CRYPT-")) {
        return Under::Safe;
    }
    // Some file systems have no device of their own to show.
    if !device.exists() {
        return Under::Unknown;
    }
    let below: Vec<_> = std::fs::read_dir(device.join("slaves"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|slave| device_under(&slave.path()))
        .collect();
    match below.as_slice() {
        [] => Under::Disk,
        all if all.contains(&Under::Disk) => Under::Disk,
        all if all.contains(&Under::Unknown) => Under::Unknown,
        _ => Under::Safe,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const HEADING: &str = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

    fn with(lines: &str) -> SwapView {
        judge(&format!("{HEADING}{lines}"), |area| {
            match area.to_str().unwrap() {
                "/dev/dm-1" | "/dev/zram0" => Under::Safe,
                "/dev/sda2" | "/swap file" => Under::Disk,
                _ => Under::Unknown,
            }
        })
    }

    #[test]
    fn the_worst_swap_area_decides() {
        let line = |name: &str| format!("{name}  partition\t999420\t\t0\t\t-2\n");
        assert_eq!(with(""), SwapView::None);
        assert_eq!(judge("", |_| Under::Disk), SwapView::None);
        assert_eq!(with(&line("/dev/dm-1")), SwapView::Encrypted);
        assert_eq!(with(&line("/dev/zram0")), SwapView::Encrypted);
        assert_eq!(with(&line("/dev/sda2")), SwapView::Plain);
        assert_eq!(with(&line("/swap\\040file")), SwapView::Plain);
        assert_eq!(with(&line("/dev/loop9")), SwapView::Unknown);
        let two = |a: &str, b: &str| with(&(line(a) + &line(b)));
        assert_eq!(two("/dev/sda2", "/dev/zram0"), SwapView::Plain);
        assert_eq!(two("/dev/zram0", "/dev/loop9"), SwapView::Unknown);
        assert_eq!(two("/dev/loop9", "/dev/sda2"), SwapView::Plain);
    }

    #[test]
    fn a_device_is_as_good_as_what_it_lies_on() {
        let sys = tempfile::tempdir().unwrap();
        let device = |name: &str, files: &[(&str, &str)]| {
            let folder = sys.path().join(name);
            fs::create_dir_all(folder.join("slaves")).unwrap();
            for (file, text) in files {
                let file = folder.join(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, text).unwrap();
            }
            folder
        };
        let lies_on = |upper: &Path, lower: &Path| {
            let name = lower.file_name().unwrap();
            std::os::unix::fs::symlink(lower, upper.join("slaves").join(name)).unwrap();
        };
        let disk = device("disk", &[]);
        let crypt = device("crypt", &[("dm/uuid", "CRYPT-LUKS2-0af3-luks-0af3\n")]);
        lies_on(&crypt, &disk);
        let volume = device("volume", &[("dm/uuid", "LVM-abc\n")]);
        lies_on(&volume, &crypt);
        let bare_volume = device("bare", &[("dm/uuid", "LVM-def\n")]);
        lies_on(&bare_volume, &disk);
        let mixed = device("mixed", &[("dm/uuid", "LVM-ghi\n")]);
        lies_on(&mixed, &crypt);
        lies_on(&mixed, &disk);
        let memory = device("zram", &[("mm_stat", "0 0\n"), ("backing_dev", "none\n")]);
        let spilling = device(
            "zram2",
            &[("mm_stat", "0 0\n"), ("backing_dev", "/dev/sda3\n")],
        );
        for (device, expected) in [
            (&disk, Under::Disk),
            (&crypt, Under::Safe),
            (&volume, Under::Safe),
            (&bare_volume, Under::Disk),
            (&mixed, Under::Disk),
            (&memory, Under::Safe),
            (&spilling, Under::Disk),
            (&sys.path().join("none"), Under::Unknown),
        ] {
            assert_eq!(device_under(device), expected, "{}", device.display());
        }
    }

    #[test]
    fn a_file_is_judged_by_the_device_it_lies_on() {
        let (sys, file) = (
            tempfile::tempdir().unwrap(),
            tempfile::NamedTempFile::new().unwrap(),
        );
        assert_eq!(under(sys.path(), file.path()), Under::Unknown);
        let device = file.as_file().metadata().unwrap().dev();
        let name = format!(
            "{}:{}",
            rustix::fs::major(device),
            rustix::fs::minor(device)
        );
        fs::create_dir_all(sys.path().join(name).join("slaves")).unwrap();
        assert_eq!(under(sys.path(), file.path()), Under::Disk);
        assert_eq!(
            under(sys.path(), Path::new("/no/such/swap")),
            Under::Unknown
        );
    }
}
