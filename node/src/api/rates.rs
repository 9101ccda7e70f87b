//! How often one asker is answered: by his address, and by the voucher that he asks about.
//!
//! In scope: who asks, and whether it was too often. Out of scope: what is asked. A voucher is counted by the key in the
//! request, before anything is looked up, so that a refusal says nothing about whether there is such a voucher. Nothing
//! that is counted here outlives the process or stands in anybody's public record.

use super::Shared;
use super::problem::{Kind, Problem};
use super::request::{Named, discard};
use crate::config::RateConfig;
use crate::observe;
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use ipnet::IpNet;
use protocol::PublicKey;
use std::convert::Infallible;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

/// Where the proxies of node.toml say whom they speak for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Askers are counted in so many places, by a hash that nobody outside can compute: memory has a bound whoever comes.
/// Two askers in one place share its rate; with a thousand of them at work that happens to one in 262.
const PLACES: u64 = 1 << 18;

/// No address gets more than this part of what a voucher is answered: nobody alone keeps others from asking about it.
const PART_OF_A_VOUCHER: u32 = 10;

/// What a request is counted as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Class {
    /// A question.
    Read,
    /// A file of the public data.
    File,
    /// A step or a batch.
    Step,
}

/// Who asks: an IPv4 address, or the /64 of an IPv6 one, which one household or machine has as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Asker(IpAddr);

/// The rates of a node.
pub(super) struct Rates {
    reads: Option<Rate>,
    files: Option<Rate>,
    steps: Option<Rate>,
    voucher: Option<Rate>,
    voucher_by_address: Option<Rate>,
    proxies: Vec<IpNet>,
}

impl Rates {
    pub(super) fn new(config: &RateConfig) -> Self {
        let voucher = config.reads_per_voucher;
        let part = if voucher == 0 { 0 } else { (voucher / PART_OF_A_VOUCHER).max(1) };
        Self {
            reads: Rate::of("reads_per_address", config.reads_per_address),
            files: Rate::of("files_per_address", config.files_per_address),
            steps: Rate::of("steps_per_address", config.steps_per_address),
            voucher: Rate::of("reads_per_voucher", voucher),
            voucher_by_address: Rate::of("reads_per_voucher_and_address", part),
            proxies: config.proxies.clone(),
        }
    }

    /// Counts a request by who sent it, whom its handler finds as [`Asker`]. One that is too many is read to its end, so
    /// that its sender reads the answer.
    pub(super) async fn count(&self, class: Class, request: &mut Request) -> Result<(), Problem> {
        let rate = match class {
            Class::Read => &self.reads,
            Class::File => &self.files,
            Class::Step => &self.steps,
        };
        let asker = self.asker(request.extensions(), request.headers());
        let counted = rate.as_ref().map_or(Ok(()), |rate| rate.count(asker));
        match counted {
            Ok(()) => drop(request.extensions_mut().insert(asker)),
            Err(_) => discard(request.body_mut()).await,
        }
        counted
    }

    /// Counts one more step of a request that was counted for its first.
    pub(super) fn step(&self, asker: Asker) -> Result<(), Problem> {
        self.steps.as_ref().map_or(Ok(()), |rate| rate.count(asker))
    }

    /// Counts a question about a voucher. What one asker is refused is not taken from the others' part.
    pub(super) fn question(&self, asker: Asker, voucher: &PublicKey) -> Result<(), Problem> {
        let key = voucher.as_bytes();
        self.voucher_by_address.as_ref().map_or(Ok(()), |rate| rate.count((asker, key)))?;
        self.voucher.as_ref().map_or(Ok(()), |rate| rate.count(key))
    }

    /// Who sent a request: the other end of its connection, or whom the proxies of node.toml name there.
    pub(super) fn asker(&self, parts: &Extensions, headers: &HeaderMap) -> Asker {
        let peer = parts.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let mut sender = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
        let named: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        // Each hop appends who spoke to it: only what a trusted one wrote is read, the nearest first.
        for name in named.into_iter().rev() {
            if !self.proxies.iter().any(|proxy| proxy.contains(&sender)) {
                observe::unknown_proxy();
                break;
            }
            let Some(address) = address_of(name.trim()) else { break };
            sender = address.to_canonical();
        }
        Asker::from(sender)
    }
}

impl From<IpAddr> for Asker {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self(address),
            IpAddr::V6(whole) => Self(Ipv6Addr::from_bits(whole.to_bits() & !u128::from(u64::MAX)).into()),
        }
    }
}

/// An address as proxies write it, with a port or without.
fn address_of(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(|| with_port().ok()).or_else(in_brackets)
}

/// So many a minute: at once if they were not used before, then as evenly as they come back.
struct Rate {
    name: &'static str,
    per_minute: NonZeroU32,
    limiter: DefaultKeyedRateLimiter<u64>,
    hasher: RandomState,
}

impl Rate {
    /// None where 0 takes it away.
    fn of(name: &'static str, per_minute: u32) -> Option<Self> {
        let per_minute = NonZeroU32::new(per_minute)?;
        let limiter = DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_minute));
        Some(Self { name, per_minute, limiter, hasher: RandomState::new() })
    }

    fn count(&self, key: impl Hash) -> Result<(), Problem> {
        let place = self.hasher.hash_one(key) % PLACES;
        let Err(refused) = self.limiter.check_key(&place) else { return Ok(()) };
        let wait = refused.wait_time_from(DefaultClock::default().now());
        observe::rate_limited(self.name);
        // Whole seconds, upwards: who comes back then is answered.
        let wait_s = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
        let Self { name, per_minute, .. } = self;
        let detail = format!("more than {per_minute} a minute ({name}): come back in {wait_s} s");
        let problem = Problem::new(Kind::RateLimited, detail).with("limit", name);
        Err(problem.with("per_minute", &per_minute.get()).retry_after(Duration::from_secs(wait_s)))
    }
}

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().copied();
        Ok(known.unwrap_or_else(|| IpAddr::V6(Ipv6Addr::UNSPECIFIED).into()))
    }
}

/// The voucher that a path names, counted.
pub(super) struct Sought(pub PublicKey);

impl FromRequestParts<Shared> for Sought {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Shared) -> Result<Self, Problem> {
        let Named(voucher) = Named::<PublicKey>::from_request_parts(parts, api).await?;
        let Ok(asker) = Asker::from_request_parts(parts, api).await;
        api.rates.question(asker, &voucher)?;
        Ok(Self(voucher))
    }
}
