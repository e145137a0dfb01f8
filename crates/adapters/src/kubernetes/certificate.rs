//! Reads until when a client certificate is valid.
//!
//! An API server answers an expired client certificate with a plain 401, so that the reason is only
//! visible on this side. Of the certificate nothing but its validity is read.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

const SEQUENCE: u8 = 0x30;
const EXPLICIT_VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// End of validity of the first certificate in a PEM text; `None` when there is none to read.
pub(super) fn valid_until(pem: &[u8]) -> Option<Timestamp> {
    let certificate = CertificateDer::from_pem_slice(pem).ok()?;
    let (_, certificate, _) = element(&certificate)?;
    let (tag, mut fields, _) = element(certificate)?;
    if tag != SEQUENCE {
        return None;
    }
    let (tag, _, behind) = element(fields)?;
    if tag == EXPLICIT_VERSION {
        fields = behind;
    }
    // Serial number, signature algorithm and issuer stand before the validity.
    for _ in 0..3 {
        (_, _, fields) = element(fields)?;
    }
    let (_, validity, _) = element(fields)?;
    let (_, _, not_after) = element(validity)?;
    let (tag, text, _) = element(not_after)?;
    time(tag, core::str::from_utf8(text).ok()?)
}

/// Tag, content, and what follows, of the first element.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let (digits, behind) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if digits.len() > 4 {
            return None;
        }
        length = digits
            .iter()
            .fold(0, |sum, digit| (sum << 8) | usize::from(*digit));
        rest = behind;
    }
    let (content, behind) = rest.split_at_checked(length)?;
    Some((tag, content, behind))
}

fn time(tag: u8, text: &str) -> Option<Timestamp> {
    let text = match tag {
        // Two digits of the year: 50 to 99 are the twentieth century.
        UTC_TIME if text.get(..2)? >= "50" => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let local = DateTime::strptime("%Y%m%d%H%M%S", text.strip_suffix('Z')?).ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_certificates_are_read() {
        let expected: Timestamp = "2031-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(time(UTC_TIME, "310102030405Z"), Some(expected));
        assert_eq!(time(GENERALIZED_TIME, "20310102030405Z"), Some(expected));
        assert_eq!(time(UTC_TIME, "é"), None);
    }

    #[test]
    fn broken_certificates_are_no_certificates() {
        assert_eq!(element(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(element(&[0x30, 0xff]), None);
        assert_eq!(valid_until(b"no certificate"), None);
    }
}
