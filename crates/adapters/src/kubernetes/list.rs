//! Reads one kind, page by page, without ever holding a page.
//!
//! The metadata of a page comes before its items, so the next page is asked for while the items of
//! this one still arrive: the server makes one page while the other is read.
//!
//! A page that breaks off is asked for again in exactly the same version, and the items that were
//! handed on are skipped by number: a page behind a token belongs to one version of the list, and
//! the first page is repeated with `resourceVersionMatch=Exact`. A list that expires (410) goes on
//! with the token that the server offers for this, so that no object is handed on twice; without a
//! token it ends as truncated.

use core::{future::poll_fn, pin::pin};

use dogwatch_model::{
    ReadOutcome,
    ports::{ListQuery, ObjectSink},
};
use futures::future::{BoxFuture, FutureExt as _, MaybeDone, maybe_done};

use super::{
    exchange::{Answer, Exchange, MAX_ATTEMPTS},
    failure::Failure,
    items::{ItemSplitter, ListError, ListMeta, MAX_ITEM_BYTES},
    request::{self, Cursor},
};

/// How often a list that expired is continued.
const MAX_RESTARTS: u32 = 3;

/// Pages of one list: five million objects, more than etcd holds. Stops a server that repeats
/// itself.
const MAX_PAGES: u32 = 10_000;

/// Answers one query.
pub(super) async fn list(
    exchange: &Exchange,
    query: &ListQuery,
    sink: ObjectSink<'_>,
) -> ReadOutcome {
    if !request::can_exist(query) {
        return ReadOutcome::Ok { items: 0 };
    }
    let tally = Tally::default();
    if request::is_single(query) {
        get(exchange, query, sink, tally).await
    } else {
        PagedList {
            exchange,
            query,
            sink,
            tally,
            ahead: None,
            skip: 0,
            breaks: 0,
            restarts: 0,
        }
        .read()
        .await
    }
}

async fn get(
    exchange: &Exchange,
    query: &ListQuery,
    sink: ObjectSink<'_>,
    mut tally: Tally,
) -> ReadOutcome {
    let answer = match exchange.send(&request::object(query)).await {
        Ok(answer) => answer,
        Err(failure) => return failure.outcome(),
    };
    match answer.collect(MAX_ITEM_BYTES).await {
        Ok(body) => {
            tally.count(sink(&body));
            tally.outcome(None)
        }
        Err(last_error) => Failure::NoAnswer {
            attempts: 1,
            last_error,
        }
        .outcome(),
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    items: u64,
    unreadable: u64,
}

impl Tally {
    fn count(&mut self, understood: bool) {
        if understood {
            self.items += 1;
        } else {
            self.unreadable += 1;
        }
    }

    fn is_empty(self) -> bool {
        self.items + self.unreadable == 0
    }

    fn outcome(self, limit: Option<String>) -> ReadOutcome {
        let Self { items, unreadable } = self;
        match limit {
            Some(limit) => ReadOutcome::Truncated {
                items,
                unreadable,
                limit,
            },
            None if unreadable > 0 => {
                let limit = "objects that could not be decoded".to_owned();
                ReadOutcome::Truncated {
                    items,
                    unreadable,
                    limit,
                }
            }
            None => ReadOutcome::Ok { items },
        }
    }
}

/// How a page ended early.
enum Broken {
    /// Nothing of it arrived.
    Failed(Failure),
    /// The body broke off.
    CutOff {
        version: String,
        seen: u64,
        reason: String,
    },
    /// The body is not what was asked for.
    Nonsense(ListError),
}

/// The answer to a request that was sent early.
type Ahead<'a> = MaybeDone<BoxFuture<'a, Result<Answer, Failure>>>;

struct PagedList<'a> {
    exchange: &'a Exchange,
    query: &'a ListQuery,
    sink: ObjectSink<'a>,
    tally: Tally,
    /// The page after the one that is being read.
    ahead: Option<Ahead<'a>>,
    /// Items at the start of the next page that were handed on already.
    skip: u64,
    breaks: u32,
    restarts: u32,
}

impl PagedList<'_> {
    async fn read(mut self) -> ReadOutcome {
        let mut cursor = Cursor::First;
        for _ in 0..MAX_PAGES {
            match self.page(&cursor).await {
                Ok(meta) if meta.next.is_empty() => return self.tally.outcome(None),
                Ok(meta) => {
                    self.skip = 0;
                    cursor = Cursor::After(meta.next);
                }
                Err(broken) => match self.resume(cursor, broken) {
                    Ok(next) => cursor = next,
                    Err(outcome) => return outcome,
                },
            }
        }
        self.tally
            .outcome(Some(format!("the limit of {MAX_PAGES} pages")))
    }

    async fn page(&mut self, cursor: &Cursor) -> Result<ListMeta, Broken> {
        let mut answer = self.open(cursor).await.map_err(Broken::Failed)?;
        let mut splitter = ItemSplitter::new();
        let mut seen = 0;
        loop {
            let piece = with_ahead(&mut self.ahead, answer.next()).await;
            let (skip, tally, sink) = (self.skip, &mut self.tally, &mut *self.sink);
            let ended = match piece {
                Ok(Some(chunk)) => splitter.push(chunk, &mut |item| {
                    seen += 1;
                    if seen > skip {
                        tally.count(sink(item));
                    }
                }),
                Ok(None) => match splitter.finish() {
                    Ok(()) => {
                        tally.unreadable += splitter.unreadable();
                        return Ok(splitter.meta().clone());
                    }
                    Err(error) => Err(error),
                },
                Err(reason) => return Err(self.cut_off(&splitter, seen, reason)),
            };
            match ended {
                Ok(()) => self.look_ahead(&splitter.meta().next),
                Err(ListError::CutOff) => {
                    let reason = ListError::CutOff.to_string();
                    return Err(self.cut_off(&splitter, seen, reason));
                }
                Err(error) => return Err(Broken::Nonsense(error)),
            }
        }
    }

    /// The answer with the page: the one that was asked for early, or a new one.
    async fn open(&mut self, cursor: &Cursor) -> Result<Answer, Failure> {
        let mut answer = match self.ahead.take() {
            Some(MaybeDone::Done(answer)) => answer?,
            Some(MaybeDone::Future(early)) => early.await?,
            _ => {
                let call = request::page(self.query, cursor);
                return self.exchange.send(&call).await;
            }
        };
        self.exchange.restart(&mut answer);
        Ok(answer)
    }

    /// Asks for the next page as soon as its token is known, once.
    fn look_ahead(&mut self, next: &str) {
        if next.is_empty() || self.ahead.is_some() {
            return;
        }
        let call = request::page(self.query, &Cursor::After(next.to_owned()));
        let exchange = self.exchange;
        let early = async move { exchange.send(&call).await };
        self.ahead = Some(maybe_done(early.boxed()));
    }

    /// A page that broke off. What was asked for early is not wanted any more.
    fn cut_off(&mut self, splitter: &ItemSplitter, seen: u64, reason: String) -> Broken {
        self.ahead = None;
        Broken::CutOff {
            version: splitter.meta().resource_version.clone(),
            seen: seen.max(self.skip),
            reason,
        }
    }

    /// Where to go on after a broken page, or the outcome if there is no way.
    fn resume(&mut self, cursor: Cursor, broken: Broken) -> Result<Cursor, ReadOutcome> {
        match broken {
            Broken::Failed(Failure::Expired(token)) if self.restarts < MAX_RESTARTS => {
                self.restarts += 1;
                if !token.is_empty() && self.skip == 0 {
                    return Ok(Cursor::After(token));
                }
                if self.tally.is_empty() {
                    return Ok(Cursor::First);
                }
                Err(self.give_up(Failure::Expired(token)))
            }
            Broken::Failed(failure) => Err(self.give_up(failure)),
            Broken::Nonsense(error) => Err(self.give_up(Failure::NoAnswer {
                attempts: 1,
                last_error: format!("{}: {error}; check the address", self.exchange.server()),
            })),
            Broken::CutOff {
                version,
                seen,
                reason,
            } => {
                self.breaks += 1;
                self.skip = seen;
                let attempts = self.breaks;
                let failure = Failure::NoAnswer {
                    attempts,
                    last_error: reason,
                };
                match cursor {
                    _ if self.breaks >= MAX_ATTEMPTS => Err(self.give_up(failure)),
                    Cursor::First if seen == 0 => Ok(Cursor::First),
                    Cursor::First if version.is_empty() => Err(self.give_up(failure)),
                    Cursor::First => Ok(Cursor::Exact(version)),
                    Cursor::Exact(_) | Cursor::After(_) => Ok(cursor),
                }
            }
        }
    }

    fn give_up(&self, failure: Failure) -> ReadOutcome {
        if self.tally.is_empty() {
            failure.outcome()
        } else {
            self.tally.outcome(Some(failure.sentence()))
        }
    }
}

/// Waits for the next piece of this page and lets the request for the next one get on meanwhile.
async fn with_ahead<T>(ahead: &mut Option<Ahead<'_>>, piece: impl Future<Output = T>) -> T {
    let mut piece = pin!(piece);
    poll_fn(|context| {
        if let Some(early) = ahead {
            // `MaybeDone` keeps the answer until its page is opened.
            let _ = early.poll_unpin(context);
        }
        piece.as_mut().poll(context)
    })
    .await
}
