//! A client and a server over real HTTP: every route, every problem.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at once and says what it sees"
)]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use holdfast_endpoint::Fault;
use holdfast_wire::http::{
    INFO_PATH, MAX_INTEGER, header, mailbox_path, object_path, objects_path, receipt_path,
    upload_path, uploads_path,
};
use holdfast_wire::{Info, ObjectId, Problem, SendCapability, UploadId};
use reqwest::Method;
use support::{
    Mailbox, Server, bytes, held, integer, pieces, problem, settings, text, wait_for_bytes,
};

#[tokio::test]
async fn an_object_goes_in_and_comes_out() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let api = &server.api;

    let info = api.request(Method::GET, INFO_PATH).send().await.unwrap();
    assert_eq!(text(&info, "cache-control"), "no-store");
    let info = Info::from_bytes(&info.bytes().await.unwrap()).unwrap();
    assert_eq!(
        (info.server_key, info.limits, info.admission),
        (server.key, settings().limits, false)
    );

    let mailbox = Mailbox::new();
    assert_eq!(api.making(&mailbox).send().await.unwrap().status(), 201);
    assert_eq!(api.making(&mailbox).send().await.unwrap().status(), 200);
    assert_eq!(api.list(&mailbox, 0).await.0, []);

    let content = bytes(300_000);
    let object = ObjectId::of(&content);
    let begun = api
        .beginning(&mailbox, &object, 300_000)
        .send()
        .await
        .unwrap();
    assert_eq!(begun.status(), 201);
    assert_eq!(
        (
            integer(&begun, header::UPLOAD_OFFSET),
            text(&begun, header::UPLOAD_COMPLETE)
        ),
        (0, "?0")
    );
    let upload = api.begin(&mailbox, &content).await;
    assert_eq!(text(&begun, "location"), upload_path(&upload));

    let part = api.append(upload, 0, &content[..100_000], false).await;
    assert_eq!(
        (
            part.status().as_u16(),
            integer(&part, header::UPLOAD_OFFSET)
        ),
        (204, 100_000)
    );
    let asked = api
        .request(Method::HEAD, &upload_path(&upload))
        .send()
        .await
        .unwrap();
    assert_eq!(asked.status(), 204);
    assert_eq!(
        (
            integer(&asked, header::UPLOAD_OFFSET),
            integer(&asked, header::UPLOAD_LENGTH)
        ),
        (100_000, 300_000)
    );
    assert_eq!(text(&asked, header::UPLOAD_COMPLETE), "?0");
    assert_eq!(
        problem(api.receipt(&mailbox, &object).await).await,
        Problem::UnknownObject
    );

    let done = api.append(upload, 100_000, &content[100_000..], true).await;
    assert_eq!(text(&done, header::UPLOAD_COMPLETE), "?1");
    let receipt = held(done, &server.key).await;
    assert_eq!(
        (receipt.object, receipt.mailbox, receipt.size),
        (object, mailbox.id, 300_000)
    );
    assert_eq!(receipt.day.to_string(), "2026-11-22");

    assert_eq!(
        held(api.receipt(&mailbox, &object).await, &server.key).await,
        receipt
    );
    let again = api
        .beginning(&mailbox, &object, 300_000)
        .send()
        .await
        .unwrap();
    assert_eq!(held(again, &server.key).await, receipt);
    assert_eq!(
        api.request(Method::HEAD, &upload_path(&upload))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    assert_eq!(
        std::fs::read_dir(dir.path().join("uploads"))
            .unwrap()
            .count(),
        0
    );

    let second = bytes(0);
    held(api.deliver(&mailbox, &second).await, &server.key).await;
    let listing = api.list(&mailbox, 0).await.0;
    assert_eq!(
        listing
            .iter()
            .map(|l| (l.seq, l.object, l.size))
            .collect::<Vec<_>>(),
        [(1, object, 300_000), (2, ObjectId::of(&second), 0)]
    );
    assert_eq!(api.list(&mailbox, 1).await.0, listing[1..]);
    assert_eq!(api.list(&mailbox, MAX_INTEGER).await.0, []);
    assert_eq!(api.get(&mailbox, &object).await, content);
    assert_eq!(api.get(&mailbox, &ObjectId::of(&second)).await, second);
    server.stop().await;
}

#[tokio::test]
async fn every_problem_is_given() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.limits.object_bytes = 1000;
    settings.limits.mailbox_bytes = 1500;
    settings.body_patience = Duration::from_millis(400);
    let server = Server::start_with(dir.path(), settings.clone()).await;
    let (api, seen) = (&server.api, std::cell::RefCell::new(BTreeSet::new()));
    let expect = async |request: reqwest::RequestBuilder, expected: Problem| {
        assert_eq!(problem(request.send().await.unwrap()).await, expected);
        seen.borrow_mut().insert(expected.code());
    };
    let mailbox = api.make().await;
    let other = api.make().await;
    let content = bytes(1000);
    let object = ObjectId::of(&content);

    // who may do what; that there is no such mailbox is said in the same words
    let stranger = Mailbox::new();
    expect(
        api.beginning(&stranger, &object, 1),
        Problem::MailboxRefused,
    )
    .await;
    let wrong = Mailbox {
        id: mailbox.id,
        read: stranger.read,
        send: stranger.send,
    };
    expect(api.beginning(&wrong, &object, 1), Problem::MailboxRefused).await;
    expect(api.making(&wrong), Problem::MailboxRefused).await;
    expect(
        api.sending(Method::GET, &receipt_path(&mailbox.id, &object), &wrong),
        Problem::MailboxRefused,
    )
    .await;
    expect(
        api.reading(Method::GET, &objects_path(&mailbox.id, 0), &other),
        Problem::MailboxRefused,
    )
    .await;
    expect(api.getting(&wrong, &object), Problem::MailboxRefused).await;
    let sender = mailbox.send.expose_text();
    expect(
        api.bearing(Method::GET, &objects_path(&mailbox.id, 0), &sender),
        Problem::MailboxRefused,
    )
    .await;
    let unmade = Mailbox::new();
    expect(
        api.reading(Method::GET, &objects_path(&unmade.id, 0), &unmade),
        Problem::MailboxRefused,
    )
    .await;
    for (method, path) in [
        (Method::POST, uploads_path(&mailbox.id)),
        (Method::GET, objects_path(&mailbox.id, 0)),
        (Method::GET, receipt_path(&mailbox.id, &object)),
        (Method::GET, object_path(&mailbox.id, &object)),
        (Method::PUT, mailbox_path(&mailbox.id)),
    ] {
        let request = || {
            let request = api
                .request(method.clone(), &path)
                .header(header::OBJECT, object.to_string());
            request
                .header(header::UPLOAD_LENGTH, "1")
                .header(header::UPLOAD_COMPLETE, "?0")
        };
        expect(request(), Problem::CapabilityMissing).await;
        expect(
            request().header(header::AUTHORIZATION, "Bearer short"),
            Problem::CapabilityMissing,
        )
        .await;
        expect(
            request().header(header::AUTHORIZATION, "Basic YTpi"),
            Problem::CapabilityMissing,
        )
        .await;
    }

    // mailboxes
    let taken = Mailbox {
        id: mailbox.id,
        read: mailbox.read,
        send: SendCapability::from_bytes([1; 32]),
    };
    expect(api.making(&taken), Problem::MailboxTaken).await;
    let mailbox = Mailbox {
        read: taken.read,
        ..mailbox
    };
    expect(
        api.making(&mailbox).body("not CBOR"),
        Problem::MalformedRequest,
    )
    .await;
    expect(
        api.making(&mailbox).body(vec![0; 1 << 20]),
        Problem::MalformedRequest,
    )
    .await;
    let proxied = Mailbox::new();
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("host", "drop.example.org"),
        ("via", "1.1 proxy"),
    ] {
        expect(
            api.making(&proxied).header(name, value),
            Problem::AdmissionRequired,
        )
        .await;
    }

    // paths
    for path in [
        "/",
        "/v1",
        "/v2/",
        "/v1/mailboxes/",
        "/v1/uploads",
        "/v1/mailboxes/%2e%2e/objects",
        "/etc/passwd",
    ] {
        expect(api.request(Method::GET, path), Problem::UnknownPath).await;
    }
    let upper = format!(
        "/v1/mailboxes/{}/objects",
        mailbox.id.to_string().to_uppercase()
    );
    let upper_differs = upper.bytes().any(|byte| (b'A'..=b'F').contains(&byte));
    if upper_differs {
        expect(
            api.reading(Method::GET, &upper, &mailbox),
            Problem::UnknownPath,
        )
        .await;
    }
    for id in ["..%2f..%2f..%2fserver-key", "%00", "00"] {
        expect(
            api.reading(
                Method::GET,
                &format!("/v1/mailboxes/{id}/objects"),
                &mailbox,
            ),
            Problem::UnknownPath,
        )
        .await;
        let path = format!("/v1/mailboxes/{}/objects/{id}", mailbox.id);
        expect(
            api.reading(Method::GET, &path, &mailbox),
            Problem::UnknownPath,
        )
        .await;
    }
    expect(
        api.request(Method::DELETE, INFO_PATH),
        Problem::MethodNotAllowed,
    )
    .await;
    expect(
        api.request(Method::GET, &upload_path(&UploadId([0; 16]))),
        Problem::MethodNotAllowed,
    )
    .await;
    expect(
        api.appending(UploadId([0; 16]), 0, true),
        Problem::UnknownUpload,
    )
    .await;
    expect(
        api.reading(Method::GET, "/v1/mailboxes/x/objects?after=-1", &mailbox),
        Problem::UnknownPath,
    )
    .await;
    let path = format!(
        "{}?after=-1",
        objects_path(&mailbox.id, 0).trim_end_matches("?after=0")
    );
    expect(
        api.reading(Method::GET, &path, &mailbox),
        Problem::MalformedRequest,
    )
    .await;

    // beginning
    let beginning = || api.sending(Method::POST, &uploads_path(&mailbox.id), &mailbox);
    expect(beginning(), Problem::MalformedRequest).await;
    expect(
        beginning()
            .header(header::UPLOAD_LENGTH, "1")
            .header(header::UPLOAD_COMPLETE, "?0"),
        Problem::MalformedRequest,
    )
    .await;
    expect(
        api.beginning(&mailbox, &object, MAX_INTEGER + 1),
        Problem::MalformedRequest,
    )
    .await;
    let whole = beginning()
        .header(header::UPLOAD_LENGTH, "1")
        .header(header::OBJECT, object.to_string());
    expect(
        whole.header(header::UPLOAD_COMPLETE, "?1"),
        Problem::MalformedRequest,
    )
    .await;
    expect(
        api.beginning(&mailbox, &object, 1001),
        Problem::ObjectTooLarge,
    )
    .await;

    // appending
    let upload = api.begin(&mailbox, &content).await;
    expect(
        api.request(Method::PATCH, &upload_path(&upload)).body("x"),
        Problem::UnsupportedMediaType,
    )
    .await;
    let typed = || {
        api.request(Method::PATCH, &upload_path(&upload))
            .header("content-type", "application/partial-upload")
    };
    expect(typed().body("x"), Problem::MalformedRequest).await;
    expect(
        typed()
            .header(header::UPLOAD_OFFSET, "x")
            .header(header::UPLOAD_COMPLETE, "?1"),
        Problem::MalformedRequest,
    )
    .await;
    expect(
        typed()
            .header(header::UPLOAD_OFFSET, "0")
            .header(header::UPLOAD_COMPLETE, "yes"),
        Problem::MalformedRequest,
    )
    .await;
    let wrong_offset = api.append(upload, 7, b"x", false).await;
    assert_eq!(integer(&wrong_offset, header::UPLOAD_OFFSET), 0);
    assert_eq!(
        problem(wrong_offset).await,
        Problem::MismatchingUploadOffset
    );
    seen.borrow_mut()
        .insert(Problem::MismatchingUploadOffset.code());
    api.append(upload, 0, &content[..400], false).await;
    expect(
        api.appending(upload, 400, true).body(bytes(601)),
        Problem::InconsistentUploadLength,
    )
    .await;
    expect(
        api.appending(upload, 400, true).body(vec![]),
        Problem::InconsistentUploadLength,
    )
    .await;
    assert_eq!(api.offset(upload).await, 400);
    let (stalled, body) = pieces();
    stalled.send(Ok(content[400..401].to_vec())).unwrap();
    expect(
        api.appending(upload, 401, true).body(vec![]),
        Problem::MismatchingUploadOffset,
    )
    .await;
    expect(
        api.appending(upload, 400, true).body(body),
        Problem::RequestTimeout,
    )
    .await;
    assert_eq!(api.offset(upload).await, 401);
    drop(stalled);
    let (_first, body) = pieces();
    let superseded = tokio::spawn(api.appending(upload, 401, true).body(body).send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(
        api.append(upload, 401, &content[401..402], false)
            .await
            .status(),
        204
    );
    assert_eq!(
        problem(superseded.await.unwrap().unwrap()).await,
        Problem::UploadSuperseded
    );
    seen.borrow_mut().insert(Problem::UploadSuperseded.code());
    let mut flipped = content[402..].to_vec();
    flipped[100] ^= 4;
    expect(
        api.appending(upload, 402, true).body(flipped),
        Problem::DigestMismatch,
    )
    .await;
    expect(
        api.appending(upload, 402, true).body(vec![]),
        Problem::UnknownUpload,
    )
    .await;

    // reading, and being full
    held(api.deliver(&mailbox, &content).await, &server.key).await;
    expect(
        api.beginning(&mailbox, &ObjectId([0; 32]), 501),
        Problem::MailboxFull,
    )
    .await;
    expect(
        api.getting(&mailbox, &ObjectId([0; 32])),
        Problem::UnknownObject,
    )
    .await;
    expect(
        api.getting(&mailbox, &object)
            .header("range", "bytes=1000-"),
        Problem::RangeNotSatisfiable,
    )
    .await;
    expect(api.getting(&other, &object), Problem::UnknownObject).await;

    // a full disk, a damaged store, a stopping server
    settings.keep_free = u64::MAX / 2;
    let full = Server::start_with(dir.path(), settings.clone()).await;
    expect(full.api.beginning(&other, &object, 1), Problem::StorageFull).await;
    assert_eq!(
        *full.faults.lock().unwrap(),
        [Fault::Refused(Problem::StorageFull)]
    );
    full.stop().await;
    std::fs::write(
        dir.path()
            .join("store/held")
            .join(other.id.to_string())
            .join("mailbox"),
        b"damaged",
    )
    .unwrap();
    expect(api.beginning(&other, &object, 1), Problem::Internal).await;
    assert_eq!(
        server.faults.lock().unwrap().last(),
        Some(&Fault::Damaged("mailbox"))
    );
    settings.body_patience = Duration::from_secs(60);
    settings.limits.mailbox_bytes = 1 << 20;
    settings.keep_free = 0;
    let stopping = Server::start_with(dir.path(), settings).await;
    let more = bytes(999);
    let upload = stopping.api.begin(&mailbox, &more).await;
    let (sender, body) = pieces();
    sender.send(Ok(more[..10].to_vec())).unwrap();
    let request = tokio::spawn(stopping.api.appending(upload, 0, true).body(body).send());
    wait_for_bytes(dir.path(), upload, 10).await;
    stopping.stop().await;
    assert_eq!(
        problem(request.await.unwrap().unwrap()).await,
        Problem::Busy
    );
    seen.borrow_mut().insert(Problem::Busy.code());
    assert_eq!(server.api.offset(upload).await, 10);

    let all: BTreeSet<_> = Problem::ALL.iter().map(|problem| problem.code()).collect();
    assert_eq!(seen.into_inner(), all);
}

#[tokio::test]
async fn what_is_under_way_takes_room_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.limits.mailbox_bytes = 1500;
    let server = Server::start_with(dir.path(), settings).await;
    let api = &server.api;
    let mailbox = api.make().await;
    let content = bytes(800);
    api.begin(&mailbox, &content).await;
    let second = api.beginning(&mailbox, &ObjectId([0; 32]), 800);
    assert_eq!(
        problem(second.send().await.unwrap()).await,
        Problem::MailboxFull
    );
    held(api.deliver(&mailbox, &content).await, &server.key).await;
    held(api.deliver(&mailbox, &bytes(700)).await, &server.key).await;
    server.stop().await;
}

#[tokio::test]
async fn ranges_of_an_object() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let mailbox = server.api.make().await;
    let content = bytes(200_000);
    let object = ObjectId::of(&content);
    held(server.api.deliver(&mailbox, &content).await, &server.key).await;
    let get = |range: &str| {
        server
            .api
            .getting(&mailbox, &object)
            .header("range", range.to_owned())
    };

    let part = get("bytes=65530-131080").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(text(&part, "content-range"), "bytes 65530-131080/200000");
    assert_eq!(text(&part, "etag"), format!("\"{object}\""));
    assert_eq!(part.bytes().await.unwrap(), content[65_530..=131_080]);
    assert_eq!(
        get("bytes=-7").send().await.unwrap().bytes().await.unwrap(),
        content[199_993..]
    );
    assert_eq!(
        get("bytes=199999-")
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap(),
        content[199_999..]
    );
    let outside = get("bytes=200000-").send().await.unwrap();
    assert_eq!(text(&outside, "content-range"), "bytes */200000");
    assert_eq!(problem(outside).await, Problem::RangeNotSatisfiable);
    let same = get("bytes=0-1")
        .header("if-range", format!("\"{object}\""))
        .send()
        .await
        .unwrap();
    assert_eq!(same.status(), 206);
    assert_eq!(
        get("bytes=0-1")
            .header("if-range", "\"other\"")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let head = server
        .api
        .reading(Method::HEAD, &object_path(&mailbox.id, &object), &mailbox)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (head.status().as_u16(), text(&head, "content-length")),
        (200, "200000")
    );
}
