use std::sync::atomic::{AtomicU32, Ordering};

use url::Url;

use super::*;
use crate::testing::TestClock;
use crate::token::{Callback, Secret};

fn audience(url: &str) -> Audience {
    Audience::of(&Url::parse(url).unwrap()).unwrap()
}

/// A source that counts, names its tokens `1`, `2`, …, and lets other tasks run while it works.
fn counted(clock: &Arc<TestClock>, life: Period) -> (Tokens, Arc<AtomicU32>) {
    let (count, time) = (Arc::new(AtomicU32::new(0)), clock.clone());
    let counter = Arc::clone(&count);
    let source = Callback::new(move |wanted: TokenRequest| {
        let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
        let expires_at = time.now() + life;
        async move {
            tokio::task::yield_now().await;
            let text = format!("{number}{}", wanted.claims.unwrap_or_default());
            Ok(Token::new(Secret::new("token", text), expires_at, &wanted.audience))
        }
    });
    (Tokens::new(Arc::new(source), clock.clone()), count)
}

fn text(token: &Token) -> String {
    let value = token.authorization(&Url::parse(&token.origin().to_string()).unwrap()).unwrap();
    value.to_str().unwrap().trim_start_matches("Bearer ").to_owned()
}

#[tokio::test]
async fn a_hundred_who_ask_at_once_fetch_one() {
    let clock = TestClock::new();
    let (tokens, count) = counted(&clock, Period::hours(1));
    let graph = audience("https://graph.microsoft.com");
    let all = futures_util::future::join_all((0..100).map(|_| tokens.get(&graph))).await;
    assert!(all.iter().all(|token| text(token.as_ref().unwrap()) == "1"));
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let other = tokens.get(&audience("https://outlook.office365.com")).await.unwrap();
    assert_eq!(text(&other), "2");
}

#[tokio::test]
async fn it_is_renewed_before_it_ends() {
    let clock = TestClock::new();
    let (tokens, _) = counted(&clock, Period::hours(1));
    let graph = audience("https://graph.microsoft.com");
    for (after, wanted) in [(0, "1"), (54, "1"), (1, "2"), (10, "2")] {
        clock.advance(Period::minutes(after));
        assert_eq!(text(&tokens.get(&graph).await.unwrap()), wanted, "{after} minutes later");
    }
}

#[tokio::test]
async fn a_short_life_is_used_for_nine_tenths() {
    let clock = TestClock::new();
    let (tokens, _) = counted(&clock, Period::seconds(100));
    let graph = audience("https://graph.microsoft.com");
    for (after, wanted) in [(0, "1"), (89, "1"), (1, "2")] {
        clock.advance(Period::seconds(after));
        assert_eq!(text(&tokens.get(&graph).await.unwrap()), wanted, "{after} seconds later");
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all() {
    let clock = TestClock::new();
    let (tokens, count) = counted(&clock, Period::hours(1));
    let graph = audience("https://graph.microsoft.com");
    let refused = tokens.get(&graph).await.unwrap();
    let all = futures_util::future::join_all(
        (0..10).map(|_| tokens.renew(&graph, &refused, Some("+claims".to_owned()))),
    )
    .await;
    assert!(all.iter().all(|token| text(token.as_ref().unwrap()) == "2+claims"));
    assert_eq!(count.load(Ordering::SeqCst), 2);
    assert_eq!(text(&tokens.get(&graph).await.unwrap()), "2+claims");
}

#[tokio::test]
async fn what_is_still_good_is_used_when_renewing_fails() {
    let clock = TestClock::new();
    let (calls, time) = (AtomicU32::new(0), clock.clone());
    let source = Callback::new(move |wanted: TokenRequest| {
        let first = calls.fetch_add(1, Ordering::SeqCst) == 0;
        let token = Token::new(Secret::new("token", "1"), time.now() + Period::hours(1), &wanted.audience);
        async move {
            let failure = Failure::new(Kind::Unavailable, "down");
            if first { Ok(token) } else { Err(ProviderError::new(PROVIDER, failure)) }
        }
    });
    let tokens = Tokens::new(Arc::new(source), clock.clone());
    let graph = audience("https://graph.microsoft.com");
    tokens.get(&graph).await.unwrap();
    clock.advance(Period::minutes(58));
    assert_eq!(text(&tokens.get(&graph).await.unwrap()), "1");
    clock.advance(Period::minutes(2));
    assert_eq!(tokens.get(&graph).await.unwrap_err().kind(), Kind::Unavailable);
}

#[tokio::test]
async fn a_source_that_answers_for_another_service_or_too_late_is_refused() {
    let clock = TestClock::new();
    let time = clock.clone();
    let foreign = Callback::new(move |_| {
        let expires_at = time.now() + Period::hours(1);
        async move { Ok(Token::new(Secret::new("t", "t"), expires_at, &audience("https://evil.example"))) }
    });
    let tokens = Tokens::new(Arc::new(foreign), clock.clone());
    let error = tokens.get(&audience("https://graph.microsoft.com")).await.unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some("token_foreign"));

    let (tokens, _) = counted(&clock, Period::ZERO);
    let error = tokens.get(&audience("https://graph.microsoft.com")).await.unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some("token_expired"));
}
