//! Random sequences of requests on one upload, against a model of what the format promises.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at once and says what it sees"
)]

mod support;

use holdfast_wire::http::{header, upload_path};
use holdfast_wire::{ObjectId, Problem, UploadId};
use proptest::prelude::*;
use reqwest::Method;
use support::{Mailbox, Server, bytes, held, integer, problem};

const LENGTH: usize = 1000;

#[derive(Debug, Clone)]
enum Step {
    Begin,
    Offset,
    Append {
        ahead: i64,
        count: usize,
        damaged: bool,
        ends: bool,
    },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let ahead = prop_oneof![8 => Just(0_i64), 1 => -300..300_i64];
    let append = (
        ahead,
        0..500_usize,
        proptest::bool::weighted(0.1),
        any::<bool>(),
    )
        .prop_map(|(ahead, count, damaged, ends)| Step::Append {
            ahead,
            count,
            damaged,
            ends,
        });
    prop_oneof![2 => Just(Step::Begin), 1 => Just(Step::Offset), 8 => append, 1 => Just(Step::Restart)]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Model {
    Absent,
    Staged { offset: usize, damaged: bool },
    Held,
}

struct Run {
    server: Server,
    mailbox: Mailbox,
    content: Vec<u8>,
    upload: UploadId,
    model: Model,
}

impl Run {
    async fn begin(&mut self) {
        let object = ObjectId::of(&self.content);
        let answer = self
            .server
            .api
            .beginning(&self.mailbox, &object, LENGTH as u64)
            .send()
            .await
            .unwrap();
        match self.model {
            Model::Held => drop(held(answer, &self.server.key).await),
            Model::Absent => {
                assert_eq!(integer(&answer, header::UPLOAD_OFFSET), 0);
                self.model = Model::Staged {
                    offset: 0,
                    damaged: false,
                };
            }
            Model::Staged { offset, .. } => {
                assert_eq!(integer(&answer, header::UPLOAD_OFFSET), offset as u64)
            }
        }
    }

    async fn offset(&self) {
        match self.model {
            Model::Staged { offset, .. } => {
                assert_eq!(self.server.api.offset(self.upload).await, offset as u64)
            }
            _ => {
                let request = self
                    .server
                    .api
                    .request(Method::HEAD, &upload_path(&self.upload));
                assert_eq!(request.send().await.unwrap().status(), 404);
            }
        }
    }

    async fn append(&mut self, ahead: i64, count: usize, damage: bool, ends: bool) {
        let current = if let Model::Staged { offset, .. } = self.model {
            offset
        } else {
            0
        };
        let claimed = current.saturating_add_signed(isize::try_from(ahead).unwrap());
        let mut part: Vec<u8> = self
            .content
            .iter()
            .skip(claimed)
            .copied()
            .chain([7; 500])
            .take(count)
            .collect();
        let damage = damage && count > 0;
        if damage {
            part[count / 2] ^= 1;
        }
        let answer = self
            .server
            .api
            .append(self.upload, claimed as u64, &part, ends)
            .await;
        let Model::Staged { offset, damaged } = self.model else {
            assert_eq!(problem(answer).await, Problem::UnknownUpload);
            return;
        };
        if claimed != offset {
            assert_eq!(integer(&answer, header::UPLOAD_OFFSET), offset as u64);
            assert_eq!(problem(answer).await, Problem::MismatchingUploadOffset);
            return;
        }
        if count > LENGTH - offset {
            assert_eq!(problem(answer).await, Problem::InconsistentUploadLength);
            return;
        }
        let (offset, damaged) = (offset + count, damaged || damage);
        self.model = Model::Staged { offset, damaged };
        if !ends {
            assert_eq!(
                (
                    answer.status().as_u16(),
                    integer(&answer, header::UPLOAD_OFFSET)
                ),
                (204, offset as u64)
            );
        } else if offset < LENGTH {
            assert_eq!(problem(answer).await, Problem::InconsistentUploadLength);
        } else if damaged {
            assert_eq!(problem(answer).await, Problem::DigestMismatch);
            self.model = Model::Absent;
        } else {
            assert_eq!(held(answer, &self.server.key).await.size, LENGTH as u64);
            self.model = Model::Held;
        }
    }
}

async fn follow(steps: Vec<Step>) {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let mailbox = server.api.make().await;
    let content = bytes(LENGTH);
    let upload = server.api.begin(&mailbox, &content).await;
    let model = Model::Staged {
        offset: 0,
        damaged: false,
    };
    let mut run = Run {
        server,
        mailbox,
        content,
        upload,
        model,
    };
    for step in steps {
        match step {
            Step::Begin => run.begin().await,
            Step::Offset => run.offset().await,
            Step::Append {
                ahead,
                count,
                damaged,
                ends,
            } => run.append(ahead, count, damaged, ends).await,
            Step::Restart => run.server = Server::start(dir.path()).await,
        }
        if run.model == Model::Held {
            assert_eq!(
                run.server
                    .api
                    .get(&run.mailbox, &ObjectId::of(&run.content))
                    .await,
                run.content
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn appends_keep_to_the_model(steps in proptest::collection::vec(step(), 1..24)) {
        tokio::runtime::Runtime::new().unwrap().block_on(follow(steps));
    }
}
