//! A release as a whole, in memory only: opened to be rolled back, and packed again as Helm does.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dogwatch_model::ports::SealedRelease;
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use super::{HelmError, unpack};

/// Largest text of a release that is written: Kubernetes takes no more in one Secret.
const MAX_WRITTEN: usize = 1024 * 1024;

/// The payload of a release, from the value `data.release` of its Secret.
pub(crate) fn open(data: &str) -> Result<SealedRelease, HelmError> {
    let payload: Value = unpack(data)?;
    let is_release = payload["name"].is_string()
        && payload["version"].is_i64()
        && payload["info"].is_object()
        && matches!(payload["manifest"], Value::String(_) | Value::Null);
    if !is_release {
        return Err(HelmError::Decoding);
    }
    Ok(SealedRelease::new(payload))
}

/// The value `data.release` of a Secret that holds this payload.
pub(crate) fn pack(payload: &SealedRelease) -> Result<String, HelmError> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail, and a value that was read can be written.
    let written = serde_json::to_writer(&mut gzip, payload.payload());
    written.map_err(|_| HelmError::Decoding)?;
    let packed = gzip.finish().map_err(|_| HelmError::Decoding)?;
    let text = STANDARD.encode(packed);
    if text.len() > MAX_WRITTEN {
        return Err(HelmError::TooLarge);
    }
    Ok(STANDARD.encode(text))
}

/// The objects of the manifest, in its order. Helm reads YAML of the older kind, in which `0644` is
/// octal and `yes` and `y` without quotes are true; so does this.
pub(crate) fn documents(release: &SealedRelease) -> Result<Vec<Value>, HelmError> {
    let text = release.payload()["manifest"].as_str().unwrap_or_default();
    let options = serde_saphyr::options! {
        legacy_octal_numbers: true,
    };
    let read = serde_saphyr::from_multiple_with_options::<Value>(text, options);
    let read = read.map_err(|_| HelmError::Decoding)?;
    let named = |document: &Value| {
        document["apiVersion"].is_string()
            && document["kind"].is_string()
            && document["metadata"]["name"].is_string()
    };
    let documents: Vec<Value> = read.into_iter().filter(|one| !one.is_null()).collect();
    if documents.iter().all(named) {
        Ok(documents)
    } else {
        Err(HelmError::Decoding)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn release(manifest: &str) -> SealedRelease {
        SealedRelease::new(
            json!({"name": "shop", "version": 1, "info": {"status": "deployed"},
            "config": {"ratio": 0.5, "large": 12_345_678_901_i64}, "manifest": manifest}),
        )
    }

    #[test]
    fn what_was_opened_is_packed_to_the_same() {
        let before = release("");
        let after = open(&pack(&before).unwrap()).unwrap();
        assert!(before == after);
        assert_eq!(format!("{after:?}"), "SealedRelease");
    }

    #[test]
    fn what_fits_in_no_secret_is_refused() {
        let mut noise = String::new();
        let mut state = 1_u64;
        while noise.len() < 3 * MAX_WRITTEN {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            noise += &state.to_string();
        }
        assert_eq!(pack(&release(&noise)), Err(HelmError::TooLarge));
    }

    #[test]
    fn what_is_no_release_is_refused() {
        let other = SealedRelease::new(json!({"name": "shop", "version": "1", "info": {}}));
        assert!(open(&pack(&other).unwrap()).is_err());
    }

    #[test]
    fn a_manifest_is_read_as_helm_reads_it() {
        let text = "---\n# Source: a\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {on: \"yes\", n: y}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {mode: 0644, host: yes}\n";
        let documents = documents(&release(text)).unwrap();
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0]["data"], json!({"on": "yes", "n": true}));
        assert_eq!(documents[1]["spec"], json!({"mode": 420, "host": true}));
        assert!(super::documents(&release("- a")).is_err());
        assert!(super::documents(&release("kind: Pod")).is_err());
        assert!(super::documents(&release("")).unwrap().is_empty());
    }
}
