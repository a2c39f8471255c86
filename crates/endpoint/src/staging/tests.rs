use super::*;
use getrandom::{SysRng, rand_core::UnwrapErr};
use std::time::UNIX_EPOCH;

fn open(dir: &Path) -> Staging {
    Staging::open(dir.join("uploads"), &[7; 32], &mut UnwrapErr(SysRng)).unwrap()
}

fn about(length: u64) -> About {
    About {
        mailbox: MailboxId([1; 16]),
        object: ObjectId([2; 32]),
        length,
    }
}

#[tokio::test]
async fn beginning_again_finds_what_arrived() {
    let dir = tempfile::tempdir().unwrap();
    let (id, offset) = open(dir.path()).begin(about(10), u64::MAX).await.unwrap();
    assert_eq!(offset, 0);
    open(dir.path())
        .take_over(id)
        .await
        .unwrap()
        .append(b"12345")
        .unwrap();
    assert_eq!(
        open(dir.path()).begin(about(10), u64::MAX).await.unwrap(),
        (id, 5)
    );
    assert_ne!(
        open(dir.path()).begin(about(11), u64::MAX).await.unwrap().0,
        id
    );
}

#[tokio::test]
async fn the_newest_of_three_gets_it_across_processes() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (open(dir.path()), open(dir.path()));
    let (id, _) = one.begin(about(10), u64::MAX).await.unwrap();
    let mut first = one.take_over(id).await.unwrap();
    let second = tokio::spawn({
        let other = other.clone();
        async move { other.take_over(id).await.map(drop) }
    });
    while !first.is_superseded().unwrap() {
        sleep(LOCK_INTERVAL).await;
    }
    let third = tokio::spawn({
        let one = one.clone();
        async move { one.take_over(id).await.map(|upload| upload.offset()) }
    });
    let second = second.await.unwrap();
    assert!(
        matches!(second, Err(Failure::Problem(Problem::UploadSuperseded))),
        "{second:?}"
    );
    first.append(b"12345").unwrap();
    drop(first);
    assert_eq!(third.await.unwrap().unwrap(), 5);
}

#[tokio::test]
async fn the_hash_is_right_however_the_bytes_came() {
    let dir = tempfile::tempdir().unwrap();
    let staging = open(dir.path());
    let (id, _) = staging.begin(about(9), u64::MAX).await.unwrap();
    for (part, staging) in [
        (b"abc", &staging),
        (b"def", &staging),
        (b"ghi", &open(dir.path())),
    ] {
        staging.take_over(id).await.unwrap().append(part).unwrap();
    }
    let digest = || async { staging.take_over(id).await.unwrap().digest().await.unwrap() };
    assert_eq!(digest().await, ObjectId::of(b"abcdefghi"));
    assert_eq!(digest().await, ObjectId::of(b"abcdefghi"));
}

#[tokio::test]
async fn the_hash_follows_what_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let staging = open(dir.path());
    let content: Vec<u8> = (0..3 * HASH_STEP + 5).map(|n| (n % 251) as u8).collect();
    let (id, _) = staging
        .begin(about(content.len() as u64), u64::MAX)
        .await
        .unwrap();
    let mut upload = staging.take_over(id).await.unwrap();
    for piece in content.chunks(60_000) {
        upload.append(piece).unwrap();
    }
    upload.hashing.take().unwrap().await.unwrap().unwrap();
    assert!(staging.0.hashes()[&id].offset >= HASH_STEP);
    assert_eq!(upload.digest().await.unwrap(), ObjectId::of(&content));
    upload.discard().unwrap();
    assert!(staging.0.hashes().is_empty());
}

#[tokio::test]
async fn whoever_waited_for_a_discarded_upload_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let staging = open(dir.path());
    let (id, _) = staging.begin(about(10), u64::MAX).await.unwrap();
    let first = staging.take_over(id).await.unwrap();
    let second = tokio::spawn({
        let staging = staging.clone();
        async move { staging.take_over(id).await.map(drop) }
    });
    while !first.is_superseded().unwrap() {
        sleep(LOCK_INTERVAL).await;
    }
    first.discard().unwrap();
    let second = second.await.unwrap();
    assert!(matches!(
        second,
        Err(Failure::Problem(
            Problem::UnknownUpload | Problem::UploadSuperseded
        ))
    ));
    assert_eq!(fs::read_dir(dir.path().join("uploads")).unwrap().count(), 0);
}

#[tokio::test]
async fn only_idle_uploads_are_swept() {
    let dir = tempfile::tempdir().unwrap();
    let staging = open(dir.path());
    let now = UNIX_EPOCH + Duration::from_secs(1_795_372_215);
    let idle = Duration::from_hours(24);
    let mut ids = vec![];
    for (length, age) in [(1, idle * 2), (2, idle * 2), (3, idle / 2)] {
        let (id, _) = staging.begin(about(length), u64::MAX).await.unwrap();
        open_data(&staging.0.upload_dir(&id), false)
            .unwrap()
            .set_modified(now - age)
            .unwrap();
        ids.push(id);
    }
    let busy = staging.take_over(ids[1]).await.unwrap();
    staging.sweep(now, idle).await.unwrap();
    drop(busy);
    assert!(matches!(
        staging.take_over(ids[0]).await,
        Err(Failure::Problem(Problem::UnknownUpload))
    ));
    assert!(staging.take_over(ids[1]).await.is_ok());
    assert!(staging.take_over(ids[2]).await.is_ok());
}

#[tokio::test]
async fn uploads_under_way_take_room_in_their_mailbox() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (open(dir.path()), open(dir.path()));
    let object = |n, length| About {
        object: ObjectId([n; 32]),
        ..about(length)
    };
    let full = |begun| matches!(begun, Err(Failure::Problem(Problem::MailboxFull)));
    let (id, _) = one.begin(object(1, 60), 100).await.unwrap();
    assert!(full(other.begin(object(2, 41), 100).await));
    other.begin(object(2, 40), 100).await.unwrap();
    assert!(full(one.begin(object(3, 1), 100).await));
    // begun again, it takes its room once; and another mailbox has its own
    one.begin(object(1, 60), 100).await.unwrap();
    let elsewhere = About {
        mailbox: MailboxId([9; 16]),
        ..object(1, 100)
    };
    one.begin(elsewhere, 100).await.unwrap();
    one.take_over(id).await.unwrap().discard().unwrap();
    other.begin(object(3, 60), 100).await.unwrap();
}

#[tokio::test]
async fn a_mailbox_has_so_many_uploads_under_way_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let staging = open(dir.path());
    for length in 0..OPEN_MOST as u64 {
        staging.begin(about(length), u64::MAX).await.unwrap();
    }
    let begun = staging.begin(about(OPEN_MOST as u64), u64::MAX).await;
    assert!(matches!(begun, Err(Failure::Problem(Problem::MailboxFull))));
    staging.begin(about(0), u64::MAX).await.unwrap();
}

#[tokio::test]
async fn no_hour_is_left_where_an_upload_was() {
    let dir = tempfile::tempdir().unwrap();
    let staging = open(dir.path());
    let (id, _) = staging.begin(about(10), u64::MAX).await.unwrap();
    staging.take_over(id).await.unwrap().discard().unwrap();
    let modified = fs::metadata(dir.path().join("uploads")).unwrap().mtime();
    assert_eq!(modified % 86_400, 0);
}
