//! Waiting as told, together, and giving back what would wait too long.

use super::*;
use crate::quota::{IDENTITY, Quota, Rate};

#[tokio::test]
async fn everybody_in_the_pool_waits_as_told() {
    let answers = [
        reply_with(429, &[("retry-after", "7.5")], ""),
        reply(200, "{}"),
        reply(200, "{}"),
        reply(200, "{}"),
    ];
    let bench = bench(answers);
    let one = |pool: &str| read().charge(pool, 1, 0);
    bench.client.send(&call(), one(IDENTITY)).await.unwrap();
    assert_eq!(bench.clock.passed(), Period::millis(7_500));
    assert_eq!(bench.seen.0.lock().unwrap()[1].waited, Period::millis(7_500));

    bench.client.throttled(IDENTITY, Some(Period::seconds(10)), bench.clock.now());
    let before = bench.clock.now();
    bench.client.send(&call(), one("other")).await.unwrap();
    assert_eq!(bench.clock.now(), before, "another pool does not wait");
    bench.client.send(&call().priority(Priority::Containment), one(IDENTITY)).await.unwrap();
    assert_eq!(bench.clock.now().since(before), Period::seconds(10), "before the gate nobody asks");
}

#[tokio::test]
async fn without_a_word_the_pauses_double() {
    let bench = bench([429, 503, 509, 429, 200].map(|status| reply(status, "")));
    bench.client.send(&call(), write(Idempotency::Safe)).await.unwrap();
    assert_eq!(bench.clock.passed(), Period::seconds(2 + 4 + 8 + 16));
}

#[tokio::test]
async fn what_would_wait_too_long_is_given_back() {
    for (header, wait) in [("600", 600_000), ("99999999999999999999", 86_400_000), ("600.0001", 600_001)] {
        let bench = bench([reply_with(429, &[("retry-after", header), ("request-id", "r")], "")]);
        let error = bench.client.send(&call(), write(Idempotency::Once)).await.unwrap_err();
        assert_eq!((error.kind(), error.failure.retry), (Kind::Throttled, Retry::After(wait)), "{header}");
        assert_eq!(error.failure.request_id.as_deref(), Some("r"));
        assert_eq!(bench.clock.passed(), Period::ZERO);

        // And so is whoever comes after, without asking.
        let error = bench.client.send(&call(), read()).await.unwrap_err();
        assert_eq!((error.kind(), error.failure.retry), (Kind::Throttled, Retry::After(wait)), "{header}");
        assert_eq!(bench.script.count(), 1);
    }
}

#[tokio::test]
async fn a_write_does_not_wait_beyond_its_lease() {
    let bench = bench([reply_with(429, &[("retry-after", "30")], "")]);
    let lease = Call { not_after: Some(bench.clock.now() + Period::seconds(20)), ..call() };
    let error = bench.client.send(&lease, write(Idempotency::Safe)).await.unwrap_err();
    assert_eq!((error.kind(), error.failure.retry), (Kind::Throttled, Retry::After(30_000)));
    assert_eq!(bench.clock.passed(), Period::ZERO);
}

#[tokio::test]
async fn what_must_not_happen_twice_is_resent_after_429_only() {
    let bench = bench([reply_with(429, &[("retry-after", "1")], ""), reply(202, "")]);
    bench.client.send(&call(), write(Idempotency::Once)).await.unwrap();
    assert_eq!(bench.script.count(), 2);

    let bench = super::bench([reply_with(503, &[("retry-after", "1")], "")]);
    let error = bench.client.send(&call(), write(Idempotency::Once)).await.unwrap_err();
    assert_eq!((error.kind(), bench.script.count()), (Kind::Indeterminate, 1));
}

#[tokio::test]
async fn a_service_may_throttle_in_prose() {
    let verdict = |answer: &Answer| match answer.text(200) {
        Some(text) if text.contains("maximum number of concurrent requests") => Verdict::Throttled,
        _ => status::verdict(answer.status()),
    };
    let settings = Settings { verdict, ..Settings::default() };
    let prose = || reply(400, "You have reached the maximum number of concurrent requests per tenant.");
    let bench = bench_with([prose(), reply(200, "{}")], Quotas::default(), settings.clone());
    bench.client.send(&call(), write(Idempotency::Once)).await.unwrap();
    assert_eq!(bench.clock.passed(), Period::seconds(2));

    let settings = Settings { attempts: 1, ..settings };
    let bench = bench_with([prose()], Quotas::default(), settings);
    let error = bench.client.send(&call(), write(Idempotency::Once)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Throttled);
}

#[tokio::test]
async fn requests_are_paced_before_anybody_complains() {
    let quotas = Quotas::default().with("p", Quota { writes: Some(Rate::new(20, 10)), ..Quota::default() });
    let bench = bench_with((0..40).map(|_| reply(200, "{}")), quotas, Settings::default());
    for _ in 0..40 {
        bench.client.send(&call(), write(Idempotency::Safe).charge("p", 1, 1)).await.unwrap();
    }
    // 19 in the bucket, a tenth of it kept for containment; the rest at 1.9 a second.
    let seconds = bench.clock.passed().as_secs();
    assert!((11..=12).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn the_service_corrects_our_count() {
    let quotas = Quotas::default().with("p", Quota { units: Some(Rate::new(100, 10)), ..Quota::default() });
    let answers = [
        reply_with(200, &[("x-ms-resource-unit", "50")], "{}"),
        reply_with(200, &[("x-ms-throttle-limit-percentage", "1.2")], "{}"),
        reply_with(200, &[("x-ms-resource-unit", "NaN"), ("x-ms-throttle-limit-percentage", "inf")], "{}"),
    ];
    let bench = bench_with(answers, quotas, Settings::default());
    let one = || read().charge("p", 1, 0);
    bench.client.send(&call(), one().charge("p", 34, 0)).await.unwrap();
    bench.client.send(&call(), one().charge("p", 35, 0)).await.unwrap();
    let corrected = bench.clock.passed();
    assert!(corrected > Period::ZERO, "45 are left, and 36 leave no reserve");
    bench.client.send(&call(), one()).await.unwrap();
    assert!(bench.clock.passed().as_secs() >= 3, "a fifth of a bucket of debt, and the reserve");
}
