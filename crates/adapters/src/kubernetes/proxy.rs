//! Decides whether a proxy named by `HTTPS_PROXY` is left out, as `NO_PROXY` says.

use core::net::IpAddr;
use std::env;

use http::Uri;

/// True for loopback servers and for those that `NO_PROXY` names.
pub(super) fn is_bypassed(server: &Uri) -> bool {
    let list = ["NO_PROXY", "no_proxy"]
        .into_iter()
        .find_map(|name| env::var(name).ok());
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
    is_loopback(host) || list.is_some_and(|list| is_listed(host, &list))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn is_listed(host: &str, list: &str) -> bool {
    let host = host.to_lowercase();
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            let entry = entry.to_lowercase();
            let domain = entry.trim_start_matches('*').trim_start_matches('.');
            entry == "*"
                || host == domain
                || (!domain.is_empty() && host.ends_with(&format!(".{domain}")))
                || is_within(&host, &entry)
        })
}

/// True when the host is an address of a block such as `10.0.0.0/8`.
fn is_within(host: &str, block: &str) -> bool {
    let Some((network, length)) = block.split_once('/') else {
        return false;
    };
    let (Ok(host), Ok(network), Ok(length)) = (
        host.parse::<IpAddr>(),
        network.parse::<IpAddr>(),
        length.parse::<u32>(),
    ) else {
        return false;
    };
    match (host, network) {
        (IpAddr::V4(host), IpAddr::V4(network)) => {
            let shift = 32_u32.saturating_sub(length);
            (host.to_bits() ^ network.to_bits())
                .checked_shr(shift)
                .is_none_or(|rest| rest == 0)
        }
        (IpAddr::V6(host), IpAddr::V6(network)) => {
            let shift = 128_u32.saturating_sub(length);
            (host.to_bits() ^ network.to_bits())
                .checked_shr(shift)
                .is_none_or(|rest| rest == 0)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_is_understood() {
        for (host, list, bypassed) in [
            ("kube.example.com", "example.com", true),
            ("kube.example.com", "a, .example.com", true),
            ("kube.example.com", "*.example.com", true),
            ("notexample.com", "example.com", false),
            ("10.1.2.3", "10.0.0.0/8", true),
            ("11.1.2.3", "10.0.0.0/8,fd00::/8", false),
            ("fd00::1", "fd00::/8", true),
            ("1.2.3.4", "0.0.0.0/0", true),
            ("kube", "", false),
            ("kube", "*", true),
        ] {
            assert_eq!(is_listed(host, list), bypassed, "{host} in {list}");
        }
        assert!(is_loopback("127.0.0.1") && is_loopback("::1") && !is_loopback("10.0.0.1"));
    }
}
